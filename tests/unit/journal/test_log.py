# SPDX-License-Identifier: Apache-2.0
"""Appending, rolling back, several processes, older databases: no head is ever signed that forks."""

import pytest
from sqlalchemy import delete, func, select, update

from tests.unit.journal.conftest import COMMITMENT, ORIGIN, SIGNER, Journal, signed_in
from uphold.database.writer import Writer
from uphold.errors import Broken, Conflict, Invalid, Missing
from uphold.journal import audit, checkpoint, entry, log, note, proof, store, tile, tree
from uphold.journal.head import HeadFile


def findings(journal: Journal) -> list[audit.Finding]:
    with journal.database.read() as connection:
        return list(audit.run(connection, SIGNER.verifier, journal.file.read()))


def leaves(journal: Journal) -> list[bytes]:
    with journal.database.read() as connection:
        return [tree.leaf(raw) for _, raw in journal.log.entries(connection)]


def test_an_opened_journal_has_one_signed_entry(journal: Journal) -> None:
    journal.grow(1)
    with journal.database.read() as connection:
        head = journal.log.head(connection)
        first = entry.decode(journal.log.entry(connection, 0))
    assert (first.kind, first.codes) == ("journal.opened", {"origin": ORIGIN})
    signed = checkpoint.verify(head.note, journal.log.verifier).checkpoint
    assert (signed.origin, signed.size, signed.root) == (ORIGIN, 1, head.root)
    assert journal.file.read() == head.note
    assert findings(journal) == []


def test_a_journal_opens_once(journal: Journal) -> None:
    journal.grow(1)
    batch = journal.begin()
    with pytest.raises(Conflict):
        log.open_journal(batch, ORIGIN)
    journal.undo(batch)


def test_before_it_opens_there_is_nothing_to_serve(journal: Journal) -> None:
    with journal.database.read() as connection:
        with pytest.raises(Missing):
            journal.log.head(connection)
        with pytest.raises(Missing):
            journal.log.proof(connection, 0)
        assert list(journal.log.entries(connection)) == []
        assert journal.log.tail(connection, 5) == []
        journal.log.verify_head(connection)


def test_entries_get_consecutive_indices_and_come_back(journal: Journal) -> None:
    journal.grow(1)
    mine = [signed_in(staff) for staff in range(5)]
    assert journal.commit(mine[:3]) == [1, 2, 3]
    assert journal.commit(mine[3:]) == [4, 5]
    with journal.database.read() as connection:
        assert [journal.log.entry(connection, index) for index in range(1, 6)] == mine
        assert list(journal.log.entries(connection, 3)) == list(enumerate(mine, 1))[2:]
        assert journal.log.tail(connection, 2) == [(4, mine[3]), (5, mine[4])]
        assert len(journal.log.tail(connection, 100)) == 6
        assert journal.log.tail(connection, 0) == []
        for index in (-1, 6, 2**62, 2**70):
            with pytest.raises(Missing):
                journal.log.entry(connection, index)
            with pytest.raises(Missing):
                journal.log.proof(connection, index)


def test_a_batch_is_one_row_and_one_signature(journal: Journal) -> None:
    journal.grow(1)
    journal.commit([signed_in() for _ in range(7)])
    with journal.database.read() as connection:
        rows = connection.execute(select(store.journal_batch)).all()
        heads = connection.execute(select(store.journal_head)).all()
    assert [tuple(row)[:2] for row in rows] == [(0, 1), (1, 7)]
    assert [(row[0], row[1], bytes(row[2])) for row in heads] == [(1, 8, bytes(rows[1][2]))]
    assert len(note.parse(rows[1][3]).signatures) == 1


