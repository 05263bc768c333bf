# SPDX-License-Identifier: Apache-2.0
"""The journal only grows: each head that was ever kept is a beginning of the one served now."""

from collections.abc import Iterator
from dataclasses import dataclass

from uphold import errors
from uphold.assurance import archive
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, said
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Visitor
from uphold.journal import checkpoint, tile, tree
from uphold.journal.checkpoint import Checkpoint

ID = "journal.append-only.consistency"
KEPT = N_("The journal has %(size)s entries under the root %(root)s.")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A head that was kept: where it comes from, size and root, and the proof that it is a beginning of today's.

    The proof is put together from the public tiles; None where they do not hold enough.
    """

    source: str
    size: int
    root: bytes
    path: tuple[bytes, ...] | None


@dataclass(frozen=True, slots=True)
class History:
    """The head that is served (None where it is not the journal's own), its root by the tiles, earlier heads."""

    head: Checkpoint | None
    root: bytes | None
    earlier: tuple[Earlier, ...]


def follow(scene: Scene) -> History:
    """Fetch the served head and the tiles; compare with every head that we know of."""
    visitor = scene.stranger()
    first = _served(scene, visitor)
    known = {**_remembered(scene), **({"before": (first.size, first.root)} if first else {})}
    if scene.edition.forms:
        scene.submission()
    head = _served(scene, visitor)
    if head is None:
        return History(None, None, ())
    complete = _complete(visitor, head.size)
    return History(
        head,
        _root(head.size, complete),
        tuple(
            Earlier(source, size, root, _path(size, head.size, complete))
            for source, (size, root) in known.items()
        ),
    )


def _served(scene: Scene, visitor: Visitor) -> Checkpoint | None:
    body = visitor.get("/journal/checkpoint").body
    try:
        return checkpoint.verify(body, scene.log.verifier).checkpoint
    except errors.Invalid:
        return None


def _remembered(scene: Scene) -> dict[str, tuple[int, bytes]]:
    """The head file beside the key ring, and the head in our own last evidence."""
    found: dict[str, tuple[int, bytes]] = {}
    try:
        kept = checkpoint.verify(scene.files.head.read_bytes(), scene.log.verifier).checkpoint
        found["head-file"] = (kept.size, kept.root)
    except (OSError, errors.Invalid):
        pass
    with scene.read() as connection:
        stored = archive.newest(connection, scene.log.verifier).get(ID)
    previous = stored.evidence if stored else None
    for one in previous.saw if previous else ():
        if one.text == KEPT:
            size, root = int(one.values["size"]), bytes.fromhex(str(one.values["root"]))
            found["evidence"] = (size, root)
    return found


def _complete(visitor: Visitor, size: int) -> tree.Complete:
    """The hash of a complete subtree, by the tiles as the site serves them."""
    fetched: dict[tile.Address, bytes] = {}

    def complete(level: int, index: int) -> bytes:
        height, rest = divmod(level, tile.HEIGHT)
        first = index << rest
        number, within = divmod(first, tile.WIDTH)
        address = tile.Address(height, number, tile.width(size, height, number))
        if address not in fetched:
            answer = visitor.get(f"/journal/{tile.path(address)}")
            fetched[address] = answer.body if answer.status == 200 else b""
        raw = fetched[address]
        hashes = [raw[at : at + 32] for at in range(within * 32, (within + (1 << rest)) * 32, 32)]
        if any(len(hash_) != tree.HASH_BYTES for hash_ in hashes):
            raise errors.Missing("A tile of the journal is not served whole.")
        return tree.root(hashes)

    return complete


def _path(old: int, new: int, complete: tree.Complete) -> tuple[bytes, ...] | None:
    if old > new:
        return None
    try:
        return tuple(tree.consistency(old, new, complete))
    except errors.Missing:
        return None


def _root(size: int, complete: tree.Complete) -> bytes | None:
    try:
        return tree.span(0, size, complete)
    except errors.Missing:
        return None


def judge(trace: History) -> Outcome:
    """The head is signed, the tiles lead to it, and every head that was kept is a beginning of it."""
    faults = list(_faults(trace))
    if faults or trace.head is None:
        return judged(faults)
    return judged(
        (),
        said(KEPT, size=trace.head.size, root=trace.head.root.hex()),
        said(N_("%(count)s heads kept earlier are beginnings of it."), count=len(trace.earlier)),
    )


def _faults(trace: History) -> Iterator[Said]:
    head = trace.head
    if head is None:
        yield said(N_("The head that is served is not signed by the journal's key."))
        return
    if trace.root != head.root:
        yield said(N_("The tiles that are served do not lead to the head that is served."))
    for one in trace.earlier:
        if one.path is None or not tree.verify_consistency(
            one.size, head.size, one.path, one.root, head.root
        ):
            yield said(
                N_("The head of %(size)s entries (%(source)s) is no beginning of today's."),
                size=one.size,
                source=one.source,
            )


CONSISTENT = Probe(
    id=ID,
    promise="journal.append-only",
    kind=Kind.EXAMINE,
    does=N_("Follows the public tiles from every head that was kept to the head served now."),
    act=follow,
    oracle=judge,
)

PROBES = (CONSISTENT,)
