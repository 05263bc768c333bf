# SPDX-License-Identifier: Apache-2.0
"""The content of a backup before it is encrypted: one stream that both engines' rows fit in (pure).

    head   what it is of: origin and key of the journal, schema of the tables, when
    file   a file of the site folder: its path and bytes                     any number
    table  a table: its name and columns, then its rows in the order of its key, some at a time
    end    what there was, counted and digested, signed by the key of the journal

Each member is a MessagePack map behind its length in 32 bits, high byte first. Who holds the recipient's public
key can encrypt a file, but only the site can sign its end: nothing is believed before that was read.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from uphold import errors
from uphold.journal import note

FORMAT = "uphold/backup/v1"
TITLE = b"uphold backup v1\n"
LARGEST = 1 << 28
_LENGTH = 4

Row = tuple[Any, ...]


class Head(msgspec.Struct, tag="head", frozen=True):
    """What the backup is of. `made_at` is unix ms; `size` and `root` (hex) are of the journal in it."""

    format: str
    uphold: str
    made_at: int
    origin: str
    continues: tuple[str, ...]
    vkey: str
    schema: str
    size: int
    root: str


class File(msgspec.Struct, tag="file", frozen=True):
    """A file of the site folder."""

    path: str
    body: bytes


class Columns(msgspec.Struct, tag="table", frozen=True):
    """The table that the rows behind it are of."""

    name: str
    columns: tuple[str, ...]


class Rows(msgspec.Struct, tag="rows", frozen=True):
    """Rows, each with its values in the order of the columns."""

    rows: tuple[Row, ...]


class End(msgspec.Struct, tag="end", frozen=True):
    """The signed note whose text is `TITLE` and a `Manifest`."""

    note: bytes


class Manifest(msgspec.Struct, frozen=True):
    """How much there is: rows by table, bytes by file, and the SHA-256 (hex) of every member before the end."""

    tables: dict[str, int]
    files: dict[str, int]
    digest: str


Member = Head | File | Columns | Rows | End
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Member).decode
_PRINT = msgspec.json.Encoder(order="sorted").encode
_READ = msgspec.json.Decoder(Manifest).decode


class Count:
    """Counts and digests members as they pass, on either side."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.tables: dict[str, int] = {}
        self.files: dict[str, int] = {}
        self._table = ""
        self._digest = hashlib.sha256()

    def add(self, member: Member, raw: bytes) -> None:
        """Take one member and its bytes; raises `errors.Invalid` for rows of no table, or a thing that comes twice."""
        self._digest.update(raw)
        if isinstance(member, Columns):
            _once(member.name, self.tables)
            self._table = member.name
            self.tables[member.name] = 0
        elif isinstance(member, Rows):
            if not self._table:
                raise damaged("rows of no table")
            self.tables[self._table] += len(member.rows)
        elif isinstance(member, File):
            _once(member.path, self.files)
            self.files[member.path] = len(member.body)

    def manifest(self) -> Manifest:
        """Return what passed so far."""
        return Manifest(self.tables, self.files, self._digest.hexdigest())


def write(
    members: Iterator[Member], sign: Callable[[bytes], bytes], count: Count
) -> Iterator[bytes]:
    """Yield the bytes of a whole backup: the members, then their signed end."""
    for member in members:
        raw = _framed(member)
        count.add(member, raw)
        yield raw
    yield _framed(End(sign(TITLE + _PRINT(count.manifest()) + b"\n")))


def read(
    take: Callable[[int], bytes], verify: Callable[[Head], Sequence[note.Verifier]], count: Count
) -> Iterator[Member]:
    """Yield the members of a backup from `take`, which gives up to so many bytes, none at the end.

    `verify` is asked for the keys that may have signed it, once its head is known. When the last member has come,
    the whole was there and was signed; before that nothing may be relied on. Raises `errors.Broken` for anything
    else.
    """
    keys: Sequence[note.Verifier] | None = None
    while True:
        raw = _exactly(take, _LENGTH)
        length = int.from_bytes(raw, "big")
        if length > LARGEST:
            raise damaged("a member that is too long")
        raw += _exactly(take, length)
        member = _decoded(raw[_LENGTH:])
        if isinstance(member, Head) != (keys is None):
            raise damaged("no head, or two")
        if isinstance(member, Head):
            if member.format != FORMAT:
                raise damaged("a format that this version does not know")
            keys = verify(member)
        if isinstance(member, End):
            _check_end(member, keys or (), count.manifest())
            if take(1):
                raise damaged("something behind its end")
            return
        count.add(member, raw)
        yield member


def damaged(what: str) -> errors.Broken:
    """Return the error of a backup that is not what Uphold writes."""
    return errors.Broken(
        f"The backup cannot be used: it has {what}.", "Take another one; nothing was restored."
    )


def _framed(member: Member) -> bytes:
    raw = _ENCODE(member)
    return len(raw).to_bytes(_LENGTH, "big") + raw


def _decoded(raw: bytes) -> Member:
    try:
        found: Member = _DECODE(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # The library's message may quote a value.
        raise damaged("a member that cannot be read") from None
    return found


def _exactly(take: Callable[[int], bytes], length: int) -> bytes:
    parts = []
    while length > 0:
        part = take(length)
        if not part:
            raise damaged("no end: it was cut short")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _check_end(end: End, keys: Sequence[note.Verifier], found: Manifest) -> None:
    try:
        signed = note.verify(end.note, keys)
        told = _READ(signed.text.removeprefix(TITLE))
    except (errors.Invalid, msgspec.MsgspecError):
        raise damaged("an end that the site's own key did not sign") from None
    if not signed.text.startswith(TITLE) or told != found:
        raise damaged("another content than its end says")


def _once(name: str, known: dict[str, int]) -> None:
    if name in known:
        raise damaged("one thing twice")
