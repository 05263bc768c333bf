# SPDX-License-Identifier: Apache-2.0
"""The procedure by which data may go to somebody outside (pure): which step leads where, and what no step can do.

    prepared -> approved -> sent (again) -> closed
        `----------`--> refused

- A recipient of the policy, no processor, that names a ground of the law which allows its kind.
- A scope field by field, of records by number: never "everything".
- Whoever prepared it does not approve it.
- Silence towards the person only where the ground can forbid to tell, and with an end.

`access.disclosure` stores it, `access.extract` opens and encrypts what is approved. Drawn in
docs/reference/disclosures.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from uphold.errors import Conflict, Invalid
from uphold.law.disclosure import Ground
from uphold.policy.document import PROCESSOR, Recipient

MOST_RECORDS: Final = 256
"""As many as one entry of the journal can name."""
LONGEST_SILENCE_MS: Final = 5 * 365 * 24 * 3600 * 1000
LONGEST_REQUESTER: Final = 300
LONGEST_DOCUMENT: Final = 1000


class State(StrEnum):
    """How far a disclosure is."""

    PREPARED = "prepared"
    APPROVED = "approved"
    REFUSED = "refused"
    SENT = "sent"
    CLOSED = "closed"


class Step(StrEnum):
    """What can happen to a disclosure."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SEND = "send"
    CONFIRM = "confirm"


class Reason(StrEnum):
    """Why a disclosure is refused."""

    NO_GROUND = "no-ground"
    NO_DOCUMENT = "no-document"
    NOT_ENTITLED = "not-entitled"
    TOO_MUCH = "too-much"
    NOT_HELD = "not-held"
    CHANGED = "changed"
    MISTAKE = "mistake"
    # What a run of probes leaves open is taken back at its end.
    EXERCISE = "exercise"


class Outcome(StrEnum):
    """How a disclosure that was sent ended."""

    RECEIVED = "received"
    UNDELIVERED = "undelivered"


ENDS: Final = frozenset({State.REFUSED, State.CLOSED})
"""From these nothing leads on."""

TABLE: Final[Mapping[State, Mapping[Step, State]]] = MappingProxyType(
    {
        State.PREPARED: {Step.APPROVE: State.APPROVED, Step.REFUSE: State.REFUSED},
        State.APPROVED: {Step.SEND: State.SENT, Step.REFUSE: State.REFUSED},
        # A file that was lost on its way is made anew, for as long as nothing has changed.
        State.SENT: {Step.SEND: State.SENT, Step.CONFIRM: State.CLOSED},
        **{end: {} for end in sorted(ENDS)},
    }
)
"""Where each step leads from each state."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What would leave: the fields, one by one, that records hold for one purpose."""

    records: tuple[int, ...]
    purpose: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be prepared. `recipient` is an id of the edition in force, `ground` one of the law's.

    `requester` and `document` say who asks by which paper; `key` is the recipient's public key (`age1...`);
    `silence_until` (unix ms) is the end of a silence that the ground allows, 0 for none.
    """

    recipient: str
    ground: str
    requester: str = field(repr=False)
    document: str = field(repr=False)
    key: str
    scope: Scope
    silence_until: int = 0


def move(state: State, step: Step, staff: int, prepared_by: int) -> State:
    """Say where a step of a member of staff leads.

    Raises `errors.Conflict` for a step that does not lead on from there, `errors.Invalid` where somebody approves
    what they prepared.
    """
    to = TABLE[state].get(step)
    if to is None:
        raise Conflict(
            f"A disclosure that is {state} cannot be moved by {step!s}.",
            "Look at how far it is; what was refused is prepared anew.",
        )
    if step is Step.APPROVE and staff == prepared_by:
        raise Invalid(
            "Nobody approves what they prepared themselves.", "Ask another owner or officer."
        )
    return to


def check(order: Order, recipient: Recipient, ground: Ground, now: int) -> None:
    """Raise `errors.Invalid` for an order that the recipient, the ground or the procedure does not allow."""
    if recipient.kind == PROCESSOR:
        raise Invalid(
            "A processor is given data by its instruction, never by a disclosure.",
            "Choose an authority or a third party of the policy.",
        )
    if ground.id not in recipient.grounds or recipient.kind not in ground.to:
        raise Invalid(
            f"The policy lets {recipient.id!r} have nothing on the ground {ground.id!r}.",
            f"It names: {', '.join(recipient.grounds) or '(none)'}. Another needs another edition.",
        )
    _check_scope(order.scope)
    check_paper(order.requester, order.document)
    if order.silence_until:
        _check_silence(order.silence_until, ground, now)


def check_paper(requester: str, document: str) -> None:
    """Raise `errors.Invalid` unless it is said, not too long, who asks and by which document."""
    for text, longest in ((requester, LONGEST_REQUESTER), (document, LONGEST_DOCUMENT)):
        if not text.strip():
            raise Invalid(
                "It is not said who asks, or by which document.",
                "Write the body that asks, and the document's name, number and date.",
            )
        if len(text) > longest:
            raise Invalid("What is said of the document is too long.", "Give its reference only.")


def _check_scope(scope: Scope) -> None:
    if not scope.fields or not scope.records:
        raise Invalid(
            "A disclosure names its records and its fields one by one.",
            "Choose at least one of each, and only what the document asks for.",
        )
    if len(scope.records) > MOST_RECORDS:
        raise Invalid(
            f"A disclosure has at most {MOST_RECORDS} records.", "Prepare several, one by one."
        )
    if len(set(scope.records)) != len(scope.records):
        raise Invalid("A record is named twice.", "Name each record once.")


def _check_silence(until: int, ground: Ground, now: int) -> None:
    if not ground.silence:
        raise Invalid(
            f"The ground {ground.id!r} forbids nobody to tell the person.",
            "Leave the end of the silence out: the person's page shows the disclosure.",
        )
    if not now < until <= now + LONGEST_SILENCE_MS:
        raise Invalid(
            "A silence ends, after today and within five years.",
            "Take the day that the document or the law names.",
        )
