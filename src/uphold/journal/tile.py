# SPDX-License-Identifier: Apache-2.0
"""Tiles of C2SP tlog-tiles: their paths and widths, entry bundles, and the growing right edge. Pure.

Tile (level, number) holds up to 256 hashes; hash i is the complete subtree (8 * level, number * 256 + i).
A full tile never changes. A partial tile of width 1 to 255 stands for the unfinished right edge.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from uphold.errors import Invalid
from uphold.journal import tree

WIDTH = 256
HEIGHT = 8
BYTES = WIDTH * tree.HASH_BYTES
MAX_LEVEL = 63
MAX_ENTRY = 65_535

_PATH = re.compile(
    r"tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


class Address(NamedTuple):
    """Where a tile stands, and how many hashes it holds (256 when full)."""

    level: int
    number: int
    width: int


class Full(NamedTuple):
    """A tile that has just become full: its place, the subtree hash over it, and its 8192 bytes."""

    level: int
    number: int
    root: bytes
    hashes: bytes


def width(size: int, level: int, number: int) -> int:
    """Return how many hashes tile (level, number) holds in a tree of `size` leaves; 0 when there is none."""
    if level < 0 or number < 0:
        return 0
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def addresses(size: int) -> Iterator[Address]:
    """Yield every tile of a tree of `size` leaves, levels upward, numbers upward."""
    level = 0
    while (hashes := size >> (HEIGHT * level)) > 0:
        for number in range((hashes + WIDTH - 1) // WIDTH):
            yield Address(level, number, width(size, level, number))
        level += 1


def path(address: Address) -> str:
    """Return the C2SP path of a tile, such as tile/0/x001/x234/067.p/5."""
    return f"tile/{address.level}/{_print_number(address.number)}{_suffix(address.width)}"


def bundle_path(number: int, count: int) -> str:
    """Return the C2SP path of the bundle with the entries of tile (0, number)."""
    return f"tile/entries/{_print_number(number)}{_suffix(count)}"


def parse(text: str) -> Address:
    """Return the address that a C2SP tile path names. Raises Invalid on any other spelling."""
    match = _PATH.fullmatch(text) if len(text) <= 80 else None
    if match is None:
        raise Invalid("This is no path of a tile.", "See C2SP tlog-tiles: tile/<L>/<N>[.p/<W>].")
    level, digits, part = match.groups()
    number = int(digits.replace("x", "").replace("/", ""))
    address = Address(int(level), number, WIDTH if part is None else int(part))
    # Printing again rejects a second spelling (x000/001) and a partial tile of width 256.
    if address.level > MAX_LEVEL or address.width > WIDTH or path(address) != text:
        raise Invalid("This is no path of a tile.", "See C2SP tlog-tiles: tile/<L>/<N>[.p/<W>].")
    return address


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries one after another, each behind its length in 16 bits, high byte first."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def unbundle(raw: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises Invalid when its last entry is cut short."""
    entries = []
    at, end = 0, len(raw)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(raw[at:start], "big")
        if start > end or at > end:
            raise Invalid("A bundle of entries is cut short.")
        entries.append(raw[start:at])
    return entries


class Edge:
    """The right edge of a growing tree: enough to append, to know the root, and to fill tiles.

    `size` is the number of leaves; `peaks` the complete subtrees of falling height; `tails[level]` the
    hashes of the unfinished tile at that level; `full` the tiles filled since the edge was made.
    """

    __slots__ = ("full", "peaks", "size", "tails")

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []
        self.tails: list[list[bytes]] = [[]]
        self.full: list[Full] = []

    @classmethod
    def resume(cls, size: int, tails: Sequence[Sequence[bytes]]) -> "Edge":
        """Return the edge of a tree of `size` leaves from the hashes of its unfinished tiles."""
        edge = cls()
        edge.size = size
        edge.tails = [list(tail) for tail in tails] or [[]]
        for level, index in tree.subtrees(0, size):
            height, rest = divmod(level, HEIGHT)
            first = (index << rest) % WIDTH
            edge.peaks.append(tree.root(edge.tails[height][first : first + (1 << rest)]))
        return edge

    def copy(self) -> "Edge":
        """Return an edge that can grow without touching this one, and has filled no tile yet."""
        edge = Edge()
        edge.size = self.size
        edge.peaks = self.peaks.copy()
        edge.tails = [tail.copy() for tail in self.tails]
        return edge

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes. About one node hash for each: this loop is the price of a journal entry."""
        size, peaks, tails = self.size, self.peaks, self.tails
        lowest = tails[0]
        for leaf in leaves:
            lowest.append(leaf)
            result, rest, level = leaf, size, 0
            while rest & 1:
                result = sha256(b"\x01" + peaks.pop() + result).digest()
                rest >>= 1
                level += 1
                if not level % HEIGHT:
                    self._fill(level // HEIGHT, rest, result)
            peaks.append(result)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """Return the root of the tree."""
        return tree.fold(self.peaks)

    def _fill(self, above: int, number: int, result: bytes) -> None:
        """Note that tile (above - 1, number) is full, and pass its hash to the level above."""
        tails = self.tails
        tail = tails[above - 1]
        self.full.append(Full(above - 1, number, result, b"".join(tail)))
        tail.clear()
        if above == len(tails):
            tails.append([])
        tails[above].append(result)


def _print_number(number: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))


def _suffix(count: int) -> str:
    return "" if count == WIDTH else f".p/{count}"
