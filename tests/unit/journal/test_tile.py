# SPDX-License-Identifier: Apache-2.0
"""Tile paths and widths, bundles, and the growing edge; the known answers are in tests/vectors."""

import pytest

from uphold.errors import Invalid
from uphold.journal import tile, tree


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, []),
        (1, ["tile/0/000.p/1"]),
        (256, ["tile/0/000", "tile/1/000.p/1"]),
        (257, ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]),
    ],
)
def test_tiles_of_a_size(size: int, expected: list[str]) -> None:
    assert [tile.path(address) for address in tile.addresses(size)] == expected


@pytest.mark.parametrize(
    ("level", "number", "expected"),
    [(0, 0, 256), (0, 1, 44), (0, 2, 0), (1, 0, 1), (2, 0, 0), (63, 0, 0), (-1, 0, 0), (0, -1, 0)],
)
def test_widths(level: int, number: int, expected: int) -> None:
    assert tile.width(300, level, number) == expected


@pytest.mark.parametrize(
    "address", [(0, 0, 256), (0, 0, 1), (63, 10**18, 255), (7, 999, 9), (1, 1000, 256)]
)
def test_a_path_names_its_address(address: tuple[int, int, int]) -> None:
    assert tile.parse(tile.path(tile.Address(*address))) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tile/0",
        "tile/0/0",
        "tile/0/1000",
        "tile/0/001/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/00/001",
        "tile/64/001",
        "tile/-1/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/001.p/",
        "tile/0/001 ",
        "tile/0/001\n",
        "tile/0/٠٠١",
        "tile/entries/001",
        "tile/0/" + "x001/" * 40 + "001",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        tile.parse(text)


def test_bundles() -> None:
    entries = [b"", b"a", b"b" * tile.MAX_ENTRY]
    raw = tile.bundle(entries)
    assert tile.unbundle(raw) == entries
    for end in (1, 3, 4, len(raw) - 1):
        with pytest.raises(Invalid):
            tile.unbundle(raw[:end])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 700])
def test_an_edge_can_be_resumed(size: int) -> None:
    leaves = [tree.leaf(b"%d" % index) for index in range(size + 300)]
    edge = tile.Edge()
    edge.extend(leaves[:size])
    resumed = tile.Edge.resume(size, edge.tails)
    assert resumed.root() == edge.root() == tree.root(leaves[:size])
    resumed.extend(leaves[size:])
    assert resumed.root() == tree.root(leaves)


def test_a_copy_grows_alone() -> None:
    edge = tile.Edge()
    edge.extend([tree.leaf(b"a")])
    root = edge.root()
    edge.copy().extend([tree.leaf(b"b")] * 300)
    assert (edge.size, edge.root(), edge.full) == (1, root, [])


def test_a_full_tile_is_told_once_with_the_hash_over_it() -> None:
    leaves = [tree.leaf(b"%d" % index) for index in range(512)]
    edge = tile.Edge()
    edge.extend(leaves)
    assert [(full.level, full.number) for full in edge.full] == [(0, 0), (0, 1)]
    assert edge.full[1].root == tree.root(leaves[256:])
    assert edge.full[1].hashes == b"".join(leaves[256:])
    assert edge.tails == [[], [tree.root(leaves[:256]), tree.root(leaves[256:])]]
