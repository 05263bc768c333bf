# SPDX-License-Identifier: Apache-2.0
"""Disclosures: nothing leaves without a ground, a second person and a line in the journal; and nothing more leaves."""

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from uphold import errors
from uphold.access import disclosure, extract, hold
from uphold.access.disclosed import Disclosure
from uphold.access.disclosure import Desk
from uphold.access.extract import File
from uphold.access.gate import Hold
from uphold.access.permission import Actor, Role
from uphold.access.procedure import Order, Scope
from uphold.access.reading import Denied
from uphold.assurance import filling, formless, trail
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    judged,
    not_shown,
    said,
)
from uphold.assurance.scene import Scene, Submitted
from uphold.database.transaction import Transaction
from uphold.law import disclosure as grounds
from uphold.law.disclosure import Ground
from uphold.mail import outbox
from uphold.mail.letter import Letter
from uphold.policy.document import AUTHORITY, PROCESSOR, Edition, Recipient
from uphold.submission import record as submissions
from uphold.vault import age

WHOLE = (
    *("disclosure.prepared", "disclosure.opened", "disclosure.approved"),
    *("disclosure.opened", "disclosure.sent"),
)
"""What the journal says of a disclosure that is prepared, looked at by another, approved and sent."""

_MINUTE = 60_000
_WORD = {"en": "Exercise"}
_NOBODY, _WHO, _BY = "exercise-nobody", "exercise-authority", "exercise-processor"


# --- attempts, and one disclosure that is right -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempted:
    """What became of disclosures of the exercise's own submission, to a key of the exercise's own.

    `done` are the attempts that succeeded and must not. Of the one that is right: `kinds` of its entries in the
    journal, all of them `proven`; of the `asked` fields `found` stand in the file once it is opened, with `more` that
    were not asked; `plain` values stand in the file or in its paper's row as they are, `told` in the journal. Where the
    library for such files is not `installed` nothing was tried.
    """

    done: tuple[str, ...]
    tried: int
    kinds: tuple[str, ...]
    proven: bool
    asked: int
    found: int
    more: int
    plain: int
    told: int
    installed: bool = True


class _Trial:
    """The desk of disclosures with an authority that only this run knows; nothing of it is published."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.own = scene.submitted()
        self.ground, self.other = _grounds(scene)
        editions = {edition.number: edition for edition in scene.editions}
        current = _widened(scene.edition, self.ground)
        self.desk = Desk(scene.ring, editions.__getitem__, current, submissions.facts)
        self.officer, self.owner, self.clerk = (
            Actor(scene.exercise.account(role).number, role, exercise=True)
            for role in (Role.OFFICER, Role.OWNER, Role.CLERK)
        )
        self.secret, self.key = age.new_identity()
        self.words = (filling.mark(), filling.mark())
        scene.marks += self.words
        field = next(one for one in scene.form(self.own.form).fields if one.key in self.own.values)
        self.field, self.purpose = field.key, field.purposes[0]

    @property
    def order(self) -> Order:
        scope = Scope((self.own.record,), self.purpose, frozenset({self.field}))
        requester, document = self.words
        return Order(_WHO, self.ground.id, requester, document, self.key, scope)

    def prepare(self, order: Order | None = None, actor: Actor | None = None) -> Disclosure:
        """Prepare a disclosure, by default the one that is right."""
        return self.scene.writer.run(
            lambda tx: disclosure.prepare(tx, self.desk, actor or self.officer, order or self.order)
        )

    def seen(self, number: int, actor: Actor | None = None) -> str:
        """Look at what would leave; raises `errors.Conflict` when the gate says no."""
        found = extract.preview(self.scene.writer, self.desk, actor or self.owner, number)
        if isinstance(found, Denied):
            raise errors.Conflict(f"Denied: {found.reason}.")
        return found.held

    def approve(self, number: int, actor: Actor, held: str) -> Disclosure:
        """Approve a disclosure as it was seen."""
        return self.scene.writer.run(lambda tx: disclosure.approve(tx, number, actor, held))

    def send(self, number: int, actor: Actor | None = None) -> File:
        """Make the file; raises as `seen`."""
        found = extract.send(self.scene.writer, self.desk, actor or self.officer, number)
        if isinstance(found, Denied):
            raise errors.Conflict(f"Denied: {found.reason}.")
        return found

    def ready(self) -> Disclosure:
        """Prepare, look at and approve one that is right."""
        one = self.prepare()
        return self.approve(one.number, self.owner, self.seen(one.number))


def _grounds(scene: Scene) -> tuple[Ground, Ground | None]:
    """A ground that obliges and forbids nobody to tell, and another one."""
    every = grounds.on(scene.edition.policy.laws, disclosure.moment(scene.now).date()).values()
    named = [one for one in every if one.obliges and not one.silence]
    return named[0], next((one for one in named if one is not named[0]), None)


def _widened(edition: Edition, ground: Ground) -> Edition:
    """The edition in force as if it named an authority and a processor of the exercise's."""
    authority = Recipient(
        id=_WHO,
        name=_WORD,
        address=_WORD,
        country="",
        kind=AUTHORITY,
        task=_WORD,
        grounds=(ground.id,),
    )
    processor = replace(authority, id=_BY, kind=PROCESSOR)
    recipients = {**edition.policy.recipients, _WHO: authority, _BY: processor}
    return replace(edition, policy=replace(edition.policy, recipients=recipients))


