# SPDX-License-Identifier: Apache-2.0
"""What the clauses of a text never seen may be bound to, each with the words that suggest it (pure).

The reader is plain: it looks in each clause by itself for the phrases of the catalogue. Nothing is
bound by it; a suggestion waits for the operator's yes.

A confidence is a measured share: of all suggestions of its kind that were made on the labelled texts of
`tests/policies` and on the example, how many a careful reader had bound as well; one right and one wrong
are added, so that few cases never give 0 or 1. `tests/unit/policy/test_suggest.py` measures it anew.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from uphold.policy import binding, import_, promise
from uphold.policy.document import Binding, Clause, Duty, Text

DATA: Final = Path(__file__).parent / "suggestions.toml"
_QUOTE: Final = 70


class Kind(StrEnum):
    """How a suggestion came about; that alone decides its confidence."""

    AGREED = "agreed"
    """Two or more phrases of the promise stand in the clause."""
    SOLE = "sole"
    """One phrase, and no other promise is suggested for the clause."""
    AMONG = "among"
    """One phrase, beside suggestions of other promises."""
    DUTY = "duty"
    FACT = "fact"


CONFIDENCE: Final[Mapping[Kind, float]] = MappingProxyType(
    {Kind.AGREED: 0.96, Kind.SOLE: 0.97, Kind.AMONG: 0.68, Kind.DUTY: 0.80, Kind.FACT: 0.86}
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a clause may be bound to."""

    name: str
    """Id of a promise, name of a duty, or of a kind of fact."""
    because: str
    """The words of the clause that suggest it."""
    kind: Kind

    @property
    def confidence(self) -> float:
        """The measured share of such suggestions that were right."""
        return CONFIDENCE[self.kind]


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested for one clause; nothing at all where no phrase was recognised."""

    clause: str
    text: str
    """On one line, without its number."""
    promises: tuple[Suggestion, ...]
    """The surest first."""
    duties: tuple[Suggestion, ...]
    fact: Suggestion | None

    @property
    def all(self) -> tuple[Suggestion, ...]:
        """Everything suggested."""
        return (*self.promises, *self.duties, *([self.fact] if self.fact else []))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is recognised by phrases beside the promises."""

    phrases: Mapping[str, Sequence[str]]
    duty: Duty | None = None


def suggest(clauses: Sequence[Clause], language: str) -> tuple[Suggested, ...]:
    """Suggestions for every clause but the title and bare headings, in the order of the text.

    A language other than Russian is read as English.
    """
    language = "ru" if language == "ru" else "en"
    return tuple(_suggest(clause, language) for clause in clauses if not binding.bare(clause))


def accept(found: Suggested, at_least: float, languages: Sequence[str]) -> Binding | None:
    """What a clause would be bound to by the suggestions that are sure enough; None if none is.

    Of several duties the first is taken, as a clause has one; it is worded in `languages`.
    """
    promises = tuple(one.name for one in found.promises if one.confidence >= at_least)
    named = next((one.name for one in found.duties if one.confidence >= at_least), "")
    duty = _in(named_duty(named), languages) if named else None
    fact = found.fact is not None and found.fact.confidence >= at_least
    if not (promises or duty or fact):
        return None
    return Binding(found.clause, promises, fact and not (promises or duty), duty)


def beyond(found: Suggested, bound: Binding | None) -> Suggested:
    """What is suggested for a clause beyond what it is bound to; no fact for one that is bound."""
    if bound is None:
        return found
    promises = tuple(one for one in found.promises if one.name not in bound.promises)
    return replace(found, promises=promises, duties=() if bound.duty else found.duties, fact=None)


def named_duty(name: str) -> Duty:
    """The duty that a suggestion names, in every language."""
    known = _data()["duty"][name].duty
    assert known is not None  # noqa: S101 - the file gives each of its duties one
    return known


def _in(duty: Duty, languages: Sequence[str]) -> Duty:
    def of(text: Text) -> Text:
        return {name: words for name, words in text.items() if name in languages} or text

    return Duty(of(duty.who), of(duty.what), duty.every)


def plain(text: str) -> str:
    """A clause as phrases see it: small letters, one space, no mark-up, "ё" as "е", quotes alike."""
    text = re.sub("[«»“”„]", '"', re.sub(r"[*_#`]", "", text))
    return " ".join(text.lower().replace("ё", "е").split())


def _suggest(clause: Clause, language: str) -> Suggested:
    shown = " ".join(import_.printed(clause)[1].split())
    text = plain(shown)
    hits = {
        one.id: found
        for one in promise.catalogue().values()
        if (found := list(_search(one.phrases[language], text)))
    }
    promises = [_promise(name, found, alone=len(hits) == 1) for name, found in hits.items()]
    duties = [
        Suggestion(name, found[0], Kind.DUTY)
        for name, known in _data()["duty"].items()
        if (found := list(_search(known.phrases[language], text)))
    ]
    fact = None if promises or duties else _fact(text, language)
    promises.sort(key=lambda one: -one.confidence)
    return Suggested(clause.id, shown, tuple(promises), tuple(duties), fact)


def _promise(name: str, found: Sequence[str], *, alone: bool) -> Suggestion:
    kind = Kind.AGREED if len(found) > 1 else Kind.SOLE if alone else Kind.AMONG
    return Suggestion(name, "; ".join(found[:2]), kind)


def _fact(text: str, language: str) -> Suggestion | None:
    for name, known in _data()["fact"].items():
        for words in _search(known.phrases[language], text):
            return Suggestion(name, words, Kind.FACT)
    return None


def _search(phrases: Sequence[str], text: str) -> Iterator[str]:
    """What each phrase finds first, shortened for people to read."""
    for phrase in phrases:
        match = re.search(phrase, text)
        if match:
            words = match[0].strip()
            yield words if len(words) <= _QUOTE else f"{words[:_QUOTE].rstrip()} ..."


@cache
def _data() -> Mapping[str, Mapping[str, _Known]]:
    table = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return {part: {name: _known(row) for name, row in rows.items()} for part, rows in table.items()}


def _known(row: Mapping[str, Any]) -> _Known:
    who: Text = row.get("who", {})
    duty = Duty(who, row["what"], row["every"]) if "every" in row else None
    return _Known(row["phrases"], duty)
