# SPDX-License-Identifier: Apache-2.0
"""Renew the locks: exact versions with the hashes of every published file, and no index address.

The locks are resolved against the public index alone, whatever this machine's pip is configured
with, so that their hashes are those of files that anybody can fetch. Arguments are handed to
pip-compile: `--upgrade`, or `--upgrade-package NAME`.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ADDRESS = re.compile(r"https?://|file://|--(?:extra-)?index-url|--find-links|--trusted-host")
OPTIONS = [
    *["--generate-hashes", "--strip-extras", "--no-annotate", "--quiet"],
    # setuptools is a package like any other: unlocked, it would break a checked install.
    *["--allow-unsafe"],
    *["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"],
]

# In environments of their own: what they need does not go together with what we need, or nobody else needs it.
APART = ("scan", "peers")
# Extras that the demo shows: whoever makes one has them without asking.
SHOWN = ("documents", "backups", "statistics")


def wanted(pyproject: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What pyproject.toml asks for: to run Uphold, and besides that to develop it."""
    groups = {
        name: lines for name, lines in pyproject["dependency-groups"].items() if name not in APART
    }
    extras = pyproject["project"]["optional-dependencies"]
    shown = [line for name in SHOWN for line in extras.get(name, [])]
    runtime = [*pyproject["project"]["dependencies"], *shown, *groups["build"]]
    lines = [line for group in [*extras.values(), *groups.values()] for line in group]
    return runtime, [line for line in lines if isinstance(line, str)]


def compile_lock(target: Path, requirements: list[str]) -> None:
    """Write `target`; packages that it already names keep their version unless asked otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    kept |= {"PIP_CERT": os.environ["PIP_CERT"]} if "PIP_CERT" in os.environ else {}
    kept |= {"PIP_CONFIG_FILE": os.devnull, "CUSTOM_COMPILE_COMMAND": "make lock"}
    with tempfile.NamedTemporaryFile("w", suffix=".in") as listed:
        listed.write("\n".join(requirements))
        listed.flush()
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *sys.argv[1:]]
        subprocess.run([*command, "-o", str(target), listed.name], env=kept, check=True)


def addresses(text: str) -> list[str]:
    """Lines of a lock that name a place to fetch from; there must be none."""
    return [line for line in text.splitlines() if ADDRESS.search(line)]


def main() -> int:
    runtime, development = Path("requirements/runtime.txt"), Path("requirements/development.txt")
    project = tomllib.loads(Path("pyproject.toml").read_text())
    to_run, to_develop = wanted(project)
    compile_lock(runtime, to_run)
    # Both locks agree on what both name, so one environment can hold them.
    compile_lock(development, [*to_run, *to_develop, f"-c {runtime.resolve()}"])
    apart = {name: Path(f"requirements/{name}.txt") for name in APART}
    for name, lock in apart.items():
        compile_lock(lock, project["dependency-groups"][name])
    found = addresses("".join(lock.read_text() for lock in (runtime, development, *apart.values())))
    for line in found:
        print(f"a lock names an address: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
