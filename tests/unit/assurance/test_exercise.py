# SPDX-License-Identifier: Apache-2.0
"""An exercise begins, marks, signs in, and leaves nothing behind; nor does one that died."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from tests import cast, site, visitor
from tests.office import Office, office, quick_hashing
from tests.visitor import Visitor
from uphold import errors
from uphold.access import exercise as accounts, reading, session, staff
from uphold.access.gate import Reason
from uphold.access.permission import Role
from uphold.access.reading import Denied, Opened
from uphold.access.session import Attempt
from uphold.assurance import audit, exercise
from uphold.assurance.exercise import Run
from uphold.assurance.tables import assurance_run
from uphold.enquiry import desk, reply
from uphold.enquiry.reply import Answered
from uphold.mail import delivery, outbox
from uphold.mail.delivery import Refused
from uphold.mail.send import Relay
from uphold.submission import record
from uphold.vault import remains

__all__ = ["office", "quick_hashing"]

DIGEST = "a" * 64


def begin(office: Office, by: int = 0) -> Run:
    app = office.app
    return exercise.begin(app.settings, app.writer, app.ring, by, edition=1, configuration=DIGEST)


@pytest.fixture
def run(office: Office) -> Iterator[Run]:
    with begin(office) as begun:
        yield begun


def marked(office: Office, run: Run) -> int:
    """The number of a submission that the run sends over HTTP."""
    before = records(office, run.run)
    with visitor.visiting(office.app, **{"uphold-exercise": run.mark()}) as somebody:
        somebody.receipt()
    (number,) = records(office, run.run) - before
    return number


def records(office: Office, run: int) -> set[int]:
    return office.read(lambda c: {row.number for row in c.execute(record.exercised(run))})


def of_kinds(office: Office, *kinds: str) -> list[tuple[str, dict[str, object]]]:
    return [(one.kind, dict(one.codes)) for one in office.entries() if one.kind in kinds]


def live(office: Office, number: int) -> list[str]:
    return [purpose for _, purpose in office.read(lambda c: remains.live(c, number))]


def test_its_beginning_and_its_end_are_journaled(office: Office) -> None:
    with begin(office, by=7) as run:
        pass
    assert of_kinds(office, "exercise.began", "exercise.ended") == [
        ("exercise.began", {"run": run.run, "by": 7}),
        ("exercise.ended", {"run": run.run}),
    ]
    (row,) = office.read(lambda c: c.execute(select(assurance_run)).all())
    assert (row.number, row.edition, row.configuration, row.by) == (run.run, 1, DIGEST, 7)
    assert row.began_at <= row.ended_at
    assert office.entries()[row.entry].kind == "exercise.began"


@pytest.fixture
def looking(office: Office) -> Iterator[int]:
    """Somebody looks just now whether a run is under way."""
    with begin(office):
        pass
    settings = office.app.settings
    file = settings.path(settings.keys.head).with_name(exercise.LOCK)
    handle = os.open(file, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_SH)
    yield handle
    os.close(handle)


def test_whoever_looks_is_no_run(office: Office, looking: int) -> None:
    assert not exercise.is_under_way(office.app.settings)
    fcntl.flock(looking, fcntl.LOCK_UN)
    with begin(office):
        assert exercise.is_under_way(office.app.settings)


def test_whoever_looks_keeps_no_run_from_beginning(
    office: Office, looking: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(_seconds: float) -> None:
        fcntl.flock(looking, fcntl.LOCK_UN)

    monkeypatch.setattr("uphold.database.turn.time.sleep", looked)
    with begin(office) as run:
        assert run.run == 2


def test_runs_are_numbered_upwards(office: Office) -> None:
    with begin(office) as first:
        pass
    with begin(office) as second:
        pass
    assert second.run == first.run + 1


def test_what_it_sends_is_marked(office: Office, run: Run) -> None:
    number = marked(office, run)
    facts = office.read(lambda c: record.facts(c, [number]))[number]
    assert facts.exercise == run.run
    following = office.entries()[facts.entry + 1]
    assert (following.kind, dict(following.codes)) == ("exercise.marked", {"run": run.run})
    assert live(office, number)


def test_what_a_person_sends_meanwhile_is_not(office: Office, run: Run) -> None:
    number = office.submit()
    assert records(office, run.run) == set()
    run.end()
    assert live(office, number)
    assert office.read(lambda c: desk.find(c, number)).state == desk.State.NEW


def test_its_end_destroys_what_it_sent(office: Office) -> None:
    with begin(office) as run:
        numbers = [marked(office, run) for _ in range(3)]
    for number in numbers:
        assert live(office, number) == []
        with pytest.raises(errors.Missing):
            office.read(partial(desk.find, record=number))
    reasons = {codes["reason"] for _, codes in of_kinds(office, "part.destroyed")}
    assert reasons == {"exercise"}
    assert office.entries()[-1].kind == "exercise.ended"


def test_more_than_one_transaction_holds(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercise, "_TOGETHER", 2)
    with begin(office) as run:
        numbers = [marked(office, run) for _ in range(5)]
    assert [live(office, number) for number in numbers] == [[]] * 5


def test_a_mark_does_not_outlive_its_run(office: Office) -> None:
    with begin(office) as run:
        mark = run.mark()
    before = visitor.stored(office.app)
    with visitor.visiting(office.app, **{"uphold-exercise": mark}) as somebody:
        assert somebody.send().status == 400
    assert visitor.stored(office.app) == before


def test_one_at_a_time(office: Office, run: Run) -> None:
    with pytest.raises(errors.Conflict, match="under way"):
        begin(office)


def test_what_a_dead_run_left_is_removed_by_the_next(office: Office) -> None:
    dead = begin(office)
    number, account = marked(office, dead), dead.account(Role.CLERK)
    # As the system does for a process that ends.
    os.close(dead._lock)
    with begin(office) as run:
        assert live(office, number) == []
        assert office.read(lambda c: staff.actor(c, account.number)) is None
        assert office.read(accounts.accounts) == ()
    assert of_kinds(office, "exercise.ended") == [
        ("exercise.ended", {"run": dead.run}),
        ("exercise.ended", {"run": run.run}),
    ]


def test_an_end_that_was_broken_off_can_be_begun_anew(
    office: Office, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exercise, "_TOGETHER", 1)
    numbers = [marked(office, run) for _ in range(3)]
    removed = office.run(lambda tx: exercise._remove_some(tx, office.ring, run.run, frozenset()))
    assert removed is not None
    assert len(removed) == 1
    run.end()
    assert [live(office, number) for number in numbers] == [[]] * 3
    assert len(of_kinds(office, "exercise.ended")) == 1


def test_its_accounts_sign_in_and_are_closed(office: Office) -> None:
    with begin(office) as run:
        account = run.account(Role.OWNER)
        assert run.account(Role.OWNER) is account
        attempt = Attempt(account.login, account.password, b"somewhere")
        signed = session.sign_in(office.writer, attempt, key=b"k" * 32, now=site.now())
        assert isinstance(signed, session.Signed)
        assert signed.actor.exercise
        found = office.read(lambda c: session.resolve(c, signed.token, site.now()))
        assert found is not None
        assert found.actor == signed.actor
    assert office.read(lambda c: session.resolve(c, signed.token, site.now())) is None
    again = session.sign_in(office.writer, attempt, key=b"k" * 32, now=site.now())
    assert isinstance(again, session.Refusal)
    assert of_kinds(office, "staff.signed-out") == [("staff.signed-out", {"staff": account.number})]


def test_its_passwords_are_shown_nowhere(office: Office, run: Run) -> None:
    account = run.account(Role.CLERK)
    assert account.password not in repr(account)
    assert account.password.encode() not in b"".join(office.raw())


def test_the_site_stays_whole(office: Office) -> None:
    office.submit(cast.stranger)
    with begin(office) as run:
        marked(office, run)
        run.account(Role.CLERK)
        assert list(audit.run(office.app.settings)) == []
    assert list(audit.run(office.app.settings)) == []


def test_the_lock_is_the_users_alone(office: Office, run: Run) -> None:
    path = Path(office.app.settings.path(office.app.settings.keys.head)).with_name(exercise.LOCK)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_visitor_cannot_begin_one(office: Office) -> None:
    with visitor.visiting(office.app, **{"uphold-exercise": "1.1.x"}) as somebody:
        before = visitor.stored(office.app)
        assert Visitor.send(somebody).status == 403
        assert visitor.stored(office.app) == before


def test_people_see_nothing_of_it_and_it_sees_nothing_of_people(office: Office, run: Run) -> None:
    person, own = office.submit(), marked(office, run)
    for exercise_, number in ((False, person), (True, own)):
        (line,) = office.read(partial(desk.page, state=desk.State.NEW, exercise=exercise_))
        assert line.item.record == number
        counts = office.read(partial(desk.counts, exercise=exercise_))
        assert {state: count for state, count in counts.items() if count} == {desk.State.NEW: 1}


def test_nobody_is_in_between(office: Office, run: Run) -> None:
    person, own = office.submit(), marked(office, run)
    clerk, account = office.staff(cast.clerk), run.account(Role.CLERK)
    actor = office.read(partial(staff.actor, number=account.number))
    assert actor is not None
    for who, number, is_exercise in ((actor, person, False), (clerk, own, True)):
        question = office.question(who, number, exercise=is_exercise)
        outcome = reading.open_record(office.writer, office.ring, question)
        assert isinstance(outcome, Denied)
        assert outcome.reason == Reason.EXERCISE
        denial = office.entries()[outcome.entry]
        assert (denial.kind, denial.codes["reason"]) == ("access.denied", "exercise-only")
    opened = reading.open_record(
        office.writer, office.ring, office.question(actor, own, exercise=True)
    )
    assert isinstance(opened, Opened)
    assert opened.values["email"] == cast.subject.email


async def test_its_answers_go_nowhere(office: Office, run: Run, tmp_path: Path) -> None:
    own = await asyncio.to_thread(marked, office, run)
    actor = office.read(partial(staff.actor, number=run.account(Role.CLERK).number))
    assert actor is not None
    question = office.question(actor, own, exercise=True)
    answered = reply.answer(office.writer, office.ring, question, "A", "B", language="en")
    assert isinstance(answered, Answered)
    (item,) = office.read(partial(outbox.of_record, record=own))
    assert item.state == outbox.State.EXERCISE
    judges = office.app.judges()
    relay = Relay("127.0.0.1", 1, "none", "office@example.org")
    tally = await delivery.deliver(office.writer, office.ring, relay, judges, now=site.now())
    assert tally == delivery.Tally()
    folder = tmp_path / "spool"
    written = delivery.export(
        office.writer, office.ring, judges, folder, sender="office@example.org", now=site.now()
    )
    assert written == ()
    # Nor where somebody has changed the row by hand.
    changed = replace(item, state=outbox.State.QUEUED)
    assert office.run(lambda tx: judges.answer(tx, changed)) == Refused(
        "exercise-only", lasting=True
    )
    run.end()
    assert list(audit.run(office.app.settings)) == []
