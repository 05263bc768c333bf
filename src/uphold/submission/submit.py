# SPDX-License-Identifier: Apache-2.0
"""The one durable transaction of a submission. Guarantee: whoever gets a receipt will find it kept.

Everything heavy is done before the work is queued: parts sealed, entries written, salts drawn. The
transaction itself only appends: consents, parts, keys, the submission's row, entries, and, once for
the whole batch, the signed head of the journal.
"""

import asyncio
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from uphold import errors
from uphold.consent import ledger
from uphold.consent.ledger import Given
from uphold.database.engine import Database
from uphold.database.sequence import Numbers
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry
from uphold.policy.document import Edition
from uphold.submission import record
from uphold.submission.form import Offer
from uphold.submission.record import submission_record
from uphold.submission.token import Token
from uphold.submission.validate import Accepted
from uphold.vault import commitment, contact, records
from uphold.vault.contact import Contact
from uphold.vault.part import Plain, Sealed
from uphold.vault.pool import Pool
from uphold.vault.unlock import KeyRing

A = TypeVar("A")
B = TypeVar("B")
_Waiting = tuple["asyncio.Future[Received]", A]

PART_VERSION = 1
# Posts that are recognised without the database: those of the last seconds, when a person clicks twice.
REMEMBERED = 10_000
# So many posts are worth two batches: fewer cost more than is won, and more keep both sides at work as they are.
HALVED = range(32, 128)
# What may wait for the storage at once: so many posts, of so many bytes together.
MOST_POSTS = 2_000
MOST_BYTES = 1 << 24
# Of a post with three parts and a few ticks; more is drawn for one that has more.
_RANDOM_BYTES = 256
_SALT = entry.SALT_BYTES
KINDS = {"email": contact.EMAIL, "phone": contact.PHONE}
_encode = msgspec.json.Encoder(order="deterministic").encode


class Technical(msgspec.Struct, frozen=True):
    """The five technical data of the request that brought the form, and no others (clause 1.1.2)."""

    ip: str
    cookie: str
    browser: str
    time: str
    page: str


# These are msgspec's and not dataclasses, as are others of the hot path: to make a frozen dataclass costs
# ten times as much, five times for each submission.
class Post(msgspec.Struct, frozen=True):
    """A valid post, about to be stored at `at` (unix milliseconds); set aside if there are `doubts`."""

    offer: Offer
    edition: Edition
    """The edition that the form was shown under."""
    token: Token
    accepted: Accepted
    technical: Technical
    at: int
    doubts: tuple[str, ...] = ()
    exercise: int | None = None
    """The run of probes that sent it; None for a person."""

    @property
    def state(self) -> str:
        """`new` or `aside`."""
        return record.ASIDE if self.doubts else record.NEW


Arrive = Callable[[Transaction, int, str, tuple[str, ...]], None]
"""Told of each stored record within its transaction: number, state, doubts."""


Enlist = Callable[[Transaction, int], None]
"""Asked within the transaction whether a run of probes is open; raises `errors.Invalid` if it is not."""


class Received(msgspec.Struct, frozen=True):
    """A stored submission; `entry` is the journal index of its `record.stored`."""

    number: int
    received_at: int
    entry: int


@dataclass(frozen=True, slots=True)
class Clash:
    """The form was sent before with other contents; nothing was stored now. `first` is what was stored then."""

    first: int


@dataclass(slots=True)
class _Remembered:
    mark: bytes
    outcome: "asyncio.Future[Received]"


class _Arrived(NamedTuple):
    """A post about to be prepared, the bytes by which it is recognised, and its record's number."""

    post: Post
    body: bytes
    number: int


