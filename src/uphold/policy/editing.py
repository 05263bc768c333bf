# SPDX-License-Identifier: Apache-2.0
"""The draft as people edit it: one file of the site folder at a time, and nobody's work is lost.

The site folder is the draft. Whoever opens a file takes the digest of what they saw with them; a save
names it, and is refused where the file has become another one meanwhile.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from uphold.errors import Conflict, Invalid, Missing
from uphold.policy import digest, folder

NAME: Final = re.compile(
    r"policy/policy(?:\.[a-z]{2})?\.md|policy/policy\.toml|forms/[a-z0-9-]{1,40}\.toml"
)
"""The only files that can be edited; wordings are derived and never written by hand."""
LONGEST: Final = 1 << 18
"""Bytes that an edited file may hold: a policy of some hundred pages."""

# Line feeds and tabs are the only control characters that a text of ours needs.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class File:
    """One file of the draft. `digest` is that of its bytes, empty while it does not exist."""

    name: str
    text: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """A save that was refused: the file is now `theirs`, and nothing was written."""

    theirs: File


def files(root: Path) -> dict[str, File]:
    """The files of the draft by name; one that is no text is left out. Raises as `folder.read`."""
    return {name: found for name, raw in _editable(root).items() if (found := _file(name, raw))}


def find(root: Path, name: str) -> File:
    """One file of the draft; `errors.Missing` for any name that is not a file of it."""
    found = files(root)
    if name not in found:
        raise Missing("The draft has no such file.", "Choose one from the list.")
    return found[name]


def tidy(text: str) -> bytes:
    """The bytes of a typed text: lines end as they do in files, and so does the last one.

    Raises `errors.Invalid` for what no file of a policy can hold.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _CONTROL.search(lines):
        line = lines.count("\n", 0, found.start()) + 1
        raise Invalid(
            f"Line {line} holds a character that cannot be shown.", "Type that line anew."
        )
    raw = (lines.rstrip("\n") + "\n").encode()
    if len(raw) > LONGEST:
        raise Invalid(f"The text is longer than {LONGEST} bytes.", "Shorten it.")
    return raw


def with_text(root: Path, name: str, text: str) -> Mapping[str, bytes]:
    """The files of the draft as they would be with this text in one of them, for a check."""
    return {**folder.read(root), require(name): tidy(text)}


def save(root: Path, name: str, text: str, seen: str) -> File | Clash:
    """Write a text to a file of the draft, whole or not at all.

    `seen` is the digest of the file as it was when the text was begun, empty for a new file. Raises
    `errors.Missing` for a name that is no file of a draft, `errors.Invalid` as `tidy` and where the
    folder cannot be written.
    """
    raw = tidy(text)
    try:
        folder.replace(root, require(name), raw, seen)
    except Conflict:
        there = _editable(root).get(name, b"")
        return Clash(_file(name, there) or File(name, "", digest.of(there)))
    return File(name, raw.decode(), digest.of(raw))


def require(name: str) -> str:
    """The name, if it is one that a file of a draft may have; `errors.Missing` otherwise."""
    if not NAME.fullmatch(name):
        raise Missing("The draft has no such file.", "Choose one from the list.")
    return name


def _editable(root: Path) -> dict[str, bytes]:
    return {name: raw for name, raw in folder.read(root).items() if NAME.fullmatch(name)}


def _file(name: str, raw: bytes) -> File | None:
    try:
        return File(name, raw.decode(), digest.of(raw))
    except UnicodeDecodeError:
        return None
