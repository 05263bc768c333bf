# SPDX-License-Identifier: Apache-2.0
"""What an exercise writes into a form: random values that fit each field and can be searched for."""

import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from uphold.policy.document import Field

# 48 bits: no two exercises ever write the same, and no page holds it by accident.
_BYTES = 6


def values(fields: Iterable[Field]) -> Mapping[str, str]:
    """Return a fresh value for every field that can be filled."""
    filled = {field.key: value(field) for field in fields}
    return MappingProxyType({key: text for key, text in filled.items() if text})


def value(field: Field) -> str:
    """Return a fresh random value that the field takes; the first choice where it offers some."""
    mark = secrets.token_hex(_BYTES)
    match field.type:
        case "email":
            text = f"exercise-{mark}@example.org"
            short = f"{mark[: max(1, field.max - 6)]}@a.org"
            return text if not field.max or len(text) <= field.max else short
        case "phone":
            return "+7 " + "".join(secrets.choice("0123456789") for _ in range(10))
        case "choice":
            return field.options[0].value if field.options else ""
        case "date":
            return f"19{secrets.randbelow(80) + 10}-0{secrets.randbelow(9) + 1}-1{secrets.randbelow(10)}"
        case "number":
            return str(secrets.randbelow(field.max + 1 if field.max else 1_000_000_000))
    text = f"Exercise {mark}"
    return text if not field.max or len(text) <= field.max else mark[: field.max]


def marks(fields: Iterable[Field], filled: Mapping[str, str]) -> tuple[str, ...]:
    """Return what of the values stands nowhere else, so that finding it means a leak."""
    searchable = {"text", "long-text", "email", "phone"}
    found = []
    for field in fields:
        text = filled.get(field.key, "")
        if field.type in searchable and len(text) >= 2 * _BYTES:
            found.append(text.partition("@")[0].removeprefix("Exercise ").removeprefix("exercise-"))
    return tuple(found)