def _attempt(scene: Scene) -> Attempted:
    if not age.INSTALLED:
        return Attempted((), 0, (), True, 0, 0, 0, 0, 0, installed=False)
    trial = _Trial(scene)
    start = trail.size(scene)
    attempts = dict(_attempts(trial))
    done = tuple(name for name, act in attempts.items() if _succeeds(act))
    one = trial.ready()
    file = trial.send(one.number)
    told = [
        entry
        for entry in trail.since(scene, start, *sorted(set(WHOLE)))
        if entry.codes["disclosure"] == one.number
    ]
    asked, others = _values(trial.own, trial.field)
    read = _opened(file.content, trial.secret)
    # After this one nothing is as it was approved.
    changed = _succeeds(lambda: _change_and_send(trial, one.number))
    return Attempted(
        done=(*done, *(("changed",) if changed else ())),
        tried=len(attempts) + 1,
        kinds=tuple(entry.kind for entry in told),
        proven=all(entry.proven for entry in told),
        asked=len(asked),
        found=sum(value in read for value in asked),
        more=sum(value in read for value in others),
        plain=_plain(trial, one.number, file.content, (*asked, *others)),
        told=sum(
            word.encode() in raw for _, raw in trail.raw(scene, start) for word in trial.words
        ),
    )


def _attempts(trial: _Trial) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every attempt by name; each must be refused."""
    order, scope = trial.order, trial.order.scope
    wrong: dict[str, Order] = {
        "recipient": replace(order, recipient=_NOBODY),
        "processor": replace(order, recipient=_BY),
        "no-ground": replace(order, ground="because-they-asked"),
        "requester": replace(order, requester=""),
        "document": replace(order, document=" "),
        "no-field": replace(order, scope=replace(scope, fields=frozenset())),
        "silence": replace(order, silence_until=trial.scene.now + _MINUTE),
        "key": replace(order, key="age1nobody"),
    }
    if trial.other is not None:
        wrong["ground"] = replace(order, ground=trial.other.id)
    undeclared = frozenset({trial.field, "exercise-field"})
    wrong["field"] = replace(order, scope=replace(scope, fields=undeclared))
    for name, one in wrong.items():
        yield name, partial(trial.prepare, one)
    yield "clerk", partial(trial.prepare, actor=trial.clerk)
    yield "alone", lambda: _alone(trial)
    yield "unseen", lambda: trial.approve(trial.prepare().number, trial.owner, "")
    yield "unapproved", lambda: trial.send(trial.prepare().number)
    yield "hold", lambda: _held(trial)
    yield "clerk-sends", lambda: trial.send(trial.ready().number, trial.clerk)


def _alone(trial: _Trial) -> None:
    one = trial.prepare()
    trial.approve(one.number, trial.officer, trial.seen(one.number, trial.officer))


def _held(trial: _Trial) -> None:
    """Send what was approved while reading of the record is suspended; the suspension ends by itself if need be."""
    ring, record = trial.scene.ring, trial.own.record
    one, until = trial.ready(), trial.scene.now + _MINUTE
    suspended = Hold(None, record, None, until)
    number = trial.scene.writer.run(lambda tx: hold.place(tx, ring, suspended, hold.Reason.DISPUTE))
    try:
        trial.send(one.number)
    finally:
        trial.scene.writer.run(lambda tx: hold.lift(tx, number))


def _change_and_send(trial: _Trial, number: int) -> None:
    """Write an answer, so that the record holds something else, and send what was approved before."""
    letter = Letter("exercise@example.org", "", filling.mark())

    def put(tx: Transaction) -> int:
        ring, record, staff = trial.scene.ring, trial.own.record, trial.owner.staff
        return outbox.put(tx, ring, record, trial.purpose, staff, letter, "en", exercise=True)

    trial.scene.writer.run(put)
    trial.send(number)


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except (errors.Invalid, errors.Missing, errors.Conflict):
        return False
    return True


def _values(own: Submitted, field: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is asked for, and what else the submission holds that is long enough to be told by."""
    asked = own.values[field]
    others = {
        value for key, value in own.values.items() if key != field and len(value) > len("000")
    }
    return (asked,), tuple(sorted(others - {asked}))


