# SPDX-License-Identifier: Apache-2.0
"""What the desk of requests shows. The conventions are those of `views`; there is no value of a person here.

Codes (`kind`, `state`, `channel`, `identity`, `representative`, `step`) are those of `rights`; `rights.html` has
their words.
"""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.console_views import Answer
from uphold.web.views import Option, Problem


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One term. `last_on` is the last day on which it can be kept, `days` how many are left (negative: too late).

    `certain` is false where the year has no calendar yet, and the day is the earliest that it can be.
    """

    law: str
    duty: str
    source: str
    last_on: str
    days: int
    state: str
    extended: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request in a list. `due` is its first clock, None where no law gives a term or it has ended.

    `received_on` is the day of a request that was entered by hand, empty for one that came over the site.
    """

    number: int
    href: str
    kind: str
    state: str
    channel: str
    received_at: int
    received_on: str = ""
    due: ClockLine | None = None


@dataclass(frozen=True, slots=True)
class Requests:
    """`/console/requests`: overdue first, then what is due soon, then the others; or those that have ended."""

    template: ClassVar[str] = "console/requests.html"
    shows: str
    late: tuple[RequestRow, ...]
    soon: tuple[RequestRow, ...]
    others: tuple[RequestRow, ...]
    enter_href: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which the law lets a request be refused."""

    id: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Longer:
    """A law whose terms can be made longer now, and on what condition."""

    id: str
    title: str
    condition: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a request's history; `ground` is in words already, `index` the entry in the journal."""

    at: int
    step: str
    to: str
    person: str
    index: int
    ground: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """One submission that a request is about. `left` tells whether anything of it is held still."""

    number: int
    short: str
    href: str
    form_title: str
    received_at: int
    left: bool
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Correctable:
    """The fields of one submission that can be corrected: name of the input, label, kind of input."""

    short: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """`/console/request/{number}`. `steps` are those that can be taken now; posts `step` to `move_href`."""

    template: ClassVar[str] = "console/request.html"
    row: RequestRow
    clocks: tuple[ClockLine, ...]
    history: tuple[Step, ...]
    about: tuple[About, ...]
    subject: str
    identity: str
    representative: str
    language: str
    person: str
    index: int
    steps: tuple[str, ...]
    blocks: bool
    purposes: tuple[str, ...] = ()
    joined_href: str = ""
    refused: str = ""
    move_href: str = ""
    fulfil_href: str = ""
    package_href: str = ""
    grounds: tuple[Ground, ...] = ()
    longer: tuple[Longer, ...] = ()
    identities: tuple[str, ...] = ()
    fields: tuple[Correctable, ...] = ()
    problems: tuple[Problem, ...] = ()
    letters: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Entered:
    """What was typed into the form of intake, to be shown again."""

    kind: str = ""
    channel: str = ""
    received: str = ""
    receipts: str = ""
    contact: str = ""
    identity: str = ""
    representative: str = ""
    language: str = ""
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enter:
    """`/console/requests/enter`: a request that came on paper, by telephone or in a letter."""

    template: ClassVar[str] = "console/request_enter.html"
    action_href: str
    entered: Entered
    today: str
    kinds: tuple[str, ...]
    channels: tuple[str, ...]
    identities: tuple[str, ...]
    representatives: tuple[str, ...]
    purposes: tuple[Option, ...]
    problems: tuple[Problem, ...] = ()


View = Requests | Request | Enter
