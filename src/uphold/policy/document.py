# SPDX-License-Identifier: Apache-2.0
"""The policy as data: what is promised, asked and kept. Frozen, without storage and without rules.

Ids are slugs `[a-z0-9-]{1,40}`, times unix milliseconds UTC, digests 64 lower-case hex digits of
SHA-256, terms ISO 8601 durations (`P1Y`, `P30D`, `PT24H`), languages ISO 639-1 codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from uphold.errors import Missing

Text = Mapping[str, str]
"""One text in several languages, keyed by language. A text with one language serves all of them."""

CONSENT = "consent"
BASES = (CONSENT, "contract", "request", "legal-duty", "legitimate-interest")
EVENTS = ("received", "answered", "closed", "withdrawn", "visited")
ACTIONS = (
    "collect", "record", "organise", "accumulate", "store", "update", "extract", "use",
    "transfer", "depersonalise", "block", "erase", "destroy",
)  # fmt: skip
ROLES = ("owner", "officer", "clerk", "analyst", "auditor")
READERS = ("owner", "officer", "clerk")
"""Those of `ROLES` that may open records at all: the others look without opening, whatever a purpose says."""
FIELD_TYPES = ("text", "long-text", "email", "phone", "choice", "date", "number")
PROCESSOR = "processor"
THIRD_PARTY, AUTHORITY = "third-party", "authority"
RECIPIENT_KINDS = (PROCESSOR, THIRD_PARTY, AUTHORITY)
PROFILES = ("ru-152fz", "eu-gdpr")
VISITS = "P1D"
"""How long raw visits are kept where `[keeps]` does not say."""


def pick(text: Text, language: str, fallback: str = "en") -> str:
    """The text in `language`, else in `fallback`, else in whatever language there is, else ""."""
    for wanted in (language, fallback):
        if text.get(wanted):
            return text[wanted]
    return next(iter(text.values()), "")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the site and answers for the data by law."""

    name: Text
    address: Text
    contact: str
    """E-mail address for questions about personal data."""
    phone: str
    registration: str
    """State registration or tax number, as printed."""
    responsible: Text
    """The person or office responsible for personal data."""


@dataclass(frozen=True, slots=True)
class Retention:
    """When a purpose ends: `term` after the event `after`, and `at_most` after receipt.

    `at_most` is there for events that may never come; it is "" where the event is sure to come.
    """

    after: str
    term: str
    at_most: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose of processing, named by one clause of the policy."""

    id: str
    clause: str
    title: Text
    basis: str
    """One of BASES."""
    ground: Text
    """Why no consent is asked, in words; empty where the basis is consent."""
    retention: Retention
    actions: tuple[str, ...]
    categories: tuple[str, ...]
    roles: tuple[str, ...]
    """The staff roles that may read for this purpose."""
    recipients: tuple[str, ...]
    dpv: str
    """The purpose in the Data Privacy Vocabulary, such as `dpv:CommunicationManagement`, or ""."""

    @property
    def asks_consent(self) -> bool:
        """Whether a person is asked for consent; the basis alone decides it."""
        return self.basis == CONSENT


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of personal data."""

    id: str
    title: Text
    special: bool
    """Health, beliefs, biometrics and the like, which need consent in writing."""
    dpv: str
    """The category in the Data Privacy Vocabulary, such as `pd:EmailAddress`, or ""."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody other than the operator who may receive data."""

    id: str
    name: Text
    address: Text
    country: str
    """ISO 3166-1 alpha-2."""
    kind: str
    """One of RECIPIENT_KINDS."""
    task: Text
    """What it does with the data."""
    contract: Text = field(default_factory=dict)
    """Of a processor: the contract or act that it works under; empty in editions older than this key."""
    instruction: Text = field(default_factory=dict)
    """Of a processor: what it is told to do and to keep to, in a sentence or two."""
    sees: tuple[str, ...] = ()
    """Of a processor: the categories that it can read; none where it only holds what is sealed."""
    grounds: tuple[str, ...] = ()
    """Of others: the grounds of the laws on which data may be disclosed to it; without one, none are."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a field of type `choice`."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked on a form."""

    key: str
    label: Text
    type: str
    """One of FIELD_TYPES."""
    mandatory: bool
    categories: tuple[str, ...]
    purposes: tuple[str, ...]
    autocomplete: str
    """The HTML autofill token, or ""."""
    max: int
    """Greatest length in characters (for `number`: greatest value)."""
    hint: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ConsentBox:
    """An unticked box that asks consent for one purpose."""

    purpose: str
    mandatory: bool
    """Whether the form cannot be taken without the tick."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form, field by field."""

    key: str
    title: Text
    intro: Text
    fields: tuple[Field, ...]
    consents: tuple[ConsentBox, ...]
    next: tuple[str, ...]
    """Addresses that a sender may ask to be led to afterwards."""
    digest: str
    """SHA-256 over the canonical bytes of everything above."""

    @property
    def purposes(self) -> tuple[str, ...]:
        """Every purpose that a field or a box of this form serves, in order of appearance."""
        named = [purpose for field in self.fields for purpose in field.purposes]
        return tuple(dict.fromkeys([*named, *(box.purpose for box in self.consents)]))

    def box(self, purpose: str) -> ConsentBox | None:
        """The box that asks consent for `purpose`, if there is one."""
        return next((box for box in self.consents if box.purpose == purpose), None)

    def field(self, key: str) -> Field | None:
        """The field with this key, if it is declared."""
        return next((field for field in self.fields if field.key == key), None)


