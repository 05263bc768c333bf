# SPDX-License-Identifier: Apache-2.0
"""Disclosures, broken."""

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import delete, update

from tests import cast
from tests.releases import DOCUMENT, REQUESTER
from tests.sabotage.sabotage import Ground, several
from uphold import errors
from uphold.access import disclosure, extract, gate, procedure, staff
from uphold.access.disclosed import access_disclosure, access_disclosure_move
from uphold.access.permission import Actor, Role
from uphold.access.procedure import Order, Scope, State, Step
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.policy.document import PROCESSOR
from uphold.vault import age, paper
from uphold.vault.paper import Paper


def approve_alone(ground: Ground) -> None:
    """On a Friday evening there is nobody else: whoever prepared it may approve it."""

    def moved(_before: Any, state: State, step: Step, *_who: int) -> State:
        to = procedure.TABLE[state].get(step)
        if to is None:
            raise errors.Conflict("No such step.")
        return to

    ground.wrap(procedure, "move", moved)


def approve_unseen(ground: Ground) -> None:
    """Whoever approves need not have looked."""

    def trusted(before: Any, tx: Any, number: int, actor: Any, _seen: str) -> Any:
        found = disclosure.find(tx, number)
        return before(tx, number, actor, disclosure.held(tx, found))

    ground.wrap(disclosure, "approve", trusted)


def send_what_is_there_now(ground: Ground) -> None:
    """What was approved and what is there now are taken for the same."""

    def unheld(before: Any, found: Any, _held: str, *given: Any) -> None:
        before(found, found.held, *given)

    ground.wrap(extract, "_require", unheld)


def take_any_ground(ground: Ground) -> None:
    """It is enough that some law knows the ground."""

    def lenient(before: Any, order: Any, recipient: Any, law: Any, now: int) -> None:
        before(order, replace(recipient, grounds=(law.id,)), law, now)

    ground.wrap(procedure, "check", lenient)


def disclose_to_processors(ground: Ground) -> None:
    """A processor is given something by a disclosure, as it is trusted anyway."""

    def trusted(before: Any, order: Any, recipient: Any, *given: Any) -> None:
        kind = "authority" if recipient.kind == PROCESSOR else recipient.kind
        before(order, replace(recipient, kind=kind), *given)

    ground.wrap(procedure, "check", trusted)


def keep_silent_always(ground: Ground) -> None:
    """Any disclosure may be kept from the person, whatever its ground."""
    ground.patch.setattr(procedure, "_check_silence", lambda *_given: None)


def add_the_whole_record(ground: Ground) -> None:
    """To be helpful, everything that the purpose has goes along."""

    def whole(before: Any, found: Any, *given: Any) -> Any:
        asked = before(found, *given)
        desk_fields = frozenset({"name", "email", "phone", "message"})
        return replace(asked, fields=asked.fields | desk_fields)

    ground.wrap(extract, "_asked", whole)


def send_in_the_clear(ground: Ground) -> None:
    """The recipient has no program for such files, so it gets the data as they are."""
    ground.patch.setattr(extract, "_encrypted", lambda plain, _key: plain)


def open_and_tell_nobody(ground: Ground) -> None:
    """What is opened for a disclosure is not journaled."""
    ground.patch.setattr(extract, "_journal", lambda *_given: None)


def keep_the_paper_open(ground: Ground) -> None:
    """Who asked stands in the database as it was written."""

    def plain(_ring: Any, _number: int, said: Paper) -> bytes:
        return msgspec.json.encode(said)

    def read(_ring: Any, _number: int, blob: bytes) -> Paper:
        return msgspec.json.decode(blob, type=Paper)

    ground.patch.setattr(paper, "seal", plain)
    ground.patch.setattr(paper, "open", read)


def ignore_holds(ground: Ground) -> None:
    """A suspension stops readings, and a disclosure is no reading."""

    def deaf(before: Any, asked: Any, given: Any, current: Any, consents: Any, _holds: Any) -> Any:
        return before(asked, given, current, consents, ())

    ground.wrap(gate, "leave", deaf)


# --- the register --------------------------------------------------------------------------------------


