# SPDX-License-Identifier: Apache-2.0
"""`uphold law`: the terms of a law and their ends, readable and as JSON."""

import pytest

from tests import terminal
from uphold.law import profile

COUNT = ("law", "deadline", "access.answer", "--from")


def test_the_terms_of_every_law(capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "law", "show", "--on", "2026-11-22")
    assert told.code == 0
    assert "eu-gdpr: General Data Protection Regulation" in told.out
    line = "access.answer          10 working days, 5 working days more if told before\n"
    assert line in told.out
    assert " law: 152-fz:14.3, 152-fz:20.1 (V1)\n" in told.out
    assert "dispute.block          at once\n" in told.out
    assert max(map(len, told.out.splitlines())) <= 100


def test_the_terms_of_one_law_on_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    (law,) = terminal.run(capsys, "law", "show", "ru-152fz", "--on", "2022-08-31", "--json").json
    rules = {rule["id"]: rule for rule in law["rules"]}
    assert "breach.notice" not in rules
    assert rules["unlawful.stop"]["term"] == {"amount": 3, "unit": "working-days"}
    assert rules["unlawful.stop"]["valid_from"] == "2011-07-27"
    assert rules["unlawful.stop"]["valid_to"] is None
    assert {ground["id"] for ground in law["grounds"]} >= {"repeated", "others"}


def test_a_term_ends_by_each_law_that_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, *COUNT, "2026-11-23")
    assert told.code == 0
    assert "ends      2026-12-23, Wednesday, with the day in Europe/Brussels\n" in told.out
    assert "ends      2026-12-07, Monday, with the day in Europe/Moscow\n" in told.out
    assert "can be made longer by 5 working days, told before the end: a reasoned" in told.out
    assert max(map(len, told.out.splitlines())) <= 100


def test_an_extended_term(capsys: pytest.CaptureFixture[str]) -> None:
    words = (*COUNT, "2026-11-23", "--profile", "ru-152fz", "--extended")
    (end,) = terminal.run(capsys, *words, "2026-12-07T23:59", "--json").json
    assert (end["end"], end["extended"]) == ("2026-12-14", True)
    assert end["over_at"] == "2026-12-14T21:00:00+00:00"
    assert "15 working days" in terminal.run(capsys, *words, "2026-12-01").out
    late = terminal.run(capsys, *words, "2026-12-08")
    assert (late.code, late.out) == (2, "")
    assert "before the term ends" in late.advice


def test_hours_end_at_a_moment(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("law", "deadline", "breach.notice", "--profile", "eu-gdpr")
    told = terminal.run(capsys, *words, "--from", "2026-03-28T12:00+01:00")
    assert "ends      2026-03-31T13:00:00+02:00 (Europe/Brussels)\n" in told.out


def test_what_must_last_lasts(capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "law", "deadline", "destruction.proof", "--from", "2026-11-22")
    assert "lasts to  2029-11-22, Thursday" in told.out


def test_a_time_without_a_zone_is_the_operators(capsys: pytest.CaptureFixture[str]) -> None:
    words = (*COUNT, "2026-11-22T23:30", "--profile", "ru-152fz", "--json", "--zone")
    (here,) = terminal.run(capsys, *words, "Asia/Kamchatka").json
    assert here["from"] == "2026-11-22T23:30:00+12:00"
    assert here["zone"] == "Asia/Kamchatka"


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("law", "show", "us-none"), "eu-gdpr"),
        (("law", "show", "--on", "soon"), "2026-11-22"),
        (("law", "deadline", "no.rule", "--from", "2026-11-22"), "access.answer"),
        ((*COUNT, "soon"), "2026-11-22T10:00+03:00"),
        ((*COUNT, "9999-12-31T23:59Z"), "2026-11-22T10:00+03:00"),
        ((*COUNT, "9999-12-20T10:00Z", "--profile", "eu-gdpr"), "time given"),
        ((*COUNT, "0001-01-01T00:00Z", "--zone", "America/New_York"), "2026-11-22T10:00+03:00"),
        ((*COUNT, "2017-01-01", "--profile", "eu-gdpr"), "None of its rules"),
        ((*COUNT, "2027-12-20", "--profile", "ru-152fz"), "calendars/ru/2028.toml"),
        ((*COUNT, "2026-11-22", "--zone", "Mars"), "Europe/Moscow"),
    ],
)
def test_what_cannot_be_told_is_refused_with_advice(
    words: tuple[str, ...], advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, *words)
    assert (told.code, told.out) == (2, "")
    assert advice in told.advice


def test_each_rule_can_be_counted(capsys: pytest.CaptureFixture[str]) -> None:
    for name in profile.ids():
        for rule in profile.profile(name).rules:
            words = ("law", "deadline", rule.id, "--profile", name, "--from", "2026-11-23")
            assert terminal.run(capsys, *words).code == 0, rule.id
