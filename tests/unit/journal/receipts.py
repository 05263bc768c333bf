# SPDX-License-Identifier: Apache-2.0
"""A receipt, and every way of tampering with one that a verifier must notice."""

import base64
from dataclasses import dataclass

from uphold.journal import checkpoint, entry, note, proof, tree

ORIGIN = "uphold.example/journal"
SIGNER = note.Signer(ORIGIN, bytes(range(32)))
THIEF = note.Signer(ORIGIN, bytes(32))
OPENINGS = ("WyJzYWx0IiwicmVjb3JkIiwxXQ", "WyJzYWx0IiwicGFydCIsMl0")
SIZE, INDEX = 13, 6


@dataclass(frozen=True)
class Made:
    """The parts a receipt is made of, so that a test can put them together wrongly."""

    entries: list[bytes]
    leaves: list[bytes]

    def head(self, size: int = SIZE, signer: note.Signer = SIGNER, origin: str = ORIGIN) -> bytes:
        root = tree.root(self.leaves[:size])
        return signer.sign(checkpoint.text(checkpoint.Checkpoint(origin, size, root)))

    def proof(self, index: int = INDEX, size: int = SIZE) -> proof.Proof:
        path = tree.inclusion(index, size, tree.over(self.leaves[:size]))
        return proof.Proof(index, tuple(path), self.head(size))

    def receipt(self, index: int = INDEX, size: int = SIZE) -> bytes:
        opened = OPENINGS if index == INDEX else ()
        return proof.receipt(self.proof(index, size), self.entries[index], opened)


def make(size: int = SIZE) -> Made:
    """A journal of `size` entries; entry INDEX has the two commitments that OPENINGS open."""
    entries: list[bytes] = [
        entry.encode("staff.signed-in", index * 1000, bytes([index]) * 16, {"staff": index})
        for index in range(size)
    ]
    if size > INDEX:
        codes: dict[str, entry.Code] = {"staff": 1, "purpose": "answer"}
        commitments = [proof.digest(opening) for opening in OPENINGS]
        entries[INDEX] = entry.encode(
            "answer.sealed", 1_767_323_045_000, bytes(16), codes, commitments
        )
    return Made(entries, [tree.leaf(raw) for raw in entries])