def _opened(content: bytes, secret: str) -> str:
    """What the recipient reads, "" where it opens nothing."""
    with tempfile.TemporaryDirectory() as folder:
        identity = Path(folder, "identity")
        identity.write_text(secret)
        opened = age.Opened(io.BytesIO(content), age.identities(identity))
        try:
            return b"".join(iter(partial(opened.take, 1 << 16), b"")).decode()
        except errors.UpholdError:
            return ""
        finally:
            with contextlib.suppress(OSError):
                opened.close()


def _plain(trial: _Trial, number: int, content: bytes, values: Sequence[str]) -> int:
    """How many values or words of the paper can be read by who has neither key."""
    with trial.scene.read() as connection:
        sealed = disclosure.sealed(connection, number) or b""
    return sum(value.encode() in content for value in values) + sum(
        word.encode() in blob for word in trial.words for blob in (sealed, content)
    )


_DONE = {
    "recipient": N_("Data can go to a recipient that the policy does not name."),
    "processor": N_("Data can go to a processor as if it were an authority."),
    "no-ground": N_("Data can go on a ground that no law gives."),
    "ground": N_("Data can go on a ground that the policy does not give the recipient."),
    "requester": N_("Data can go without it being said who asks."),
    "document": N_("Data can go without a document."),
    "no-field": N_("Data can go without the fields being named."),
    "field": N_("Data can go that the purpose does not have."),
    "silence": N_("The person can be kept from knowing where no law forbids to tell."),
    "key": N_("A file can be prepared to a key that is none."),
    "clerk": N_("A role without a part in it can prepare a disclosure."),
    "clerk-sends": N_("A role without a part in it can send a disclosure."),
    "alone": N_("Who prepared a disclosure can approve it."),
    "unseen": N_("A disclosure can be approved without having been looked at."),
    "unapproved": N_("A disclosure that nobody approved can be sent."),
    "hold": N_("A suspension of reading does not stop a disclosure."),
    "changed": N_("What is sent is not what was approved: the data have changed since."),
}


def judge_attempted(found: Attempted) -> Outcome:
    """Judge: each wrong attempt refused; the right one journaled step by step, minimal, sealed to its recipient."""
    if not found.installed:
        return not_shown(
            said(N_("The library for files to a recipient is not installed: uphold[backups]."))
        )
    faults = [said(_DONE[name]) for name in found.done]
    if found.kinds != WHOLE:
        text = N_("The journal tells other steps of a disclosure than were taken: %(kinds)s.")
        faults.append(said(text, kinds=", ".join(found.kinds) or "-"))
    if not found.proven:
        faults.append(said(N_("An entry of a disclosure is not proven to be in the journal.")))
    if found.found != found.asked:
        faults.append(said(N_("The recipient does not get what was approved.")))
    if found.more:
        faults.append(
            said(N_("More leaves than was approved: %(count)s values."), count=found.more)
        )
    if found.plain:
        text = N_("What leaves, or who asked, can be read without a key: %(count)s times.")
        faults.append(said(text, count=found.plain))
    if found.told:
        faults.append(said(N_("The journal tells who asked, or by which document.")))
    seen = N_(
        "Wrong ways to disclose that were refused: %(tried)s; the right one was decided by two, journaled in %(steps)s"
        " steps, and held what was approved and nothing else, readable for its recipient alone."
    )
    return judged(faults, said(seen, tried=found.tried, steps=len(WHOLE)))


ATTEMPTS = Probe(
    id="disclosure.on-ground.attempts",
    promise="disclosure.on-ground",
    kind=Kind.ATTACK,
    does=N_(
        "Tries to disclose the exercise's own submission in every wrong way, then in the right one, and opens the file"
        " as its recipient."
    ),
    act=formless.spared(_attempt),
    oracle=formless.judged(judge_attempted),
)

PROBES = (ATTEMPTS,)
