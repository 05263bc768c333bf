# SPDX-License-Identifier: Apache-2.0
"""The condition of a Sigma rule: `and`, `or`, `not`, parentheses, `1 of x*`, `all of them`. Pure.

`not` binds closest, then `and`, then `or`. What begins with `_` is not among `them`.
"""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from uphold.detection import selection
from uphold.detection.selection import Clause
from uphold.errors import Invalid

MOST_WORDS = 400
MOST_DEPTH = 40

_WORD = re.compile(r"\s*([()]|[^\s()]+)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*").fullmatch
_MANY = re.compile(r"[A-Za-z0-9_.*-]+").fullmatch
_RESERVED = frozenset({"and", "or", "not", "of", "them", "all", "1", "any"})


def read(detection: Mapping[str, Any]) -> Clause:
    """Compile a rule's `detection`. Raises Invalid, naming the key, for what is none."""
    text = detection.get("condition")
    if not isinstance(text, str):
        raise Invalid("detection.condition: a condition is a text")
    selections = {
        str(name): selection.read(f"detection.{name}", raw)
        for name, raw in detection.items()
        if name != "condition"
    }
    odd = sorted(name for name in selections if not _NAME(name) or name in _RESERVED)
    if odd or not selections:
        raise Invalid(f"detection: {odd[0] if odd else 'nothing'} is no name of a selection")
    return _Parser(text, selections).parse()


class _Parser:
    """One condition, read from the left."""

    def __init__(self, text: str, selections: Mapping[str, Clause]) -> None:
        self._words = _WORD.findall(text)
        self._selections = selections
        self._at = 0
        self._depth = 0

    def parse(self) -> Clause:
        """Read it whole."""
        if len(self._words) > MOST_WORDS:
            raise _fault(f"has at most {MOST_WORDS} words")
        clause = self._or()
        if self._at < len(self._words):
            raise _fault(f"goes on with {self._words[self._at]} where it should end")
        return clause

    def _next(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _take(self, word: str) -> bool:
        taken = self._next() == word
        self._at += taken
        return taken

    def _or(self) -> Clause:
        clauses = [self._and()]
        while self._take("or"):
            clauses.append(self._and())
        return selection.either(clauses) if len(clauses) > 1 else clauses[0]

    def _and(self) -> Clause:
        clauses = [self._not()]
        while self._take("and"):
            clauses.append(self._not())
        return selection.both(clauses) if len(clauses) > 1 else clauses[0]

    def _not(self) -> Clause:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise _fault(f"is nested {MOST_DEPTH} deep at most")
        if self._take("not"):
            clause = selection.never(self._not())
        elif self._take("("):
            clause = self._or()
            if not self._take(")"):
                raise _fault("lacks a closing parenthesis")
        else:
            clause = self._named()
        self._depth -= 1
        return clause

    def _named(self) -> Clause:
        word = self._next()
        if self._words[self._at + 1 : self._at + 2] == ["of"] and word in ("1", "any", "all"):
            self._at += 2
            chosen = self._chosen(self._next())
            self._at += 1
            return selection.both(chosen) if word == "all" else selection.either(chosen)
        clause = self._selections.get(word)
        if clause is None:
            raise _fault(f"names {word or 'nothing'}, which is no selection")
        self._at += 1
        return clause

    def _chosen(self, many: str) -> list[Clause]:
        """The selections that `them` or a name with `*` stands for."""
        named = self._selections.items()
        if many == "them":
            chosen = [clause for name, clause in named if not name.startswith("_")]
        elif _MANY(many):
            chosen = [clause for name, clause in named if fnmatchcase(name, many)]
        else:
            chosen = []
        if not chosen:
            raise _fault(f"chooses of {many or 'nothing'}, which is no selection")
        return chosen


def _fault(message: str) -> Invalid:
    return Invalid(f"detection.condition: it {message}")
