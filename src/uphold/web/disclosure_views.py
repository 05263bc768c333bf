# SPDX-License-Identifier: Apache-2.0
"""What the desk of disclosures shows. The conventions are those of `views`; only `Extract` holds values of people.

Codes (`state`, `step`, `reason`, `cause`, `channel`, `outcome`) are those of `access.procedure` and `rights.telling`;
`disclosed.html` has their words.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from uphold.web.views import Option, Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One disclosure in a list. `person` prepared it; `until` (unix ms) is the end of a silence, 0 for none."""

    number: int
    href: str
    recipient: str
    ground: str
    state: str
    prepared_at: int
    person: str
    records: int
    until: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A recipient that is to be told of a correction or an erasure, or was.

    `at` is the record's number in the file that the recipient has, `file` the digest of that file. `href` leads to
    the disclosure, `letter_href` to the text of the notice. `channel` and `outcome` are empty until then.
    """

    number: int
    href: str
    recipient: str
    cause: str
    fields: tuple[str, ...]
    caused_at: int
    state: str
    disclosure: int
    at: int
    file: str
    letter_href: str
    channel: str = ""
    told_at: int = 0
    told_by: str = ""
    outcome: str = ""
    answered_at: int = 0


@dataclass(frozen=True, slots=True)
class Disclosures:
    """`/console/disclosures`: what is open, or what has ended; above it whom somebody must still tell."""

    template: ClassVar[str] = "console/disclosures.html"
    shows: str
    rows: tuple[Row, ...]
    notices: tuple[Notice, ...] = ()
    prepare_href: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of the law. `what` it obliges to or allows; `unsure`: nobody has seen the act itself."""

    id: str
    title: str
    what: str
    source: str
    obliges: bool
    silence: bool
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What was typed into the form of preparation, to be shown again."""

    ground: str = ""
    requester: str = ""
    document: str = ""
    key: str = ""
    receipts: str = ""
    silence: str = ""
    fields: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Prepare:
    """`/console/disclosures/new`: first for whom and for which purpose the data are held, then the rest.

    `recipient` and `purpose` are ids, empty in the first step. `known_key` was used for this recipient before.
    """

    template: ClassVar[str] = "console/disclosure_new.html"
    action_href: str
    decline_href: str
    recipients: tuple[Option, ...]
    purposes: tuple[Option, ...]
    reasons: tuple[str, ...]
    recipient: str = ""
    purpose: str = ""
    recipient_name: str = ""
    purpose_title: str = ""
    grounds: tuple[Ground, ...] = ()
    fields: tuple[Option, ...] = ()
    known_key: str = ""
    entered: Entered = Entered()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a disclosure's history; `index` is the entry in the journal, `file` the digest of what left."""

    at: int
    step: str
    person: str
    index: int
    reason: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """One submission that is to leave, by its place in the file."""

    at: int
    short: str
    href: str
    form_title: str
    received_at: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`/console/disclosure/{number}`: what leaves to whom on which ground, and what can be done now.

    `requester` and `document` are for who takes part, empty for others. `is_mine`: who looks prepared it. An address
    is empty for who may not act, or while nothing can be done. `denied` is the gate's reason, just now.
    """

    template: ClassVar[str] = "console/disclosure.html"
    row: Row
    place: str
    ground: Ground | None
    purpose: str
    fields: tuple[str, ...]
    about: tuple[About, ...]
    history: tuple[Step, ...]
    index: int
    key: str
    is_mine: bool
    requester: str = field(default="", repr=False)
    document: str = field(default="", repr=False)
    look_href: str = ""
    refuse_href: str = ""
    send_href: str = ""
    confirm_href: str = ""
    tell_href: str = ""
    waits_for_another: bool = False
    reasons: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    denied: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What of one submission would leave: label, value, and whether it is a long text."""

    at: int
    short: str
    form_title: str
    received_at: int
    fields: tuple[tuple[str, str, bool], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Extract:
    """What would leave, and nothing else. Approving posts `held` back: it says what was seen."""

    template: ClassVar[str] = "console/extract.html"
    row: Row
    ground: Ground | None
    purpose: str
    held: str
    records: tuple[Record, ...]
    back_href: str
    approve_href: str = ""
    refuse_href: str = ""
    reasons: tuple[str, ...] = ()
    is_mine: bool = False


View = Disclosures | Prepare | Disclosure | Extract
