# SPDX-License-Identifier: Apache-2.0
"""What the pages of `/my` show to the person that they are about. The conventions are those of `views`."""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.receipt_views import Agreement
from uphold.web.views import Field, FormLink, Option, Problem


@dataclass(frozen=True, slots=True)
class Ask:
    """`/my` for whoever has proved nothing. Posts `contact`.

    `problem`: empty, `invalid`, `phone`, `throttled`, `expired` or `left`. `contact` is how the operator is
    reached: mail, telephone, place.
    """

    template: ClassVar[str] = "my/ask.html"
    action_href: str
    contact: str
    problem: str = ""
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """`/my/asked`: the same whatever was asked. `minutes` is how long a link is good."""

    template: ClassVar[str] = "my/asked.html"
    minutes: int


@dataclass(frozen=True, slots=True)
class Enter:
    """`/my/enter`: the button that uses a link up; an empty `token` says that it is used or over."""

    template: ClassVar[str] = "my/enter.html"
    token: str
    action_href: str
    ask_href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One submission in the list. `purposes` are the titles of what is still held; none: all is destroyed."""

    href: str
    form_title: str
    received_at: int
    purposes: tuple[str, ...]
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request. `kind` and `state` are codes, `due_on` the last day of the law's term or empty.

    `ground` is why it was refused, in words. `retract_href` is empty when it cannot be taken back.
    """

    number: int
    kind: str
    state: str
    received_at: int
    moved_at: int
    due_on: str = ""
    ground: str = ""
    retract_href: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """`/my`: everything held about a person, without a value opened.

    `address` is the proved one, `idle` after how many minutes without a request the visit ends. `profile` says
    under which law, for where to complain; `formats` are download formats by code, `forms` those that come filled in.
    """

    template: ClassVar[str] = "my/home.html"
    address: str
    idle: int
    lines: tuple[Line, ...]
    requests: tuple[RequestLine, ...]
    formats: tuple[str, ...]
    profile: str
    contact: str
    is_left: bool
    forms: tuple[FormLink, ...] = ()


@dataclass(frozen=True, slots=True)
class PartRow:
    """What is held for one purpose. `end_at` is when it is destroyed, 0 where only `term` says."""

    purpose: str
    data: str
    ground: str
    end_at: int
    term: str


@dataclass(frozen=True, slots=True)
class GoneRow:
    """What was held for a purpose until it was destroyed."""

    purpose: str
    at: int


@dataclass(frozen=True, slots=True)
class Opening:
    """One reading. `who` is a role code, `you`, or `site`; `fields` labels; `denied` a code or empty."""

    at: int
    who: str
    purpose: str
    fields: tuple[str, ...]
    denied: str = ""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What left for somebody outside. `told` are pairs of what became of the data and what the recipient answered."""

    at: int
    recipient: str
    ground: str
    law: str
    purpose: str
    fields: tuple[str, ...]
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer that was written. `sent_at` is 0 until it left."""

    at: int
    sent_at: int


@dataclass(frozen=True, slots=True)
class Correcting:
    """One correction. `who` as of `Opening`."""

    at: int
    who: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A preservation order. `until_on` is empty where it holds until it is lifted."""

    ground: str
    until_on: str


@dataclass(frozen=True, slots=True)
class Record:
    """`/my/{id}`: one submission, without a value opened. `objections` are the purposes one can object to.

    `is_asked` says that the page of the receipt asks whether the answer helped.
    """

    template: ClassVar[str] = "my/record.html"
    href: str
    form_title: str
    received_at: int
    language: str
    edition: int
    policy_href: str
    receipt_href: str
    agreements: tuple[Agreement, ...]
    parts: tuple[PartRow, ...]
    gone: tuple[GoneRow, ...]
    openings: tuple[Opening, ...]
    answers: tuple[Sent, ...]
    corrections: tuple[Correcting, ...]
    orders: tuple[Order, ...]
    objections: tuple[Option, ...]
    requests: tuple[RequestLine, ...]
    restricted: bool
    disclosed: tuple[Disclosed, ...] = ()
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One value as stored. `kind` is `text` or `textarea`."""

    label: str
    value: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Group:
    """What is held for one purpose, opened."""

    purpose: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One answer as it was written."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The values of one submission, and the form that corrects them (no `fields`: nothing can be corrected).

    With `retry_after` (seconds) the corrections could not be stored just now.
    """

    template: ClassVar[str] = "my/opened.html"
    href: str
    form_title: str
    received_at: int
    groups: tuple[Group, ...]
    letters: tuple[Letter, ...]
    fields: tuple[Field, ...]
    problems: tuple[Problem, ...] = ()
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Changed:
    """One field, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction changed; the digests are of the record before and after, over ciphertext."""

    template: ClassVar[str] = "my/corrected.html"
    href: str
    request: int
    changes: tuple[Changed, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Doomed:
    """One submission that would be erased: what goes, and what an order keeps."""

    form_title: str
    received_at: int
    goes: tuple[str, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Erase:
    """What erasing means, before it is done. `final_on` is when no backup can be opened any more; empty: not known."""

    template: ClassVar[str] = "my/erase.html"
    action_href: str
    back_href: str
    doomed: tuple[Doomed, ...]
    final_on: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: the request, the numbers of the acts, what an order keeps."""

    template: ClassVar[str] = "my/erased.html"
    request: int
    parts: int
    acts: tuple[int, ...]
    kept: tuple[Order, ...]
    final_on: str


View = Ask | Asked | Enter | Home | Record | Opened | Corrected | Erase | Erased
