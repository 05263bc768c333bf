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
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

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
from uphold.vault.unlock import KeyRing

PART_VERSION = 1
# Posts that are recognised without the database: those of the last seconds, when a person clicks twice.
REMEMBERED = 10_000
_KINDS = {"email": contact.EMAIL, "phone": contact.PHONE}
_encode = msgspec.json.Encoder(order="deterministic").encode


class Technical(msgspec.Struct, frozen=True):
    """The five technical data of the request that brought the form, and no others (clause 1.1.2)."""

    ip: str
    cookie: str
    browser: str
    time: str
    page: str


@dataclass(frozen=True, slots=True)
class Post:
    """A valid post, about to be stored at `at` (unix milliseconds); set aside if there are `doubts`."""

    offer: Offer
    edition: Edition
    """The edition that the form was shown under."""
    token: Token
    accepted: Accepted
    technical: Technical
    at: int
    doubts: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """`new` or `aside`."""
        return record.ASIDE if self.doubts else record.NEW


Arrive = Callable[[Transaction, int, str, tuple[str, ...]], None]
"""Told of each stored record within its transaction: number, state, doubts."""


@dataclass(frozen=True, slots=True)
class Received:
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


class Intake:
    """Takes valid posts, each nonce once. One per process, used from one event loop."""

    def __init__(self, writer: Writer, database: Database, ring: KeyRing, arrive: Arrive) -> None:
        """Remember nothing yet: what other processes stored is recognised by the database."""
        self._arrive = arrive
        self._writer = writer
        self._database = database
        self._ring = ring
        self._numbers = Numbers(writer, "submission")
        self._mark_key = os.urandom(32)
        self._recent: OrderedDict[bytes, _Remembered] = OrderedDict()

    async def take(self, post: Post) -> Received | Clash:
        """Store a post durably, or recognise it as sent before.

        Raises `errors.Unavailable` when the storage cannot take it, or does not say whether it did; the same
        post may come again in either case, it is stored once.
        """
        body = canonical(post.accepted)
        mark = hashlib.blake2b(body, key=self._mark_key, digest_size=16).digest()
        nonce = post.token.nonce
        known = self._recent.get(nonce)
        if known is not None:
            received = await asyncio.shield(known.outcome)
            return received if known.mark == mark else Clash(received.number)
        outcome: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        self._recent[nonce] = _Remembered(mark, outcome)
        try:
            received = await self._store(post, body)
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

    async def _store(self, post: Post, body: bytes) -> Received:
        number = await self._numbers.take()
        sealed = records.prepare(self._ring, number, parts(post), body)
        return await self._writer.submit(work(post, sealed, self._arrive))

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
                return Received(stored.number, stored.received_at, stored.entry)
        return Clash(stored.number)


def canonical(accepted: Accepted) -> bytes:
    """Return the bytes by which two posts of one form are the same (pure)."""
    return _encode((dict(accepted.values), accepted.consents))


def parts(post: Post) -> list[Plain]:
    """Split a post into its parts: the evidence of consent first, then one per purpose served (pure).

    A purpose that asks consent and got none has no part: nothing is stored for it.
    """
    offer, values = post.offer, post.accepted.values
    found = [_evidence(post)] if post.accepted.consents else []
    # Found through the evidence where it names the address, as that lives longest; else each by its own.
    known = found[0].contacts if found else ()
    for purpose, asked in offer.purposes.items():
        if not _served(post, purpose):
            continue
        fields = {field.key: values[field.key] for field in asked if field.key in values}
        if fields:
            named = tuple(c for c in _contacts(post, (purpose,)) if c not in known)
            found.append(Plain(purpose, PART_VERSION, _encode(fields), named))
    technical = post.edition.policy.technical
    found.append(Plain(technical, PART_VERSION, _encode(post.technical)))
    return found


def work(post: Post, sealed: Sealed, arrive: Arrive) -> Callable[[Transaction], Received]:
    """Write the journal entries and return the work that stores everything together."""
    described = [_describe(given, sealed) for given in consents(post)]
    stored = _describe_stored(post, sealed)

    def store(tx: Transaction) -> Received:
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
        )
        tx.insert(submission_record, row)
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


def _served(post: Post, purpose: str) -> bool:
    asks = post.edition.policy.purpose(purpose).asks_consent
    return purpose in post.accepted.consents if asks else True


def _contacts(post: Post, purposes: Collection[str]) -> tuple[Contact, ...]:
    """The addresses in fields that serve one of these purposes."""
    values = post.accepted.values
    return tuple(
        Contact(_KINDS[field.type], values[field.key])
        for field in post.offer.addresses
        if field.key in values and any(purpose in field.purposes for purpose in purposes)
    )


def _evidence(post: Post) -> Plain:
    """What proves consent: who, by the contacts given; on what; under which edition; when; by which act."""
    offer = post.offer
    # Those of the purposes consented to: an address given for another one is no evidence of this.
    contacts = _contacts(post, post.accepted.consents)
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


def _describe(given: Given, sealed: Sealed) -> tuple[Given, bytes]:
    salt = entry.salt()
    return given, ledger.describe(given, salt, commitment.of_new_record(sealed, salt))


def _describe_stored(post: Post, sealed: Sealed) -> bytes:
    salt = entry.salt()
    codes: dict[str, str | int] = {
        "form": post.offer.form.key,
        "edition": post.edition.number,
        "parts": _joined([part.purpose for part in sealed.parts]),
        "consents": _joined(post.accepted.consents),
        "wordings": _joined([wording.digest for wording in post.offer.wordings.values()]),
        "state": post.state,
    }
    return entry.encode("record.stored", post.at, salt, codes, commitment.stored(sealed, salt))


def _joined(codes: Sequence[str]) -> str:
    return "+".join(codes) or "none"
