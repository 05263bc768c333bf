# SPDX-License-Identifier: Apache-2.0
"""The inventory lists every column there is, says what each holds, and is what the data map prints.

Run this file to print the map anew.
"""

from pathlib import Path

from uphold.assurance import inventory
from uphold.database import changes
from uphold.database.schema import metadata
from uphold.policy import term

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "data-map.md"
MARK = "<!-- inventory -->\n"
# Alembic's own, and the one that is there for as long as a site is moved.
OTHERS = {"alembic_version", changes.TABLE}


def test_every_column_is_listed_and_nothing_else() -> None:
    known = inventory.inventory().tables
    declared = {t.name: {c.name for c in t.columns} for t in metadata.sorted_tables}
    assert {name: set(t.columns) for name, t in known.items() if name not in OTHERS} == declared


def test_every_place_says_what_it_holds() -> None:
    known = inventory.inventory()
    said = {holds for table in known.tables.values() for holds in table.columns.values()}
    places = [*known.files.values(), *known.cookies.values(), *known.others.values()]
    assert said | {place.holds for place in places} == set(inventory.HOLDS)
    texts = [one.about for one in known.tables.values()] + [place.about for place in places]
    assert all(text[language] for text in texts for language in ("en", "ru"))


def test_every_place_says_when_it_ends() -> None:
    known = inventory.inventory()
    words = {one.ends for one in known.tables.values() if isinstance(one.ends, str)}
    assert words == set(inventory.ENDS)
    for table in known.tables.values():
        if isinstance(table.ends, inventory.Term):
            assert table.ends.column in table.columns
            assert not table.ends.length or term.parse(table.ends.length)
        elif table.ends == "site":
            # What is kept for good holds nothing of a person, nor what leads to one but the staff's own.
            assert set(table.columns.values()) <= {"none", "staff", "link"}
    places = [*known.files.values(), *known.cookies.values(), *known.others.values()]
    assert all(place.ends[language] for place in places for language in ("en", "ru"))


def test_what_is_not_listed_is_named() -> None:
    found = {"vault_part": frozenset({"number", "plain"}), "stranger": frozenset({"x"})}
    assert list(inventory.unlisted(found, inventory.inventory())) == [
        "stranger",
        "vault_part.plain",
    ]


def test_the_data_map_is_the_inventory() -> None:
    _, mark, printed = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark
    assert printed.strip() == inventory.data_map(inventory.inventory()), "run this file"


def write() -> None:
    before, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(before + mark + inventory.data_map(inventory.inventory()) + "\n", "utf-8")


if __name__ == "__main__":
    write()
