# SPDX-License-Identifier: Apache-2.0
"""Codes of figures in words: every code that a room can say has a sentence."""

from uphold.enquiry import durations as waits
from uphold.rights import durations as terms
from uphold.visits import layout
from uphold.web import pages, statistics_words
from uphold.web.statistics_words import Names


def names(language: str) -> Names:
    return Names(language, pages.translations(language), {}, {}, {})


def test_every_code_of_the_rooms_has_words() -> None:
    assert set(statistics_words.DEVICES) == set(layout.DEVICES)
    assert tuple(statistics_words.TERMS) == terms.BUCKETS
    assert tuple(statistics_words.WAITS) == waits.BUCKETS


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert names("en").of(statistics_words.COUNTRIES, "PT") == "PT"
    assert names("en").of(statistics_words.COUNTRIES, "KZ") == "Kazakhstan"
    assert names("en").named("Firefox") == "Firefox"
    assert names("en").named(layout.OTHER) == "Other"


def test_a_point_says_what_is_hidden_and_what_is_missing() -> None:
    one = names("en")
    assert one.number(None, at_least=False) == "hidden"
    assert one.number("7", at_least=True) == "at least 7"
    assert one.point("Monday", "7", None) == "Monday: 7"
    assert one.point("Monday", "7", ("Sunday", one.nothing())) == (
        "Monday: 7; before, Sunday: no figures"
    )
