# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/asvs.md from the table beside it, and say what is wrong with the table."""

import ast
import functools
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "reference" / "asvs.toml"
PAGE = ROOT / "docs" / "reference" / "asvs.md"
STATUSES = ("met", "differs", "operator", "not-applicable", "open")
# How many requirements of each level the standard has (5.0.0, its own table of contents).
LEVELS = {1: 70, 2: 183}
CHAPTERS = 17

HEAD = """\
# The baseline: OWASP ASVS 5.0, levels 1 and 2

Each requirement of the [Application Security Verification Standard](https://github.com/OWASP/ASVS) 5.0.0 up to
level 2, what becomes of it, and the tests that show it. The table is data: [`asvs.toml`](asvs.toml); this page is
written from it by `make asvs`, and a test fails when a test that it names does not exist. Ids and levels are the
standard's (CC BY-SA 4.0, OWASP Foundation); the words of the requirements are there, statuses and reasons here are
ours. Nobody but us has looked at them.

Beside it, at each build, bandit reads the source (`make lint`), and `make scan` has wapiti and sqlmap attack a
demonstration on this machine, as a visitor and as its owner. What they take for a finding and is none stands with
its reason in `tools/scan.toml`. schemathesis asks the API what its own description says, at each build.

Run on 22 November 2026: wapiti 3.2.3, 157 pages as a visitor (12 findings of forgery, each answered) and 528 as the
owner (none); sqlmap 1.10.10, nine addresses with every field that reaches a query (none); bandit 1.9.4 (none open).

"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What becomes of one requirement."""

    id: str
    level: int
    status: str
    reason: str
    tests: tuple[str, ...]


def read(text: str) -> tuple[Requirement, ...]:
    """Read the table."""
    found = tomllib.loads(text)["requirement"]
    return tuple(
        Requirement(name, one["level"], one["status"], one["reason"], tuple(one.get("tests", ())))
        for name, one in found.items()
    )


def faults(table: tuple[Requirement, ...], root: Path = ROOT) -> Iterator[str]:
    """Yield what is wrong: the wrong number, an unknown status, no reason, no test, a test that is not there."""
    counted = Counter(one.level for one in table)
    if counted != LEVELS:
        yield f"There are {dict(counted)} requirements, and should be {LEVELS}."
    for one in table:
        if one.status not in STATUSES:
            yield f"{one.id}: {one.status} is no status."
        if not one.reason:
            yield f"{one.id} has no reason."
        if one.status == "met" and not one.tests:
            yield f"{one.id} is met, and no test shows it."
        yield from (
            f"{one.id}: there is no {test}." for test in one.tests if not is_there(root, test)
        )


def is_there(root: Path, test: str) -> bool:
    """Tell whether a test exists: its file, and in it the function, if one is named."""
    file, _, name = test.partition("::")
    path = root / file
    return path.is_file() and path.name.startswith("test_") and (not name or name in _tests(path))


@functools.cache
def _tests(path: Path) -> frozenset[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.name.startswith("test_")
    )


def page(table: tuple[Requirement, ...]) -> str:
    """Write the page: figures by chapter, then what is not simply met or absent, with its reason."""
    lines = ["| chapter | " + " | ".join(STATUSES) + " |", "|---" * (len(STATUSES) + 1) + "|"]
    for chapter in range(1, CHAPTERS + 1):
        mine = Counter(one.status for one in table if one.id.startswith(f"V{chapter}."))
        lines.append(f"| V{chapter} | " + " | ".join(str(mine[s] or "") for s in STATUSES) + " |")
    every = Counter(one.status for one in table)
    lines.append("| all | " + " | ".join(f"**{every[s]}**" for s in STATUSES) + " |")
    for status, title in (
        ("open", "Open"),
        ("differs", "Done otherwise"),
        ("operator", "The operator's"),
        ("met", "Met"),
    ):
        rows = [
            f"| {one.id} | {one.level} | {one.reason} |" for one in table if one.status == status
        ]
        lines += ["", f"## {title}", "", "| requirement | level | how |", "|---|---|---|", *rows]
    return HEAD + "\n".join(lines) + "\n"


def main() -> int:
    table = read(TABLE.read_text(encoding="utf-8"))
    found = list(faults(table))
    print("".join(f"{line}\n" for line in found), end="", file=sys.stderr)
    PAGE.write_text(page(table), encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
