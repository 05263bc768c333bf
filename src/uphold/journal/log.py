# SPDX-License-Identifier: Apache-2.0
"""Appending to the journal, and what it serves. Guarantee: no two heads we sign are inconsistent.

A batch locks the head row, reads it afresh, and appends to the tree that the row names. The right edge of
that tree is kept in memory between batches and used only while the row still names it: when another
process appended, the edge grows by the entries read from the database and must arrive at the root signed
there - or, where they are many, is read from the tiles, must arrive there too, and must prove that the tree in
memory is a prefix of it. When the row went back, or names another batch of the same size, nothing is signed
any more. The edge in memory moves on only after COMMIT, so a batch rolled back leaves no trace in it, and neither do
entries that were read and may not outlive a failover.

A head that this process has not committed itself is shown to somebody, or noted in the head file, only when it is
sure to outlive a failover: a server that came back after a crash shows what its replica may never have had.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from uphold.database import moved
from uphold.database.transaction import Transaction
from uphold.errors import Broken, Conflict, Invalid, Missing, Unavailable
from uphold.journal import checkpoint, entry, note, store, tile, tree
from uphold.journal.head import HeadFile
from uphold.journal.proof import Proof
from uphold.journal.tile import Edge

_FORK = "Stop every process of this site; find out who put an older database in place."
_SHORT = (
    "An older copy of the database was put in place. Put the newer one back; if it is lost, "
    "restore from a backup, which opens a new journal that names this one's last head."
)

# Beyond so many entries that others appended the edge is read from the tiles, and no entry before its own.
_MANY = 4 * tile.WIDTH

_h, _b = store.journal_head.c, store.journal_batch.c
_LOCK = select(_h.size, _h.batch).where(_h.number == store.HEAD_ROW).with_for_update()
_MOVE = (
    update(store.journal_head)
    .where(_h.number == store.HEAD_ROW, _h.size == bindparam("old"))
    .values(size=bindparam("new"), batch=bindparam("now"))
)
_HOLDS = select(_b.number).where(_b.batch == bindparam("id")).limit(1)


class SignedHead(NamedTuple):
    """The journal's newest signed head: size in entries, root, and the signed note itself."""

    size: int
    root: bytes
    note: bytes


class _State(NamedTuple):
    """The tree that is durable, and the identity of the batch that made it (empty: no batch yet)."""

    batch: bytes
    edge: Edge


