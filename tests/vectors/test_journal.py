# SPDX-License-Identifier: Apache-2.0
"""The journal against known answers that other implementations agree on, traps included."""

import base64
from hashlib import sha256
from typing import Any

import pytest

from tests.vectors.journal import DATA, ENTRIES, LEAVES, LEDGER, ORIGIN, SEED, hashes
from uphold.errors import Invalid
from uphold.journal import checkpoint, note, proof, tile, tree

LOG = note.parse_vkey(LEDGER["log_vkey"])
WITNESS = note.parse_vkey(LEDGER["witness_vkey"])
RFC = DATA["rfc6962_8"]
RFC_LEAVES = hashes(RFC["leaf_hashes_hex"])
CASES = [
    (RFC_LEAVES, hashes(RFC["roots_hex_by_size"]), RFC),
    (LEAVES, hashes(LEDGER["roots_hex_by_size"]), LEDGER),
]


def synthetic(size: int) -> tuple[tile.Edge, dict[tuple[int, int], bytes]]:
    """The tree of `size` leaves `entry-<i>`: its edge and its full tiles."""
    edge = tile.Edge()
    edge.extend(tree.leaf(b"entry-%d" % index) for index in range(size))
    return edge, {(full.level, full.number): full.hashes for full in edge.full}


def read(edge: tile.Edge, full: dict[tuple[int, int], bytes], address: tile.Address) -> bytes:
    if address.width == tile.WIDTH:
        return full[address.level, address.number]
    return b"".join(edge.tails[address.level])


def test_leaf_hashes() -> None:
    inputs = [bytes.fromhex(text) for text in RFC["leaf_inputs_hex"]]
    assert [tree.leaf(raw) for raw in inputs] == RFC_LEAVES
    assert [tree.leaf(raw) for raw in ENTRIES] == LEAVES


@pytest.mark.parametrize(("leaves", "roots", "case"), CASES)
def test_roots(leaves: list[bytes], roots: list[bytes], case: dict[str, Any]) -> None:
    edge = tile.Edge()
    for size, root in enumerate(roots):
        assert tree.root(leaves[:size]) == root
        assert edge.root() == root
        edge.extend(leaves[size : size + 1])


@pytest.mark.parametrize(("leaves", "roots", "case"), CASES)
def test_inclusion(leaves: list[bytes], roots: list[bytes], case: dict[str, Any]) -> None:
    assert len(case["inclusion"]) == sum(range(len(leaves) + 1))
    for known in case["inclusion"]:
        index, size, path = known["index"], known["size"], hashes(known["proof_hex"])
        assert tree.inclusion(index, size, tree.over(leaves)) == path
        assert tree.verify_inclusion(leaves[index], index, size, path, roots[size])


@pytest.mark.parametrize(("leaves", "roots", "case"), CASES)
def test_consistency(leaves: list[bytes], roots: list[bytes], case: dict[str, Any]) -> None:
    assert len(case["consistency"]) == sum(range(len(leaves) + 1))
    for known in case["consistency"]:
        old, new, path = known["m"], known["n"], hashes(known["proof_hex"])
        assert tree.consistency(old, new, tree.over(leaves)) == path
        assert tree.verify_consistency(old, new, path, roots[old], roots[new])


def test_trap_is_real_and_the_receipt_verifier_does_not_fall_into_it() -> None:
    for trap in DATA["trap_inclusion_accepted"]:
        interior, root = bytes.fromhex(trap["leaf_hex"]), bytes.fromhex(trap["root_hex"])
        path = hashes(trap["proof_hex"])
        assert tree.verify_inclusion(interior, trap["index"], trap["size"], path, root)
        # The same attempt on a receipt: entry bytes that would hash to the interior node, were the
        # prefix not ours, and a size that is not ours to choose.
        forged = proof.Proof(trap["index"], tuple(path), LEDGER["checkpoint5"].encode())
        for raw in (interior, LEAVES[0] + LEAVES[1], b"\x01" + LEAVES[0] + LEAVES[1]):
            with pytest.raises(Invalid, match="not in the journal"):
                proof.check(forged, raw, LOG)


@pytest.mark.parametrize("case", DATA["negative_inclusion"], ids=lambda case: case["why"])
def test_negative_inclusion(case: dict[str, Any]) -> None:
    assert not tree.verify_inclusion(
        bytes.fromhex(case["leaf_hex"]),
        case["index"],
        case["size"],
        hashes(case["proof_hex"]),
        bytes.fromhex(case["root_hex"]),
    )


