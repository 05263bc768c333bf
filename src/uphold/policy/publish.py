# SPDX-License-Identifier: Apache-2.0
"""The store of editions: published once, journaled, never changed.

Serving reads editions from here only; the site folder is where the next one is written.
"""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, Row, Table, Text, select

from uphold import errors
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.policy import approval, check, digest, force, parse, wording
from uphold.policy.approval import Approval
from uphold.policy.document import Clause, Draft, Edition, Wording

policy_edition = Table(
    "policy_edition",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("entry", BigInteger, nullable=False),
)
_NEWEST = select(policy_edition).order_by(policy_edition.c.number.desc())


def prepare(files: Mapping[str, bytes]) -> bytes:
    """The canonical bytes of the edition that a site folder's files make, wordings derived.

    Raises `errors.Invalid` if `check` finds anything wrong.
    """
    checked = check.files(files)
    if checked.draft is None or checked.problems:
        raise errors.Invalid(
            f"The policy has {len(checked.problems)} problem(s), the first: {checked.problems[0]}",
            "Mend them all; `uphold check` lists them.",
        )
    kept = {name: raw for name, raw in files.items() if not name.startswith("wordings/")}
    return digest.pack({**kept, **wording.derive(checked.draft)})


def publish(
    tx: Transaction,
    archive: bytes,
    effective_at: int | None = None,
    *,
    expected: str = "",
    approved: Approval | None = None,
) -> Edition:
    """Store the next edition and journal it; in force at `effective_at` (unix ms), by default now.

    `expected` is the digest of the bytes that somebody looked at and confirmed, `approved` who that was and
    why. Raises `errors.Conflict` if these bytes are others, or are the newest edition already,
    `errors.Invalid` if the text changed and its date line did not move on, if `effective_at` is past, or
    for an approval without a reason.
    """
    now = tx.now
    effective = now if effective_at is None else effective_at
    if effective < now:
        raise errors.Invalid(
            "An edition cannot come into force before it is published.",
            "Leave the time out, or give one to come.",
        )
    newest = tx.execute(_NEWEST.limit(1)).one_or_none()
    previous = _edition(newest) if newest is not None else None
    name = digest.of(archive)
    if expected and expected != name:
        raise errors.Conflict(
            "The policy's files are others than those that were confirmed.",
            "Look at what they say now, and confirm that.",
        )
    number = previous.number + 1 if previous else 1
    edition = load(archive, name, number, now, effective)
    if previous:
        refuse_unchanged(previous, edition)
    codes: dict[str, entry.Code] = {
        "edition": number,
        "policy": name,
        "effective": effective // 1000,
    }
    index = tx.append(entry.encode("policy.published", now, entry.salt(), codes))
    tx.insert(policy_edition, (number, name, now, effective, archive, index))
    if approved is not None:
        approval.store(tx, number, approved)
    if effective <= now:
        force.enter(tx, number)
    return edition


def in_force(connection: Connection, at_ms: int) -> Edition | None:
    """The edition in force at a moment: the last published of those that have come into force."""
    return force.standing(all(connection), force.since(connection), at_ms)


def all(connection: Connection) -> tuple[Edition, ...]:  # noqa: A001 - read as `publish.all(...)`
    """Every edition, newest first, those not yet in force included."""
    return since(connection, 0)


def since(connection: Connection, number: int) -> tuple[Edition, ...]:
    """The editions with a number above this one, newest first."""
    rows = connection.execute(_NEWEST.where(policy_edition.c.number > number))
    return tuple(_edition(row) for row in rows)


def readable(connection: Connection) -> tuple[tuple[Edition, ...], frozenset[int]]:
    """Every edition that is as it was published, newest first, and the numbers of those that are not."""
    found, damaged = [], set()
    for row in connection.execute(_NEWEST):
        try:
            found.append(_edition(row))
        except errors.Broken:
            damaged.add(int(row.number))
    return tuple(found), frozenset(damaged)


def entries(connection: Connection) -> dict[int, int]:
    """Where the journal says that each edition was published: the index of the entry by number."""
    rows = connection.execute(select(policy_edition.c.number, policy_edition.c.entry))
    return {row.number: row.entry for row in rows}


def files(connection: Connection, number: int) -> dict[str, bytes]:
    """The files of an edition by name, wordings too; raises `errors.Missing` if there is none, `errors.Broken`."""
    query = select(policy_edition.c.bytes).where(policy_edition.c.number == number)
    stored = connection.execute(query).scalar()
    if stored is None:
        raise errors.Missing(f"There is no edition {number}.", "See the list of editions.")
    return digest.unpack(bytes(stored))


def rows(connection: Connection) -> walk.Rows:
    """Walk through the editions as they lie, lowest number first, for an audit."""
    return walk.rows(connection, policy_edition, page=4)


def load(raw: bytes, name: str, number: int, published_at: int, effective_at: int) -> Edition:
    """An edition from its stored bytes; `errors.Broken` if they do not have the digest `name`."""
    draft, wordings = _contents(name, raw)
    return Edition(
        number=number,
        digest=name,
        published_at=published_at,
        effective_at=effective_at,
        policy=draft.policy,
        texts=draft.texts,
        forms=draft.forms,
        wordings=wordings,
    )


def _edition(row: Row[tuple[int, str, int, int, bytes, int]]) -> Edition:
    return load(bytes(row.bytes), row.digest, row.number, row.published_at, row.effective_at)


@lru_cache(maxsize=64)
def _contents(name: str, raw: bytes) -> tuple[Draft, Mapping[str, Wording]]:
    if digest.of(raw) != name:
        raise errors.Broken(
            "The stored bytes of an edition do not have its digest.",
            "Stop, and restore the database from a backup.",
        )
    files = digest.unpack(raw)
    draft = parse.read(files).draft
    if draft is None:
        raise errors.Broken(
            "A stored edition cannot be read.", "Use the version of Uphold that published it."
        )
    return draft, wording.by_digest(files)


def refuse_unchanged(previous: Edition, edition: Edition) -> None:
    """Raise unless `edition` may follow `previous`: it says something else, under a later date if its text changed.

    `errors.Conflict` for the same bytes, `errors.Invalid` for the date.
    """
    if previous.digest == edition.digest:
        raise errors.Conflict(
            f"Edition {previous.number} already says exactly this.",
            "There is nothing to publish until something is changed.",
        )
    changed = [
        language
        for language, clauses in edition.texts.items()
        if language in previous.texts and _body(clauses) != _body(previous.texts[language])
    ]
    language = edition.policy.language
    new = check.date_line(edition.texts[language])
    old = check.date_line(next(iter(previous.texts.values())))
    moved = new and new.last and (not old or not old.last or new.last > old.last)
    if changed and not moved:
        raise errors.Invalid(
            f"The policy's text changed ({', '.join(changed)}), but its date line did not.",
            "Add the date of this amendment to the clause `date`, in every language.",
        )


def _body(clauses: tuple[Clause, ...]) -> list[tuple[str, str]]:
    return [(clause.id, clause.text) for clause in clauses if clause.id != "date"]