def sent(app: App) -> int:
    """A disclosure of somebody's data that is right; returns its number."""
    desk, people = app.disclosures(), []
    for who, role in ((cast.officer, Role.OFFICER), (cast.owner, Role.OWNER)):
        made = app.writer.run(
            lambda tx, who=who, role=role: staff.invite(tx, who.login, role, staff.COMMAND_LINE)  # type: ignore[misc] # mypy infers no lambda with a default
        )
        found = staff.redeem(app.writer, made.token, who.password, now=made.expires_at - 1)
        assert isinstance(found, staff.Account)
        people.append(Actor(found.number, role))
    officer, owner = people
    scope = Scope((1,), "communication", frozenset({"name"}))
    key = age.new_identity()[1]
    order = Order("authorities", "court-proceedings", REQUESTER, DOCUMENT, key, scope)
    number = app.writer.run(lambda tx: disclosure.prepare(tx, desk, officer, order)).number
    seen = extract.preview(app.writer, desk, owner, number)
    assert isinstance(seen, extract.Extract)
    app.writer.run(lambda tx: disclosure.approve(tx, number, owner, seen.held))
    file = extract.send(app.writer, desk, officer, number)
    assert isinstance(file, extract.File)
    return number


def strike_it(ground: Ground) -> None:
    """One that went out is struck from the register."""

    def struck(app: App) -> None:
        number = sent(app)
        table = access_disclosure
        app.writer.run(lambda tx: tx.execute(delete(table).where(table.c.number == number)))

    ground.later.append(struck)


def name_another_approver(ground: Ground) -> None:
    """Afterwards the register says that somebody else had approved it."""

    def renamed(app: App) -> None:
        number, moves = sent(app), access_disclosure_move
        mine = (moves.c.disclosure == number) & (moves.c.step == Step.APPROVE)
        app.writer.run(lambda tx: tx.execute(update(moves).where(mine).values(staff=99)))

    ground.later.append(renamed)


def send_unapproved(ground: Ground) -> None:
    """A script for urgent cases makes the file at once, with its lines in the journal."""

    def hurried(app: App) -> None:
        number = sent(app)
        desk, boss = app.disclosures(), Actor(1, Role.OWNER)
        found = _find(app, number)
        scope = Scope(found.records, found.purpose, frozenset(found.fields))
        order = Order(found.recipient, found.ground, REQUESTER, DOCUMENT, found.key, scope)

        def urgent(tx: Transaction) -> None:
            made = disclosure.prepare(tx, desk, boss, order)
            tx.execute(
                update(access_disclosure)
                .where(access_disclosure.c.number == made.number)
                .values(state=State.APPROVED)
            )
            disclosure.sent(tx, desk, made.number, boss, "0" * 64)

        app.writer.run(urgent)

    ground.later.append(hurried)


def hide_it_for_longer(ground: Ground) -> None:
    """Afterwards the person is to be told later than was decided."""

    def hidden(app: App) -> None:
        number, table = sent(app), access_disclosure
        later = update(table).where(table.c.number == number).values(silence_until=1 << 50)
        app.writer.run(lambda tx: tx.execute(later))

    ground.later.append(hidden)


def tell_of_one_that_was_not(ground: Ground) -> None:
    """An entry says that something left which the register knows nothing of."""

    def told(app: App) -> None:
        codes: dict[str, entry.Code] = {"disclosure": 7, "staff": 1}
        app.writer.run(
            lambda tx: tx.append(entry.encode("disclosure.approved", tx.now, entry.salt(), codes))
        )

    ground.later.append(told)


def _find(app: App, number: int) -> Any:
    with app.database.read() as connection:
        return disclosure.find(connection, number)


SABOTAGES = several(
    "disclosure.on-ground",
    ("alone", "Who prepared a disclosure may approve it", approve_alone),
    ("unseen", "Whoever approves need not have looked", approve_unseen),
    ("changed", "What goes out need not be what was approved", send_what_is_there_now),
    ("any-ground", "A recipient gets data on a ground that it does not name", take_any_ground),
    ("processor", "A processor is given data by a disclosure", disclose_to_processors),
    ("silence", "Any disclosure may be kept from the person", keep_silent_always),
    ("whole", "Everything that the purpose has goes along", add_the_whole_record),
    ("clear", "The file is not encrypted", send_in_the_clear),
    ("untold", "What is opened for a disclosure is not journaled", open_and_tell_nobody),
    ("paper", "Who asked stands in the database as it was written", keep_the_paper_open),
    ("hold", "A suspension of reading does not stop a disclosure", ignore_holds),
    ("struck", "One that went out is struck from the register", strike_it),
    ("renamed", "The register names another approver afterwards", name_another_approver),
    ("urgent", "A file is made without approval, for urgent cases", send_unapproved),
    ("longer", "The person is kept from knowing for longer than decided", hide_it_for_longer),
    ("unknown", "An entry tells of a disclosure that the register lacks", tell_of_one_that_was_not),
)