@pytest.mark.parametrize("case", DATA["negative_notes"], ids=lambda case: case["why"])
def test_negative_notes(case: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        checkpoint.verify(case["note"].encode(), LOG)


def test_a_leading_zero_passes_the_note_and_fails_the_checkpoint() -> None:
    zero = DATA["negative_notes"][4]["note"].encode()
    assert note.verify(zero, [LOG]).text.split(b"\n")[1] == b"05"


def test_keys() -> None:
    signer = note.Signer(ORIGIN, SEED)
    assert signer.vkey == LEDGER["log_vkey"]
    assert signer.verifier == LOG
    assert LOG.id.hex() == LEDGER["log_key_id_hex"]
    assert LOG.key.hex() == LEDGER["log_pub_hex"]
    preimage = bytes.fromhex(LEDGER["log_key_id_preimage_hex"])
    assert sha256(preimage).digest()[:4] == LOG.id
    assert WITNESS.id.hex() == LEDGER["witness_key_id_hex"]
    assert WITNESS.vkey == LEDGER["witness_vkey"]


@pytest.mark.parametrize("size", [3, 5])
def test_signing_gives_the_known_bytes(size: int) -> None:
    head = checkpoint.Checkpoint(ORIGIN, size, tree.root(LEAVES[:size]))
    signed = note.Signer(ORIGIN, SEED).sign(checkpoint.text(head))
    assert signed == LEDGER[f"checkpoint{size}"].encode()
    assert checkpoint.verify(signed, LOG).checkpoint == head


def test_checkpoint_bytes() -> None:
    raw = bytes.fromhex(LEDGER["checkpoint5_hex"])
    assert raw == LEDGER["checkpoint5"].encode()
    assert sha256(note.parse(raw).text).hexdigest() == LEDGER["checkpoint5_text_sha256"]


def test_cosignature() -> None:
    cosigned = LEDGER["checkpoint5_cosigned"].encode()
    assert cosigned == (LEDGER["checkpoint5"] + LEDGER["cosignature_line"]).encode()
    signed = checkpoint.verify(cosigned, LOG, [WITNESS])
    assert signed.witnesses == ((WITNESS.name, LEDGER["cosignature_timestamp"]),)
    # A witness that nobody asked about changes nothing.
    assert checkpoint.verify(cosigned, LOG).witnesses == ()
    with pytest.raises(Invalid, match="did not sign"):
        checkpoint.verify(
            (LEDGER["checkpoint5"].split("\u2014")[0] + LEDGER["cosignature_line"]).encode(),
            LOG,
            [WITNESS],
        )


def test_cosignature_over_another_time_is_refused() -> None:
    head, _, encoded = LEDGER["cosignature_line"].rstrip("\n").rpartition(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[11] ^= 1
    line = f"{head} {base64.b64encode(raw).decode()}\n"
    with pytest.raises(Invalid, match="does not verify"):
        checkpoint.verify((LEDGER["checkpoint5"] + line).encode(), LOG, [WITNESS])


def test_a_signature_of_an_unknown_type_is_ignored() -> None:
    both = (LEDGER["checkpoint5_cosigned"] + DATA["mldsa44_cosignature"]["line"]).encode()
    assert len(note.parse(both).signatures) == 3
    assert checkpoint.verify(both, LOG).checkpoint.size == 5


def test_receipt() -> None:
    raw = LEDGER["tlog_proof_index1"].encode()
    assert sha256(raw).hexdigest() == LEDGER["tlog_proof_index1_sha256"]
    found = proof.parse(raw)
    assert found.index == 1
    assert found.extra == LEDGER["disclosures"][1]["disclosure"].encode()
    assert proof.text(found) == raw
    assert proof.check(found, ENTRIES[1], LOG, [WITNESS]).checkpoint.size == 5
    with pytest.raises(Invalid, match="not in the journal"):
        proof.check(found, ENTRIES[2], LOG)


def test_disclosure_digests() -> None:
    for known in LEDGER["disclosures"]:
        assert proof.digest(known["disclosure"]) == known["digest"]


def test_entry_bundle() -> None:
    raw = bytes.fromhex(LEDGER["entry_bundle_hex"])
    assert tile.bundle(ENTRIES) == raw
    assert tile.unbundle(raw) == ENTRIES
    assert tile.bundle_path(0, 5) == LEDGER["entry_bundle_path"]


def test_tile_of_the_small_ledger() -> None:
    [known] = LEDGER["tiles"]
    [address] = tile.addresses(5)
    assert tile.path(address) == known["path"]
    assert b"".join(LEAVES).hex() == known["hex"]


@pytest.mark.parametrize(("number", "path"), DATA["tile_index_paths"].items())
def test_tile_paths(number: str, path: str) -> None:
    address = tile.Address(0, int(number), tile.WIDTH)
    assert tile.path(address) == f"tile/0/{path}"
    assert tile.parse(f"tile/0/{path}") == address


@pytest.mark.parametrize("case", DATA["tiles_synthetic"], ids=lambda case: case["size"])
def test_tiles(case: dict[str, Any]) -> None:
    edge, full = synthetic(case["size"])
    assert edge.root().hex() == case["root_hex"]
    digest = sha256()
    shown = {}
    addresses = list(tile.addresses(case["size"]))
    for address in addresses:
        raw, path = read(edge, full, address), tile.path(address)
        assert len(raw) == address.width * tree.HASH_BYTES
        shown[path] = (address.width, sha256(raw).hexdigest())
        digest.update(path.encode() + b"\n" + raw)
    assert len(addresses) == case["tile_count"]
    assert digest.hexdigest() == case["digest_all_tiles"]
    for known in case["tiles_shown"]:
        assert shown[known["path"]] == (known["width"], known["sha256"])


@pytest.mark.slow
def test_a_million_entries() -> None:
    case = DATA["tree_sizes_1M"]
    edge, full = synthetic(case["size"])
    root = bytes.fromhex(case["root_hex"])
    assert edge.root() == root
    addresses = {(a.level, a.number): a for a in tile.addresses(case["size"])}

    def complete(level: int, index: int) -> bytes:
        height, rest = divmod(level, tile.HEIGHT)
        number, first = divmod(index << rest, tile.WIDTH)
        raw = read(edge, full, addresses[height, number])
        cut = [raw[at : at + 32] for at in range(first * 32, (first + (1 << rest)) * 32, 32)]
        return tree.root(cut)

    for known in case["inclusion"]:
        index, path = known["index"], hashes(known["proof_hex"])
        assert len(path) == known["proof_len"]
        assert tree.inclusion(index, case["size"], complete) == path
        leaf = tree.leaf(b"entry-%d" % index)
        assert tree.verify_inclusion(leaf, index, case["size"], path, root)
