# SPDX-License-Identifier: Apache-2.0
"""What is asked is done and the request ended together, or neither; what orders keep is told."""

from dataclasses import replace

import pytest

from tests import site
from tests.editions import PURPOSE
from tests.office import Office
from uphold import errors
from uphold.access import hold, reading
from uphold.consent import ledger
from uphold.enquiry import desk
from uphold.retention import orders
from uphold.retention.ends import Rules
from uphold.retention.orders import Terms
from uphold.rights import perform, request
from uphold.rights.holdings import Ground
from uphold.rights.machine import Kind, Move, State, Step
from uphold.rights.perform import Done
from uphold.rights.stored import Channel, Identity, Intake, Stored
from uphold.vault import remains

LAWS = ("ru-152fz",)


def ground(office: Office) -> Ground:
    return Ground(office.ring, Rules(office.app.shelf.edition, office.edition, desk.happened))


def in_work(office: Office, kind: Kind, *records: int, **more: object) -> Stored:
    asked = Intake(kind, records, "A" * 16, Channel.PAPER, Identity.DOCUMENT, "ru", staff=3)
    asked = replace(asked, **more)  # type: ignore[arg-type] # the tests' own names
    made = office.run(lambda tx: request.receive(tx, office.ring, "", LAWS, asked))
    by = Move(Step.TAKE, site.now())
    return office.run(lambda tx: request.move(tx, office.ring, made.number, by, 3))


def done(office: Office, one: Stored, **more: object) -> Done:
    made = office.run(
        lambda tx: perform.perform(tx, ground(office), one.number, 3, **more)  # type: ignore[arg-type] # the tests' own names
    )
    assert isinstance(made, Done)
    return made


def test_nothing_is_done_before_it_is_in_work(sqlite_office: Office) -> None:
    record = sqlite_office.submit()
    asked = Intake(Kind.ERASURE, (record,), "A" * 16, Channel.PAPER, Identity.NONE, "ru")
    made = sqlite_office.run(lambda tx: request.receive(tx, sqlite_office.ring, "", LAWS, asked))
    with pytest.raises(errors.Conflict):
        done(sqlite_office, made)
    assert len(sqlite_office.read(lambda c: remains.live(c, record))) == 3


def test_what_an_order_keeps_is_told(sqlite_office: Office) -> None:
    record = sqlite_office.submit()
    terms = Terms(record, PURPOSE, "Decision of the court", 0, None)
    sqlite_office.run(lambda tx: orders.place(tx, terms, 1))
    assert done(sqlite_office, in_work(sqlite_office, Kind.ERASURE, record)).kept
    left = sqlite_office.read(lambda c: remains.live(c, record))
    assert {purpose for _, purpose in left} == {PURPOSE}


def test_a_correction_that_is_wrong_anywhere_corrects_nothing(sqlite_office: Office) -> None:
    first, second = sqlite_office.submit(), sqlite_office.submit()
    one = in_work(sqlite_office, Kind.RECTIFICATION, first, second)
    changes = {first: {"name": "Agnia"}, second: {"email": "nonsense"}}
    before = sqlite_office.read(lambda c: remains.digest(c, (first, second)))
    wrong = sqlite_office.run(
        lambda tx: perform.perform(tx, ground(sqlite_office), one.number, 3, changes=changes)
    )
    assert isinstance(wrong, list)
    assert [problem.code for problem in wrong] == ["not-email"]
    assert sqlite_office.read(lambda c: remains.digest(c, (first, second))) == before
    with pytest.raises(errors.Invalid):
        done(sqlite_office, one)
    with pytest.raises(errors.Missing):
        done(sqlite_office, one, changes={99: {"name": "Agnia"}})


def test_only_the_purposes_named_are_withdrawn_or_suspended(sqlite_office: Office) -> None:
    record = sqlite_office.submit()
    done(sqlite_office, in_work(sqlite_office, Kind.WITHDRAWAL, record, purposes=("other",)))
    assert sqlite_office.read(lambda c: ledger.acts(c, record))[-1].act == ledger.GIVEN
    done(sqlite_office, in_work(sqlite_office, Kind.OBJECTION, record, purposes=(PURPOSE,)))
    held = sqlite_office.read(lambda c: hold.active(c, site.now() + 1))
    assert [(one.record, one.purpose) for one in held] == [(record, PURPOSE)]


def test_what_is_handed_out_is_proved_by_its_digest(sqlite_office: Office) -> None:
    record = sqlite_office.submit()
    one = in_work(sqlite_office, Kind.ACCESS, record)
    own = perform.hand_out(sqlite_office.writer, ground(sqlite_office), one, 3)
    assert PURPOSE in {part.purpose for part in own}
    assert {r.staff for r in sqlite_office.read(lambda c: reading.history(c, record))} == {3}
    ended = done(sqlite_office, one, handed="0c" * 32).stored
    assert ended.request.state is State.FULFILLED
    last = sqlite_office.read(lambda c: request.history(c, one.number))[-1]
    assert last.after == "0c" * 32
    with pytest.raises(errors.Conflict):
        perform.hand_out(sqlite_office.writer, ground(sqlite_office), ended, 3)