def tampered() -> dict[str, bytes]:
    """Receipts that must not verify, by what is wrong with them."""
    made = make()
    good = made.receipt()
    head, _, signed = good.partition(b"\n\n")
    lines = head.split(b"\n")
    extra = base64.b64decode(lines[1].removeprefix(b"extra "))

    def put(at: int, line: bytes) -> bytes:
        return b"\n".join([*lines[:at], line, *lines[at + 1 :]]) + b"\n\n" + signed

    def with_extra(raw: bytes) -> bytes:
        return put(1, b"extra " + base64.b64encode(raw))

    def with_entry(raw: bytes) -> bytes:
        opened = b'","open":' + extra.split(b'","open":')[1]
        return with_extra(b'{"entry":"' + base64.b64encode(raw) + opened)

    def with_head(raw: bytes) -> bytes:
        return head + b"\n\n" + raw

    raw = made.entries[INDEX]
    path = made.proof().path
    interior = proof.Proof(0, (tree.root(made.leaves[8:12]),), made.head())
    return {
        "an entry byte": with_entry(raw.replace(b'"staff":1', b'"staff":2')),
        "the entry's time": with_entry(raw.replace(b"2026", b"2025")),
        "another entry": with_entry(made.entries[5]),
        "no entry": with_entry(b""),
        "an interior node for an entry": proof.receipt(interior, path[0] + path[1], ()),
        "the index": put(2, b"index 7"),
        "an index of the size": put(2, b"index 13"),
        "an index with a zero before it": put(2, b"index 06"),
        "a negative index": put(2, b"index -6"),
        "a huge index": put(2, b"index " + b"9" * 30),
        "an empty index": put(2, b"index "),
        "no index": b"\n".join(lines[:2] + lines[3:]) + b"\n\n" + signed,
        "the size": with_head(signed.replace(b"\n13\n", b"\n14\n")),
        "a size with a zero before it": with_head(signed.replace(b"\n13\n", b"\n013\n")),
        "the root": with_head(made.head(12)),
        "a root of another tree": with_head(signed.replace(signed.split(b"\n")[2], lines[4])),
        "the origin": with_head(signed.replace(b"uphold.example", b"uphold.exemple")),
        "a head of another origin": with_head(made.head(origin="other.example")),
        "a path hash": put(3, lines[4]),
        "a path hash cut short": put(3, lines[3][:40]),
        "a path hash in another spelling": put(3, lines[3][:-2] + b"9="),
        "an empty path hash": put(3, b""),
        "a path too short": b"\n".join(lines[:-1]) + b"\n\n" + signed,
        "a path too long": b"\n".join([*lines, lines[3]]) + b"\n\n" + signed,
        "the signature": with_head(signed[:-10] + b"AAAAAAAA" + signed[-2:]),
        "a signature of another key": with_head(made.head(signer=THIEF)),
        "a line of the right id and another key": with_head(_pretend(made)),
        "no signature": with_head(signed.split(b"\n\n")[0] + b"\n\n"),
        "no blank line": with_head(signed.replace(b"\n\n", b"\n")),
        "an extension line": with_head(signed.replace(b"\n\n", b"\nextension\n\n")),
        "a hyphen for the dash": with_head(signed.replace("\u2014".encode(), b"-")),
        "a second line that is malformed": good + b"\xe2\x80\x94 x\n",
        "rubbish at the end": good + b"x",
        "a line feed at the end": good + b"\n",
        "no line feed at the end": good[:-1],
        "carriage returns": good.replace(b"\n", b"\r\n"),
        "one carriage return": good.replace(b"\n", b"\r\n", 1),
        "a space before": b" " + good,
        "a space after a line": put(2, lines[2] + b" "),
        "a tab": put(2, lines[2].replace(b" ", b"\t")),
        "a NUL byte": put(2, lines[2] + b"\x00"),
        "another header": put(0, b"c2sp.org/tlog-proof@v2"),
        "no extra line": b"\n".join([lines[0], *lines[2:]]) + b"\n\n" + signed,
        "an extra line that is no base64": put(1, b"extra {}"),
        "an extra line in another spelling": put(1, lines[1] + b"="),
        "an extra line that is no object": with_extra(b"[]"),
        "an extra line with spaces": with_extra(extra.replace(b":", b": ")),
        "an extra line with more members": with_extra(extra[:-1] + b',"more":1}'),
        "an extra line that repeats a member": with_extra(extra[:-1] + b',"open":[]}'),
        "an extra line that is too long": with_extra(extra[:-1] + b" " * 41_000 + b"}"),
        "a disclosure that opens nothing": with_extra(extra.replace(b"WyJ", b"WyK", 1)),
        "an empty disclosure": with_extra(extra.replace(b'"open":[', b'"open":["",')),
        "a disclosure with a quote": with_extra(extra.replace(b'"open":["', b'"open":["\\"')),
        "a disclosure that is a glob": with_extra(extra.replace(b'"open":["', b'"open":["*')),
        "a disclosure that is no text": with_extra(extra.replace(b'"open":[', b'"open":[1,')),
        "a comma too many": with_extra(extra.replace(b"]}", b",]}")),
        "an empty file": b"",
        "a header alone": lines[0] + b"\n",
        "binary rubbish": bytes(range(256)) * 4,
    }


def _pretend(made: Made) -> bytes:
    """A signature by another key under the right name and key id."""
    text = note.parse(made.head()).text
    value = note.parse(THIEF.sign(text)).signatures[0].value
    encoded = base64.b64encode(SIGNER.verifier.id + value).decode()
    return text + f"\n\u2014 {ORIGIN} {encoded}\n".encode()
