# SPDX-License-Identifier: Apache-2.0
"""Texts with wildcards, and regular expressions that cannot take long. Pure.

A wildcard costs no backtracking: what stands between two `*` has a fixed length and is looked for from the left, once.
A regular expression runs on the first 256 characters, and is refused when it could try very many ways: Python's engine
has no other bound.
"""

import re
from collections.abc import Callable

from uphold.errors import Invalid

Matches = Callable[[str], bool]

MOST_TEXT = 256
"""Characters that a regular expression looks at."""

MOST_PATTERN = 256
MOST_WAYS = 1 << 18
"""Alternatives, options and repetitions (one without end: 256), multiplied: two without end, and two choices."""

MOST_COUNT = 100
"""The greatest number that may stand in `{m,n}`."""

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_COUNTED = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}").match
_SEGMENT_END = re.compile(r"\\[*?\\]|\*")


def glob(text: str, *, cased: bool, before: bool = False, after: bool = False) -> Matches | None:
    """Compile a text of Sigma; `before` and `after` stand for a `*` that a modifier adds.

    None where it has no wildcard at all: then `literal` is what to compare with.
    """
    segments = [_segment(part, cased=cased) for part in _split(text)]
    loose = len(segments) > 1 or before or after
    if not loose and len(segments[0][0]) == segments[0][2]:
        return None
    found = [(compiled, length) for _, compiled, length in segments]
    if before:
        found.insert(0, (re.compile(""), 0))
    if after:
        found.append((re.compile(""), 0))
    return _Glob(found)


def literal(text: str) -> str:
    r"""Return a text of Sigma without wildcards as it is meant: `\*`, `\?` and `\\` stand for themselves."""
    return re.sub(r"\\([*?\\])", r"\1", text)


class _Glob:
    """Segments of fixed length with anything between them; the first stands at the start, the last at the end."""

    __slots__ = ("_first", "_last", "_middle")

    def __init__(self, segments: list[tuple[re.Pattern[str], int]]) -> None:
        self._first = segments[0]
        self._last = segments[-1] if len(segments) > 1 else None
        self._middle = [one for one in segments[1:-1] if one[1]]

    def __call__(self, text: str) -> bool:
        compiled, at = self._first
        if self._last is None:
            return compiled.fullmatch(text) is not None
        if compiled.match(text) is None:
            return False
        for middle, _ in self._middle:
            found = middle.search(text, at)
            if found is None:
                return False
            at = found.end()
        last, length = self._last
        return len(text) - length >= at and last.match(text, len(text) - length) is not None


def _split(text: str) -> list[str]:
    """Split at every `*` that no backslash takes away."""
    parts, start = [], 0
    for found in _SEGMENT_END.finditer(text):
        if found[0] == "*":
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def _segment(part: str, *, cased: bool) -> tuple[str, re.Pattern[str], int]:
    """Compile a segment; returns what is literal of it, the pattern, and how long what it matches is."""
    out, length, fixed, at = [], 0, "", 0
    while at < len(part):
        if part[at] == "\\" and at + 1 < len(part) and part[at + 1] in "*?\\":
            at += 1
            out.append(re.escape(part[at]))
            fixed += part[at]
        elif part[at] == "?":
            out.append(".")
        else:
            out.append(re.escape(part[at]))
            fixed += part[at]
        length += 1
        at += 1
    flags = re.DOTALL if cased else re.DOTALL | re.IGNORECASE
    return fixed, re.compile("".join(out), flags), length


def regex(pattern: str, flags: str) -> Matches:
    """Compile a regular expression; `flags` are some of `ims`. Raises Invalid for one that could take long."""
    if len(pattern) > MOST_PATTERN:
        raise Invalid(f"a regular expression has at most {MOST_PATTERN} characters")
    _Lint(pattern).run()
    chosen = re.NOFLAG
    for flag in flags:
        chosen |= _FLAGS[flag]
    try:
        compiled = re.compile(pattern, chosen)
    except (re.error, RecursionError, OverflowError) as error:
        raise Invalid("a regular expression is malformed") from error
    return lambda text: compiled.search(text, 0, MOST_TEXT) is not None


class _Lint:
    """Reads a pattern once from the left and refuses what could make the engine try very many ways."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._ways = 1
        # Of each open group how many alternatives it has, and whether it matches in several ways.
        self._alternatives = [1]
        self._wild = [False]

    def run(self) -> None:
        """Raise Invalid for a pattern that is refused."""
        while self._at < len(self._pattern):
            self._step()
        self._multiply(self._alternatives[0])

    def _step(self) -> None:
        sign = self._pattern[self._at]
        wild = False
        if sign == "(":
            self._group()
            return
        if sign == "|":
            self._at += 1
            self._alternatives[-1] += 1
            self._wild[-1] = True
            return
        if sign == "\\":
            self._escape()
        elif sign == "[":
            self._class()
        else:
            self._at += 1
            if sign == ")" and len(self._wild) > 1:
                wild = self._wild.pop()
                self._multiply(self._alternatives.pop())
        self._wild[-1] |= self._repeat(wild=wild) or wild

    def _multiply(self, ways: int) -> None:
        self._ways *= ways
        if self._ways > MOST_WAYS:
            raise Invalid("a regular expression has fewer repetitions and choices")

    def _escape(self) -> None:
        following = self._pattern[self._at + 1 : self._at + 2]
        if following.isdigit() and following != "0":
            raise Invalid("a regular expression has no back references")
        self._at += 2

    def _class(self) -> None:
        at = self._at + 1
        if self._pattern[at : at + 1] == "^":
            at += 1
        # A bracket that comes first stands for itself.
        if self._pattern[at : at + 1] == "]":
            at += 1
        while at < len(self._pattern) and self._pattern[at] != "]":
            at += 2 if self._pattern[at] == "\\" else 1
        self._at = at + 1

    def _group(self) -> None:
        self._at += 1
        if self._pattern[self._at : self._at + 1] == "?":
            if self._pattern[self._at : self._at + 2] != "?:":
                raise Invalid("of groups a regular expression has plain ones and (?:...) only")
            self._at += 2
        self._wild.append(False)
        self._alternatives.append(1)

    def _repeat(self, *, wild: bool) -> bool:
        """Take a repetition that stands here; tell whether there was one."""
        sign = self._pattern[self._at : self._at + 1]
        counted = _COUNTED(self._pattern, self._at)
        if sign and sign in "?*+":
            self._at += 1
            ways = 2 if sign == "?" else MOST_TEXT
        elif counted is not None and counted[1] + counted[3]:
            least, most = int(counted[1] or 0), int(counted[3] or counted[1])
            if max(least, most) > MOST_COUNT:
                raise Invalid(f"a regular expression repeats at most {MOST_COUNT} times")
            ways = MOST_TEXT if counted[2] and not counted[3] else max(1, most - least + 1)
            self._at = counted.end()
        else:
            return False
        if wild and sign != "?":
            raise Invalid("a regular expression repeats nothing that repeats or has choices")
        self._multiply(ways)
        # Lazy or possessive.
        if self._pattern[self._at : self._at + 1] in ("?", "+"):
            self._at += 1
        return True
