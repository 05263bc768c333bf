# SPDX-License-Identifier: Apache-2.0
"""What each page of the console shows to staff. The conventions are those of `views`."""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.views import Agreement, Problem


@dataclass(frozen=True, slots=True)
class Login:
    """`/console/login`. `problem`: empty, `refused`, `throttled`, `signed-out`, `expired`, or `locked` with `until_at`.

    Posts `login`, `password`, `next`.
    """

    template: ClassVar[str] = "console/login.html"
    action_href: str = "/console/login"
    login: str = ""
    next: str = ""
    problem: str = ""
    retry_after: int = 0
    until_at: int = 0


@dataclass(frozen=True, slots=True)
class Welcome:
    """Set the first password through a single-use link. Posts `password`, `again`, `link`.

    `problem`: empty, `differ`, a `Weakness` of passwords (`password-too-short`, ...), or a fault of the
    link (`link-unknown`, `link-spent`, `link-expired`), for which no form is shown.
    """

    template: ClassVar[str] = "console/welcome.html"
    action_href: str
    link: str = ""
    login: str = ""
    minimum: int = 12
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One state of enquiries with its count. `state`: `new`, `in-work`, `answered`, `closed` or `aside`.

    `more` where there are more than `count`: so many were not counted.
    """

    state: str
    count: int
    href: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class EnquiryRow:
    """One enquiry in the list, without personal data. `short` is the short form of the receipt number."""

    short: str
    href: str
    form_title: str
    received_at: int
    state: str
    language: str


@dataclass(frozen=True, slots=True)
class Enquiries:
    """`/console`: the list of one state, newest first. `now_at` is what the ages are counted to.

    `previous_href` leads to the newest, `next_href` to older ones; empty where there are none. `search_href`,
    `several_href` and `exports_href` are empty for who may not.
    """

    template: ClassVar[str] = "console/enquiries.html"
    state: str
    tabs: tuple[Tab, ...]
    rows: tuple[EnquiryRow, ...]
    now_at: int
    previous_href: str = ""
    next_href: str = ""
    search_href: str = ""
    several_href: str = ""
    exports_href: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an enquiry's history, from the journal.

    `act` is an entry kind (`record.opened`, ...); `detail` the state of a move, the reason of a refusal,
    or empty;
    `person` the staff member's name or empty; `index` the entry's index in the journal.
    """

    at: int
    act: str
    index: int
    person: str = ""
    purpose: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PurposeChoice:
    """A purpose that may be asked for. `fields` are the labels that it would show."""

    id: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state that is possible now. `to` is the state, posted as `to`."""

    to: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer or a notice on its way out, without its words. `state`: that of the outbox, such as `queued`.

    `sent_at` is 0 until it has left; `reason` the code of why the last attempt did not succeed, or empty. `kind` is a
    notice's, `answer` for an answer.
    """

    written_at: int
    person: str
    state: str
    sent_at: int = 0
    reason: str = ""
    kind: str = "answer"


@dataclass(frozen=True, slots=True)
class Letter:
    """An earlier answer with its words, among the fields that were opened."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class EnquiryFacts:
    """What is known of an enquiry without opening it. `number` is the receipt number, `short` its short form."""

    number: str
    short: str
    form_title: str
    received_at: int
    state: str
    language: str
    edition: int
    href: str


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One enquiry before opening. Posts `purpose` to `open_href`, `to` to `move_href`.

    `glass_href` leads to an opening in an emergency, empty where there is nothing more that it could open,
    `journal_href` to what the journal says of it, empty for who may not read that.
    """

    template: ClassVar[str] = "console/enquiry.html"
    facts: EnquiryFacts
    agreements: tuple[Agreement, ...]
    history: tuple[Event, ...]
    purposes: tuple[PurposeChoice, ...]
    open_href: str
    move_href: str
    moves: tuple[Move, ...] = ()
    answers: tuple[Answer, ...] = ()
    problem: str = ""
    glass_href: str = ""
    journal_href: str = ""


@dataclass(frozen=True, slots=True)
class OpenedField:
    """One field as it was sent. `value` is empty when an optional field was left empty.

    `surplus` are the kinds of data (`enquiry.surplus`) that a message seems to hold beyond what was asked for.
    """

    label: str
    value: str
    kind: str = "text"
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer form. Posts `subject`, `text`, `purpose` to `action_href`. `address` is where it goes, or empty.

    An empty `address` means that the enquiry left none and no answer can be sent.
    """

    action_href: str
    purpose: str
    address: str
    subject: str = ""
    text: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """The fields of one purpose, after the gate said yes and the journal kept it."""

    template: ClassVar[str] = "console/opened.html"
    facts: EnquiryFacts
    purpose: str
    index: int
    opened_at: int
    fields: tuple[OpenedField, ...]
    letters: tuple[Letter, ...]
    reply: Reply | None
    move_href: str
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Denied:
    """The gate said no. `reason` is the code of the denial, such as `role-refused`; `glass_href` as in `Enquiry`."""

    template: ClassVar[str] = "console/denied.html"
    facts: EnquiryFacts
    purpose: str
    reason: str
    index: int
    denied_at: int
    glass_href: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """A suspicious post awaiting review. `reasons` are codes: `honeypot`, `too-fast`, `too-many`.

    Posts `to` (`new` to release, `discarded` to destroy) to `move_href`; who may not release only looks.
    """

    template: ClassVar[str] = "console/aside.html"
    facts: EnquiryFacts
    reasons: tuple[str, ...]
    history: tuple[Event, ...]
    move_href: str
    may_discard: bool = True
    may_release: bool = True


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One account. `state`: `active` or `invited`; `seen_at` is the last sign-in, 0 for never.

    Nothing but the token is posted to `renew_href`, for a new single-use link. `href` is the account's page.
    """

    number: int
    login: str
    role: str
    state: str
    seen_at: int = 0
    renew_href: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link made just now. It is shown once; `address` is absolute."""

    login: str
    address: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Staff:
    """`/console/staff`. Posts `login`, `role` to `invite_href`. `problem`: empty, `login`, `taken`, `role`.

    `exercise` are the accounts of a run of probes, while it lasts. Unless `may_invite`, only who is there is shown.
    `clients_href` is the page of machine clients, empty for who may not see it.
    """

    template: ClassVar[str] = "console/staff.html"
    rows: tuple[StaffRow, ...]
    roles: tuple[str, ...]
    invite_href: str = "/console/staff"
    login: str = ""
    role: str = ""
    problem: str = ""
    invitation: Invitation | None = None
    exercise: tuple[StaffRow, ...] = ()
    may_invite: bool = True
    clients_href: str = ""


View = Login | Welcome | Enquiries | Enquiry | Opened | Denied | Aside | Staff
