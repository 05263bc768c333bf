# SPDX-License-Identifier: Apache-2.0
"""Two texts word by word: what stayed, what was added, what was taken away (pure, deterministic).

Guarantees: the runs that stayed and those taken away are the first text, those that stayed and those added
are the second (both as `normal` writes them); the difference the other way round is the same with added and
taken away exchanged. White space is no difference.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

# A word with what is written within it (`e-mail`, `2.2.2`, `a@b.example`), or one other character. Each
# carries the space before it, so that the pieces joined are the text.
_WORD: Final = re.compile(r"\n\n|[ ]?(?:\w(?:[\w'’@./-]*\w)?|[^\w\s])")
_LETTER: Final = re.compile(r"\w")
_BLANK: Final = re.compile(r"[^\S\n]*\n\s*\n\s*")
# Beyond this product of lengths the comparison is by sentences: nobody waits minutes for a difference.
_MOST: Final = 9_000_000
_SENTENCE: Final = re.compile(r"\n\n|(?:(?!\n\n).)+?(?:[.!?;](?= )|(?=\n\n)|$)", re.DOTALL)


class Mark(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that follow each other and share a fate; `text` with its spaces, paragraphs parted by an empty line."""

    mark: Mark
    text: str


def normal(text: str) -> str:
    """The text with one space between words and one empty line between paragraphs."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in _BLANK.split(text.strip()))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def difference(before: str, after: str) -> tuple[Run, ...]:
    """The runs that lead from one text to the other, in reading order; what goes stands before what comes."""
    old, new = normal(before), normal(after)
    if old == new:
        return (Run(Mark.SAME, old),) if old else ()
    # One order for both directions: the library alone would not give mirror images.
    if old <= new:
        return _runs(_pieces(old, new))
    return _runs((one, then, first) for one, first, then in _pieces(new, old))


def first(runs: Iterable[Run]) -> str:
    """The text before the change."""
    return "".join(run.text for run in runs if run.mark is not Mark.ADDED)


def second(runs: Iterable[Run]) -> str:
    """The text after the change."""
    return "".join(run.text for run in runs if run.mark is not Mark.REMOVED)


def bag(text: str) -> Counter[str]:
    """How often each word stands in a text, upper and lower case alike."""
    words = (word.strip().lower() for word in _WORD.findall(normal(text)))
    return Counter(word for word in words if _LETTER.search(word))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """How much of their words two texts share, from 0 to 1 (Dice); two texts without words share all."""
    total = one.total() + other.total()
    if not total:
        return 1.0
    return 2 * (one & other).total() / total


# Where both agree, `same`; else what only the first and what only the second has.
_Piece = tuple[str, str, str]


def _pieces(old: str, new: str) -> Iterable[_Piece]:
    a, b = _split(old, new)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for act, start, end, from_, to in matcher.get_opcodes():
        if act == "equal":
            yield "".join(a[start:end]), "", ""
        else:
            yield "", "".join(a[start:end]), "".join(b[from_:to])


def _split(old: str, new: str) -> tuple[Sequence[str], Sequence[str]]:
    a, b = _WORD.findall(old), _WORD.findall(new)
    if len(a) * len(b) <= _MOST:
        return a, b
    return _SENTENCE.findall(old), _SENTENCE.findall(new)


def _runs(pieces: Iterable[_Piece]) -> tuple[Run, ...]:
    """Join neighbours; a lone comma or space between two changes is part of the change."""
    found: list[Run] = []
    gone = come = waiting = ""

    def close() -> None:
        nonlocal gone, come
        found.extend(
            Run(mark, text) for mark, text in ((Mark.REMOVED, gone), (Mark.ADDED, come)) if text
        )
        gone = come = ""

    for same, removed, added in pieces:
        if not same:
            gone, come = gone + waiting + removed, come + waiting + added
            waiting = ""
        elif (gone or come) and not _LETTER.search(same):
            waiting += same
        else:
            close()
            found.append(Run(Mark.SAME, waiting + same))
            waiting = ""
    close()
    if waiting:
        found.append(Run(Mark.SAME, waiting))
    return tuple(found)