def test_a_batch_without_entries_writes_nothing(journal: Journal) -> None:
    journal.grow(3)
    with journal.database.read() as connection:
        before = journal.log.head(connection)
    journal.commit([])
    with journal.database.read() as connection:
        assert journal.log.head(connection) == before


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_every_proof_and_tile_of_a_journal_fits_its_head(journal_file: Journal, size: int) -> None:
    journal_file.grow(size, step=61)
    hashes = leaves(journal_file)
    cold = journal_file.process()
    with journal_file.database.read() as connection:
        head = journal_file.log.head(connection)
        assert (head.size, head.root) == (size, tree.root(hashes))
        for index in range(0, size, 7):
            raw = journal_file.log.entry(connection, index)
            found = journal_file.log.proof(connection, index)
            assert found.checkpoint == head.note
            assert proof.check(found, raw, SIGNER.verifier).checkpoint.size == size
            assert cold.proof(connection, index) == found
        for address in tile.addresses(size):
            expected = [
                tree.over(hashes)(8 * address.level, address.number * 256 + at)
                for at in range(address.width)
            ]
            for width in {1, address.width // 2, address.width} - {0}:
                got = journal_file.log.tile(connection, address.level, address.number, width)
                assert got == b"".join(expected[:width])
            if address.width < tile.WIDTH:
                with pytest.raises(Missing):
                    journal_file.log.tile(
                        connection, address.level, address.number, address.width + 1
                    )
        for level, number, width in [(0, 9, 1), (5, 0, 1), (0, 0, 0), (63, 0, 1), (0, -1, 1)]:
            with pytest.raises(Missing):
                journal_file.log.tile(connection, level, number, width)


def test_tiles_and_proofs_on_each_engine(journal: Journal) -> None:
    journal.grow(520)
    with journal.database.read() as connection:
        for index in (0, 255, 256, 519):
            found = journal.process().proof(connection, index)
            raw = journal.log.entry(connection, index)
            assert proof.check(found, raw, SIGNER.verifier).checkpoint.size == 520
        assert len(journal.log.tile(connection, 0, 1, 256)) == tile.BYTES
        assert len(journal.log.tile(connection, 1, 0, 2)) == 64
    assert findings(journal) == []


def test_heads_are_consistent_with_each_other(journal_file: Journal) -> None:
    journal_file.grow(300)
    hashes = leaves(journal_file)
    with journal_file.database.read() as connection:
        for old, new in [(0, 300), (1, 300), (255, 256), (256, 299), (300, 300), (77, 123)]:
            path = journal_file.log.consistency(connection, old, new)
            roots = tree.root(hashes[:old]), tree.root(hashes[:new])
            assert tree.verify_consistency(old, new, path, *roots)
        for old, new in [(1, 301), (5, 4), (-1, 3)]:
            with pytest.raises(Missing):
                journal_file.log.consistency(connection, old, new)


def test_a_batch_rolled_back_leaves_no_trace(journal: Journal) -> None:
    journal.grow(250)
    batch = journal.begin()
    for _ in range(10):
        batch.append(signed_in())
    batch.flush()
    journal.undo(batch)
    journal.commit([signed_in()])
    with journal.database.read() as connection:
        assert journal.log.head(connection).size == 251
    assert findings(journal) == []


def test_a_batch_rolled_back_after_it_was_signed_leaves_no_trace(journal: Journal) -> None:
    journal.grow(250)
    batch = journal.begin()
    for _ in range(10):
        batch.append(signed_in())
    batch._appender.close(batch)
    batch.flush()
    journal.undo(batch)
    journal.grow(270, step=10)
    assert findings(journal) == []


@pytest.mark.parametrize("many", [log._MANY, 15, 0])
def test_processes_take_turns(journal: Journal, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(log, "_MANY", many)
    journal.grow(1)
    one, two = journal.log, journal.process()
    for size in range(20, 600, 43):
        journal.grow(size, step=9, by=one)
        journal.grow(size + 20, step=11, by=two)
    assert findings(journal) == []
    with journal.database.read() as connection:
        assert one.proof(connection, 3) == two.proof(connection, 3)


def test_bytes_outside_the_catalogue_never_enter(journal_file: Journal) -> None:
    journal_file.grow(1)
    batch = journal_file.begin()
    for raw in (b"", b"Ivan Ivanov", b'{"act":"note"}', b"x" * 65_536):
        with pytest.raises(Invalid):
            batch.append(raw)
    # Bytes that follow it are welcome wherever they come from.
    assert batch.append(bytes(signed_in())) == 1
    journal_file.end(batch)
    assert findings(journal_file) == []


def test_the_real_writer_commits_what_it_acknowledges(journal: Journal) -> None:
    writer = Writer(journal.database, journal.log)
    writer.run(lambda tx: log.open_journal(tx, ORIGIN))
    indices = [writer.run(lambda tx: tx.append(signed_in())) for _ in range(20)]
    assert indices == list(range(1, 21))
    with pytest.raises(Invalid):
        writer.run(lambda tx: tx.append(b"not an entry"))
    assert writer.run(lambda tx: tx.append(signed_in())) == 21
    writer.close()
    assert findings(journal) == []


def test_an_unknown_outcome_can_be_looked_up(journal: Journal) -> None:
    journal.grow(5)
    lost = journal.begin()
    lost.append(signed_in())
    with journal.database.read() as connection:
        assert not journal.log.holds(connection, lost.batch)
    lost.commit()
    lost.connection.close()
    # The answer to COMMIT never came, so `committed` was not called.
    with journal.database.read() as connection:
        assert journal.log.holds(connection, lost.batch)
        assert journal.process().holds(connection, lost.batch)
        assert not journal.log.holds(connection, bytes(16))
    assert journal.commit([signed_in()]) == [6]
    assert findings(journal) == []


def test_a_key_of_another_name_is_refused() -> None:
    with pytest.raises(Invalid):
        log.Log("other.example", SIGNER, None)


# --- databases that must not be signed on


def set_back(journal: Journal, size: int) -> None:
    """Put the database back to the batch that ended at `size`, as an older copy would."""
    batch = store.journal_batch.c
    journal.write(delete(store.journal_batch).where(batch.number >= size))
    with journal.database.read() as connection:
        newest = store.last(connection)
    assert newest is not None
    journal.write(update(store.journal_head).values(size=newest.size, batch=newest.batch))


def refused(journal: Journal, by: log.Log) -> Broken:
    with journal.database.read() as connection, pytest.raises(Broken) as caught:
        by.verify_head(connection)
    assert caught.value.advice
    return caught.value


def test_a_sound_database_is_accepted_and_the_head_file_catches_up(journal: Journal) -> None:
    behind = journal.process(HeadFile(journal.file.path.with_name("other"), interval=0))
    journal.grow(40, step=10)
    with journal.database.read() as connection:
        journal.process().verify_head(connection)
        behind.verify_head(connection)
        assert behind._file is not None
        assert behind._file.read() == journal.log.head(connection).note


def test_a_head_file_may_lag(journal_file: Journal) -> None:
    lagging = HeadFile(journal_file.file.path.with_name("lag"), interval=0)
    journal_file.grow(21, step=10)
    with journal_file.database.read() as connection:
        lagging.offer(journal_file.log.head(connection).note)
    journal_file.grow(400, step=10)
    with journal_file.database.read() as connection:
        journal_file.process(lagging).verify_head(connection)


def test_a_database_shorter_than_the_head_file_is_refused(journal: Journal) -> None:
    journal.grow(41, step=10)
    set_back(journal, 31)
    assert "head file knows 41" in refused(journal, journal.process()).message


def test_an_emptied_database_is_refused(journal_file: Journal) -> None:
    journal_file.grow(3)
    journal_file.write(delete(store.journal_batch))
    journal_file.write(delete(store.journal_head))
    assert "empty" in refused(journal_file, journal_file.process()).message
    with pytest.raises(Broken):
        journal_file.begin()


def test_a_fork_of_the_same_size_is_refused(journal_file: Journal) -> None:
    journal_file.grow(41, step=10)
    set_back(journal_file, 31)
    spare = HeadFile(journal_file.file.path.with_name("spare"), interval=0)
    journal_file.grow(61, step=10, by=journal_file.process(spare))
    assert "not those of the head file" in refused(journal_file, journal_file.process()).message


def test_a_running_process_refuses_a_database_that_went_back(journal: Journal) -> None:
    journal.grow(41, step=10)
    set_back(journal, 31)
    with pytest.raises(Broken, match="went back"):
        journal.begin()


def test_what_was_read_and_not_committed_upon_is_not_missed(journal: Journal) -> None:
    """On a server that came back after a crash it may be what the replica that takes over never had."""
    journal.grow(31, step=10)
    journal.grow(41, step=10, by=journal.process())
    journal.undo(journal.begin())
    set_back(journal, 31)
    assert journal.commit([signed_in()]) == [31]


def test_what_was_read_by_a_batch_without_entries_is_missed(journal: Journal) -> None:
    """Its COMMIT was answered: what it read is as safe as what this process wrote."""
    journal.grow(31, step=10)
    journal.grow(41, step=10, by=journal.process())
    journal.commit([])
    set_back(journal, 31)
    with pytest.raises(Broken, match="went back"):
        journal.begin()


def test_a_running_process_refuses_another_batch_of_its_size(journal_file: Journal) -> None:
    journal_file.grow(41, step=10)
    set_back(journal_file, 31)
    spare = HeadFile(journal_file.file.path.with_name("spare"), interval=0)
    journal_file.grow(41, step=10, by=journal_file.process(spare))
    with pytest.raises(Broken, match="went back"):
        journal_file.begin()


def test_entries_changed_behind_another_process_are_not_signed(journal_file: Journal) -> None:
    journal_file.grow(11, step=10)
    other = journal_file.process()
    journal_file.grow(21, step=10, by=other)
    forged = tile.bundle([signed_in() for _ in range(10)])
    where = store.journal_batch.c.number == 11
    journal_file.write(update(store.journal_batch).where(where).values(entries=forged))
    with pytest.raises(Broken, match="does not fit"):
        journal_file.begin()
    assert "does not fit" in refused(journal_file, journal_file.process()).message


def test_a_head_of_another_key_is_not_signed_on(journal_file: Journal) -> None:
    journal_file.grow(11, step=10)
    thief = note.Signer(ORIGIN, bytes(32))
    with journal_file.database.read() as connection:
        text = note.parse(journal_file.log.head(connection).note).text
    where = store.journal_batch.c.number == 1
    journal_file.write(update(store.journal_batch).where(where).values(note=thief.sign(text)))
    assert "not signed by its key" in refused(journal_file, journal_file.process()).message


def test_a_head_row_that_disagrees_is_refused(journal_file: Journal) -> None:
    journal_file.grow(11, step=10)
    journal_file.write(update(store.journal_head).values(size=12))
    with pytest.raises(Broken, match="differ"):
        journal_file.begin(journal_file.process())


def test_a_head_file_of_another_journal_is_refused(journal_file: Journal) -> None:
    journal_file.grow(3)
    journal_file.file.path.write_bytes(b"not a head")
    assert "does not hold a head" in refused(journal_file, journal_file.process()).message


def test_damage_met_while_reading_is_named(journal_file: Journal) -> None:
    journal_file.grow(300)
    journal_file.write(delete(store.journal_tile))
    where = store.journal_batch.c.number == 1
    journal_file.write(update(store.journal_batch).where(where).values(entries=b"\x00\x09abc"))
    with journal_file.database.read() as connection:
        with pytest.raises(Broken, match=r"tile/0/000 is missing"):
            journal_file.log.proof(connection, 3)
        with pytest.raises(Broken, match="Batch 1"):
            journal_file.log.entry(connection, 3)
        with pytest.raises(Broken, match="level 1"):
            journal_file.process().proof(connection, 299)
        assert (
            connection.execute(select(func.count()).select_from(store.journal_tile)).scalar() == 0
        )


def test_commitments_travel_into_the_journal(journal_file: Journal) -> None:
    journal_file.grow(1)
    raw = entry.encode("mail.exported", 0, entry.salt(), commitments=[COMMITMENT])
    [index] = journal_file.commit([raw])
    with journal_file.database.read() as connection:
        assert entry.decode(journal_file.log.entry(connection, index)).commitments == (COMMITMENT,)
