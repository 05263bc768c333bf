# SPDX-License-Identifier: Apache-2.0
"""On which line of a TOML file a key stands; tomllib does not tell (pure).

A path is a tuple of keys and, for arrays of tables, indexes: `("fields", 0, "label", "en")`.
"""

import re
from dataclasses import dataclass, field
from typing import Final

Path = tuple[str | int, ...]

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_TABLE = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]\]?")
_PAIR = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=[ \t]*")
_INLINE = re.compile(rf"[{{,][ \t]*({_DOTTED})[ \t]*=")
_PIECE = re.compile(_KEY)
_MULTILINE = ('"""', "'''")


@dataclass(slots=True)
class Lines:
    """Lines of keys by path; a path that is not in the file answers with its nearest parent's."""

    at: dict[Path, int] = field(default_factory=dict)
    ends: dict[Path, int] = field(default_factory=dict)
    """The last line of the value of each key that has one."""
    headers: list[tuple[int, Path]] = field(default_factory=list)
    """The line and path of each table's header, in order."""

    def line(self, *path: str | int) -> int:
        """The line of the key, counted from 1; of what holds it if the key is not there."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.at:
                return self.at[path[:end]]
        return 1


def keys(text: str) -> Lines:
    """Where each key of a well-formed TOML text stands. Never raises, whatever the text."""
    found = Lines()
    base: Path = ()
    path: Path = ()
    counts: dict[Path, int] = {}
    until = ""
    depth = 0
    for number, row in enumerate(text.split("\n"), 1):
        if until or depth > 0:
            found.ends[path] = number
            depth += 0 if until else _brackets(row)
            until = "" if until and until in row else until
            continue
        table = _TABLE.match(row)
        if table:
            base = _enter(_split(table[2]), table[1] == "[[", counts)
            found.headers.append((number, base))
            _note(found, base, number)
            continue
        pair = _PAIR.match(row)
        if pair:
            path = base + _split(pair[1])
            found.ends[path] = number
            _note(found, path, number)
            value = row[pair.end() :]
            until = next((q for q in _MULTILINE if value.startswith(q) and q not in value[3:]), "")
            if value.startswith("{"):
                for inner in _INLINE.finditer(value):
                    _note(found, path + _split(inner[1]), number)
            depth = 0 if until else max(0, _brackets(value))
    return found


def _note(found: Lines, path: Path, line: int) -> None:
    for end in range(1, len(path) + 1):
        found.at.setdefault(path[:end], line)


def _enter(path: Path, array: bool, counts: dict[Path, int]) -> Path:  # noqa: FBT001 - private
    """The full path of a table's header, with the index of each array of tables on the way."""
    full: Path = ()
    for at, key in enumerate(path):
        full = (*full, key)
        if array and at == len(path) - 1:
            counts[full] = counts.get(full, -1) + 1
        if full in counts:
            full = (*full, counts[full])
    return full


def _split(dotted: str) -> Path:
    return tuple(piece[1:-1] if piece[0] in "\"'" else piece for piece in _PIECE.findall(dotted))


def _brackets(row: str) -> int:
    """How many more brackets open than close on a row, outside of strings and comments."""
    bare = re.sub(r""""(?:[^"\\]|\\.)*"|'[^']*'|#.*""", "", row)
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
