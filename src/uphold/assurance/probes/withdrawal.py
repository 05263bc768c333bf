# SPDX-License-Identifier: Apache-2.0
"""Withdrawal: no harder than giving, obeyed at the very next reading, and by what was sent already."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from uphold import errors
from uphold.access import reading
from uphold.access.permission import Role
from uphold.assurance import formless, html, trail
from uphold.assurance.console import Desk
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    not_shown as unshown,
    said,
)
from uphold.assurance.scene import JSON, Scene, Submitted
from uphold.assurance.visitor import Visitor
from uphold.consent import ledger
from uphold.consent.ledger import Act
from uphold.enquiry import reply
from uphold.journal import proof
from uphold.mail import outbox
from uphold.mail.delivery import Refused
from uphold.mail.outbox import Item
from uphold.policy.document import Edition
from uphold.retention import due, schedule

_KIND = "consent.withdrawn"
_DONE, _REFUSED = 303, 403
_ENOUGH = 1000
# A tick and a press.
GIVING = 2
# The clocks of this process and of the one that serves.
_SLACK = 60_000
_UNASKED = frozenset({"hidden", "submit", "button", "image", "reset"})


# --- a consent of the exercise's own ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How a consent was withdrawn, and what came of it. Statuses are those of HTTP.

    `opened` and `refused` are those of a reading before and after, None where no role reads for the purpose;
    `reason` is the denial in the journal. `answered` is that of an answer afterwards, `letter` why the mailer leaves
    one written before alone; None where no answers go out. `steps` is what a stranger with the receipt's address
    fills in and presses, 0 where there is no way. `late` is by how much (ms) the day that was told before is later
    than the policy's own term.
    """

    purpose: str
    opened: int | None
    steps: int
    posted: int
    state: str
    entries: int
    proven: bool
    refused: int | None
    reason: str
    answered: int | None
    letter: str | None
    looked_at: bool
    late: int
    shown: str
    recorded: bool


def _withdraw(scene: Scene) -> Withdrawn | None:
    asked = [box.purpose for box in scene.form().consents]
    if not asked:
        return None
    purpose = asked[0]
    own, somebody = scene.submitted(), scene.stranger()
    role = trail.reader(scene, purpose)
    desk = Desk(scene, role) if role else None
    opened = desk.open(own.record, purpose).status if desk else None
    item = _answer(scene, desk, own, purpose)
    told = _receipt(somebody, own)
    promised = _destroyed_by(told, purpose)
    start = trail.size(scene)
    steps, posted = _press(somebody, own, purpose)
    refused = desk.open(own.record, purpose).status if desk else None
    answered = desk.answer(own.record, purpose, "Exercise", "No.").status if desk and item else None
    with scene.read() as connection:
        act = _last(connection, own.record, purpose)
        looked_at = own.record in due.ready(connection, scene.now, _ENOUGH)
    gone = trail.about(scene, own.record, start, _KIND)
    denials = trail.about(scene, own.record, start, "access.denied")
    within = scene.edition.policy.withdrawal.within
    return Withdrawn(
        purpose=purpose,
        opened=opened,
        steps=steps,
        posted=posted,
        state=act.act if act else "",
        entries=len(gone),
        proven=bool(gone) and gone[0].proven and _has_proof(scene, own, gone[0].index),
        refused=refused,
        reason=str(denials[0].codes["reason"]) if denials else "",
        answered=answered,
        letter=_judged(scene, item) if item else None,
        looked_at=looked_at,
        late=max(0, promised - schedule.after(scene.now, within)),
        shown=_state(_receipt(somebody, own), purpose),
        recorded=_is_recorded(somebody, own),
    )


