# SPDX-License-Identifier: Apache-2.0
"""Consents are tallied from the journal, each once, and those of the probes not at all."""

from collections.abc import Mapping
from datetime import UTC, date

from tests.figures import Figures
from uphold.journal.entry import Code
from uphold.statistics import tally

DAY_MS = 24 * 60 * 60 * 1000
# 2033-05-18, 00:00 UTC: later than what a test begins with.
FIRST = 1_999_987_200_000
DAY = date(2033, 5, 18)
Told = tuple[str, Mapping[str, Code]]


def given(purpose: str = "reply") -> Told:
    codes: dict[str, Code] = {"purpose": purpose, "edition": 2, "language": "ru"}
    return "consent.given", {**codes, "wording": "0" * 64, "form": "0" * 64}


def withdrawn() -> Told:
    return "consent.withdrawn", {**given()[1], "by": "receipt", "request": 0}


def stored(consents: str = "reply") -> Told:
    codes: dict[str, Code] = {"form": "feedback", "edition": 2, "parts": "reply", "state": "new"}
    return "record.stored", {**codes, "consents": consents, "wordings": "0" * 64}


MARKED: Told = ("exercise.marked", {"run": 1})
BEGAN: Told = ("exercise.began", {"run": 1, "by": 0})
ENDED: Told = ("exercise.ended", {"run": 1})


def advance(figures: Figures, until: int) -> int:
    return tally.advance(figures.database, figures.writer, until, UTC)


def found(figures: Figures, act: str, day: date = DAY) -> Mapping[tuple[str, str], int]:
    return figures.read(lambda c: tally.counts(c, act, [day])).get(day, {})


def test_consents_are_counted_by_day_edition_and_purpose(figures: Figures) -> None:
    figures.tell(given(), given("news"), stored("reply+news"), given(), stored(), at=FIRST)
    figures.tell(withdrawn(), at=FIRST + 1000)
    figures.tell(given("news"), at=FIRST + DAY_MS)
    advance(figures, FIRST + DAY_MS)
    assert found(figures, tally.GIVEN) == {("2", "reply"): 2, ("2", "news"): 1}
    assert found(figures, tally.WITHDRAWN) == {("2", "reply"): 1}
    assert figures.read(tally.days) == (DAY,)
    advance(figures, FIRST + 2 * DAY_MS)
    assert found(figures, tally.GIVEN, date(2033, 5, 19)) == {("2", "news"): 1}


def test_nothing_is_counted_twice(figures_file: Figures) -> None:
    figures_file.tell(given(), stored(), at=FIRST)
    for _ in range(3):
        end = advance(figures_file, FIRST + 1000)
    assert found(figures_file, tally.GIVEN) == {("2", "reply"): 1}
    figures_file.tell(given(), stored(), at=FIRST)
    assert advance(figures_file, FIRST + 1000) > end
    assert found(figures_file, tally.GIVEN) == {("2", "reply"): 2}


def test_what_probes_did_is_not_counted(figures_file: Figures) -> None:
    figures_file.tell(BEGAN, at=FIRST)
    # A person's own, then the probes', in one transaction.
    figures_file.tell(given(), stored(), given(), stored(), MARKED, at=FIRST)
    figures_file.tell(withdrawn(), at=FIRST)
    figures_file.tell(given("news"), at=FIRST)
    advance(figures_file, FIRST + 1000)
    figures_file.tell(withdrawn(), at=FIRST)
    figures_file.tell(ENDED, at=FIRST)
    figures_file.tell(withdrawn(), at=FIRST)
    advance(figures_file, FIRST + 1000)
    assert found(figures_file, tally.GIVEN) == {("2", "reply"): 1}
    assert found(figures_file, tally.WITHDRAWN) == {("2", "reply"): 1}


def test_a_renewed_consent_beside_a_record_of_the_probes_is_counted(figures_file: Figures) -> None:
    figures_file.tell(given("news"), given(), stored(), MARKED, at=FIRST)
    advance(figures_file, FIRST + 1000)
    assert found(figures_file, tally.GIVEN) == {("2", "news"): 1}
