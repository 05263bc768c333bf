# SPDX-License-Identifier: Apache-2.0
"""What a person does on `/my`: see their values, correct, suspend, object, complain, take a request back.

Each is a request with its clocks, and what the software can do it does in the transaction that stores the request.
Nothing of this needs anybody's yes. `web.my_erase` has the erasing.
"""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from uphold import errors
from uphold.access import hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.consent import ledger
from uphold.database.transaction import Transaction
from uphold.mail import notice
from uphold.mail.notice import Kind as Notice
from uphold.rights import fulfil, request, withdraw
from uphold.rights.fulfil import Corrected, Own
from uphold.rights.holdings import Held
from uphold.rights.machine import Kind, Move, Step
from uphold.rights.stored import PERSON, Channel, Identity, Intake, Stored
from uphold.submission import form
from uphold.submission.validate import Problem
from uphold.vault import identifier, pseudonym
from uphold.web import kept_fields, my_shown, my_views, present, reply
from uphold.web.my_door import HOME, Visit
from uphold.web.present import Again

RECORD = "id"
PURPOSE = "purpose"


class _Wrong(errors.Invalid):
    """New values that the form's rules refuse: nothing is stored, not even the request."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("What was entered cannot be stored.", "See the fields.")
        self.problems = tuple(problems)


def mine(visit: Visit) -> Held:
    """The submission that the address names, if it is this person's; `errors.Missing` for any other."""
    public = visit.request.path_params[RECORD]
    number = visit.app.ring.identifiers.decode(identifier.RECORD, public)
    found = None if number is None else visit.holdings().one(number)
    if found is None:
        raise errors.Missing("There is no such submission.", "Follow a link from your page.")
    return found


def record(visit: Visit) -> Response:
    """`GET /my/{id}`: one submission, without its values."""
    return visit.page(my_shown.record(visit, mine(visit)))


def opened(visit: Visit) -> Response:
    """`POST /my/{id}/open`: its values, after the journal has it."""
    held = mine(visit)
    return _opened(visit, held, _open(visit, held))


def withdrawn(visit: Visit) -> Response:
    """`POST /my/{id}/withdraw`: one consent, in one step."""
    held, purpose = mine(visit), visit.posted.get(PURPOSE, "")

    def work(tx: Transaction) -> None:
        asked = ask(tx, visit, Kind.WITHDRAWAL, (held.record,), (purpose,), at_once=True)
        withdraw.withdraw(
            tx, visit.app.ring, held.record, purpose, by=ledger.MY, request=asked.number
        )
        request.done(tx, visit.app.ring, asked.number, PERSON)
        tell(tx, visit, Notice.WITHDRAWN, held.record, {"purpose": purpose})

    if not any(act.purpose == purpose for act in held.acts):
        raise errors.Missing("There is no such consent.", "Withdraw one that the page shows.")
    visit.app.writer.run(work)
    return _back(visit, held, "withdrawn")


def corrected(visit: Visit) -> Response:
    """`POST /my/{id}/correct`: new values, shown beside the old ones."""
    held = mine(visit)
    before: tuple[Own, ...] | None = None
    try:
        before = _open(visit, held)
        changes = _changes(visit, held, before)
        if not changes:
            return _back(visit, held, "same")
        done, number = visit.app.writer.run(lambda tx: _correct(tx, visit, held, changes))
    except _Wrong as wrong:
        return _opened(visit, held, before, wrong.problems, 422)
    except errors.Unavailable:
        return _opened(visit, held, before, status=503)
    try:
        after = _open(visit, held)
    except errors.UpholdError:
        # It is stored, whatever keeps us from showing it.
        return _back(visit, held, "corrected")
    view = my_views.Corrected(
        href=my_shown.address(visit, held.record),
        request=number,
        changes=tuple(
            my_views.Changed(
                kept_fields.label(held.edition, held.facts.form, key, visit.language),
                _value(before, key),
                _value(after, key),
            )
            for key in done.fields
        ),
        before=done.before.hex(),
        after=done.after.hex(),
    )
    return visit.page(view, path=view.href)


def restricted(visit: Visit) -> Response:
    """`POST /my/{id}/restrict`: nobody uses it until the person says so."""
    held = mine(visit)

    def work(tx: Transaction) -> None:
        asked = ask(tx, visit, Kind.RESTRICTION, (held.record,), at_once=True)
        suspended = Hold(None, held.record, None, hold.UNTIL_LIFTED)
        if Reason.RESTRICTION not in hold.of_record(tx, held.record, tx.now).values():
            hold.place(tx, visit.app.ring, suspended, Reason.RESTRICTION)
        request.done(tx, visit.app.ring, asked.number, PERSON)
        tell(tx, visit, Notice.REQUEST_DONE, held.record, {"request": asked.number})

    visit.app.writer.run(work)
    return _back(visit, held, "restricted")


def released(visit: Visit) -> Response:
    """`POST /my/{id}/release`: the person lets it be used again."""
    held = mine(visit)

    def work(tx: Transaction) -> None:
        for number, reason in hold.of_record(tx, held.record, tx.now).items():
            if reason is Reason.RESTRICTION:
                hold.lift(tx, number)

    visit.app.writer.run(work)
    return _back(visit, held, "released")


def objected(visit: Visit) -> Response:
    """`POST /my/{id}/object`: to one purpose, for the operator to answer."""
    held, purpose = mine(visit), visit.posted.get(PURPOSE, "")
    if purpose not in held.purposes or purpose == held.edition.policy.evidence:
        raise errors.Invalid("Nothing is held for this purpose.", "Choose one from the list.")
    _lodge(visit, Kind.OBJECTION, (held.record,), (purpose,))
    return _back(visit, held, "objected")


