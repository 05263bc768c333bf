# SPDX-License-Identifier: Apache-2.0
"""A post against its form: what is accepted, or everything that is wrong with it (pure).

The only place where raw input becomes trusted. Formats are checked, never facts: values are kept as the
person stated them, and no look-up is made (clause 1.3 of the first policy).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from uphold.policy.document import Field
from uphold.submission.form import RESERVED, Offer

YES = frozenset({"yes", "on", "true", "1"})

# One mark, something on both sides, no spaces: whether an address works, only the mail shows.
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_PHONE = re.compile(r"\+?[\d\s().-]{5,32}")
_NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,6})?")
# C0 and C1 controls except tab and line feed: nothing that a person types, and trouble in every viewer.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# RFC 5321 4.5.3.1.3, less the angle brackets; what is longer, no mail ever reaches.
_LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `field` is the input's name, `code` a slug that pages translate.

    Codes: required, too-long, too-large, not-email, not-phone, not-number, not-date, not-choice,
    control-character, undeclared, consent-missing.
    """

    field: str
    code: str
    limit: int = 0


class Accepted(msgspec.Struct, frozen=True):
    """A valid post: non-empty values by field, and the purposes whose boxes were ticked."""

    values: Mapping[str, str]
    consents: tuple[str, ...]


def check(offer: Offer, posted: Mapping[str, str]) -> Accepted | list[Problem]:
    """Check a decoded post against the form as it is offered; lists every problem at once."""
    problems: list[Problem] = []
    values: dict[str, str] = {}
    for name, raw in posted.items():
        if name in offer.fields:
            value = raw.replace("\r\n", "\n").strip()
            if value:
                values[name] = value
                if problem := _wrong(offer.fields[name], value):
                    problems.append(problem)
        elif name not in offer.boxes and name not in RESERVED:
            problems.append(Problem(name, "undeclared"))
    problems.extend(
        Problem(field.key, "required")
        for field in offer.form.fields
        if field.mandatory and field.key not in values
    )
    consents = []
    for name, box in offer.boxes.items():
        if posted.get(name, "").lower() in YES:
            consents.append(box.purpose)
        elif box.mandatory:
            problems.append(Problem(name, "consent-missing"))
    if not consents and not problems and offer.rests_on_consent:
        # Every box is optional, but without any tick there is no purpose to keep the post for.
        problems.extend(Problem(name, "consent-missing") for name in offer.boxes)
    if problems:
        return _in_order(offer, problems)
    return Accepted(values, tuple(consents))


def correction(offer: Offer, changes: Mapping[str, str]) -> dict[str, str] | list[Problem]:
    """Check new values of some fields of a form that was sent; an optional field may become empty."""
    problems: list[Problem] = []
    values: dict[str, str] = {}
    for name, raw in changes.items():
        field = offer.fields.get(name)
        if field is None:
            problems.append(Problem(name, "undeclared"))
            continue
        values[name] = raw.replace("\r\n", "\n").strip()
        if not values[name] and field.mandatory:
            problems.append(Problem(name, "required"))
        elif values[name] and (problem := _wrong(field, values[name])):
            problems.append(problem)
    return _in_order(offer, problems) or values


def _wrong(field: Field, value: str) -> Problem | None:
    if _CONTROL.search(value) or ("\n" in value and field.type != "long-text"):
        return Problem(field.key, "control-character")
    longest = field.max or (_LONGEST_EMAIL if field.type == "email" else 0)
    if field.type != "number" and longest and len(value) > longest:
        return Problem(field.key, "too-long", longest)
    match field.type:
        case "email" if not _EMAIL.fullmatch(value):
            return Problem(field.key, "not-email")
        case "phone" if not _PHONE.fullmatch(value):
            return Problem(field.key, "not-phone")
        case "number":
            return _wrong_number(field, value)
        case "date" if not _is_date(value):
            return Problem(field.key, "not-date")
        case "choice" if value not in {option.value for option in field.options}:
            return Problem(field.key, "not-choice")
    return None


def _wrong_number(field: Field, value: str) -> Problem | None:
    if not _NUMBER.fullmatch(value):
        return Problem(field.key, "not-number")
    if field.max and float(value.replace(",", ".")) > field.max:
        return Problem(field.key, "too-large", field.max)
    return None


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _in_order(offer: Offer, problems: list[Problem]) -> list[Problem]:
    order = {name: place for place, name in enumerate([*offer.fields, *offer.boxes])}
    return sorted(problems, key=lambda problem: order.get(problem.field, len(order)))
