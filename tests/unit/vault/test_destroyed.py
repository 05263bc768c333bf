# SPDX-License-Identifier: Apache-2.0
"""The file `destroyed`: what is added stays, a crash's torn line counts for nothing, damage is named."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import rings, site
from tests.unit.vault.conftest import Store
from uphold import errors
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import destroyed, records, remains
from uphold.vault.destroyed import Listed
from uphold.vault.tables import vault_destroyed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder / "destroyed"


def test_what_is_added_stays(path: Path) -> None:
    assert not destroyed.read(path)
    destroyed.append(path, [])
    assert not path.exists()
    destroyed.append(path, [1280, 1281])
    destroyed.append(path, [7, 1280, 2**63 - 1])
    assert set(destroyed.read(path)) == {7, 1280, 1281, 2**63 - 1}
    assert path.read_bytes() == (b"uphold destroyed v2\n1280\n1281\n1280\n7\n9223372036854775807\n")
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
    assert set(destroyed.read(path)) == set(found) | {4}


def test_blocks_that_never_came_are_no_numbers(path: Path) -> None:
    destroyed.append(path, [1111])
    with path.open("ab") as file:
        file.write(bytes(5000))
    assert set(destroyed.read(path)) == {1111}
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
    assert set(destroyed.read(path)) == set(range(100))


def test_every_destruction_stands_in_it(store: Store, path: Path) -> None:
    store.ring.destroyed = path
    store.submit(5)
    store.submit(6)
    gone = store.run(lambda tx: records.destroy(tx, store.ring, 5, ["feedback"], "erasure"))
    assert set(destroyed.read(path)) == set(gone) == {5 << 8 | 1}
    both = store.run(
        lambda tx: records.destroy_each(tx, store.ring, {5: None, 6: ["technical"]}, "expired")
    )
    assert both == {5: [5 << 8, 5 << 8 | 2], 6: [6 << 8 | 2]}
    assert set(destroyed.read(path)) == {5 << 8, 5 << 8 | 1, 5 << 8 | 2, 6 << 8 | 2}


def test_it_is_there_before_the_commit(store: Store, path: Path) -> None:
    """Whoever reads the journal's word of it finds it in the file, even when the process dies in between."""
    store.ring.destroyed = path
    store.submit(5)

    def destroy_and_look(tx: Transaction) -> Listed:
        records.destroy(tx, store.ring, 5, ["technical"], "expired")
        return destroyed.read(path)

    before = len(store.journal.entries)
    assert set(store.run(destroy_and_look)) == {5 << 8 | 2}
    assert len(store.journal.entries) == before + 1


def test_where_it_cannot_be_written_nothing_is_destroyed(store: Store, path: Path) -> None:
    store.ring.destroyed = path.parent / "gone" / "destroyed"
    store.submit(5)
    with pytest.raises(errors.Unavailable, match="cannot be used"):
        store.run(lambda tx: records.destroy(tx, store.ring, 5, None, "erasure"))
    assert len(store.read(lambda c: remains.live(c, 5))) == len(rings.submission())
    assert store.journal.entries == []


def test_parts_of_records_that_follow_each_other_are_one_line(path: Path) -> None:
    """As batches of visits are, and records that end by their term: part 0 of each, then part 1 of each."""
    parts = [record << 8 | ordinal for record in range(40, 90) for ordinal in (0, 1)]
    destroyed.append(path, parts[:60])
    destroyed.append(path, parts[60:])
    destroyed.append(path, [95 << 8])
    assert path.read_bytes().splitlines()[1:] == [
        b"10240-17664",
        b"10241-17665",
        b"17920-22784",
        b"17921-22785",
        b"24320",
    ]
    found = destroyed.read(path)
    assert set(found) == {*parts, 95 << 8}
    assert (len(found), 95 << 8 in found, 94 << 8 in found, 40 << 8 | 2 in found) == (
        101,
        True,
        False,
        False,
    )
    assert {40 << 8, 5} & found == {40 << 8}


@pytest.mark.parametrize(
    "line",
    [
        *(b"512-256", b"256-513", b"256-", b"-256", b"256-512-768", b"0-9999999999999999999"),
        *(b"through 0", b"through", b"through -1", b"Through 5"),
    ],
)
def test_a_run_that_is_none_is_damage(path: Path, line: bytes) -> None:
    destroyed.append(path, [1111])
    with path.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(errors.Broken, match="damaged in line 3"):
        destroyed.read(path)


def test_a_file_of_the_first_version_is_written_anew(path: Path) -> None:
    path.write_bytes(b"uphold destroyed v1\n256\n512\n7\n256\n99")
    assert set(destroyed.read(path)) == {256, 512, 7}
    destroyed.append(path, [768])
    assert path.read_bytes() == b"uphold destroyed v2\n256-768\n7\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["destroyed"]


def test_another_list_gives_its_numbers_and_not_its_place(path: Path) -> None:
    """A restore begins another journal, in which no entry was looked at yet."""
    destroyed.append(path, Listed([(256, 768)], through=52_113))
    assert path.read_bytes() == b"uphold destroyed v2\n256-768\n"