def complained(visit: Visit) -> Response:
    """`POST /my/complain`: about everything held, for the operator to answer."""
    _lodge(visit, Kind.COMPLAINT, visit.holdings().numbers)
    return reply.see_other(visit.request, f"{HOME}?done=complained")


def retracted(visit: Visit) -> Response:
    """`POST /my/request/{number}/retract`: take a request back."""
    wanted = visit.request.path_params["number"]
    with visit.app.database.read() as connection:
        own = my_shown.requests_of(visit, connection, visit.holdings())
    if wanted not in {str(one.number) for one in own}:
        raise errors.Missing("There is no such request.", "Follow a link from your page.")
    visit.app.writer.run(
        lambda tx: request.move(tx, visit.app.ring, int(wanted), Move(Step.RETRACT, tx.now), PERSON)
    )
    return reply.see_other(visit.request, f"{HOME}?done=retracted")


def ask(
    tx: Transaction,
    visit: Visit,
    kind: Kind,
    records: tuple[int, ...],
    purposes: tuple[str, ...] = (),
    *,
    at_once: bool = False,
) -> Stored:
    """Store a request of the person: its clocks begin, and what a law has blocked is blocked."""
    app = visit.app
    policy = app.shelf.in_force().policy
    intake = Intake(
        kind=kind,
        records=records,
        subject=pseudonym.of_contact(app.ring, visit.contact) or "",
        channel=Channel.MY,
        identity=Identity.CONTACT,
        language=visit.language,
        purposes=purposes,
        at_once=at_once,
    )
    return request.receive(tx, app.ring, app.settings.site.zone, policy.laws, intake)


def tell(
    tx: Transaction, visit: Visit, kind: Notice, record: int, codes: Mapping[str, str | int]
) -> int:
    """Write to the person that it was done, so that nobody does it in their name unseen."""
    return notice.queue(tx, kind, record=record, language=visit.language, codes=codes)


def _lodge(
    visit: Visit, kind: Kind, records: tuple[int, ...], purposes: tuple[str, ...] = ()
) -> None:
    """Store a request that people answer."""

    def work(tx: Transaction) -> None:
        asked = ask(tx, visit, kind, records, purposes)
        if records:
            tell(tx, visit, Notice.REQUEST_RECEIVED, records[0], {"request": asked.number})

    visit.app.writer.run(work)


def _open(visit: Visit, held: Held) -> tuple[Own, ...]:
    return fulfil.open_own(visit.app.writer, visit.contact, (held.record,), visit.ground())


def _correct(
    tx: Transaction, visit: Visit, held: Held, changes: Mapping[str, str]
) -> tuple[Corrected, int]:
    asked = ask(tx, visit, Kind.RECTIFICATION, (held.record,), at_once=True)
    done = fulfil.correct(tx, visit.ground(), held.record, changes, request=asked.number)
    if isinstance(done, list):
        raise _Wrong(done)
    request.done(tx, visit.app.ring, asked.number, PERSON, done.before.hex(), done.after.hex())
    tell(tx, visit, Notice.REQUEST_DONE, held.record, {"request": asked.number})
    return done, asked.number


def _changes(visit: Visit, held: Held, before: Sequence[Own]) -> dict[str, str]:
    """The fields that were posted with another value than they have."""
    found = {}
    for key in _correctable(held, before):
        posted = visit.posted.get(key)
        if posted is not None and posted.replace("\r\n", "\n").strip() != _value(before, key):
            found[key] = posted
    return found


def _correctable(held: Held, own: Sequence[Own]) -> tuple[str, ...]:
    """The fields of the form that serve a purpose for which something is still held, in the form's order."""
    declared = held.edition.forms.get(held.facts.form)
    live = {one.purpose for one in own}
    return tuple(
        field.key for field in (declared.fields if declared else ()) if live & set(field.purposes)
    )


def _value(own: Sequence[Own], key: str) -> str:
    return next((str(one.values[key]) for one in own if key in one.values), "")


def _opened(
    visit: Visit,
    held: Held,
    found: Sequence[Own] | None,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> Response:
    """Show the values and the form that corrects them; what could not be opened has a form of what was typed alone."""
    language, key = visit.language, held.facts.form
    offer = form.derive(held.edition, key, language)
    own = found or ()
    can = tuple(visit.posted) if found is None else _correctable(held, own)
    stored = {name: _value(own, name) for name in can}
    typed = {name: visit.posted[name] for name in can if name in visit.posted}
    hosted = present.hosted(offer, "", Again({**stored, **typed}, problems))
    href = my_shown.address(visit, held.record)
    view = my_views.Opened(
        href=href,
        form_title=my_shown.form_title(held, language),
        received_at=held.facts.received_at,
        groups=tuple(
            my_views.Group(
                my_shown.title(held, one.purpose, language),
                tuple(
                    my_views.Value(label, value, "textarea" if is_long else "text")
                    for label, value, is_long in kept_fields.shown(
                        held.edition, key, one.values, language
                    )
                ),
            )
            for one in own
        ),
        letters=tuple(
            my_views.Letter(sent.subject, sent.text) for one in own for sent in one.answers
        ),
        fields=tuple(field for field in hosted.fields if field.key in can),
        problems=hosted.problems,
        retry_after=reply.RETRY_SECONDS if status == 503 else 0,
    )
    response = visit.page(view, status, path=href)
    if view.retry_after:
        response.headers["retry-after"] = str(view.retry_after)
    return response


def _back(visit: Visit, held: Held, done: str) -> Response:
    return reply.see_other(visit.request, f"{my_shown.address(visit, held.record)}?done={done}")