class Intake:
    """Takes valid posts, each nonce once. One per process, used from one event loop.

    The posts of one turn of the loop are prepared together, step by step, and queued together. That the same
    step follows itself, with its code and data still in the processor's caches, and that the writer's thread
    does not begin before they are all there, saves a third of all the work of a busy site.
    """

    def __init__(
        self,
        writer: Writer,
        database: Database,
        ring: KeyRing,
        arrive: Arrive,
        enlist: Enlist | None = None,
        most: int = MOST_POSTS,
    ) -> None:
        """Remember nothing yet: what other processes stored is recognised by the database.

        Without `enlist`, no post of an exercise is taken. So many as `most` wait for the storage at once.
        """
        self._arrive = arrive
        self._enlist = enlist or _refuse_exercise
        self._writer = writer
        self._database = database
        self._ring = ring
        self._numbers = Numbers(writer, "submission")
        self._mark_key = os.urandom(32)
        self._recent: OrderedDict[bytes, _Remembered] = OrderedDict()
        self._arrived: list[_Waiting[_Arrived]] = []
        self._most = most
        self._posts, self._bytes = 0, 0

    async def take(self, post: Post) -> Received | Clash:
        """Store a post durably, or recognise it as sent before.

        Raises `errors.Unavailable` when the storage cannot take it, or does not say whether it did, or when more wait
        for it than may; the same post may come again in each case, it is stored once.
        """
        body = canonical(post.accepted)
        mark = hashlib.blake2b(body, key=self._mark_key, digest_size=16).digest()
        nonce = post.token.nonce
        known = self._recent.get(nonce)
        if known is not None:
            with self._room(0, len(body)):
                received = await asyncio.shield(known.outcome)
            return received if known.mark == mark else Clash(received.number)
        outcome: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        self._recent[nonce] = _Remembered(mark, outcome)
        try:
            with self._room(1, len(body)):
                number = await self._numbers.take()
                waiter: asyncio.Future[Received] = outcome.get_loop().create_future()
                if not self._arrived:
                    outcome.get_loop().call_soon(self._prepare)
                self._arrived.append((waiter, _Arrived(post, body, number)))
                received = await waiter
        except errors.Conflict:
            self._forget(nonce, outcome)
            return await asyncio.to_thread(self._recognise, nonce, body)
        except BaseException:
            self._forget(nonce, outcome)
            raise
        outcome.set_result(received)
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return received

    @contextmanager
    def _room(self, posts: int, size: int) -> Iterator[None]:
        """Wait for the storage. Whoever comes beyond is told at once: to queue would only make the queue longer."""
        if self._posts + posts > self._most or self._bytes >= MOST_BYTES:
            raise errors.Unavailable(
                "More comes in than can be stored just now.", "Send it again in a moment."
            )
        self._posts += posts
        self._bytes += size
        try:
            yield
        finally:
            self._posts -= posts
            self._bytes -= size

    def _prepare(self) -> None:
        """Prepare all that arrived in this turn of the loop, and queue it.

        When the writer has nothing to do, half of it first: the database is at work on that while the rest is prepared,
        and from then on the two halves take turns by themselves.
        """
        arrived, self._arrived = self._arrived, []
        if len(arrived) in HALVED and self._writer.is_idle:
            half = len(arrived) // 2
            arrived, self._arrived = arrived[:half], arrived[half:]
            asyncio.get_running_loop().call_soon(self._prepare)
        ring, epoch, random = self._ring, self._ring.newest, Pool(_RANDOM_BYTES * len(arrived))

        def sealed(pair: tuple[_Arrived, list[Plain]]) -> tuple[Post, Sealed]:
            given, split = pair
            made = records.prepare(ring, given.number, split, given.body, random, epoch)
            return given.post, made

        def worked(pair: tuple[Post, Sealed]) -> Callable[[Transaction], Received]:
            return work(*pair, self._arrive, self._enlist, random)

        split = _each(arrived, lambda given: (given, parts(given.post)))
        self._writer.hand_over(_each(_each(split, sealed), worked))

    def _forget(self, nonce: bytes, outcome: "asyncio.Future[Received]") -> None:
        """Let the next post with this nonce try anew; those who wait for this one are told to."""
        self._recent.pop(nonce, None)
        outcome.set_exception(errors.Unavailable("The form could not be stored.", "Send it again."))
        outcome.exception()

    def _recognise(self, nonce: bytes, body: bytes) -> Received | Clash:
        """Compare with what another process, or this one before a restart, stored under the same nonce."""
        with self._database.read() as connection:
            stored = record.of_nonce(connection, nonce)
            if stored is None:
                raise errors.Unavailable("The form could not be stored.", "Send it again.")
            if records.same_body(connection, self._ring, stored.number, body, stored.tag):
                # This is an acknowledgement, and nothing was committed for it.
                self._database.confirm()
                return Received(stored.number, stored.received_at, stored.entry)
        return Clash(stored.number)


