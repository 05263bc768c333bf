# SPDX-License-Identifier: Apache-2.0
"""Break every promise on purpose, and write docs/reference/sabotage.md and the score that evaluations tell."""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import network
from tests.sabotage import sabotage, stage, table
from tests.sabotage.sabotage import Sabotage
from uphold import errors

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "sabotage.md"
SCORE = Path(__file__).parent.parent / "src" / "uphold" / "assurance" / "sabotaged.toml"
SCORED = """# How many sabotages of this version were made, and how many of them `uphold prove` caught: of the
# last `make sabotage`, which writes this file.

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


def main() -> int:
    """Try every sabotage and write the page; 1 when one was not caught."""
    network.forbid()
    caught: dict[str, bool] = {}
    with tempfile.TemporaryDirectory(prefix="uphold-sabotage-") as root, stage.quick_hashing():
        template = stage.make(Path(root) / "template")
        for number, one in enumerate(table.SABOTAGES):
            folder = stage.copy(template, Path(root) / str(number))
            caught[one.id] = _try(one, folder)
            print(f"{'caught' if caught[one.id] else 'NOT CAUGHT':11} {one.id}", flush=True)
    print(table.score(caught))
    PAGE.write_text(page(caught), encoding="utf-8")
    SCORE.write_text(score(caught), encoding="utf-8")
    return 0 if all(caught.values()) else 1


def _try(one: Sabotage, folder: Path) -> bool:
    """Whether a sabotage is caught; one that leaves nothing to examine is not."""
    try:
        with sabotage.laid(folder, one.apply) as ground:
            report = sabotage.examined(ground, frozenset({one.promise}), one.only)
    except errors.UpholdError as error:
        print(f"  {error}", file=sys.stderr)
        return False
    return sabotage.is_caught(report, one.promise)


if __name__ == "__main__":
    sys.exit(main())
