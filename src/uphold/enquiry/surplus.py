# SPDX-License-Identifier: Apache-2.0
"""What a message holds beyond what was asked for: numbers and addresses by which a person is known (pure).

A field for a message takes anything, so people write more there than is necessary. Whoever opens it is told what
kinds of data it seems to hold, so that it is not copied on. Only kinds are returned, never a value; nothing of it
is stored, journaled or counted.

A number with check digits counts only if they are right, and any number that has another shape as well (ten digits
are a tax number, a passport or a telephone) by how it is written or by the word before it. Sources: check digits of
SNILS by the Pension Fund's rule, of INN by order MMV-7-6/435@, of cards by ISO/IEC 7812-1 (Luhn).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from uphold.vault import contact
from uphold.vault.contact import Contact

_LONGEST: Final = 100_000
_NEAR: Final = 24
"""How many characters before a number its word is looked for in."""

_GROUPS: Final = 6
"""In how many groups a number is written at most. Bounded, so that no text costs more than its length."""
_FEWEST: Final = 9
"""Digits of the shortest number that is looked for."""


class Surplus(StrEnum):
    """A kind of data, in the order in which they are told."""

    PASSPORT = "passport"
    SNILS = "snils"
    INN = "inn"
    CARD = "card"
    PHONE = "phone"
    EMAIL = "email"


# As long as it goes on: numbers that follow each other are taken apart below.
_NUMBER = re.compile(r"(?<![\w+])\+?\(?[0-9](?:[ ()\-]{0,3}[0-9]){6,}+")
_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}")
_MARKS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_NAMES: Final = {
    Surplus.PASSPORT: re.compile(r"паспорт|passport", re.IGNORECASE),
    Surplus.SNILS: re.compile(r"снилс|snils", re.IGNORECASE),
    Surplus.INN: re.compile(r"\bинн\b|\binn\b", re.IGNORECASE),
}
_PASSPORT = re.compile(r"[0-9]{2} ?[0-9]{2} [0-9]{6}")
_SNILS = re.compile(
    r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ -]{0,3}[0-9]{2}|[0-9]{3} [0-9]{3} [0-9]{3} [0-9]{2}"
)
_CARD = re.compile(r"[2-6][0-9]{12,18}")
_PHONE = re.compile(r"\+[0-9]{9,15}|[78][3-9][0-9]{9}|9[0-9]{9}")
_NO_CHECK = 1_001_998  # The first SNILS numbers were given out without check digits.


def kinds(text: str, known: Iterable[str] = ()) -> tuple[Surplus, ...]:
    """List the kinds of data that a message seems to hold, each once.

    `known` are the other values of the same submission: an address that was given there is not more than was
    asked for. Never raises.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).translate(_MARKS).replace("№", " ")
    plain = re.sub(r"[^\S\n]+", " ", plain.replace("No ", " "))
    given = {spelled for one in known for spelled in _spelled(one)}
    found = {kind for match in _NUMBER.finditer(plain) for kind in _numbers(plain, match, given)}
    if any(_spelled(match.group()).isdisjoint(given) for match in _EMAIL.finditer(plain)):
        found.add(Surplus.EMAIL)
    return tuple(kind for kind in Surplus if kind in found)


def _numbers(text: str, match: re.Match[str], given: set[str]) -> Iterator[Surplus]:
    """Tell the kinds in a run of digits; numbers that follow each other look like one, so it may be several."""
    groups, start, at = match.group().split(" "), 0, match.start()
    while start < len(groups):
        before, end = text[max(0, at - _NEAR) : at], min(len(groups), start + _GROUPS)
        while end > start and (kind := _number(" ".join(groups[start:end]), before)) is None:
            end -= 1
        if kind is not None and _spelled(" ".join(groups[start:end])).isdisjoint(given):
            yield kind
        end = max(end, start + 1)
        at += sum(len(group) + 1 for group in groups[start:end])
        start = end


def _number(written: str, before: str) -> Surplus | None:
    one = _Number(written, "".join(filter(str.isdigit, written)), before)
    if len(one.digits) < _FEWEST:
        return None
    found = (kind for kind, holds in _TESTS if holds(one))
    return next(found, Surplus.PHONE if one.is_dialled else None)


@dataclass(frozen=True, slots=True)
class _Number:
    """What may be one number: as it is written, its digits, and the text before it."""

    written: str
    digits: str
    before: str

    def named(self, kind: Surplus) -> bool:
        """Tell whether the text before it says what it is."""
        return bool(_NAMES[kind].search(self.before))

    @property
    def is_dialled(self) -> bool:
        """Whether it may be a telephone's."""
        return bool(_PHONE.fullmatch("+" * self.written.startswith("+") + self.digits))


def _is_card(one: _Number) -> bool:
    shaped = _CARD.fullmatch(one.digits) and "+" not in one.written and len(set(one.digits)) > 1
    return bool(shaped) and _luhn(one.digits)


def _is_snils(one: _Number) -> bool:
    if len(one.digits) != 11 or not _snils(one.digits):
        return False
    return bool(_SNILS.fullmatch(one.written)) or one.named(Surplus.SNILS) or not one.is_dialled


def _is_inn(one: _Number) -> bool:
    # Unlike other numbers it is written without a gap.
    if one.written != one.digits or not _inn(one.digits):
        return False
    return one.named(Surplus.INN) or not one.is_dialled


def _is_passport(one: _Number) -> bool:
    if len(one.digits) != 10:
        return False
    return bool(_PASSPORT.fullmatch(one.written)) or one.named(Surplus.PASSPORT)


_TESTS: Final[tuple[tuple[Surplus, Callable[[_Number], bool]], ...]] = (
    (Surplus.CARD, _is_card),
    (Surplus.SNILS, _is_snils),
    (Surplus.INN, _is_inn),
    (Surplus.PASSPORT, _is_passport),
)


def _luhn(digits: str) -> bool:
    doubled = (int(digit) << place % 2 for place, digit in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _snils(digits: str) -> bool:
    if int(digits[:9]) <= _NO_CHECK:
        return False
    return _weighed(digits, range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def _inn(digits: str) -> bool:
    """Ten digits of an organisation, twelve of a person: the last one or two check those before them."""
    checks = {10: (9,), 12: (10, 11)}.get(len(digits), ())
    tail = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    return bool(checks) and all(
        _weighed(digits, tail[-at:]) % 11 % 10 == int(digits[at]) for at in checks
    )


def _weighed(digits: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _spelled(text: str) -> set[str]:
    """Spell an e-mail address or a telephone number in its one way; nothing where it is neither."""
    ways = (contact.normalise(Contact(kind, text.strip(".,;"))) for kind in contact.KINDS)
    return {way for way in ways if way}
