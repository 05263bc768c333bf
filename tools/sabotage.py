# SPDX-License-Identifier: Apache-2.0
"""Break every promise on purpose, and write docs/reference/sabotage.md and the score that evaluations tell.

Which probe saw each sabotage is written too: a test then runs that one alone.
"""

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import network
from tests.sabotage import sabotage, stage, table
from tests.sabotage.sabotage import Sabotage
from uphold import errors
from uphold.assurance.report import Verdict

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "sabotage.md"
SCORE = Path(__file__).parent.parent / "src" / "uphold" / "assurance" / "sabotaged.toml"
SCORED = """# How many sabotages of this version were made, and how many of them `uphold prove` caught: of the
# last `make sabotage`, which writes this file.

"""
CAUGHT = """# Which probe of its promise sees a sabotage, of the last `make sabotage`, which writes this file.

"""
HEAD = """# Sabotages

A probe that never says *broken* proves nothing. So each promise that is built is broken on purpose, in
at least one way that could really happen, and `uphold prove` must turn red at that promise and at every
clause that is bound to it, and be green again without it. `make test` does all of it at each build;
`make sabotage` writes this page. How to watch one, or to add one:
[Break a promise](../how-to/break-a-promise.md). Why nothing of this is in the product:
[decision 21](../design/decisions/0021-sabotage-outside-src.md).

A control group changes what a log line, a page elsewhere or a comment says, up to claiming that
everything is broken. It breaks nothing, and none of it is taken for a catch.

"""


def page(caught: Mapping[str, bool]) -> str:
    """The whole page, for what was caught by the id of the sabotage."""
    promises = {one.promise for one in table.SABOTAGES}
    told = f"**{table.score(caught)}**, over {len(promises)} promises."
    return HEAD + "\n".join([told, "", *table.lines(caught)]) + "\n"


def score(caught: Mapping[str, bool]) -> str:
    """The counts that the product tells of, for what was caught by the id of the sabotage."""
    return f"{SCORED}made = {len(caught)}\ncaught = {sum(caught.values())}\n"


def catchers(seen: Mapping[str, str]) -> str:
    """Which probe saw a sabotage, by the id of the sabotage."""
    lines = [f'"{one}" = "{probe}"' for one, probe in sorted(seen.items()) if probe]
    return CAUGHT + "\n".join(lines) + "\n"


def main() -> int:
    """Try every sabotage and write the page; 1 when one was not caught."""
    network.forbid()
    seen: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="uphold-sabotage-") as root, stage.quick_hashing():
        template = stage.make(Path(root) / "template")
        for number, one in enumerate(table.SABOTAGES):
            folder = stage.copy(template, Path(root) / str(number))
            seen[one.id] = _try(one, folder)
            shutil.rmtree(folder)
            print(f"{'caught' if seen[one.id] else 'NOT CAUGHT':11} {one.id}", flush=True)
    caught = {one: bool(probe) for one, probe in seen.items()}
    print(table.score(caught))
    PAGE.write_text(page(caught), encoding="utf-8")
    SCORE.write_text(score(caught), encoding="utf-8")
    table.FILE.write_text(catchers(seen), encoding="utf-8")
    return 0 if all(caught.values()) else 1


def _try(one: Sabotage, folder: Path) -> str:
    """Return the first probe that catches a sabotage, "" for none; one that leaves nothing to examine is not caught."""
    try:
        with sabotage.laid(folder, one.apply) as ground:
            report = sabotage.examined(ground, frozenset({one.promise}), one.only)
    except errors.UpholdError as error:
        print(f"  {error}", file=sys.stderr)
        return ""
    if not sabotage.is_caught(report, one.promise):
        return ""
    probes = report.promises[one.promise].probes
    return next(probe.id for probe in probes if probe.verdict is Verdict.BROKEN)


if __name__ == "__main__":
    sys.exit(main())
