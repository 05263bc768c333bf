# SPDX-License-Identifier: Apache-2.0
"""Read the forms by which staff prepare a disclosure, or turn somebody away."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from uphold import errors
from uphold.access import procedure
from uphold.access.procedure import Order, Reason, Scope
from uphold.app import App
from uphold.law import disclosure as grounds
from uphold.mail import letter
from uphold.submission import record
from uphold.vault import age, identifier, remains
from uphold.web import disclosure_pages
from uphold.web.disclosure_pages import ANSWERS, REASONS
from uphold.web.disclosure_views import Entered
from uphold.web.staffed import Visit

_APART = re.compile(r"[,;\s]+")
_FIELD = "field."


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was typed, and the codes of what is wrong with it."""

    chosen: tuple[str, str]
    entered: Entered
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """Who is turned away, by which document they asked, why."""

    requester: str
    document: str
    reason: Reason


def prepared(app: App, visit: Visit) -> Order | Wrong:
    """Read what is to be prepared. Opens nothing."""
    posted, entered = visit.posted, entered_of(visit)
    chosen = posted.get("recipient", ""), posted.get("purpose", "")
    records, silence = _records(app, visit, entered.receipts), _silence(visit, entered)
    codes = [
        *_paper(entered),
        *(
            code
            for code, fails in {
                "ground": not _is_ground(app, visit, chosen[0], entered.ground),
                "receipts": not records,
                "fields": not entered.fields,
                "key": not _is_key(entered.key),
                "silence": silence is None or not _may_be_silent(app, visit, entered, silence),
            }.items()
            if fails
        ),
    ]
    if codes or silence is None:
        return Wrong(chosen, entered, tuple(codes))
    fields = frozenset(entered.fields) - {ANSWERS}
    if ANSWERS in entered.fields:
        fields |= letter.FIELDS
    scope = Scope(tuple(records), chosen[1], fields)
    said = entered.requester, entered.document
    return Order(chosen[0], entered.ground, *said, entered.key, scope, silence)


def declined(visit: Visit) -> Declined | Wrong:
    """Read who is turned away, and why."""
    entered = entered_of(visit)
    codes = [*_paper(entered), *(() if entered.reason in REASONS else ("reason",))]
    if codes:
        # The form of refusal stands beside the first step.
        return Wrong(("", ""), entered, tuple(codes))
    return Declined(entered.requester, entered.document, Reason(entered.reason))


def entered_of(visit: Visit) -> Entered:
    """What was typed, as it is shown again."""
    posted = visit.posted
    return Entered(
        ground=posted.get("ground", ""),
        requester=posted.get("requester", "").strip(),
        document=posted.get("document", "").strip(),
        key=posted.get("key", "").strip(),
        receipts=posted.get("receipts", "").strip(),
        silence=posted.get("silence", "").strip(),
        fields=tuple(
            name.removeprefix(_FIELD)
            for name, value in posted.items()
            if name.startswith(_FIELD) and value == "yes"
        ),
        reason=posted.get("reason", ""),
    )


def _paper(entered: Entered) -> list[str]:
    said = {
        "requester": (entered.requester, procedure.LONGEST_REQUESTER),
        "document": (entered.document, procedure.LONGEST_DOCUMENT),
    }
    return [name for name, (text, longest) in said.items() if not text or len(text) > longest]


def _is_ground(app: App, visit: Visit, recipient: str, name: str) -> bool:
    known = disclosure_pages.desk(app)
    who = known.current.policy.recipients.get(recipient)
    law = grounds.on(known.current.policy.laws, _today(visit))
    return who is not None and name in who.grounds and name in law and who.kind in law[name].to


def _is_key(text: str) -> bool:
    try:
        age.recipient(text)
    except errors.Invalid:
        return False
    return True


def _records(app: App, visit: Visit, text: str) -> list[int]:
    """The records of the receipt numbers that were typed, among one's own; none where one of them is wrong."""
    decode, numbers = app.ring.identifiers.decode, []
    for one in filter(None, _APART.split(text)):
        number = decode(identifier.RECEIPT, one.lower())
        if number is None:
            return []
        numbers.append(number)
    chosen = list(dict.fromkeys(numbers))
    if len(chosen) > procedure.MOST_RECORDS:
        return []
    with app.database.read() as connection:
        facts = record.facts(connection, chosen)
        own = visit.session.actor.exercise
        fit = all(
            one in facts and facts[one].is_exercise is own and remains.live(connection, one)
            for one in chosen
        )
    return chosen if fit else []


def _silence(visit: Visit, entered: Entered) -> int | None:
    """The end of the silence (unix ms): that day's beginning in UTC, 0 for none, None for no such day."""
    if not entered.silence:
        return 0
    try:
        day = date.fromisoformat(entered.silence)
    except ValueError:
        return None
    latest = _today(visit) + timedelta(milliseconds=procedure.LONGEST_SILENCE_MS)
    if not _today(visit) < day <= latest:
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _may_be_silent(app: App, visit: Visit, entered: Entered, until: int) -> bool:
    laws = disclosure_pages.desk(app).current.policy.laws
    known = grounds.on(laws, _today(visit)).get(entered.ground)
    return not until or (known is not None and known.silence)


def _today(visit: Visit) -> date:
    return datetime.fromtimestamp(visit.now // 1000, UTC).date()
