# SPDX-License-Identifier: Apache-2.0
"""Everything held about a person, as they take it away: its shape, its JSON, the schema of that (pure).

    data = package.json(made)        UTF-8, keys in the order of the schema
    made = package.parse(data)       the same again, or errors.Invalid
    package.schema()                 JSON Schema 2020-12, served at /my/schema.json

A person may hand the file on (article 20 of Regulation (EU) 2016/679), so its shape only ever grows: what is
taken away or means something else gets another `FORMAT`.
"""

from datetime import date, datetime
from functools import cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from uphold import errors

FORMAT: Final = "uphold/access/v1"
SCHEMA_PATH: Final = "/my/schema.json"

Moment = Annotated[datetime, Meta(tz=True, description="A moment in UTC.")]
Value = str | int | list[str] | dict[str, str]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member of the package."""


class Operator(_Part, frozen=True):
    """Who answers for the data by law."""

    name: str
    address: str
    contact: str
    phone: str
    registration: str
    responsible: str


class Point(_Part, frozen=True):
    """One thing that the law says a person must be told; `law` names the places, such as `152-fz:14.7.5`."""

    key: str
    law: list[str]
    title: str
    text: list[str]


class Consent(_Part, frozen=True):
    """One act of consent, with the wording as it was read; its text is empty where no edition has it any more."""

    purpose: str
    title: str
    act: Literal["given", "withdrawn"]
    at: Moment
    language: str
    edition: int
    wording: Annotated[str, Meta(description="SHA-256 of the wording's file, in hex.")]
    wording_title: str
    wording_text: str
    entry: Annotated[int, Meta(description="Index of its entry in the journal.")]


class Field(_Part, frozen=True):
    """One value: as the person stated it, or as it was corrected since."""

    key: str
    label: str
    value: Value


class Answer(_Part, frozen=True):
    """One answer that the operator wrote."""

    subject: str
    text: str


class Purpose(_Part, frozen=True):
    """What is held of a submission for one purpose.

    `source`: stated by the `person`, taken from the `request` of their browser, or made by the `site` as evidence.
    `ends_at` is null where the event that starts the term has not come; `term` says the rule in words.
    """

    purpose: str
    title: str
    basis: str
    ground: str
    source: Literal["person", "request", "site"]
    ends_at: Moment | None
    term: str
    values: list[Field]
    answers: list[Answer]


class Destroyed(_Part, frozen=True):
    """What was held for a purpose until it was destroyed."""

    purpose: str
    title: str
    at: Moment


class Correction(_Part, frozen=True):
    """Fields that were corrected, for one purpose; `by` is `person` or the role of whoever did it."""

    purpose: str
    title: str
    fields: list[str]
    at: Moment
    by: str


class Reading(_Part, frozen=True):
    """Who opened something for which purpose, or was refused: `denied` is the reason, "" for a reading.

    `by` is `person`, `site` (its mailer) or a role of the operator's staff.
    """

    purpose: str
    title: str
    at: Moment
    by: str
    denied: str
    entry: int


class Order(_Part, frozen=True):
    """A legal bar to destruction: its ground, and its end where it has one."""

    ground: str
    until: Moment | None


class Submission(_Part, frozen=True):
    """One form that was sent. `id` is that of its receipt."""

    id: str
    form: str
    title: str
    received_at: Moment
    language: str
    edition: int
    consents: list[Consent]
    purposes: list[Purpose]
    destroyed: list[Destroyed]
    corrections: list[Correction]
    readings: list[Reading]
    orders: list[Order]


class Request(_Part, frozen=True):
    """A right that the person exercised. `due` is the last day of the law's term, null where none runs."""

    number: int
    kind: str
    state: str
    received_at: Moment
    due: date | None
    ground: str


class Told(_Part, frozen=True):
    """The recipient was told that the data were `corrected` or `erased` since; `outcome` is what it answered, or ""."""

    cause: str
    at: Moment
    outcome: str


class Disclosure(_Part, frozen=True):
    """A transfer to somebody outside, with its legal ground; `law` names its place, `submission` is as in `id`."""

    recipient: str
    ground: str
    at: Moment
    law: str = ""
    submission: str = ""
    purpose: str = ""
    title: str = ""
    fields: list[str] = []
    told: list[Told] = []


class Policy(_Part, frozen=True):
    """The edition of the privacy policy in force, and the law that the operator is under."""

    edition: int
    digest: str
    address: str
    profile: str


class Package(_Part, frozen=True):
    """Everything that an operator's site holds about whoever has an address, as of `made_at`."""

    format: Literal["uphold/access/v1"]
    language: str
    made_at: Moment
    address: Annotated[str, Meta(description="The address whose control the person proved.")]
    operator: Operator
    policy: Policy
    points: list[Point]
    submissions: list[Submission]
    requests: list[Request]
    disclosures: list[Disclosure]


def json(made: Package) -> bytes:
    """Write a package: UTF-8 JSON with indentation, to be read by people too."""
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def parse(raw: bytes) -> Package:
    """Read a package; raises `errors.Invalid` for anything that is none."""
    try:
        return msgspec.json.decode(raw, type=Package)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise errors.Invalid(
            f"This is no package of personal data ({type(error).__name__}).",
            f"Compare it with the schema at {SCHEMA_PATH}.",
        ) from None


@cache
def schema() -> bytes:
    """Return the JSON Schema (2020-12) that each package follows."""
    made = msgspec.json.schema(Package)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_PATH,
        "title": FORMAT,
    }
    return msgspec.json.format(msgspec.json.encode({**head, **made}), indent=2) + b"\n"
