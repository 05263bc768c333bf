# SPDX-License-Identifier: Apache-2.0
"""The logs of a web server become closed days, each of them once."""

import fcntl
import gzip
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from uphold import errors
from uphold.visits import compact, country, intake, layout
from uphold.visits.compact import Closed
from uphold.visits.intake import Refused
from uphold.visits.logs import Left
from uphold.visits.spool import Spool

DAY = date(2026, 11, 20)
SITE = intake.Site("https://site.example", ZoneInfo("Europe/Moscow"), country.unknown)
RELEASED = frozenset((date(2026, 11, 9), date(2026, 11, 15)))
SPAN = intake.Span(date(2024, 10, 22), date(2026, 11, 22), RELEASED)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"


def line(address: int = 7, page: str = "/about", day: date = DAY, agent: str = FIREFOX) -> str:
    asked = f'"GET {page} HTTP/1.1" 200 2326 "-" "{agent}"'
    return f"192.0.2.{address} - - [{day:%d/%b/%Y}:13:55:36 +0300] {asked}\n"


def log(path: Path, lines: Iterable[str], *, packed: bool = False) -> Path:
    raw = "".join(lines).encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    return path


def take(store: layout.Store, *files: Path) -> tuple[intake.Taken, list[Closed]]:
    noted: list[Closed] = []
    return intake.take(store, files, SITE, SPAN, noted=noted.append), noted


def leftovers(store: layout.Store) -> list[str]:
    return [path.name for path in store.folder.iterdir() if path.name.startswith(".import-")]


@pytest.fixture
def store(tmp_path: Path) -> layout.Store:
    return layout.Store(tmp_path / "statistics")


def test_views_of_all_files_become_closed_days(tmp_path: Path, store: layout.Store) -> None:
    plain = log(tmp_path / "access.log", [line(7), line(7, "/"), line(8), "torn\n"])
    earlier = [line(7, day=DAY - timedelta(1)), line(9), line(9, agent="curl/8.9.1")]
    packed = log(tmp_path / "access.log.1.gz", earlier, packed=True)
    taken, noted = take(store, plain, packed)
    assert noted == taken.days == [Closed(DAY - timedelta(1), 1, 1, 0), Closed(DAY, 4, 3, 0)]
    assert (taken.lines, taken.left) == (7, {Left.UNREADABLE: 1, Left.BOT: 1})
    assert store.closed_days() == (DAY - timedelta(1), DAY)
    assert (store.open_days(), leftovers(store)) == ((), [])
    with duckdb.connect() as engine:
        rows = engine.execute(
            "SELECT item, count(*), count_if(first) FROM read_parquet(?) GROUP BY 1 ORDER BY 1",
            [str(store.events(DAY))],
        ).fetchall()
    assert rows == [("/", 1, 1), ("/about", 3, 3)]


def test_a_day_is_taken_in_once(tmp_path: Path, store: layout.Store) -> None:
    take(store, log(tmp_path / "a.log", [line(7)]))
    taken, noted = take(store, log(tmp_path / "b.log", [line(8), line(9)]))
    assert (noted, taken.refused, taken.views_refused) == ([], {DAY: Refused.CLOSED}, 2)


def test_days_that_may_not_change_any_more_are_refused(tmp_path: Path, store: layout.Store) -> None:
    recorded, over = DAY - timedelta(1), date(2026, 11, 22)
    with Spool(store) as spool:
        event = layout.Event(9, 1, "view", "/", "phone", "Firefox", "")
        spool.append([(recorded, event)])
    days = (DAY, recorded, date(2026, 11, 9), date(2026, 11, 15), over, date(2024, 10, 21))
    taken, _ = take(store, log(tmp_path / "a.log", [line(7, day=day) for day in days]))
    assert [closed.day for closed in taken.days] == [DAY]
    assert taken.refused == {
        recorded: Refused.RECORDED,
        date(2026, 11, 9): Refused.RELEASED,
        date(2026, 11, 15): Refused.RELEASED,
        over: Refused.NOT_OVER,
        date(2024, 10, 21): Refused.ENDED,
    }
    assert store.open_days() == (recorded,)


def test_a_damaged_file_takes_nothing_in(tmp_path: Path, store: layout.Store) -> None:
    whole = log(tmp_path / "a.log", [line(7)])
    torn = log(tmp_path / "b.log.gz", [line(n % 250) for n in range(3000)], packed=True)
    torn.write_bytes(torn.read_bytes()[:-300])
    with pytest.raises(errors.Invalid, match=r"b\.log\.gz breaks off"):
        take(store, whole, torn)
    assert (store.closed_days(), leftovers(store)) == ((), [])


def test_a_file_that_is_not_there_is_said(tmp_path: Path, store: layout.Store) -> None:
    with pytest.raises(errors.Missing, match=r"none\.log cannot be read"):
        take(store, tmp_path / "none.log")
    with pytest.raises(errors.Missing, match=r"none\.log cannot be read"):
        intake.size([tmp_path / "none.log"])


def test_one_import_runs_at_a_time_and_removes_what_a_killed_one_left(
    tmp_path: Path, store: layout.Store
) -> None:
    (store.folder / ".import-killed" / "open").mkdir(parents=True)
    path = log(tmp_path / "a.log", [line(7)])
    with (store.folder / ".import").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(errors.Conflict, match="Another import runs"):
            take(store, path)
    take(store, path)
    assert leftovers(store) == []


def test_an_endless_line_is_one_line_that_cannot_be_read(
    tmp_path: Path, store: layout.Store
) -> None:
    path = log(tmp_path / "a.log", ["x" * 100_000 + "\n", line(7), line(8).rstrip("\n")])
    heard: list[int] = []
    taken = intake.take(store, [path], SITE, SPAN, noted=lambda _: None, told=heard.append)
    assert (taken.lines, taken.left) == (3, {Left.UNREADABLE: 1})
    assert taken.days[0].events == 2
    assert sum(heard) == intake.size([path]) == path.stat().st_size


def test_numbers_of_visitors_differ_from_import_to_import(
    tmp_path: Path, store: layout.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def keep(_closer: compact.Closer, _day: date, source: Path) -> None:
        seen.append(_text(source))

    monkeypatch.setattr(compact.Closer, "__call__", keep)
    path = log(tmp_path / "a.log", [line(7)])
    for _ in range(2):
        take(store, path)
    assert len(seen) == 2
    assert seen[0] != seen[1]
    assert "192.0.2" not in "".join(seen)


def _text(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.iterdir())
