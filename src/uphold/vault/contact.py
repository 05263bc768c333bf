# SPDX-License-Identifier: Apache-2.0
"""One spelling per address: e-mail and telephone, normalised by versioned rules (pure).

Two spellings of one address must give one index value, today and in years: a rule never changes. A better
rule is a new version, and a search asks all versions.
"""

import re
import unicodedata
from contextlib import suppress
from typing import Final, NamedTuple

EMAIL: Final = 1
PHONE: Final = 2
KINDS = (EMAIL, PHONE)
VERSION: Final = 1

_LONGEST = (
    320  # RFC 3696 erratum 1690 says 254; what people type is let through, and it bounds the work
)
_NOT = r"\s\x00-\x1f\x7f\ud800-\udfff@"  # surrogates have no UTF-8
_EMAIL = re.compile(rf"[^{_NOT}]+@[^{_NOT}]+\.[^{_NOT}.]+")
_PHONE_MARKS = str.maketrans("", "", " \t()-./\u2010\u2011\u2012\u2013\u2014\u2212")
_PHONE = re.compile(r"(?:\+|00)?[0-9]{7,15}")


class Contact(NamedTuple):
    """An address as it was typed: `kind` is EMAIL or PHONE."""

    kind: int
    text: str


def normalise(contact: Contact) -> str | None:
    """Return the one spelling of an address by the rules of version 1, or None if it is none. Never raises."""
    if len(contact.text) > _LONGEST:
        return None
    if contact.kind == EMAIL:
        return _email(contact.text)
    if contact.kind == PHONE:
        return _phone(contact.text)
    return None


def _email(text: str) -> str | None:
    """NFKC, trim, fold case of the whole; the domain in ASCII (IDNA 2003) where it has such a form.

    The local part is folded as well, against the letter of RFC 5321 2.4: no provider that people use tells
    `Anna@` from `anna@`, and a person who asks about their data must be found.
    """
    if text.isascii():
        folded = text.strip().lower()
        return folded if _EMAIL.fullmatch(folded) else None
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    local, at, domain = unicodedata.normalize("NFKC", folded).rpartition("@")
    with suppress(UnicodeError):  # a domain without an ASCII form is kept as it is
        domain = domain.encode("idna").decode("ascii").lower()
    address = local + at + domain
    return address if _EMAIL.fullmatch(address) else None


def _phone(text: str) -> str | None:
    """Digits after a plus (E.164 shape, 7 to 15 of them), by the habits of Russian numbers.

    8 and ten digits, 7 and ten digits, and ten digits that begin with 9 are +7; 00 is a plus. Any other
    number without a plus stays without one: nobody knows its country. The (0) of `+49 (0) 30` is not dialled.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if folded.startswith(("+", "00")):
        folded = folded.replace("(0)", "")
    marks_gone = folded.translate(_PHONE_MARKS)
    if not _PHONE.fullmatch(marks_gone):
        return None
    if marks_gone[0] == "+":
        return marks_gone
    if marks_gone[:2] == "00" and len(marks_gone) >= 9:
        return "+" + marks_gone[2:]
    if len(marks_gone) == 11 and marks_gone[0] in "78":
        return "+7" + marks_gone[1:]
    if len(marks_gone) == 10 and marks_gone[0] == "9":
        return "+7" + marks_gone
    return marks_gone
