# SPDX-License-Identifier: Apache-2.0
"""Have bandit read the source; whatever it questions and nobody has answered fails.

ruff asks most of the same under the letter S, and a line that is as it should be answers with its reason:
`# noqa: S608 - names come from our own schema`. That answers bandit's B608 on that line too, so that no line
says the same twice.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

SOURCES = ("src", "tools")
# What ruff is told once for the whole project, in pyproject.toml: every command is a list of arguments.
SKIPPED = ("B404", "B603")
# What bandit takes for something else, by file.
MISTAKEN = {
    ("B610", "src/uphold/journal/proof.py"): "a function of that module, not a query's `extra`",
}
ANSWER = re.compile(r"# noqa: ([A-Z0-9, ]+) - \w")


def answered(finding: dict[str, Any], lines: list[str]) -> bool:
    """Tell whether the lines that are questioned answer it with a reason."""
    mine = finding["test_id"].replace("B", "S", 1)
    asked = finding["line_range"]
    text = "\n".join(lines[min(asked) - 1 : max(asked)])
    return any(mine in found[1] for found in ANSWER.finditer(text))


def is_open(finding: dict[str, Any]) -> bool:
    """Tell whether a finding is answered nowhere."""
    file = finding["filename"].removeprefix("./")
    if (finding["test_id"], file) in MISTAKEN:
        return False
    return not answered(finding, Path(file).read_text(encoding="utf-8").splitlines())


def found(*sources: str) -> list[dict[str, Any]]:
    """Run bandit over folders; returns its findings."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--format", "json", "--recursive"]
    skipped = ["--skip", ",".join(SKIPPED)]
    # It ends with 1 where it found something, which is for us to judge.
    told = subprocess.run([*command, *skipped, *sources], capture_output=True, check=False)
    read: dict[str, Any] = json.loads(told.stdout)
    if read["errors"]:
        raise SystemExit(f"bandit could not read: {read['errors']}")
    findings: list[dict[str, Any]] = read["results"]
    return findings


def main() -> int:
    left = [one for one in found(*SOURCES) if is_open(one)]
    for one in left:
        print(f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
