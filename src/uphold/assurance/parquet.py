# SPDX-License-Identifier: Apache-2.0
"""Which columns a Parquet file has, read from its footer alone: no library, no row (pure but for the file).

    columns(path) -> ("hour", "kind", ...)

The footer is a Thrift structure in the compact protocol (parquet-format, FileMetaData: field 2 is the schema, a list
of SchemaElement whose field 4 is the name; the first element is the root).
"""

import os
from pathlib import Path
from typing import Any, Final

_MAGIC: Final = b"PAR1"
_TAIL: Final = 8
_LARGEST: Final = 16 << 20
_SCHEMA, _NAME = 2, 4
# Thrift's compact types.
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12


def columns(path: Path) -> tuple[str, ...]:
    """Return the names of a file's columns in their order; raises ValueError for what is no Parquet file."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < 2 * _TAIL:
            raise ValueError("too short")
        file.seek(size - _TAIL)
        tail = file.read(_TAIL)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or not 0 < length <= min(size - _TAIL, _LARGEST):
            raise ValueError("no footer")
        file.seek(size - _TAIL - length)
        raw = file.read(length)
    try:
        schema = _Reader(raw).struct()[_SCHEMA]
        return tuple(element[_NAME].decode() for element in schema[1:])
    except (IndexError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        raise ValueError("a footer that cannot be read") from None


class _Reader:
    """Reads structures of the compact protocol; raises IndexError where the bytes end early."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0

    def struct(self) -> dict[int, Any]:
        """Read one structure: its fields by number."""
        found: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            step, kind = head >> 4, head & 15
            number = number + step if step else _zigzag(self._varint())
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)
        return found

    def _value(self, kind: int) -> Any:
        if kind == _BINARY:
            return self._take(self._varint())
        if kind in (_LIST, _SET):
            return self._list()
        if kind == _STRUCT:
            return self.struct()
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind == _DOUBLE:
            return self._take(8)
        if kind == _MAP:
            raise ValueError("a map, which no Parquet footer has")
        return _zigzag(self._varint())

    def _list(self) -> list[Any]:
        head = self._byte()
        size = head >> 4 if head >> 4 != 15 else self._varint()
        if size > len(self._raw):
            raise ValueError("a list longer than its file")
        return [self._value(head & 15) for _ in range(size)]

    def _byte(self) -> int:
        self._at += 1
        return self._raw[self._at - 1]

    def _varint(self) -> int:
        found = shift = 0
        while (byte := self._byte()) & 0x80:
            found |= (byte & 0x7F) << shift
            shift += 7
        return found | byte << shift

    def _take(self, size: int) -> bytes:
        if size > len(self._raw) - self._at:
            raise IndexError
        self._at += size
        return self._raw[self._at - size : self._at]


def _zigzag(number: int) -> int:
    return (number >> 1) ^ -(number & 1)
