# SPDX-License-Identifier: Apache-2.0
"""A question whose answer is noisy, and its answer. Pure: questions have one spelling, so that the same is known again.

A question is about the days of one month, because that is what an account of the budget is for. What is counted is
the day of one visitor: their number ends with the day, so a person who comes on several days is several of them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec

from uphold import errors

SOURCE = "visits"
"""The data set that accounts are kept for."""


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question as canonical JSON, its fields in the order of their names."""

    delta: int
    end: str
    keys: tuple[str, ...] | None
    l0: int
    rho: int
    source: str
    start: str
    table: str
    v: int = 1


class _Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    cells: dict[str, int]
    error95: int
    label: str = "noisy"
    v: int = 1


_ENCODE = msgspec.json.Encoder(order="deterministic").encode
_ASKED = msgspec.json.Decoder(_Asked, strict=True).decode
_TOLD = msgspec.json.Decoder(_Told, strict=True).decode


@dataclass(frozen=True, slots=True)
class Question:
    """Persons per key of a table, from `start` to `end` (both within one month, both counted).

    Each visitor's day counts for at most `l0` keys. `rho` is what it costs, in millionths. `keys` are those that are
    public anyway; without them only keys that many have are shown, which costs `delta` trillionths more.
    """

    table: str
    start: date
    end: date
    l0: int
    rho: int
    keys: tuple[str, ...] | None = None
    delta: int = 0

    def __post_init__(self) -> None:
        """Raise `errors.Invalid` for a question that nobody can answer."""
        if self.start > self.end or (self.start.year, self.start.month) != (
            self.end.year,
            self.end.month,
        ):
            raise errors.Invalid(
                "A question is about days of one month, the first one first.",
                "Ask about each month by itself.",
            )
        if self.l0 < 1 or self.rho < 1 or (self.delta < 1) == (self.keys is None):
            raise errors.Invalid(
                "A question needs a bound, a share of the budget, and public keys or a delta."
            )

    @property
    def account(self) -> str:
        """Whose budget it spends: the data set and the month."""
        return account(self.start)

    @property
    def asked(self) -> bytes:
        """The one spelling of the question."""
        keys = None if self.keys is None else tuple(sorted(set(self.keys)))
        return _ENCODE(
            _Asked(
                delta=self.delta,
                end=self.end.isoformat(),
                keys=keys,
                l0=self.l0,
                rho=self.rho,
                source=SOURCE,
                start=self.start.isoformat(),
                table=self.table,
            )
        )

    @property
    def digest(self) -> str:
        """The name of the question: SHA-256 of its spelling, in hex."""
        return hashlib.sha256(self.asked).hexdigest()


@dataclass(frozen=True, slots=True)
class Drawn:
    """Noisy figures by key; the true one of each lies within `error95` of it in 95 of 100 cases."""

    cells: Mapping[str, int]
    error95: int

    @property
    def told(self) -> bytes:
        """The one spelling of the figures."""
        return _ENCODE(_Told(cells=dict(sorted(self.cells.items())), error95=self.error95))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered once and is answered always: figures, when they were drawn (unix ms), their entry."""

    question: Question
    drawn: Drawn
    at: int
    entry: int
    is_new: bool = field(default=False, compare=False)


def account(day: date) -> str:
    """Name the account of the month that a day is of."""
    return f"{SOURCE}.{day:%Y-%m}"


def read(asked: bytes, told: bytes, at: int, entry: int) -> Answer:
    """Return a stored answer; raises `errors.Broken` when it is none."""
    try:
        one, figures = _ASKED(asked), _TOLD(told)
        question = Question(
            table=one.table,
            start=date.fromisoformat(one.start),
            end=date.fromisoformat(one.end),
            l0=one.l0,
            rho=one.rho,
            keys=one.keys,
            delta=one.delta,
        )
    except (msgspec.DecodeError, ValueError, errors.Invalid):
        raise errors.Broken(
            "A stored noisy answer cannot be read.", "Run `uphold journal verify DIR`."
        ) from None
    return Answer(question, Drawn(figures.cells, figures.error95), at, entry)