class Site:
    """A real journal, and what stands in `vault_destroyed` beside it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.path = app.settings.path(app.settings.keys.destroyed)

    def complete(self) -> int:
        with self.app.database.read() as connection:
            return destroyed.complete(connection, self.path)

    def destroy(self, first: int, count: int) -> None:
        """Destroy as elsewhere: this machine's own list does not hear of it."""

        def work(tx: Transaction) -> None:
            for record in range(first, first + count):
                codes: dict[str, entry.Code] = {"purpose": "technical", "reason": "term-ended"}
                raw = entry.encode("part.destroyed", tx.now, entry.salt(), codes, ["A" * 43])
                tx.insert(vault_destroyed, (record << 8, "technical", tx.now, tx.append(raw)))

        self.app.writer.run(work)

    def looked_at(self) -> int:
        """How many rows making the list whole looks at."""
        with self.app.database.read() as connection:
            found = connection.execute(
                select(func.count())
                .select_from(vault_destroyed)
                .where(vault_destroyed.c.entry >= destroyed.read(self.path).through)
            )
            return int(found.scalar_one())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    app = site.build(tmp_path / "site")
    yield Site(app)
    app.close()


def test_a_lost_file_is_made_anew_from_the_database(place: Site) -> None:
    place.destroy(1000, 3)
    assert place.complete() == 3
    place.path.unlink()
    assert place.complete() == 3
    assert set(destroyed.read(place.path)) == {1000 << 8, 1001 << 8, 1002 << 8}
    before = place.path.read_bytes()
    assert place.complete() == 0
    assert place.path.read_bytes() == before


def test_only_what_was_destroyed_since_is_looked_at(place: Site) -> None:
    """What opening a site costs does not grow with all that it ever destroyed."""
    assert place.complete() == 0
    place.destroy(1000, 600)
    assert (place.looked_at(), place.complete()) == (600, 600)
    assert (place.looked_at(), place.complete()) == (0, 0)
    place.destroy(2000, 3)
    assert (place.looked_at(), place.complete()) == (3, 3)
    assert len(destroyed.read(place.path)) == 603
    assert [line for line in place.path.read_bytes().splitlines() if b"-" in line] == [
        b"256000-409344",
        b"512000-512512",
    ]


def test_a_list_that_is_ahead_of_the_journal_is_compared_whole(place: Site) -> None:
    place.destroy(1000, 5)
    place.path.write_bytes(b"uphold destroyed v2\nthrough 999999\n")
    assert place.complete() == 5


def test_an_older_copy_of_the_list_is_made_whole(place: Site) -> None:
    place.destroy(1000, 300)
    place.complete()
    older = place.path.read_bytes()
    place.destroy(2000, 300)
    place.complete()
    place.path.write_bytes(older)
    assert place.complete() == 300


def test_what_grew_to_twice_what_it_need_be_is_written_anew(place: Site) -> None:
    with place.path.open("ab") as file:
        file.writelines(b"%d\n" % (record << 8) for record in range(5000, 5000 + destroyed._FEW))
    before = destroyed.read(place.path)
    held = place.path.open("rb")
    assert before.is_loose
    place.complete()
    assert destroyed.read(place.path) == before
    assert len(place.path.read_bytes()) < 200
    assert not destroyed.read(place.path).is_loose
    # Whoever waited for the old file's lock adds to the one that took its place.
    destroyed.append(place.path, [1])
    assert held.read().count(b"\n") >= destroyed._FEW
    assert 1 in destroyed.read(place.path)
    held.close()


def test_what_is_being_put_in_place_bears_the_lists_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it is known for what it is, and what a process that was killed left of it goes."""
    destroyed.append(path, [256])
    path.with_name(".destroyed.new").write_bytes(b"a longer file, which was never finished")
    seen: list[str] = []
    replace = Path.replace

    def watched(fresh: Path, place: Path) -> Path:
        seen.append(fresh.name)
        return replace(fresh, place)

    monkeypatch.setattr(Path, "replace", watched)
    with destroyed._locked(path) as handle:
        destroyed._replace(path, destroyed._parsed(path, destroyed._contents(handle)))
    assert seen == [".destroyed.new"]
    assert path.read_bytes() == b"uphold destroyed v2\n256\n"
    assert [one.name for one in path.parent.iterdir()] == ["destroyed"]


def test_nothing_is_lost_while_it_is_written_anew(path: Path) -> None:
    destroyed.append(path, [record << 16 for record in range(200)])

    def add(first: int) -> None:
        for number in range(first, first + 25):
            destroyed.append(path, [number])

    def renew() -> None:
        for _ in range(25):
            with destroyed._locked(path) as handle:
                destroyed._replace(path, destroyed._parsed(path, destroyed._contents(handle)))

    threads = [threading.Thread(target=add, args=(first,)) for first in (1, 26)]
    threads.append(threading.Thread(target=renew))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(destroyed.read(path)) == {*range(51), *(record << 16 for record in range(200))}
