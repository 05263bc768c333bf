# SPDX-License-Identifier: Apache-2.0
"""Every entry that speaks of a record or of a member of staff has its sentence, and every sentence is whole."""

import re

import pytest

from tests.unit.web import journal_samples
from uphold.journal.catalogue import CATALOGUE
from uphold.web import journal_words, pages

SPEAK = [
    kind.name
    for kind in CATALOGUE.values()
    if any(
        kind.codes.get(name) == "number" and name in {"staff", "by", "held", "read"}
        for name in kind.codes
    )
    or any(name.startswith("record") for name in kind.commitments)
]


def test_every_kind_that_can_be_met_has_its_sentence() -> None:
    assert set(SPEAK) == set(journal_words.SENTENCES)


@pytest.mark.parametrize("language", list(pages.LANGUAGES))
@pytest.mark.parametrize("kind", SPEAK)
def test_a_sentence_is_put_together_of_the_codes_of_its_kind(kind: str, language: str) -> None:
    said = journal_words.sentence(
        kind, journal_samples.codes(kind), journal_samples.glossary(language)
    )
    assert said
    assert not re.search(r"%\(|\b(None|feedback)\b", said)


def test_people_times_and_codes_are_named() -> None:
    known = journal_samples.glossary("en")
    codes = {**journal_samples.codes("hold.placed"), "purpose": "all", "held": 0}
    said = journal_words.sentence("hold.placed", codes, known)
    assert "Whose: everybody. Purpose: every purpose. Why: suspicion. Until: " in said
    assert "UTC" in said
    assert "Until: no end" in journal_words.sentence("hold.placed", {**codes, "until": 0}, known)
    assert journal_words.person(codes, known) == "oleg"
    assert journal_words.person(journal_samples.codes("staff.signed-in"), known) == "irina"
    assert journal_words.person(journal_samples.codes("mail.sent"), known) == ""
    # An act of the person themself, by a code and no number, is nobody's on the staff.
    assert journal_words.person({"by": "receipt"}, known) == ""


def test_what_has_no_sentence_is_shown_by_its_name() -> None:
    assert journal_words.sentence("keys.rotated", {"epoch": 3}, journal_samples.glossary("en")) == (
        "keys.rotated"
    )
