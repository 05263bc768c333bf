# SPDX-License-Identifier: Apache-2.0
"""The file `destroyed`: what is added stays, a crash's torn line counts for nothing, damage is named."""

import os
import stat
import threading
from pathlib import Path

import pytest

from tests import rings
from tests.unit.vault.conftest import Store
from uphold import errors
from uphold.database.transaction import Transaction
from uphold.vault import destroyed, records, remains


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder / "destroyed"


def test_what_is_added_stays(path: Path) -> None:
    assert destroyed.read(path) == frozenset()
    destroyed.append(path, [])
    assert not path.exists()
    destroyed.append(path, [1280, 1281])
    destroyed.append(path, [7, 1280, 2**63 - 1])
    assert destroyed.read(path) == {7, 1280, 1281, 2**63 - 1}
    assert path.read_bytes() == b"uphold destroyed v1\n1280\n1281\n7\n1280\n9223372036854775807\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_durable_before_it_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    destroyed.append(path, [5])
    assert synced == [str(path), str(path.parent)]


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_crash_leaves_whole_lines_or_nothing(path: Path, cut: int) -> None:
    """Wherever the last addition was cut, no shorter number is read, and none grows from the next one."""
    destroyed.append(path, [1111])
    kept = path.stat().st_size
    destroyed.append(path, [2222, 3333])
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    found = destroyed.read(path)
    assert found <= {1111, 2222, 3333}
    assert (found >= {1111}) == (len(whole) - cut >= kept)
    destroyed.append(path, [4])
    assert destroyed.read(path) == found | {4}


def test_blocks_that_never_came_are_no_numbers(path: Path) -> None:
    destroyed.append(path, [1111])
    with path.open("ab") as file:
        file.write(bytes(5000))
    assert destroyed.read(path) == {1111}
    with path.open("ab") as file:
        file.write(b"\n")
    with pytest.raises(errors.Broken, match="damaged in line 3"):
        destroyed.read(path)


@pytest.mark.parametrize(
    "line", [b"", b"-1", b"+1", b"1 ", b" 1", b"1_0", b"01", b"x", b"1\r", b"9" * 20, "१".encode()]
)
def test_a_line_that_is_no_number_is_damage(path: Path, line: bytes) -> None:
    destroyed.append(path, [1111])
    with path.open("ab") as file:
        file.write(line + b"\n5\n")
    with pytest.raises(errors.Broken, match="damaged in line 3") as caught:
        destroyed.read(path)
    assert "copy" in str(caught.value.advice)


def test_another_file_in_its_place_is_left_alone(path: Path) -> None:
    path.write_bytes(b"{}\n")
    with pytest.raises(errors.Broken, match="damaged in line 1"):
        destroyed.append(path, [5])
    with pytest.raises(errors.Broken, match="damaged in line 1"):
        destroyed.read(path)
    assert path.read_bytes() == b"{}\n"


def test_no_folder_no_destruction(path: Path) -> None:
    with pytest.raises(errors.Unavailable, match="cannot be used"):
        destroyed.append(path.parent / "gone" / "destroyed", [5])
    path.mkdir()
    with pytest.raises(errors.Unavailable):
        destroyed.read(path)


def test_many_at_once_lose_nothing(path: Path) -> None:
    def add(first: int) -> None:
        for number in range(first, first + 25):
            destroyed.append(path, [number])

    threads = [threading.Thread(target=add, args=(first,)) for first in range(0, 100, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert destroyed.read(path) == set(range(100))


def test_every_destruction_stands_in_it(store: Store, path: Path) -> None:
    store.ring.destroyed = path
    store.submit(5)
    store.submit(6)
    gone = store.run(lambda tx: records.destroy(tx, store.ring, 5, ["feedback"], "erasure"))
    assert destroyed.read(path) == set(gone) == {5 << 8 | 1}
    both = store.run(
        lambda tx: records.destroy_each(tx, store.ring, {5: None, 6: ["technical"]}, "expired")
    )
    assert both == {5: [5 << 8, 5 << 8 | 2], 6: [6 << 8 | 2]}
    assert destroyed.read(path) == {5 << 8, 5 << 8 | 1, 5 << 8 | 2, 6 << 8 | 2}


def test_it_is_there_before_the_commit(store: Store, path: Path) -> None:
    """Whoever reads the journal's word of it finds it in the file, even when the process dies in between."""
    store.ring.destroyed = path
    store.submit(5)

    def destroy_and_look(tx: Transaction) -> frozenset[int]:
        records.destroy(tx, store.ring, 5, ["technical"], "expired")
        return destroyed.read(path)

    before = len(store.journal.entries)
    assert store.run(destroy_and_look) == {5 << 8 | 2}
    assert len(store.journal.entries) == before + 1


def test_where_it_cannot_be_written_nothing_is_destroyed(store: Store, path: Path) -> None:
    store.ring.destroyed = path.parent / "gone" / "destroyed"
    store.submit(5)
    with pytest.raises(errors.Unavailable, match="cannot be used"):
        store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    assert len(store.read(lambda c: remains.live(c, 5))) == len(rings.submission())
    assert store.journal.entries == []


def test_a_lost_file_is_made_anew_from_the_database(store: Store, path: Path) -> None:
    store.submit(5)
    gone = store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    assert store.read(lambda c: destroyed.complete(c, path)) == len(gone)
    assert destroyed.read(path) == set(gone)
    before = path.read_bytes()
    assert store.read(lambda c: destroyed.complete(c, path)) == 0
    assert path.read_bytes() == before
