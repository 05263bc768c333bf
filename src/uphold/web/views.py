# SPDX-License-Identifier: Apache-2.0
"""What each page shows: one frozen view per template, of plain strings, numbers and tuples.

Handlers build a view and hand it to `pages.render`; templates see it as `page` and the surroundings as
`frame`. Nothing here knows another room, so a page can be looked at without a store behind it.

Conventions that hold for every field: texts are already in the language of the frame and are plain
text (the templates escape them); `..._at` are unix milliseconds UTC; `..._on` are calendar dates
`YYYY-MM-DD`; `..._href` are addresses on this site, path first, without the language parameter
(the templates add it); digests are 64 hexadecimal digits.
"""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.receipt_views import Agreement, Gone, Proof, PurposeNotice, Receipt

__all__ = ["Agreement", "Gone", "Proof", "PurposeNotice", "Receipt"]


@dataclass(frozen=True, slots=True)
class Person:
    """The staff member who is signed in. `role` is a role code such as `owner` or `clerk`.

    `places` are the sections of the console that the role may enter.
    """

    name: str
    role: str
    places: tuple[str, ...] = ("enquiries",)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the owner and the officer must know on every page.

    Promises broken, alerts that nobody has seen, requests of people whose term has ended, messages that wait after
    a failed attempt, failed or came back, openings in an emergency that nobody has looked at, alerts of detection that
    nobody has judged, kinds of statement that no signature covers.

    Of incidents, the notices whose term ends soon or has ended.
    """

    broken: int
    unseen: int
    late: int = 0
    stuck: int = 0
    glass: int = 0
    alerts: int = 0
    unsigned: int = 0
    incidents: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page.

    `path` is the address of this page with its query but without `lang`; the language links are made
    from it. After a refused post it is the address to GET. `chosen` says that the language came from
    `?lang=`: then every link on the page carries it, because there is no cookie to remember it.
    `token` is the anti-forgery token that console forms send back as `_csrf`.
    `flash` is the code of a message about the act just done (see `parts.html`), or empty.
    `visit` is the path that the page says was looked at; empty where visits are not recorded, or not of this page.
    `has_choice` says that visitors may agree to a cookie at `/visit/choice`, `has_figures` that anybody may see the
    figures of visits at `/statistics`.
    """

    language: str
    site: str
    operator: str
    path: str = "/"
    languages: tuple[str, ...] = ("en", "ru")
    chosen: bool = False
    demo: bool = False
    person: Person | None = None
    token: str = ""
    flash: str = ""
    alarm: Alarm | None = None
    visit: str = ""
    has_choice: bool = False
    has_figures: bool = False


@dataclass(frozen=True, slots=True)
class Tour:
    """`/` of the demonstration: seven steps from the policy to the proof, and an attack.

    `folder` is the site folder as typed in commands, `key` the verifier key of the journal. `proof_href` leads
    to the public page of proof, empty where there is none.
    """

    template: ClassVar[str] = "tour.html"
    form_href: str
    form_title: str
    edition: int
    clauses: int
    folder: str
    key: str
    proof_href: str = ""


