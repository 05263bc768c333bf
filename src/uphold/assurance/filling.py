# SPDX-License-Identifier: Apache-2.0
"""What an exercise writes into a form: random values that fit each field and can be searched for.

Every mark begins with one stem, so that a search through gigabytes looks for one word and not for hundreds.
"""

import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from uphold.policy.document import Field

# Letters that no hexadecimal digest has and that make no word in a row.
_LETTERS = "ghjkmnpqrstvwxyz"
# 32 bits for the stem, of this process, and 24 more for each mark: neither ever stands anywhere by accident.
_STEM_LENGTH, _OWN_LENGTH = 8, 6
STEM = "".join(secrets.choice(_LETTERS) for _ in range(_STEM_LENGTH))
"""What every mark made in this process begins with."""

# A text that is shorter holds no whole mark.
_SHORTEST = 12


def mark() -> str:
    """Return a fresh word of 14 small letters that stands nowhere else."""
    return STEM + "".join(secrets.choice(_LETTERS) for _ in range(_OWN_LENGTH))


def values(fields: Iterable[Field]) -> Mapping[str, str]:
    """Return a fresh value for every field that can be filled."""
    filled = {field.key: value(field) for field in fields}
    return MappingProxyType({key: text for key, text in filled.items() if text})


def value(field: Field) -> str:
    """Return a fresh random value that the field takes; the first choice where it offers some."""
    own = mark()
    match field.type:
        case "email":
            text = f"exercise-{own}@example.org"
            short = f"{own[: max(1, field.max - 6)]}@a.org"
            return text if not field.max or len(text) <= field.max else short
        case "phone":
            return "+7 " + "".join(secrets.choice("0123456789") for _ in range(10))
        case "choice":
            return field.options[0].value if field.options else ""
        case "date":
            return f"19{secrets.randbelow(80) + 10}-0{secrets.randbelow(9) + 1}-1{secrets.randbelow(10)}"
        case "number":
            return str(secrets.randbelow(field.max + 1 if field.max else 1_000_000_000))
    text = f"Exercise {own}"
    return text if not field.max or len(text) <= field.max else own[: field.max]


def marks(fields: Iterable[Field], filled: Mapping[str, str]) -> tuple[str, ...]:
    """Return what of the values stands nowhere else, so that finding it means a leak."""
    searchable = {"text", "long-text", "email", "phone"}
    found = []
    for field in fields:
        text = filled.get(field.key, "")
        if field.type in searchable and len(text) >= _SHORTEST:
            found.append(text.partition("@")[0].removeprefix("Exercise ").removeprefix("exercise-"))
    return tuple(found)