def _each(waiting: list[_Waiting[A]], step: Callable[[A], B]) -> list[_Waiting[B]]:
    """Take one step for each; who fails is told and left out."""
    made: list[_Waiting[B]] = []
    for waiter, given in waiting:
        try:
            made.append((waiter, step(given)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this post's and nobody else's
            if not waiter.done():
                waiter.set_exception(error)
    return made


def canonical(accepted: Accepted) -> bytes:
    """Return the bytes by which two posts of one form are the same (pure)."""
    return _encode((dict(accepted.values), accepted.consents))


def parts(post: Post) -> list[Plain]:
    """Split a post into its parts: the evidence of consent first, then one per purpose served (pure).

    A purpose that asks consent and got none has no part: nothing is stored for it.
    """
    values, consents, policy = post.accepted.values, post.accepted.consents, post.edition.policy
    named = [
        (field.purposes, Contact(KINDS[field.type], values[field.key]))
        for field in post.offer.addresses
        if field.key in values
    ]
    # Those of the purposes consented to: an address given for another one is no evidence of this.
    known = [contact for served, contact in named if not frozenset(consents).isdisjoint(served)]
    found = [_evidence(post, tuple(known))] if consents else []
    for purpose, asked in post.offer.purposes.items():
        if purpose not in consents and policy.purpose(purpose).asks_consent:
            continue
        fields = {field.key: values[field.key] for field in asked if field.key in values}
        if fields:
            # Found through the evidence where that names the address, as it lives longest; else by its own.
            own = [contact for served, contact in named if purpose in served]
            contacts = tuple([contact for contact in own if contact not in known])
            found.append(Plain(purpose, PART_VERSION, _encode(fields), contacts))
    found.append(Plain(policy.technical, PART_VERSION, _encode(post.technical)))
    return found


def _refuse_exercise(_tx: Transaction, _run: int) -> None:
    raise errors.Invalid("No run of probes is open.", "Its mark has outlived it.")


def work(
    post: Post,
    sealed: Sealed,
    arrive: Arrive,
    enlist: Enlist = _refuse_exercise,
    random: Callable[[int], bytes] = os.urandom,
) -> Callable[[Transaction], Received]:
    """Write the journal entries and return the work that stores everything together."""
    described = [_describe(given, sealed, random(_SALT)) for given in consents(post)]
    stored = _describe_stored(post, sealed, random(_SALT))
    marked = None if post.exercise is None else _describe_marked(post.exercise, post, sealed)

    def store(tx: Transaction) -> Received:
        if post.exercise is not None:
            enlist(tx, post.exercise)
        for ordinal, (given, line) in enumerate(described):
            ledger.give(tx, sealed.record, ordinal, given, line)
        records.put(tx, sealed)
        index = tx.append(stored)
        row = (
            sealed.record,
            post.offer.form.key,
            post.edition.number,
            post.offer.language,
            post.state,
            post.at,
            post.token.nonce,
            sealed.tag,
            index,
            post.exercise,
        )
        tx.insert(submission_record, row)
        if marked is not None:
            # Right after record.stored: an audit looks for it there.
            tx.append(marked)
        arrive(tx, sealed.record, post.state, post.doubts)
        return Received(sealed.record, post.at, index)

    return store


def consents(post: Post) -> list[Given]:
    """List the consents that a post gives, one per ticked box (pure)."""
    offer = post.offer
    return [
        Given(
            purpose,
            offer.wordings[purpose].digest,
            offer.form.digest,
            post.edition.number,
            offer.language,
            post.at,
        )
        for purpose in post.accepted.consents
    ]


def _evidence(post: Post, contacts: tuple[Contact, ...]) -> Plain:
    """What proves consent: who, by the contacts given; on what; under which edition; when; by which act."""
    offer = post.offer
    evidence = {
        "contacts": [named.text for named in contacts],
        "purposes": {purpose: offer.wordings[purpose].digest for purpose in post.accepted.consents},
        "form": offer.form.key,
        "form_digest": offer.form.digest,
        "edition": post.edition.number,
        "edition_digest": post.edition.digest,
        "language": offer.language,
        "at": post.at,
        "shown_at": post.token.issued,
        "act": "ticked an empty box",
    }
    return Plain(post.edition.policy.evidence, PART_VERSION, _encode(evidence), contacts)


def _describe(given: Given, sealed: Sealed, salt: bytes) -> tuple[Given, bytes]:
    return given, ledger.describe(given, salt, commitment.of_new_record(sealed, salt))


def _describe_stored(post: Post, sealed: Sealed, salt: bytes) -> bytes:
    codes: dict[str, str | int] = {
        "form": post.offer.form.key,
        "edition": post.edition.number,
        "parts": _joined([part.purpose for part in sealed.parts]),
        "consents": _joined(post.accepted.consents),
        "wordings": post.offer.shown,
        "state": post.state,
    }
    return entry.encode("record.stored", post.at, salt, codes, commitment.stored(sealed, salt))


def _describe_marked(run: int, post: Post, sealed: Sealed) -> bytes:
    salt = entry.salt()
    name = commitment.of_new_record(sealed, salt)
    return entry.encode("exercise.marked", post.at, salt, {"run": run}, (name,))


def _joined(codes: Sequence[str]) -> str:
    return "+".join(codes) or "none"
