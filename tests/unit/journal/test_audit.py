# SPDX-License-Identifier: Apache-2.0
"""Every kind of damage is found and located, and nothing but findings ever comes out."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from tests.unit.journal.conftest import ORIGIN, SIGNER, Journal, signed_in
from uphold.journal import audit, checkpoint, entry, log, note, store, tile, tree

BATCH = store.journal_batch
TILE = store.journal_tile
STEP = 50


def findings(journal: Journal, head: bytes | None = None) -> list[audit.Finding]:
    with journal.database.read() as connection:
        return list(audit.run(connection, SIGNER.verifier, head or journal.file.read()))


def column(journal: Journal, number: int, name: str) -> Any:
    with journal.database.read() as connection:
        return connection.execute(
            select(BATCH.c[name]).where(BATCH.c.number == number)
        ).scalar_one()


def change(journal: Journal, number: int, **values: Any) -> None:
    journal.write(update(BATCH).where(BATCH.c.number == number).values(**values))


def flip(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def where(found: list[audit.Finding]) -> list[tuple[int | None, int | None, str | None]]:
    return [(finding.batch, finding.entry, finding.tile) for finding in found]


@pytest.fixture
def grown(journal_file: Journal) -> Journal:
    """600 entries in batches of 50 behind the first: batches begin at 0, 1, 51, 101 ..."""
    journal_file.grow(600, STEP)
    return journal_file


def test_a_sound_journal_has_no_findings(journal: Journal) -> None:
    assert findings(journal) == []
    journal.grow(520)
    assert findings(journal) == []


def test_a_forged_entry_is_found_by_its_batch_then_its_tile(grown: Journal) -> None:
    entries = tile.unbundle(column(grown, 101, "entries"))
    entries[7] = signed_in(9)
    change(grown, 101, entries=tile.bundle(entries))
    found = findings(grown)
    assert where(found) == [(101, None, None), (None, 108, "tile/0/000")]
    assert str(found[0]) == "batch 101: its entries do not lead to its signed root"
    assert str(found[1]).startswith("entry 108, tile tile/0/000: ")


def test_a_forged_entry_in_the_batch_that_fills_a_tile_is_found(grown: Journal) -> None:
    entries = tile.unbundle(column(grown, 251, "entries"))
    entries[0], entries[40] = signed_in(9), signed_in(9)
    change(grown, 251, entries=tile.bundle(entries))
    # Entry 251 lies in the full tile; 291 in the next one, which fills much later.
    assert where(findings(grown)) == [
        (251, 251, "tile/0/000"),
        (251, None, None),
        (None, 291, "tile/0/001"),
    ]


def test_a_forged_entry_beyond_the_last_full_tile_is_found_by_its_batch(grown: Journal) -> None:
    entries = tile.unbundle(column(grown, 551, "entries"))
    entries[0] = signed_in(9)
    change(grown, 551, entries=tile.bundle(entries))
    assert where(findings(grown)) == [(551, None, None)]


def test_damage_in_two_places_is_found_in_both(grown: Journal) -> None:
    for number in (51, 351):
        entries = tile.unbundle(column(grown, number, "entries"))
        entries[1] = signed_in(9)
        change(grown, number, entries=tile.bundle(entries))
    assert where(findings(grown)) == [
        (51, None, None),
        (None, 52, "tile/0/000"),
        (351, None, None),
        (None, 352, "tile/0/001"),
    ]


def test_every_flipped_byte_of_a_batch_is_found_there(journal_file: Journal) -> None:
    journal_file.grow(6, step=2)
    for name in ("note", "entries"):
        raw = column(journal_file, 1, name)
        for at in range(len(raw)):
            change(journal_file, 1, **{name: flip(raw, at)})
            found = findings(journal_file)
            assert found, f"byte {at} of {name}"
            assert found[0].batch == 1
            if found[0].entry is not None:
                assert 1 <= found[0].entry <= 3
        change(journal_file, 1, **{name: raw})
    assert findings(journal_file) == []


def test_every_truncation_of_a_batch_is_found_there(journal_file: Journal) -> None:
    journal_file.grow(8, step=3)
    raw = column(journal_file, 1, "entries")
    for end in range(0, len(raw), 3):
        change(journal_file, 1, entries=raw[:end])
        found = findings(journal_file)
        assert {finding.batch for finding in found} == {1}
    change(journal_file, 1, entries=raw + b"\x00")
    assert where(findings(journal_file)) == [(1, 4, None)]
    change(journal_file, 1, entries=raw + b"\x00\x00")
    assert {finding.batch for finding in findings(journal_file)} == {1}


def test_an_entry_that_does_not_follow_the_catalogue_is_located(grown: Journal) -> None:
    entries = tile.unbundle(column(grown, 101, "entries"))
    entries[3] = entries[3].replace(b'"staff":1', b'"staff":x')
    change(grown, 101, entries=tile.bundle(entries))
    assert (101, 104, None) in where(findings(grown))


@pytest.mark.parametrize("at", [0, 31, 32, 5000, tile.BYTES - 1])
def test_a_flipped_byte_of_a_tile_is_found_there(grown: Journal, at: int) -> None:
    with grown.database.read() as connection:
        raw = store.full_tile(connection, 0, 1)
    grown.write(update(TILE).where(TILE.c.number == 1).values(hashes=flip(raw, at)))
    [found] = findings(grown)
    assert (found.entry, found.tile) == (256 + at // 32, "tile/0/001")


def test_a_wrong_hash_over_a_tile_is_found(grown: Journal) -> None:
    grown.write(update(TILE).where(TILE.c.number == 1).values(root=bytes(32)))
    assert where(findings(grown)) == [(None, None, "tile/0/001")]


def test_missing_short_and_extra_tiles_are_found(grown: Journal) -> None:
    grown.write(update(TILE).where(TILE.c.number == 0).values(hashes=b"short"))
    assert where(findings(grown)) == [(None, None, "tile/0/000")]
    grown.write(delete(TILE))
    assert where(findings(grown)) == [(None, None, "tile/0/000"), (None, None, "tile/0/001")]
    grown.write(insert(TILE).values(level=3, number=0, root=b"", hashes=b""))
    assert where(findings(grown))[-1] == (None, None, "tile/3")


def test_a_level_one_tile_is_checked(journal_file: Journal) -> None:
    journal_file.grow(65_536, step=8_000)
    assert findings(journal_file) == []
    one = TILE.c.level == 1
    with journal_file.database.read() as connection:
        raw = store.full_tile(connection, 1, 0)
    journal_file.write(update(TILE).where(one).values(hashes=flip(raw, 0)))
    assert where(findings(journal_file)) == [(None, None, "tile/1/000")]
    journal_file.write(update(TILE).where(one).values(hashes=raw, root=raw[:32]))
    assert where(findings(journal_file)) == [(None, None, "tile/1/000")]
    journal_file.write(delete(TILE).where(one))
    assert where(findings(journal_file)) == [(None, None, "tile/1/000")]


def test_a_missing_batch_is_located(grown: Journal) -> None:
    grown.write(delete(BATCH).where(BATCH.c.number == 101))
    found = findings(grown)
    assert found[0].batch == 151
    assert "entries 101 to 150" in found[0].what
    # What the tiles still know is compared; what comes after is sound again.
    assert {finding.entry for finding in found[1:]} == set(range(101, 151))


def test_a_batch_moved_far_away_is_located(grown: Journal) -> None:
    grown.write(update(BATCH).where(BATCH.c.number == 101).values(number=2**62))
    batches = {finding.batch for finding in findings(grown)}
    assert {151, 2**62} <= batches


@pytest.mark.parametrize("number", [-5, -(2**63), 2**63 - 1])
def test_a_batch_that_was_planted_is_found(grown: Journal, number: int) -> None:
    row = {"count": 1, "batch": bytes(16), "note": b"", "entries": b""}
    grown.write(insert(BATCH).values(number=number, **row))
    assert number in {finding.batch for finding in findings(grown)}


def test_a_wrong_count_is_found(grown: Journal) -> None:
    for count in (0, 49, 51, 2**62, -1):
        change(grown, 101, count=count)
        assert where(findings(grown)) == [(101, None, None)]


def test_a_head_signed_by_another_key_is_found(grown: Journal) -> None:
    head = checkpoint.Checkpoint(ORIGIN, 151, tree.EMPTY)
    signed = note.Signer(ORIGIN, bytes(32)).sign(checkpoint.text(head))
    change(grown, 101, note=signed)
    assert where(findings(grown)) == [(101, None, None)]


def test_a_head_of_ours_over_other_entries_is_found(grown: Journal) -> None:
    head = checkpoint.Checkpoint(ORIGIN, 151, tree.EMPTY)
    change(grown, 101, note=SIGNER.sign(checkpoint.text(head)))
    assert where(findings(grown))[0] == (101, None, None)


def test_a_journal_must_begin_with_its_own_origin(journal_file: Journal) -> None:
    journal_file.commit([signed_in()])
    assert where(findings(journal_file)) == [(0, 0, None)]


def test_a_journal_of_another_origin_or_opened_twice_is_found(journal_file: Journal) -> None:
    batch = journal_file.begin()
    log.open_journal(batch, "another.example")
    journal_file.end(batch)
    again = entry.encode("journal.opened", 0, entry.salt(), {"origin": ORIGIN})
    journal_file.commit([again])
    assert sorted(where(findings(journal_file))) == [(0, 0, None), (1, 1, None)]


def continued(**changes: str | int) -> bytes:
    codes: dict[str, str | int] = {
        "origin": ORIGIN,
        "before": "another.example",
        "size": 3,
        "root": "0" * 64,
        "kept": 2,
        **changes,
    }
    return entry.encode("journal.continued", 0, entry.salt(), codes)


def went_on(journal: Journal, entry_: bytes) -> list[str]:
    batch = journal.begin()
    log.open_journal(batch, "another.example")
    journal.end(batch)
    journal.commit([signed_in()])
    journal.commit([entry_])
    return [found.what for found in findings(journal)]


def test_a_journal_may_go_on_from_another_one_behind_its_entries(journal_file: Journal) -> None:
    assert went_on(journal_file, continued()) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"origin": "third.example"}, "opens with another origin"),
        ({"before": "third.example"}, "from another journal"),
        ({"kept": 1}, "does not stand behind"),
        ({"size": 1}, "does not stand behind"),
    ],
    ids=["origin", "before", "kept", "size"],
)
def test_what_a_restore_says_of_the_journal_before_it_is_compared(
    journal_file: Journal, changes: dict[str, str | int], what: str
) -> None:
    [found] = went_on(journal_file, continued(**changes))
    assert what in found


@pytest.mark.parametrize(
    "values", [{"size": 599}, {"batch": bytes(16)}, {"number": 2}], ids=lambda v: next(iter(v))
)
def test_a_wrong_head_row_is_found(grown: Journal, values: dict[str, Any]) -> None:
    grown.write(update(store.journal_head).values(**values))
    [found] = findings(grown)
    assert "head row" in found.what


def test_the_head_file_is_compared(grown: Journal) -> None:
    def head(size: int, root: bytes, signer: note.Signer = SIGNER) -> bytes:
        return signer.sign(checkpoint.text(checkpoint.Checkpoint(ORIGIN, size, root)))

    assert "knows 601" in findings(grown, head(601, tree.EMPTY))[0].what
    assert "another root" in findings(grown, head(101, tree.EMPTY))[0].what
    assert "no batch ends" in findings(grown, head(102, tree.EMPTY))[0].what
    assert "no head" in findings(grown, b"garbage")[0].what
    assert "no head" in findings(grown, head(1, b"", note.Signer("a", bytes(32))))[0].what
    assert findings(grown, head(0, tree.EMPTY)) == []


GARBAGE: list[object] = [b"", b"\xff" * 9, b"\x00" * 300, "a text", 7, -1, 2**40, 1.5]


@pytest.mark.parametrize("value", GARBAGE, ids=repr)
@pytest.mark.parametrize("name", ["count", "batch", "note", "entries"])
def test_garbage_of_any_type_in_a_batch_is_located(
    journal_file: Journal, name: str, value: object
) -> None:
    journal_file.grow(8, step=3)
    statement = text(f"UPDATE journal_batch SET {name} = :value WHERE number = 4")
    journal_file.write(statement, {"value": value})
    assert {finding.batch for finding in findings(journal_file)} >= {4}


@pytest.mark.parametrize("value", GARBAGE, ids=repr)
@pytest.mark.parametrize("name", ["level", "number", "root", "hashes"])
def test_garbage_of_any_type_in_a_tile_is_found(grown: Journal, name: str, value: object) -> None:
    statement = text(f"UPDATE journal_tile SET {name} = :value WHERE number = 1")
    grown.write(statement, {"value": value})
    found = findings(grown)
    assert "tile/0/001" in {finding.tile for finding in found}


def test_garbage_in_the_head_row_is_found(grown: Journal) -> None:
    for value in GARBAGE:
        grown.write(text("UPDATE journal_head SET size = :value"), {"value": value})
        assert findings(grown)
    grown.write(delete(store.journal_head))
    assert findings(grown)


def test_a_damaged_file_is_a_finding_too(grown: Journal) -> None:
    path = grown.database.path
    assert path is not None
    grown.write(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    grown.database.dispose()
    raw = bytearray(path.read_bytes())
    page = 4096
    chance = random.Random(7)
    for at in range(3 * page, len(raw), page):
        raw[at : at + 64] = chance.randbytes(64)
    path.write_bytes(raw)
    assert findings(grown)


def test_random_damage_never_raises(journal_file: Journal) -> None:
    journal_file.grow(300, step=37)
    chance = random.Random(11)
    rules: list[Callable[[bytes], bytes]] = [
        lambda raw: flip(raw, chance.randrange(len(raw))),
        lambda raw: raw[: chance.randrange(len(raw))],
        lambda raw: raw + chance.randbytes(5),
        lambda raw: raw[::-1],
    ]
    for _ in range(60):
        number = chance.choice([1, 38, 75, 260])
        name = chance.choice(["note", "entries"])
        raw = column(journal_file, number, name)
        change(journal_file, number, **{name: chance.choice(rules)(raw)})
        assert number in {finding.batch for finding in findings(journal_file)}
        change(journal_file, number, **{name: raw})
