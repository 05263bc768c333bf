# SPDX-License-Identifier: Apache-2.0
"""What holds of the journal's trees and formats whatever the sizes and texts."""

import base64

import msgspec
from hypothesis import given, strategies as st

from uphold.journal import catalogue, checkpoint, entry, note, proof, tile, tree

LEAVES = [tree.leaf(b"%d" % index) for index in range(700)]
hashes = st.binary(min_size=32, max_size=32)
sizes = st.integers(0, checkpoint.MAX_SIZE)
names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"),
    min_size=1,
)
seeds = st.binary(min_size=32, max_size=32)


def edge_of(size: int) -> tile.Edge:
    edge = tile.Edge()
    edge.extend(LEAVES[:size])
    return edge


@given(st.data())
def test_inclusion_verifies_for_its_leaf_and_index_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 700))
    index = data.draw(st.integers(0, size - 1))
    root = edge_of(size).root()
    path = tree.inclusion(index, size, tree.over(LEAVES[:size]))
    assert len(path) <= (size - 1).bit_length()
    assert tree.verify_inclusion(LEAVES[index], index, size, path, root)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda it: it != index) if size > 1 else st.just(1)
    )
    assert not tree.verify_inclusion(LEAVES[index], other, size, path, root)
    assert not tree.verify_inclusion(LEAVES[index], index, size, [*path, LEAVES[0]], root)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        wrong = [*path[:at], data.draw(hashes.filter(lambda it: it != path[at])), *path[at + 1 :]]
        assert not tree.verify_inclusion(LEAVES[index], index, size, wrong, root)
        assert not tree.verify_inclusion(LEAVES[index], index, size, path[:-1], root)


@given(st.data())
def test_consistency_verifies_for_its_sizes_and_roots_only(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 700))
    old = data.draw(st.integers(0, new))
    roots = edge_of(old).root(), edge_of(new).root()
    path = tree.consistency(old, new, tree.over(LEAVES[:new]))
    assert tree.verify_consistency(old, new, path, *roots)
    forged = data.draw(hashes.filter(lambda it: it not in roots))
    assert not tree.verify_consistency(old, new, path, forged, roots[1])
    if 0 < old < new:
        assert not tree.verify_consistency(old, new, path, roots[0], forged)
        assert not tree.verify_consistency(old, new, path[:-1], *roots)


@given(st.lists(st.integers(0, 120), max_size=8))
def test_an_edge_grows_alike_in_batches_of_any_size(steps: list[int]) -> None:
    edge = tile.Edge()
    full: list[tile.Full] = []
    for step in steps:
        grown = edge.copy()
        grown.extend(LEAVES[edge.size : edge.size + step])
        full += grown.full
        edge = grown
        size = edge.size
        assert edge.root() == tree.root(LEAVES[:size])
        assert tile.Edge.resume(size, edge.tails).peaks == edge.peaks
    assert [(it.level, it.number) for it in full] == [
        (it.level, it.number) for it in tile.addresses(edge.size) if it.width == tile.WIDTH
    ]


@given(st.integers(0, 63), st.integers(0, 10**20), st.integers(1, 256))
def test_tile_paths_come_back(level: int, number: int, width: int) -> None:
    address = tile.Address(level, number, width)
    assert tile.parse(tile.path(address)) == address


@given(st.lists(st.binary(max_size=300)))
def test_bundles_come_back(entries: list[bytes]) -> None:
    assert tile.unbundle(tile.bundle(entries)) == entries


@given(names, seeds, st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_notes_and_keys_come_back(name: str, seed: bytes, body: str) -> None:
    signer = note.Signer(name, seed)
    text = f"{body}\n".encode()
    assert note.parse_vkey(signer.vkey) == signer.verifier
    assert note.verify(signer.sign(text), [signer.verifier]).text == text


@given(names.filter(lambda name: not any(c.isspace() for c in name)), sizes, hashes)
def test_checkpoints_come_back(origin: str, size: int, root: bytes) -> None:
    head = checkpoint.Checkpoint(origin, size, root)
    assert checkpoint.parse(checkpoint.text(head)) == head


@given(
    sizes, st.lists(hashes, max_size=63), st.binary(min_size=1), st.none() | st.binary(max_size=99)
)
def test_proofs_come_back(
    index: int, path: list[bytes], signed: bytes, attached: bytes | None
) -> None:
    made = proof.Proof(index, tuple(path), signed, attached)
    assert proof.parse(proof.text(made)) == made


slugs = st.from_regex("[a-z0-9-]{1,40}", fullmatch=True)
numbers = st.integers(0, 2**63 - 1)
digests = hashes.map(bytes.hex)
SHAPES: dict[str, st.SearchStrategy[entry.Code]] = {
    "digest": digests,
    "digests": st.lists(digests, min_size=1, max_size=32).map("+".join),
    "number": numbers,
    "code": slugs,
    "codes": st.lists(slugs, min_size=1, max_size=9).map("+".join),
    "language": st.sampled_from(["ru", "en", "en-GB", "zh-Hant-TW"]),
    "origin": st.from_regex(
        r"[a-z0-9.-]{1,60}(:[0-9]{1,5})?(/[A-Za-z0-9._~-]{1,9}){0,4}", fullmatch=True
    ),
    "name": st.lists(slugs, min_size=2, max_size=3).map(".".join),
    "clause": st.sampled_from(["title", "date", "preamble.2", "1", "2.2.1", "10.1.12"]),
}
commitments = hashes.map(lambda raw: base64.urlsafe_b64encode(raw)[:43].decode())


@given(st.data(), st.sampled_from(list(catalogue.CATALOGUE.values())))
def test_entries_come_back(data: st.DataObject, kind: catalogue.Kind) -> None:
    at_ms = data.draw(st.integers(0, 253_402_300_799_999))
    salt = data.draw(st.binary(min_size=16, max_size=16))
    codes = {name: data.draw(SHAPES[shape]) for name, shape in kind.codes.items()}
    least = len(kind.commitments)
    most = least + 9 if kind.repeats else least
    committed = data.draw(st.lists(commitments, min_size=least, max_size=most))
    raw = entry.encode(kind.name, at_ms, salt, codes, committed)
    found = entry.decode(bytes(raw))
    assert found == entry.Entry(kind.name, at_ms // 1000 * 1000, salt, codes, tuple(committed))
    # What is put together piece by piece is what an encoder makes of the whole.
    assert raw == msgspec.json.encode(msgspec.json.decode(raw), order="deterministic")
    assert len(raw) <= entry.MAX_BYTES
