# SPDX-License-Identifier: Apache-2.0
"""What passes through the vault does not print itself."""

import msgspec

from tests import cast, rings
from uphold.vault import part, records


def test_fields_become_one_json_object() -> None:
    made = part.plain("feedback", 1, {"name": "Агния", "age": None, "tags": ["a"]})
    assert msgspec.json.decode(made.payload) == {"name": "Агния", "age": None, "tags": ["a"]}
    assert made.contacts == ()


def test_nothing_shows_what_it_holds() -> None:
    sealed = records.prepare(rings.ring(), 5, rings.submission())
    for thing in (rings.submission(), sealed, sealed.parts, sealed.parts[1].indexed):
        shown = f"{thing!r} {thing}"
        assert cast.leaks(shown.encode()) == []
        assert "\\x" not in shown


def test_a_fetched_part_knows_its_record() -> None:
    assert part.Fetched(5 << 8 | 1, "feedback", 1, b"", 1, b"").record == 5