def _answer(scene: Scene, desk: Desk | None, own: Submitted, purpose: str) -> Item | None:
    """Write an answer before the withdrawal, where the purpose has an address and a clerk."""
    has_address = any(f.type == "email" and purpose in f.purposes for f in scene.form().fields)
    if desk is None or desk.role is not Role.CLERK or not has_address:
        return None
    desk.answer(own.record, purpose, "Exercise", "Written before the withdrawal.")
    with scene.read() as connection:
        found = [one for one in outbox.of_record(connection, own.record) if one.purpose == purpose]
    return found[0] if found else None


def _judged(scene: Scene, item: Item) -> str:
    """Ask the mailer's own judge about an answer; "" where it may leave."""
    judge = reply.mailer(lambda number: _edition(scene, number), lambda: scene.edition)
    verdict = scene.writer.run(lambda tx: judge(tx, item))
    return verdict.reason if isinstance(verdict, Refused) else ""


def _edition(scene: Scene, number: int) -> Edition:
    return next(one for one in scene.editions if one.number == number)


def _press(somebody: Visitor, own: Submitted, purpose: str) -> tuple[int, int]:
    """Withdraw as a stranger with the receipt's address does: what there is to do for it, and its status."""
    page = somebody.get(own.receipt)
    for form in html.forms(html.parse(page.text)):
        path = form.action.partition("?")[0]
        if path == f"{own.receipt}/withdraw" and form.hidden.get("purpose") == purpose:
            fill = sum(control.kind not in _UNASKED for control in form.controls)
            return fill + 1, somebody.post(path, form.hidden).status
    return 0, page.status


def _receipt(somebody: Visitor, own: Submitted) -> dict[str, Any]:
    told: Any = somebody.get(own.receipt, JSON).json()
    return told if isinstance(told, dict) else {}


def _consent(told: dict[str, Any], purpose: str) -> dict[str, Any]:
    return next((c for c in told.get("consents", ()) if c.get("purpose") == purpose), {})


def _state(told: dict[str, Any], purpose: str) -> str:
    return str(_consent(told, purpose).get("state", ""))


def _destroyed_by(told: dict[str, Any], purpose: str) -> int:
    means = _consent(told, purpose).get("withdraw", {}).get("means", {})
    # A day that is not told is no day at all.
    return int(means.get("destroyed_by") or schedule.NEVER)


def _is_recorded(somebody: Visitor, own: Submitted) -> bool:
    """Tell whether the record for programs says that a consent is withdrawn."""
    return "dpv:ConsentWithdrawn" in somebody.get(f"{own.receipt}.jsonld").text


def _has_proof(scene: Scene, own: Submitted, index: int) -> bool:
    answer = scene.stranger().get(f"{own.receipt}.tlog-proof?entry={index}")
    try:
        found = proof.verify(answer.body, scene.log.verifier)
    except errors.UpholdError:
        return False
    return found.entry.kind == _KIND and found.index == index


def _last(connection: Connection, record: int, purpose: str) -> Act | None:
    acts = [act for act in ledger.acts(connection, record) if act.purpose == purpose]
    return acts[-1] if acts else None


def judge_withdrawn(found: Withdrawn | None) -> Outcome:
    """Judge: one press, no more steps than giving took; from then on nothing is read, answered or sent."""
    if found is None:
        return not_applicable(said(N_("No form of the edition in force asks for consent.")))
    if found.opened not in (None, 200):
        text = N_("A reading before the withdrawal was not permitted (status %(status)s).")
        return unshown(said(text, status=found.opened))
    seen = N_(
        "Withdrawn in %(steps)s step, given in %(giving)s: journaled with a proof, and refused at once."
    )
    return judged(_faults(found), said(seen, steps=found.steps, giving=GIVING))