class Log:
    """The journal of one origin, as the writer's Ledger and as what the site serves of it.

    One writer thread appends; any thread may read. `head` is the host's head file, None in tests only.
    """

    def __init__(
        self,
        origin: str,
        signer: note.Signer,
        head: HeadFile | None,
        earlier: Sequence[note.Verifier] = (),
        confirm: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the keys of the journals that this one goes on from, too, the latest first: to publish them.

        `confirm` returns once what was read before is as safe as what COMMIT acknowledged, and raises otherwise.
        """
        if origin != signer.name:
            raise Invalid("The journal's key bears another name than its origin.")
        self.origin = origin
        self._signer = signer
        self._file = head
        self._earlier = tuple(earlier)
        # Replaced as a whole and never changed in place: readers on other threads hold on to it.
        self._state: _State | None = None
        self._opened: tuple[bytes, int] = (b"", 0)
        self._confirm = confirm
        self._confirming = threading.Lock()
        # Entries up to here stay, whichever server fails next.
        self._sure = 0

    @property
    def vkey(self) -> str:
        """The public key in one line."""
        return self._signer.vkey

    @property
    def vkeys(self) -> tuple[str, ...]:
        """The public key, then those of earlier journals that this one goes on from, as at /journal/keys."""
        return (self.vkey, *(verifier.vkey for verifier in self._earlier))

    @property
    def verifier(self) -> note.Verifier:
        """The public key."""
        return self._signer.verifier

    def open(self, tx: Transaction) -> "_Appender":
        """Begin appending to the tree that the head row names. Raises Broken when it cannot be trusted."""
        row = tx.run(_LOCK).fetchone()
        size, batch = row or (0, b"")
        state = self._state
        if state is None or state.batch != batch or state.edge.size != size:
            state = self._catch_up(tx, size, batch, state)
        self._opened = (tx.batch, size)
        return _Appender(self, tx.batch, state, is_first=row is None)

    def holds(self, connection: Connection, batch: bytes) -> bool:
        """Tell whether the batch with this identity is in the journal.

        A batch without entries leaves no row, so its outcome cannot be told and counts as not held.
        """
        identity, first = self._opened
        statement = _HOLDS
        # The batch just tried can only stand where it was going to: no index over identities is needed.
        if identity == batch:
            statement = statement.where(_b.number == first)
        return connection.execute(statement, {"id": batch}).one_or_none() is not None

    def head(self, connection: Connection) -> SignedHead:
        """Return the newest signed head. Raises Missing before the journal is opened, Broken on damage.

        As everything that shows a head it raises Unavailable while nobody can tell whether a failover would undo it.
        """
        return _signed(self._newest(connection))

    def entry(self, connection: Connection, index: int) -> bytes:
        """Return the bytes of one entry. Raises Missing beyond the end, Broken on damage."""
        return store.entry(connection, index)

    def entries(self, connection: Connection, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield (index, entry bytes) from `start`, a page in memory at a time. Raises Broken on damage."""
        return store.entries(connection, start)

    def tail(self, connection: Connection, count: int) -> list[tuple[int, bytes]]:
        """Return the last `count` entries with their indices, oldest first. Raises Broken on damage."""
        newest = store.last(connection)
        size = 0 if newest is None else newest.size
        return list(store.entries(connection, max(0, size - count), size)) if count > 0 else []

    def proof(self, connection: Connection, index: int) -> Proof:
        """Return the inclusion proof of entry `index` in the newest signed head, head included.

        Raises Missing when the journal has no such entry, Broken on damage.
        """
        newest = self._newest(connection)
        if not 0 <= index < newest.size:
            raise Missing(f"The journal has no entry {index}.", "The first entry has index 0.")
        # Path and head must be of one size, so both come from the one batch row read above.
        nodes = store.Nodes(connection, self._edge(connection, newest))
        path = tree.inclusion(index, newest.size, nodes)
        return Proof(index, tuple(path), newest.note)

    def consistency(self, connection: Connection, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree at `old` entries is a prefix of that at `new`.

        Raises Missing unless 0 <= old <= new <= the journal's size, Broken on damage.
        """
        newest = self._newest(connection)
        if not 0 <= old <= new <= newest.size:
            raise Missing("The journal has no heads of these sizes.")
        return tree.consistency(old, new, store.Nodes(connection, self._edge(connection, newest)))

    def tile(self, connection: Connection, level: int, number: int, width: int) -> bytes:
        """Return a tile's hashes, `width` 1 to 256. Raises Missing when there are not as many."""
        return store.read_tile(
            connection, self._newest(connection).size, tile.Address(level, number, width)
        )

    def verify_head(self, connection: Connection) -> None:
        """Check at start that the database may be signed on, then let the head file catch up.

        The connection's snapshot must begin with this: of the head file the newest is read, and others go on
        writing it. Raises Broken, with advice, when the newest head is not one we signed, does not fit its entries,
        or the database is shorter than the head file or has another root at its size.
        """
        noted = self._noted()
        newest = store.last(connection)
        if newest is None:
            if noted is not None and noted.size > 0:
                raise Broken("The journal is empty, and the head file knows entries.", _SHORT)
            return
        state = self._load(connection, newest)
        if noted is not None:
            if noted.size > newest.size:
                raise Broken(
                    f"The journal has {newest.size} entries, and the head file knows {noted.size}.",
                    _SHORT,
                )
            nodes = store.Nodes(connection, state.edge)
            if tree.span(0, noted.size, nodes) != noted.root:
                raise Broken(
                    f"The journal's first {noted.size} entries are not those of the head file.",
                    _FORK,
                )
        if self._file is not None and (noted is None or newest.size > noted.size):
            # It may lag, so it waits where nobody can tell whether a failover would undo this head.
            with suppress(Unavailable):
                self._be_sure(newest.size)
                self._file.offer(newest.note)

    def _newest(self, connection: Connection) -> store.Last:
        """Read the newest batch, once it is sure to stay."""
        newest = _last(connection)
        self._be_sure(newest.size)
        return newest

    def _be_sure(self, size: int) -> None:
        """Return once no failover can undo a journal of this size that was read."""
        if size <= self._sure:
            return
        # Whoever waits here is helped by the answer that the one in front gets.
        with self._confirming:
            if size > self._sure:
                self._confirm()
                self._sure = max(self._sure, size)

    def _noted(self) -> checkpoint.Checkpoint | None:
        """Return the checkpoint in the head file, None without one."""
        raw = None if self._file is None else self._file.read()
        if raw is None:
            return None
        try:
            return checkpoint.verify(raw, self.verifier).checkpoint
        except Invalid as error:
            raise Broken(
                "The head file does not hold a head of this journal.",
                "Put back the head file that belongs to this site's keys.",
            ) from error

    def _edge(self, connection: Connection, newest: store.Last) -> Edge:
        """Return the edge of the newest batch, from memory when the batch is the one in memory."""
        state = self._state
        if state is not None and (state.edge.size, state.batch) == (newest.size, newest.batch):
            return state.edge
        return self._load(connection, newest).edge

    def _load(self, reads: store.Reads, newest: store.Last) -> _State:
        """Build the tree of the newest batch from the tables. Raises Broken unless its head is ours."""
        edge = store.edge(reads, newest.size)
        self._demand(newest, edge)
        return _State(bytes(newest.batch), edge)

    def _catch_up(self, tx: Transaction, size: int, batch: bytes, state: _State | None) -> _State:
        newest = store.last(tx)
        if newest is None:
            if size or batch or (state is not None and state.edge.size):
                raise Broken("The journal lost its entries.", _FORK)
            return _State(b"", Edge())
        if (newest.size, bytes(newest.batch)) != (size, batch):
            if not size:
                moved.refuse(tx)
            raise Broken("The journal's head row and its last batch differ.", store.ADVICE)
        if state is None:
            return self._load(tx, newest)
        if size <= state.edge.size:
            raise Broken("The journal went back while this process was running.", _FORK)
        if size - state.edge.size > _MANY:
            found = self._load(tx, newest)
            _demand_prefix(tx, state.edge, found.edge)
            return found
        edge = state.edge.copy()
        edge.extend([tree.leaf(raw) for _, raw in store.entries(tx, edge.size)])
        self._demand(newest, edge)
        return _State(batch, edge)

    def _demand(self, newest: store.Last, edge: Edge) -> None:
        """Raise Broken unless the newest signed head is ours and is that of the edge."""
        try:
            signed = checkpoint.verify(newest.note, self.verifier).checkpoint
        except Invalid as error:
            raise Broken("The journal's newest head is not signed by its key.", _FORK) from error
        if (signed.size, signed.root) != (edge.size, edge.root()):
            raise Broken("The journal's newest head does not fit its entries.", store.ADVICE)

    def _sign(self, edge: Edge) -> bytes:
        head = checkpoint.Checkpoint(self.origin, edge.size, edge.root())
        return self._signer.sign(checkpoint.text(head))

    def _move_on(self, state: _State, signed: bytes) -> None:
        self._state = state
        if not signed:
            return
        self._sure = max(self._sure, state.edge.size)
        if self._file is not None:
            self._file.offer(signed)


class _Appender:
    """The entries of one batch. Written, hashed and signed together in `close`.

    It does not know its transaction, which knows it: each batch would else wait in memory for the collector.
    """

    __slots__ = ("_batch", "_entries", "_is_first", "_log", "_note", "_state")

    def __init__(self, log: Log, batch: bytes, state: _State, *, is_first: bool) -> None:
        self._log = log
        self._batch = batch
        self._state = state
        self._is_first = is_first
        self._entries: list[bytes] = []
        self._note = b""

    def append(self, raw: bytes) -> int:
        """Take one entry and return its index. Raises Invalid for bytes outside the catalogue."""
        if type(raw) is not entry.Encoded:
            entry.decode(raw)
        self._entries.append(raw)
        return self._state.edge.size + len(self._entries) - 1

    def close(self, tx: Transaction) -> None:
        """Write entries, filled tiles, the signed head and the head row; nothing when nothing came."""
        if not self._entries:
            return
        old = self._state.edge.size
        edge = self._state.edge.copy()
        edge.extend([tree.leaf(raw) for raw in self._entries])
        self._note = self._log._sign(edge)  # noqa: SLF001 - one class in two parts
        self._state = _State(self._batch, edge)
        blob = tile.bundle(self._entries)
        tx.insert(store.journal_batch, (old, len(self._entries), self._batch, self._note, blob))
        for full in edge.full:
            tx.insert(store.journal_tile, (full.level, full.number, full.root, full.hashes))
        # The tiles are stored now; an edge that lives on must not keep them in memory.
        edge.full.clear()
        if self._is_first:
            tx.insert(store.journal_head, (store.HEAD_ROW, edge.size, self._batch))
            return
        tx.finish(_MOVE, {"old": old, "new": edge.size, "now": self._batch})

    def committed(self) -> None:
        """Let memory and the head file follow what is durable."""
        self._log._move_on(self._state, self._note)  # noqa: SLF001 - as above


def is_open(reads: store.Reads) -> bool:
    """Tell whether the journal has been begun."""
    return store.last(reads) is not None


def open_journal(tx: Transaction, origin: str) -> int:
    """Append the first entry of a new journal and return its index, 0. Raises Conflict when it has one."""
    if store.last(tx) is not None:
        raise Conflict("The journal is open already.", "A journal begins once, with its site.")
    return tx.append(entry.encode("journal.opened", tx.now, entry.salt(), {"origin": origin}))


def newest(connection: Connection) -> SignedHead:
    """Return the newest signed head as stored; no key is needed, and nothing is verified.

    Raises Missing before the journal is opened, Broken when the head cannot be read.
    """
    return _signed(_last(connection))


def _demand_prefix(tx: Transaction, old: Edge, new: Edge) -> None:
    """Raise Broken unless the old tree is a prefix of the new one, by a proof as anybody else is given it."""
    path = tree.consistency(old.size, new.size, store.Nodes(tx, new))
    if not tree.verify_consistency(old.size, new.size, path, old.root(), new.root()):
        raise Broken(
            f"The journal's first {old.size} entries changed while this process was running.", _FORK
        )


def _last(connection: Connection) -> store.Last:
    newest = store.last(connection)
    if newest is None:
        raise Missing(
            "The journal has not been opened.",
            "It begins when a policy is published first: uphold policy publish DIR",
        )
    return newest


def _signed(newest: store.Last) -> SignedHead:
    try:
        head = checkpoint.parse(note.parse(newest.note).text)
    except Invalid as error:
        raise Broken("The journal's newest head cannot be read.", store.ADVICE) from error
    return SignedHead(head.size, head.root, bytes(newest.note))
