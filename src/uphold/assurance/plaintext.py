# SPDX-License-Identifier: Apache-2.0
"""Look for a text as an intruder would: in every form in which programs write text down.

    needles = Needles(["Zvezdochyot", ...])
    needles.within(content)             which of them are in it, and as what
    needles.in_file(path)               the same of a file of any size, a piece in memory at a time

A find never holds the text itself, only its number: what is found is told in evidence, the value is not.
Limits: a text that was compressed, encrypted, or cut in two by something else is not found.
"""

import base64
import html
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

PIECE = 1 << 20
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251")
SHORTEST = 4
"""Bytes that a form must have at least: what is shorter would be found by chance."""

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Trace:
    """A text that was found: its number in the list of texts, and the form it was in."""

    text: int
    form: str


def forms(text: str) -> dict[bytes, str]:
    """The bytes that a text may have become, each with the name of its form."""
    found: dict[bytes, str] = {}
    for variant in (text, text.lower(), text.upper()):
        for encoding in ENCODINGS:
            try:
                raw = variant.encode(encoding)
            except UnicodeEncodeError:
                continue
            for form, name in _of_bytes(raw, encoding):
                found.setdefault(form, name)
        for form, name in _of_text(variant):
            found.setdefault(form, name)
    return {form: name for form, name in found.items() if len(form) >= SHORTEST}


def _of_bytes(raw: bytes, encoding: str) -> Iterator[tuple[bytes, str]]:
    yield raw, encoding
    yield raw.hex().encode(), f"hex of {encoding}"
    yield raw.hex().upper().encode(), f"hex of {encoding}"
    for form in _base64(raw):
        yield form, f"base64 of {encoding}"


def _of_text(text: str) -> Iterator[tuple[bytes, str]]:
    for escaped in (quote(text, safe=""), quote_plus(text)):
        yield escaped.encode(), "percent-encoded"
        yield escaped.lower().encode(), "percent-encoded"
    escaped = html.escape(text)
    yield escaped.encode(), "escaped for HTML"
    yield escaped.lower().encode(), "escaped for HTML"
    yield json.dumps(text)[1:-1].encode(), "escaped for JSON"
    yield text.encode("unicode_escape"), "escaped for Python"
    yield text[::-1].encode(), "reversed utf-8"


def _base64(raw: bytes) -> Iterator[bytes]:
    """What bytes look like within longer ones that were encoded, at each of the three alignments."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        inner = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        yield inner
        yield inner.translate(_URL_SAFE)


class Needles:
    """Texts to look for, in all their forms."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Take the texts; a `Trace` names one by its place among them."""
        self._needles: dict[bytes, Trace] = {}
        for number, text in enumerate(texts):
            for form, name in forms(text).items():
                self._needles.setdefault(form, Trace(number, name))
        self._overlap = max(map(len, self._needles), default=1) - 1

    def __len__(self) -> int:
        """How many different byte strings are looked for."""
        return len(self._needles)

    def within(self, content: bytes) -> frozenset[Trace]:
        """Which texts are in `content`, and as what."""
        return frozenset(trace for needle, trace in self._needles.items() if needle in content)

    def in_pieces(self, pieces: Iterable[bytes]) -> frozenset[Trace]:
        """The same of something longer, given piece by piece; a text across two pieces is found."""
        found: frozenset[Trace] = frozenset()
        tail = b""
        for piece in pieces:
            # Logs of databases are made long in advance: what was never written to is not looked at.
            if piece.count(0) == len(piece):
                tail = b""
                continue
            found |= self.within(tail + piece)
            tail = (tail + piece)[-self._overlap :] if self._overlap else b""
        return found

    def in_file(self, path: Path) -> frozenset[Trace]:
        """The same of a file; nothing in one that is gone by now. Raises OSError for what cannot be read."""
        try:
            with path.open("rb") as file:
                return self.in_pieces(iter(lambda: file.read(PIECE), b""))
        except FileNotFoundError:
            return frozenset()


def files(folder: Path, without: Iterable[Path] = ()) -> list[Path]:
    """Every file below a folder, except those below others."""
    left_out = tuple(without)
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not any(map(path.is_relative_to, left_out))
    ]