@dataclass(frozen=True, slots=True)
class Wording:
    """The separate consent document of a form and purpose, or the notice that no consent is asked."""

    form: str
    purpose: str
    language: str
    asks_consent: bool
    title: str
    text: str
    """Plain text: paragraphs parted by blank lines, without the title."""
    digest: str
    """SHA-256 over the bytes of the wording's file in its edition."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of the policy's text, with its number as printed kept in `text`.

    `id` is `title`, `preamble.N`, `date`, or the number of the clause such as `2.2.1`.
    """

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class DateLine:
    """When and where a policy was adopted, and when it was amended."""

    place: str
    adopted: date | None
    amended: tuple[date, ...]

    @property
    def last(self) -> date | None:
        """The date of the last update."""
        return max([*self.amended, *([self.adopted] if self.adopted else [])], default=None)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """How consent is withdrawn, and within which term after that the data are destroyed."""

    how: Text
    within: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What the operator itself must do for a clause, as no software can."""

    who: Text
    what: Text
    every: str
    """The term after which it must be attested anew."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What keeps one clause: promises, a duty, both; or nothing, as it only states a fact."""

    clause: str
    promises: tuple[str, ...]
    """Ids of `promise.catalogue()`, as declared: a later catalogue may not know one of them."""
    fact: bool
    duty: Duty | None


@dataclass(frozen=True, slots=True)
class Policy:
    """What policy.toml declares."""

    languages: tuple[str, ...]
    """The first one is the language of policy.md and the fallback of every text."""
    profile: str
    domain: str
    operator: Operator
    storage: Text
    """Where the databases are."""
    country: str
    """The country of the databases, ISO 3166-1 alpha-2."""
    withdrawal: Withdrawal
    evidence: str
    """Id of the purpose under which the evidence of consent is kept."""
    technical: str
    """Id of the purpose under which the technical data of a request are kept."""
    purposes: Mapping[str, Purpose]
    categories: Mapping[str, Category]
    recipients: Mapping[str, Recipient]
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    """By clause; editions published before there were bindings have none."""
    also: tuple[str, ...] = ()
    """Further laws that the operator is under, besides `profile`."""
    personalisation: str = ""
    """Id of the purpose under which forms come filled in for who agreed to it; empty: they never do."""
    register: Mapping[str, Text] = field(default_factory=dict)
    """What only the record of processing needs, by key of `[register]`; what is not given is not there."""
    visits: str = VISITS
    """The term after which the technical data of visits end; never later than those of `technical`."""

    @property
    def language(self) -> str:
        """The policy's first language."""
        return self.languages[0]

    @property
    def laws(self) -> tuple[str, ...]:
        """Every law that the operator is under, that of the text first."""
        return (self.profile, *self.also)

    def purpose(self, name: str) -> Purpose:
        """The purpose with this id; `errors.Missing` if the policy declares none."""
        if name not in self.purposes:
            raise Missing(f"The policy has no purpose {name!r}.", "Use one that it declares.")
        return self.purposes[name]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a site folder says, before it is published."""

    policy: Policy
    texts: Mapping[str, tuple[Clause, ...]]
    """The policy's clauses by language."""
    forms: Mapping[str, Form]


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable version of the policy, as published."""

    number: int
    digest: str
    """SHA-256 over the canonical bytes of the edition."""
    published_at: int
    effective_at: int
    policy: Policy
    texts: Mapping[str, tuple[Clause, ...]]
    forms: Mapping[str, Form]
    wordings: Mapping[str, Wording]
    """By digest."""

    def form(self, key: str) -> Form:
        """The form with this key; `errors.Missing` if this edition has none."""
        if key not in self.forms:
            raise Missing(f"There is no form {key!r}.", "Follow a link from the site.")
        return self.forms[key]

    def wording(self, form: str, purpose: str, language: str) -> Wording:
        """The wording of a form and purpose, in the policy's first language if not in this one.

        Raises `errors.Missing` where the form does not serve the purpose.
        """
        found = {
            wording.language: wording
            for wording in self.wordings.values()
            if (wording.form, wording.purpose) == (form, purpose)
        }
        for wanted in (language, self.policy.language):
            if wanted in found:
                return found[wanted]
        raise Missing(f"Form {form!r} has no wording for purpose {purpose!r}.")