def _faults(found: Withdrawn) -> Iterator[Said]:
    if not found.steps:
        yield said(
            N_("The page of a receipt has no way to withdraw (status %(s)s)."), s=found.posted
        )
        return
    if found.steps > GIVING:
        text = N_("To withdraw takes %(steps)s steps, to give %(giving)s.")
        yield said(text, steps=found.steps, giving=GIVING)
    if found.posted != _DONE:
        yield said(N_("A withdrawal was answered with status %(status)s."), status=found.posted)
    if found.state != ledger.WITHDRAWN:
        yield said(N_("A withdrawal was acknowledged and is not in the ledger."))
    if found.entries != 1 or not found.proven:
        text = N_("A withdrawal has %(count)s entries in the journal that can be proven, not one.")
        yield said(text, count=found.entries if found.proven else 0)
    if found.refused not in (None, _REFUSED):
        text = N_("A reading after the withdrawal was answered with status %(status)s.")
        yield said(text, status=found.refused)
    if found.refused == _REFUSED and found.reason != "consent-withdrawn":
        text = N_("The journal gives another reason for a refused reading: %(reason)s.")
        yield said(text, reason=found.reason or "-")
    if found.answered not in (None, _REFUSED):
        text = N_("An answer after the withdrawal was taken (status %(status)s).")
        yield said(text, status=found.answered)
    if found.letter not in (None, "consent-withdrawn"):
        yield said(N_("An answer written before the withdrawal may still be sent."))
    yield from _told(found)


def _told(found: Withdrawn) -> Iterator[Said]:
    if not found.looked_at:
        yield said(N_("Nothing has the data of a withdrawn consent destroyed."))
    if found.late > _SLACK:
        text = N_(
            "The page names a day for the destruction that is %(hours)s hours after the term."
        )
        yield said(text, hours=found.late // 3_600_000 + 1)
    if found.shown != ledger.WITHDRAWN or not found.recorded:
        yield said(N_("The receipt does not say that the consent is withdrawn."))


# --- everybody's --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Since:
    """What happened under withdrawn consents: of the newest `withdrawn`, how many were read or answered later."""

    withdrawn: int
    read: int
    sent: int


def _look(scene: Scene) -> Since:
    with scene.read() as connection:
        found = ledger.withdrawn(connection, _ENOUGH)
        return Since(
            withdrawn=len(found),
            read=sum(_read_after(connection, record, act) for record, act in found),
            sent=sum(_sent_after(connection, record, act) for record, act in found),
        )


def _read_after(connection: Connection, record: int, act: Act) -> int:
    """Count the readings by staff for a purpose after its withdrawal; the person's own have no staff."""
    return sum(
        one.staff != 0 and not one.denied and one.purpose == act.purpose and one.at > act.at
        for one in reading.history(connection, record)
    )


def _sent_after(connection: Connection, record: int, act: Act) -> int:
    letters = outbox.of_record(connection, record)
    return sum(one.purpose == act.purpose and one.sent_at > act.at for one in letters)


def judge_since(found: Since) -> Outcome:
    """Judge: under a consent that stands withdrawn nobody has read and nothing has left."""
    faults = []
    if found.read:
        text = N_("Readings by staff after a withdrawal: %(count)s.")
        faults.append(said(text, count=found.read))
    if found.sent:
        text = N_("Letters that left after a withdrawal: %(count)s.")
        faults.append(said(text, count=found.sent))
    seen = N_("Of %(count)s withdrawn consents none was read or answered under afterwards.")
    return judged(faults, said(seen, count=found.withdrawn))


RECEIPT = Probe(
    id="consent.withdrawable.receipt",
    promise="consent.withdrawable",
    kind=Kind.ATTACK,
    does=N_(
        "Withdraws a consent with nothing but the receipt's address, then tries to read, to answer and to send."
    ),
    act=formless.spared(_withdraw),
    oracle=formless.judged(judge_withdrawn),
)
LATER = Probe(
    id="consent.withdrawable.later",
    promise="consent.withdrawable",
    kind=Kind.EXAMINE,
    does=N_("Looks for readings and letters after the newest withdrawals of everybody."),
    act=_look,
    oracle=judge_since,
)

PROBES = (RECEIPT, LATER)
