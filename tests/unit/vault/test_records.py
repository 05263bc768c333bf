# SPDX-License-Identifier: Apache-2.0
"""Parts in, permitted fields out, everything else refused; and destruction that leaves only what it says."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Row, delete, insert

from tests import cast, rings
from tests.unit.vault.conftest import Store
from uphold import errors
from uphold.database import schema
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment, part, records, remains, subject
from uphold.vault.contact import EMAIL
from uphold.vault.tables import vault_destroyed, vault_key, vault_part

FIRST = 5 << 8
VALUES = cast.subject.values()


TABLES = [name for name in schema.metadata.tables if name.startswith("vault_")]


def rows(store: Store, name: str) -> Sequence[Row[Any]]:
    return store.read(lambda c: c.execute(schema.metadata.tables[name].select()).all())


def fetch(store: Store, permit: Any) -> tuple[part.Fetched, ...]:
    return store.read(lambda c: records.fetch(c, permit))


def test_what_was_put_in_comes_out_for_its_purpose(store: Store) -> None:
    store.submit(4, rings.submission(cast.stranger))
    store.submit(5)
    permit = rings.permit(5)
    assert records.open(store.ring, permit, fetch(store, permit)) == VALUES
    other = rings.permit(4)
    assert records.open(store.ring, other, fetch(store, other)) == cast.stranger.values()


def test_a_transaction_can_fetch_what_a_later_moment_opens(store: Store) -> None:
    store.submit(5)
    permit = rings.permit(5)
    fetched = store.run(lambda tx: records.fetch(tx, permit))
    assert records.open(store.ring, permit, fetched) == VALUES


@pytest.mark.parametrize("fields", [set(), {"name"}, {"name", "email"}, {"ip"}, {"name", "ip"}])
def test_only_permitted_fields_come_out(store: Store, fields: set[str]) -> None:
    store.submit(5)
    permit = rings.permit(5, fields=frozenset(fields))
    expected = {name: VALUES[name] for name in fields & set(VALUES)}
    assert records.open(store.ring, permit, fetch(store, permit)) == expected


def test_no_other_purpose_or_record_is_fetched(store: Store) -> None:
    store.submit(5)
    for permit in (rings.permit(6), rings.permit(5, "statistics"), rings.permit(5, "feed")):
        assert fetch(store, permit) == ()
        assert records.open(store.ring, permit, ()) == {}


def test_a_part_that_the_permit_does_not_cover_is_refused(store: Store) -> None:
    store.submit(5)
    store.submit(6)
    fetched = fetch(store, rings.permit(5))
    technical = rings.permit(5, "technical", frozenset({"ip", "name"}))
    for permit in (rings.permit(6), technical):
        with pytest.raises(errors.Broken, match="does not cover"):
            records.open(store.ring, permit, fetched)


def test_relabelled_ciphertext_does_not_open(store: Store) -> None:
    """Who rewrites the labels gets past the first check and fails at the cipher."""
    store.submit(5)
    store.submit(6)
    (fetched,) = fetch(store, rings.permit(5))
    replace = msgspec.structs.replace
    for permit, changed in (
        (rings.permit(6), replace(fetched, number=6 << 8 | 1)),
        (rings.permit(5, "technical"), replace(fetched, purpose="technical")),
        (rings.permit(5), replace(fetched, version=2)),
        (rings.permit(5), replace(fetched, number=FIRST)),
        (rings.permit(5), replace(fetched, sealed=fetch(store, rings.permit(6))[0].sealed)),
    ):
        with pytest.raises(errors.Broken):
            records.open(store.ring, permit, [changed])


def test_nothing_opens_without_a_permit(store: Store) -> None:
    store.submit(5)
    permit = rings.permit(5)
    lookalike: Any = type(
        "Permit", (), {name: getattr(permit, name) for name in permit.__slots__}
    )()
    not_one: Any
    for not_one in (None, True, lookalike):
        with pytest.raises(errors.Broken, match="without a permit"):
            records.open(store.ring, not_one, fetch(store, permit))


def test_another_sites_ring_opens_nothing(store: Store) -> None:
    store.submit(5)
    permit = rings.permit(5)
    with pytest.raises(errors.Broken):
        records.open(rings.ring(b"else"), permit, fetch(store, permit))


def test_rows_moved_in_the_database_do_not_open(store: Store) -> None:
    store.submit(5)
    store.submit(6)
    before = rows(store, "vault_part")
    blobs = {row.number: row.sealed for row in before}
    changed = [
        {"number": r.number, "purpose": r.purpose, "version": 1, "sealed": blobs[r.number ^ 3 << 8]}
        for r in before
    ]
    store.run(lambda tx: tx.execute(delete(vault_part)))
    store.run(lambda tx: tx.execute(insert(vault_part), changed))
    for record in (5, 6):
        permit = rings.permit(record)
        with pytest.raises(errors.Broken):
            records.open(store.ring, permit, fetch(store, permit))


@pytest.mark.parametrize("count", [0, 257])
def test_a_record_has_one_to_256_parts(count: int) -> None:
    with pytest.raises(errors.Invalid):
        records.prepare(rings.ring(), 5, [part.plain("feedback", 1, {})] * count)


def test_two_preparations_share_nothing() -> None:
    ring = rings.ring()
    first, second = (records.prepare(ring, 5, rings.submission(), b"body") for _ in range(2))
    for one, other in zip(first.parts, second.parts, strict=True):
        assert one.sealed != other.sealed
        assert one.wrapped != other.wrapped
        assert commitment.of_sealed(one) != commitment.of_sealed(other)
    assert first.tag != second.tag
    assert len({member.sealed[1:13] for member in first.parts}) == 3


def test_a_later_part_takes_the_next_ordinal_and_corrects(store: Store) -> None:
    store.submit(5)
    answer = part.plain("feedback", 2, {"name": "Corrected", "answer": "Yes."})
    added = store.run(lambda tx: records.add(tx, store.ring, 5, answer))
    assert added.number == FIRST + 3
    permit = rings.permit(5, fields=frozenset({"name", "email", "answer"}))
    fetched = fetch(store, permit)
    expected = {"name": "Corrected", "email": VALUES["email"], "answer": "Yes."}
    assert records.open(store.ring, permit, fetched) == expected
    assert records.open(store.ring, permit, fetched[::-1]) == expected
    assert records.open_each(store.ring, permit, fetched) == [
        (FIRST + 1, {"name": VALUES["name"], "email": VALUES["email"]}),
        (FIRST + 3, {"name": "Corrected", "answer": "Yes."}),
    ]
    assert commitment.of_sealed(added) == commitment.sealed_digest(fetched[1].sealed)


def test_an_ordinal_is_never_used_again(store: Store) -> None:
    store.submit(5)
    answer = part.plain("reply", 1, {"answer": "Yes."})
    store.run(lambda tx: records.destroy(tx, store.ring, 5, ["technical"], "expired"))
    assert store.run(lambda tx: records.add(tx, store.ring, 5, answer)).number == FIRST + 3

    def twice(tx: Transaction) -> list[int]:
        return [records.add(tx, store.ring, 5, answer).number for _ in range(2)]

    assert store.run(twice) == [FIRST + 4, FIRST + 5]


def test_a_part_needs_a_record_with_room(store: Store) -> None:
    answer = part.plain("reply", 1, {"answer": "Yes."})
    with pytest.raises(errors.Missing):
        store.run(lambda tx: records.add(tx, store.ring, 5, answer))
    store.submit(5)
    full = (FIRST + 255, "technical", 0, 0)
    store.run(lambda tx: tx.insert(vault_destroyed, full))
    with pytest.raises(errors.Conflict):
        store.run(lambda tx: records.add(tx, store.ring, 5, answer))


def same(store: Store, body: bytes, tag: bytes) -> bool | None:
    return store.read(lambda c: records.same_body(c, store.ring, 5, body, tag))


def test_the_same_body_is_known_again_until_its_key_is_gone(store: Store) -> None:
    sealed = store.submit(5)
    assert len(sealed.tag) == 16
    assert same(store, b"body", sealed.tag) is True
    assert same(store, b"Body", sealed.tag) is False
    assert same(store, b"body", bytes(16)) is False
    store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    assert same(store, b"body", sealed.tag) is None


def test_destruction_takes_key_content_and_index_and_says_so(store: Store) -> None:
    store.submit(4, rings.submission(cast.stranger))
    store.submit(5)
    store.run(lambda tx: subject.merge(tx, 2))
    store.submit(6)
    gone = store.run(lambda tx: records.destroy(tx, store.ring, 5, ["feedback"], "purpose-ended"))
    assert gone == [FIRST + 1]
    permit = rings.permit(5)
    assert fetch(store, permit) == ()
    found = store.read(lambda c: subject.find(c, store.ring, EMAIL, cast.subject.email))
    assert found == [6 << 8 | 1]
    for table in (vault_key, vault_part):
        numbers = {row.number for row in rows(store, table.name)}
        assert FIRST + 1 not in numbers
        assert len(numbers) == 8
    (raw,) = store.journal.entries
    journaled = entry.decode(raw)
    assert journaled.kind == "part.destroyed"
    assert journaled.codes == {"purpose": "feedback", "reason": "purpose-ended"}
    digests = journaled.commitments
    openings = store.read(lambda c: commitment.openings(store.ring, c, 5, journaled.salt, digests))
    assert len(openings) == 1


def test_all_parts_go_together_and_only_once(store: Store) -> None:
    store.submit(5)
    gone = store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    assert gone == [FIRST, FIRST + 1, FIRST + 2]
    assert store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure")) == []
    assert len(store.journal.entries) == 3
    counts = {name: store.count(name) for name in TABLES}
    assert counts == {
        "vault_part": 0,
        "vault_key": 0,
        "vault_index": 0,
        "vault_index_tail": 0,
        "vault_destroyed": 3,
    }
    assert len(store.read(lambda c: remains.destroyed(c, 5))) == 3


def test_what_cannot_be_opened_any_more_can_still_be_destroyed(store: Store) -> None:
    store.submit(5)
    lost = rings.ring(b"else")
    assert store.run(lambda tx: records.destroy(tx, lost, 5, ["feedback"], "erasure"))
    assert store.read(lambda c: remains.live(c, 5)) == [
        (FIRST, "consent-evidence"),
        (FIRST + 2, "technical"),
    ]
    assert store.run(lambda tx: records.destroy(tx, lost, 5, None, "erasure"))
    assert store.read(lambda c: remains.live(c, 5)) == []


def test_a_destruction_that_is_not_journaled_does_not_happen(store: Store) -> None:
    store.submit(5)
    with pytest.raises(errors.Invalid):
        store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "No such code!"))
    assert len(store.read(lambda c: remains.live(c, 5))) == 3


def test_no_row_holds_plaintext(store: Store) -> None:
    for record, person in ((4, cast.stranger), (5, cast.subject)):
        store.submit(record, rings.submission(person))
    store.run(lambda tx: subject.merge(tx, 2))
    store.run(lambda tx: records.destroy(tx, store.ring, 4, ["technical"], "expired"))
    found = [row for name in TABLES for row in rows(store, name)]
    flat = b"".join(
        value if isinstance(value, bytes) else str(value).encode() for row in found for value in row
    )
    assert len(found) > 12
    assert cast.leaks(flat + b"".join(store.journal.entries)) == []
    normalised = [b"79215557319", b"442079460173", cast.subject.email.lower().encode()]
    assert [text for text in normalised if text in flat] == []


def test_no_file_holds_plaintext(store: Store, tmp_path: Path) -> None:
    """Database, WAL and whatever lies beside them; on a server's engine the rows are searched instead."""
    store.submit(5)
    store.run(lambda tx: subject.merge(tx, 1))
    for folder, _, names in os.walk(tmp_path):
        for name in names:
            assert cast.leaks((Path(folder) / name).read_bytes()) == [], name
