# SPDX-License-Identifier: Apache-2.0
"""Verdicts on leaks, from hand-made traces."""

from dataclasses import replace

import pytest

from uphold.assurance import filling
from uphold.assurance.probe import Status
from uphold.assurance.probes import leaks
from uphold.assurance.probes.leaks import Read, Searched

CLEAN = Searched(marks=7, places=9, found=())
READ = Read(12, (), ())


def test_nothing_found_is_kept() -> None:
    assert leaks.judge_storage(CLEAN).status == Status.KEPT
    assert leaks.judge_logs(CLEAN).status == Status.KEPT


def test_a_find_breaks_it_and_is_told_without_the_value() -> None:
    found = replace(CLEAN, found=(("data/uphold.sqlite-wal", "base64 of utf-8"),), unread=("x",))
    for judge in (leaks.judge_storage, leaks.judge_logs):
        outcome = judge(found)
        assert outcome.status == Status.BROKEN
        assert [dict(said.values) for said in outcome.saw] == [
            {"place": "data/uphold.sqlite-wal", "form": "base64 of utf-8"}
        ]


def test_a_search_that_was_none_shows_nothing() -> None:
    assert leaks.judge_storage(replace(CLEAN, marks=0)).status == Status.NOT_SHOWN
    assert leaks.judge_storage(replace(CLEAN, unread=("data/x",))).status == Status.NOT_SHOWN


@pytest.mark.parametrize("why", ["no-proc", "nobody-listens", "other-user", "gone", "no-file"])
def test_logs_that_cannot_be_read_are_said(why: str) -> None:
    outcome = leaks.judge_logs(replace(CLEAN, unseen=why))
    assert outcome.status == Status.NOT_APPLICABLE
    assert outcome.saw[0].text


def test_a_journal_by_the_catalogue_is_kept() -> None:
    assert leaks.judge_journal(READ).status == Status.KEPT


def test_an_entry_that_says_more_breaks_it() -> None:
    assert leaks.judge_journal(replace(READ, strange=(3,))).status == Status.BROKEN
    assert leaks.judge_journal(replace(READ, leaking=((3, "utf-8"),))).status == Status.BROKEN
    assert leaks.judge_journal(replace(READ, entries=0)).status == Status.NOT_SHOWN


def test_one_stem_is_looked_for_instead_of_every_mark() -> None:
    marks = [filling.mark() for _ in range(50)]
    phones = [f"+7 90000000{n:02}" for n in range(20)]
    found = leaks.sought([*marks, *phones])
    assert found == [filling.STEM, *phones[:2], *phones[-2:]]
    assert leaks.sought(phones[:4]) == phones[:4]
    assert leaks.sought([]) == []
