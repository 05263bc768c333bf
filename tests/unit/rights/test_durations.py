# SPDX-License-Identifier: Apache-2.0
"""How long answers to requests took: a day and a part of the term, and nothing of whom or which."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.office import Office, now
from uphold.law import clock
from uphold.rights import durations, request
from uphold.rights.machine import Kind, Move, Step
from uphold.rights.stored import Channel, Identity, Intake, Stored

DAY = 24 * 3_600_000
MOSCOW = ZoneInfo("Europe/Moscow")


def asked(kind: Kind, number: int, *, exercise: bool = False) -> Intake:
    return Intake(
        kind, (number,), f"P{number}", Channel.MAIL, Identity.CONTACT, "ru", exercise=exercise
    )


def receive(office: Office, intake: Intake, age: int) -> Stored:
    came = now() - age * DAY
    return office.run(lambda tx: request.receive(tx, office.ring, "", ("ru-152fz",), intake, came))


def test_each_part_of_a_term_has_its_code() -> None:
    (term,) = clock.start("ru-152fz", "request.access", now())
    quarter = (term.due - term.started) // 4
    ats = [term.started, *(term.started + part * quarter + 4 for part in (1, 2, 3)), term.due]
    found = [durations.bucket((term,), at) for at in ats]
    assert found == [*durations.QUARTERS, durations.LATE]
    assert durations.bucket((term,), term.due - 1) == durations.QUARTERS[-1]
    assert durations.bucket((), term.due) == durations.UNTIMED
    assert set(found) | {durations.UNTIMED} == set(durations.BUCKETS)


def test_under_two_laws_the_term_that_ends_first_counts() -> None:
    both = clock.under(("eu-gdpr", "ru-152fz"), "request.access", now())
    first, later = sorted(both, key=lambda one: one.due)
    assert durations.bucket(both, first.due) == durations.LATE
    assert durations.bucket((later,), first.due) != durations.LATE


def test_what_was_answered_counts_once_and_nothing_else(office: Office) -> None:
    for number, age in enumerate((0, 40), start=1):
        made = receive(office, asked(Kind.ACCESS, number), age)
        office.run(lambda tx, made=made: request.done(tx, office.ring, made.number, 1))  # type: ignore[misc] # mypy infers no lambda with a default
    retracted = receive(office, asked(Kind.ACCESS, 3), 1)
    office.run(
        lambda tx: request.move(
            tx, office.ring, retracted.number, Move(Step.RETRACT, tx.now), request.PERSON
        )
    )
    receive(office, asked(Kind.ACCESS, 4), 1)
    ours = receive(office, asked(Kind.ACCESS, 5, exercise=True), 1)
    office.run(lambda tx: request.done(tx, office.ring, ours.number, 1))

    since, until = now() - DAY, now() + DAY
    found = office.read(lambda c: durations.durations(c, since, until, MOSCOW))
    today = clock.moment(now()).astimezone(MOSCOW).date()
    assert {code for _, code in found} == {durations.QUARTERS[0], durations.LATE}
    assert len(found) == 2
    assert all(today - day <= timedelta(days=1) for day, _ in found)
    assert all(before <= after for before, after in pairwise(found))
    assert office.read(lambda c: durations.durations(c, until, until + DAY, MOSCOW)) == ()


@pytest.mark.parametrize("ahead", [0, 1])
def test_the_end_of_the_time_asked_for_is_outside_it(sqlite_office: Office, ahead: int) -> None:
    made = receive(sqlite_office, asked(Kind.ACCESS, 1), 0)
    ended = sqlite_office.run(lambda tx: request.done(tx, sqlite_office.ring, made.number, 1))
    until = ended.request.moved + ahead
    found = sqlite_office.read(lambda c: durations.durations(c, 0, until, MOSCOW))
    assert len(found) == ahead
