# SPDX-License-Identifier: Apache-2.0
"""docs/reference/journal.md says what the catalogue says. Run this file to write its tables anew."""

import re
from collections.abc import Sequence
from pathlib import Path

from uphold.journal import catalogue

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "journal.md"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


def shapes() -> str:
    return table(["shape", "is"], [[f"`{name}`", said] for name, said in catalogue.SHAPES.items()])


def kinds() -> str:
    rows = []
    for kind in catalogue.CATALOGUE.values():
        codes = ", ".join(f"`{name}` ({shape})" for name, shape in kind.codes.items())
        commitments = ", ".join(f"`{name}`" for name in kind.commitments)
        rows.append([f"`{kind.name}`", kind.meaning, codes, commitments])
    return table(["act", "means", "codes", "commitments"], rows)


TABLES = {"shapes": shapes, "kinds": kinds}


def told(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert found is not None
    return found.group(1).strip()


def test_the_shapes_are_told() -> None:
    assert told(PAGE.read_text(), "shapes") == shapes()


def test_the_kinds_are_told() -> None:
    assert told(PAGE.read_text(), "kinds") == kinds()


def write() -> None:
    text = PAGE.read_text()
    for name, make in TABLES.items():
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        text = f"{before}{mark}{make()}\n{end}{after}"
    PAGE.write_text(text)


if __name__ == "__main__":
    write()