@dataclass(frozen=True, slots=True)
class FormLink:
    """One form in the list of the home page. `intro` may be empty."""

    href: str
    title: str
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """`/` of an ordinary site."""

    template: ClassVar[str] = "home.html"
    policy_title: str
    edition: int
    updated_on: str
    forms: tuple[FormLink, ...] = ()


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """One edition of the policy. `state` is `in-force`, `coming` or `past`.

    `updated_on` is the last date of the printed date line, empty when the text has none. `since_at` is when
    it came into force, 0 for never or not known; `compare_href` what it changed, empty for the first one.
    """

    number: int
    digest: str
    published_at: int
    effective_at: int
    state: str = "in-force"
    updated_on: str = ""
    href: str = "/policy"
    since_at: int = 0
    compare_href: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the text. `anchor` is its id (`1.1.1`, `preamble.1`), `number` what is printed before it.

    Each of `paragraphs` is plain text, or `Markup` with the inline HTML that `policy.page` made safe.
    `number` is empty for paragraphs without one. A heading is printed as a section title and makes an
    entry in the table of contents. `depth` is 0 for paragraphs and headings, 1 for `1.1`, 2 for `1.1.1`.
    """

    anchor: str
    number: str
    paragraphs: tuple[str, ...]
    heading: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """One declared purpose, for the table after the text. `term` says when the data are destroyed."""

    title: str
    ground: str
    data: tuple[str, ...]
    term: str


@dataclass(frozen=True, slots=True)
class ProcessorRow:
    """Who processes on the operator's instruction. `contract` and `instruction` are for the console alone.

    `sees` is what it can read, `purposes` what it has the data for. An edition older than the register of
    processors says nothing of contract and `sees`: `is_stated` is False.
    """

    id: str
    name: str
    place: str
    task: str
    sees: tuple[str, ...] = ()
    contract: str = ""
    instruction: str = ""
    purposes: tuple[str, ...] = ()
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """`/policy`: one edition as a document. `language` is that of the text, which may differ from the page's.

    `proof_href` leads to what keeps its clauses; empty where that is not shown.
    """

    template: ClassVar[str] = "policy.html"
    title: str
    language: str
    edition: EditionFacts
    clauses: tuple[Clause, ...]
    purposes: tuple[PurposeRow, ...] = ()
    processors: tuple[ProcessorRow, ...] = ()
    proof_href: str = ""


@dataclass(frozen=True, slots=True)
class Editions:
    """`/policy/editions`: all editions, newest first."""

    template: ClassVar[str] = "editions.html"
    title: str
    editions: tuple[EditionFacts, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a `select` or `radio` field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    `kind` is `text`, `email`, `tel`, `textarea`, `select`, `radio`, `date` or `number`. `maximum` is a
    number of characters (the greatest value of a `number`), 0 for none. `value` is what the person had
    typed; `error` the message at the field, empty when it is well.
    """

    key: str
    label: str
    kind: str = "text"
    mandatory: bool = False
    hint: str = ""
    autocomplete: str = ""
    maximum: int = 0
    options: tuple[Option, ...] = ()
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class ConsentBox:
    """One box, always shown unticked. `summary` says in short what is agreed to, as the end of "I agree ...".

    For example "that Example LLC processes my name, e-mail and message to answer me".
    `name` is the name of the input; its value is `yes`.
    """

    name: str
    summary: str
    wording_href: str
    policy_href: str
    edition: int
    mandatory: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary, in the words of `pages.problem`. `anchor` is the input's name, or empty."""

    message: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What moved since the form was opened. `what` is `form` or `wording`; `title` names the form or purpose."""

    what: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class FormNotice:
    """Why the form is shown again although no field is wrong.

    `kind`: `stale` (form or wording changed: `changes`), `received` (already received with other
    contents: `receipt_href`), `unavailable` (nothing was stored: `retry_after` seconds, 0 for unknown),
    `check` (the post came without a token, from another page).
    """

    kind: str
    changes: tuple[Change, ...] = ()
    receipt_href: str = ""
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A form came filled in from what was sent at a time; `off_href` is where one press switches that off."""

    received_at: int
    off_href: str


@dataclass(frozen=True, slots=True)
class Form:
    """`/f/{form}`: the hosted form, fresh or shown again with what had been typed.

    `token` is the signed token, `next` the allow-listed address for `_next` (may be empty). `prefilled` is None
    unless it came filled in below `/my`.
    """

    template: ClassVar[str] = "form.html"
    title: str
    action_href: str
    token: str
    fields: tuple[Field, ...]
    consents: tuple[ConsentBox, ...]
    notices: tuple[PurposeNotice, ...] = ()
    intro: str = ""
    problems: tuple[Problem, ...] = ()
    notice: FormNotice | None = None
    next: str = ""
    prefilled: Prefilled | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """`/wording/{digest}`: the separate text of one consent, or the notice of a purpose on another ground.

    `text` is plain text without the title, its paragraphs parted by empty lines. `current` is false for a wording
    that no form offers any more; `form_href` is then empty.
    """

    template: ClassVar[str] = "wording.html"
    title: str
    text: str
    language: str
    digest: str
    form_title: str
    form_href: str
    purpose: str
    edition: int
    policy_href: str
    current: bool = True


@dataclass(frozen=True, slots=True)
class Error:
    """A page for 400, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500 and 503; other statuses read like 400 or 500.

    `details` are sentences for this very case. `retry_after` is in seconds, 0 for unknown.
    """

    template: ClassVar[str] = "error.html"
    status: int
    details: tuple[str, ...] = ()
    retry_after: int = 0
    limit: int = 0
    back_href: str = ""


View = Tour | Home | Policy | Editions | Form | Wording | Receipt | Gone | Error
