# SPDX-License-Identifier: Apache-2.0
"""What goes in and out of the API: the types by which requests are read, answers written, and OpenAPI is told.

Names of fields are part of the promise of `v1`: new ones may come, none goes or changes its meaning. Times are
RFC 3339 in UTC; codes are those of the rooms they come from. Only `Opened` holds what a person gave.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from uphold.enquiry.desk import State as EnquiryState
from uphold.rights.machine import Kind, State as RequestState
from uphold.rights.stored import Channel, Identity

Id = Annotated[
    str, Meta(pattern="^[a-z2-7]{26}$", description="An id of this site; tells nothing.")
]
Number = Annotated[int, Meta(ge=1, le=999_999_999)]
Limit = Annotated[int, Meta(ge=1, le=100, description="How many items at most.")]
Cursor = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="What `next` said on the page before. Opaque; goes as it came.",
    ),
]
Slug = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong, by RFC 9457. `type` is a URN; `detail` never quotes what was sent.

    `reason` is the gate's, and `entry` the index of the denial in the journal, where a reading was denied.
    """

    type: str
    title: str
    status: int
    detail: str
    reason: str | UnsetType = UNSET
    entry: int | UnsetType = UNSET


class Page(Struct, frozen=True):
    """What the pages of every list can be asked for."""

    limit: Limit = 50
    cursor: Cursor | UnsetType = UNSET


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """No query."""


class PageQuery(Page, frozen=True, forbid_unknown_fields=True):
    """The query of a list."""


class EnquiryQuery(Page, frozen=True, forbid_unknown_fields=True):
    """The query of the list of enquiries: those of one state, the newest first."""

    state: EnquiryState = EnquiryState.NEW


class RequestQuery(Page, frozen=True, forbid_unknown_fields=True):
    """The query of the list of requests, the newest first: those that wait for something, or have ended."""

    ended: bool = False


class Me(Struct, frozen=True):
    """The client that asks. `openings_left` is how many records it may open today (UTC) still."""

    name: str
    role: str
    scopes: list[str]
    purposes: list[str]
    expires_at: datetime
    openings_left: int


class Enquiry(Struct, frozen=True):
    """What is known of an enquiry without opening it: nothing that the person wrote.

    `entry` is the index of the submission in the journal, `aside` why it was set aside, `moves` where this client
    may move it now, `purposes` for which it may ask to open it.
    """

    id: str
    state: EnquiryState
    form: str
    edition: int
    language: str
    received_at: datetime
    changed_at: datetime
    taken_by: str | None
    aside: list[str]
    moves: list[EnquiryState]
    purposes: list[str]
    entry: int


class Enquiries(Struct, frozen=True):
    """One page of enquiries. `next` is the cursor of the page after it, null on the last."""

    items: list[Enquiry]
    next: str | None


class MoveEnquiry(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an enquiry is to stand. Nothing is destroyed over the API: `discarded` is for people."""

    to: EnquiryState


class Moved(Struct, frozen=True):
    """Where an enquiry stands since `at`."""

    id: str
    state: EnquiryState
    at: datetime


class Open(Struct, frozen=True, forbid_unknown_fields=True):
    """For which purpose a record is to be opened, and which of its fields are needed: all of them if not told."""

    purpose: Slug
    fields: Annotated[list[Slug], Meta(min_length=1, max_length=64)] | UnsetType = UNSET


class Answer(Struct, frozen=True):
    """An answer that was sent to the person."""

    subject: str
    text: str


class Opened(Struct, frozen=True):
    """What was opened, journaled before as the entry `entry`. `values` are as the person stated them."""

    id: str
    purpose: str
    entry: int
    at: datetime
    values: dict[str, Any]
    answers: list[Answer]


class Clock(Struct, frozen=True):
    """One term of a request. Not `certain`: that year has no calendar yet, and `due_at` is the earliest it can be."""

    law: str
    rule: str
    started_at: datetime
    due_at: datetime
    certain: bool
    extended: bool


class Request(Struct, frozen=True):
    """A person's request under the law. `enquiries` are those that it is about, `steps` what this client may do now."""

    number: int
    kind: Kind
    state: RequestState
    channel: Channel
    identity: Identity
    language: str
    laws: list[str]
    received_at: datetime
    moved_at: datetime
    late: bool
    ground: str | None
    clocks: list[Clock]
    enquiries: list[str]
    purposes: list[str]
    steps: list[str]
    entry: int


class Requests(Struct, frozen=True):
    """One page of requests. `next` is the cursor of the page after it, null on the last."""

    items: list[Request]
    next: str | None


class MoveRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a request. What decides about a person (verify, extend, refuse, fulfil) is for people."""

    step: Annotated[str, Meta(pattern="^(ask-identity|take)$")]


class Edition(Struct, frozen=True):
    """One edition of the policy. `digest` is over its canonical bytes."""

    number: int
    digest: str
    published_at: datetime
    effective_at: datetime
    in_force: bool
    languages: list[str]
    purposes: list[str]
    forms: list[str]


class Editions(Struct, frozen=True):
    """One page of editions, the newest first. `next` is the cursor of the page after it, null on the last."""

    items: list[Edition]
    next: str | None


class ClauseVerdict(Struct, frozen=True):
    """What is said of one clause. `at` is when the oldest evidence that counts was made."""

    id: str
    verdict: str | None
    why: str | None
    at: datetime | None
    promises: list[str]


class PromiseVerdict(Struct, frozen=True):
    """What is said of one promise."""

    id: str
    verdict: str
    why: str | None
    at: datetime | None


class Proof(Struct, frozen=True):
    """The last verdicts, judged by the evidence that is stored. `well` as the exit code of `uphold prove`."""

    at: datetime
    edition: int
    run: int | None
    well: bool
    summary: dict[str, int]
    clauses: list[ClauseVerdict]
    promises: list[PromiseVerdict]


class JournalHead(Struct, frozen=True):
    """The newest signed head of the journal; `checkpoint` is the signed note (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: str
    checkpoint: str
    key: str
