# SPDX-License-Identifier: Apache-2.0
"""What a kind of entry is made of: codes, each of one of the SHAPES, and commitments. There is no free text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_SLUG = "[a-z0-9-]{1,40}"

SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "digest": "64 lower-case hex digits",
        "digests": "digests joined by +",
        "number": "an integer from 0 to 2^63-1",
        "code": "1 to 40 of a-z, 0-9 and hyphen",
        "codes": "codes joined by +",
        "language": "a language tag such as ru or en-GB",
        "origin": "a host name, with an optional port and path",
        "name": "two or three codes joined by dots",
        "clause": "the id of a clause, such as 2.2.1, preamble.1 or date",
    }
)

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "digest": re.compile("[0-9a-f]{64}"),
    "digests": re.compile(r"[0-9a-f]{64}(?:\+[0-9a-f]{64}){0,31}"),
    "code": re.compile(_SLUG),
    "codes": re.compile(rf"{_SLUG}(?:\+{_SLUG}){{0,255}}"),
    "language": re.compile("[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"),
    "origin": re.compile(r"[a-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]{1,64}){0,4}"),
    "name": re.compile(rf"{_SLUG}(?:\.{_SLUG}){{1,2}}"),
    "clause": re.compile(
        r"title|date|preamble\.[1-9][0-9]{0,3}|[1-9][0-9]{0,2}(?:\.[1-9][0-9]{0,2}){0,9}"
    ),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its name, one sentence of meaning, its codes by shape, its commitments by name.

    A last commitment that ends in `...` stands for one or more.
    """

    name: str
    meaning: str
    codes: Mapping[str, str] = field(default_factory=dict)
    commitments: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether the last commitment may stand several times."""
        return bool(self.commitments) and self.commitments[-1].endswith("...")
