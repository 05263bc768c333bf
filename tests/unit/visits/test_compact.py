# SPDX-License-Identifier: Apache-2.0
"""A closed day counts the same as its open files, and holds nobody's number."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from uphold import errors
from uphold.visits import compact, layout
from uphold.visits.layout import Event
from uphold.visits.spool import Spool

DAY = date(2026, 11, 22)
CANARY = 4_815_162_342_000_777


def view(visitor: int, item: str, hour: int = 9, device: str = "phone") -> Event:
    return Event(hour, visitor, "view", item, device, "Firefox", "RU")


def stored(folder: Path, events: Iterable[Event], day: date = DAY) -> layout.Store:
    store = layout.Store(folder)
    with Spool(store) as spool:
        spool.append([(day, event) for event in events])
    return store


def asked(store: layout.Store, query: str, day: date = DAY) -> list[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        text = query.replace("EVENTS", "read_parquet($events, hive_partitioning=false)").replace(
            "VISITORS", "read_parquet($visitors, hive_partitioning=false)"
        )
        paths = {"events": str(store.events(day)), "visitors": str(store.visitors(day))}
        used = {name: path for name, path in paths.items() if f"${name}" in text}
        return engine.execute(text, used).fetchall()


def test_rows_of_one_visitor_are_marked_and_their_number_is_gone(tmp_path: Path) -> None:
    mine = [view(CANARY, "/a", 9), view(CANARY, "/a", 9), view(CANARY, "/b", 10)]
    nobody = [Event(9, 0, "opinion", "yes", "other", "other", "")] * 2
    store = stored(tmp_path, [*mine, view(7, "/a", 9, "desktop"), *nobody])
    assert compact.close(store, DAY) == compact.Closed(DAY, events=6, visitors=2, unread=0)
    assert store.closed_days() == (DAY,)
    assert not store.open_folder(DAY).exists()
    assert asked(
        store, "SELECT item, count(*), count_if(first) FROM EVENTS GROUP BY 1 ORDER BY 1"
    ) == [
        ("/a", 3, 2),
        ("/b", 1, 1),
        ("yes", 2, 2),
    ]
    by_hour = "SELECT hour, count_if(hourly) FROM EVENTS WHERE kind = 'view' GROUP BY 1 ORDER BY 1"
    assert asked(store, by_hour) == [(9, 2), (10, 1)]
    assert asked(
        store, "SELECT count_if(rank = 1), count_if(rank = 2), count(rank) FROM EVENTS"
    ) == [(2, 1, 3)]
    assert asked(store, "SELECT * FROM VISITORS") == [
        ("desktop", "Firefox", "RU"),
        ("phone", "Firefox", "RU"),
    ]


def test_a_country_that_is_not_known_stays_a_text(tmp_path: Path) -> None:
    store = stored(tmp_path, [Event(9, 1, "view", "/a", "phone", "Firefox", "")])
    compact.close(store, DAY)
    assert asked(store, "SELECT * FROM VISITORS") == [("phone", "Firefox", "")]


def test_the_columns_are_those_of_the_layout(tmp_path: Path) -> None:
    store = stored(tmp_path, [view(1, "/a")])
    compact.close(store, DAY)
    described = [
        [(row[0], row[1]) for row in asked(store, f"DESCRIBE SELECT * FROM {name}")]
        for name in ("EVENTS", "VISITORS")
    ]
    text, flag = "VARCHAR", "BOOLEAN"
    assert described == [
        [
            ("hour", "TINYINT"),
            ("kind", text),
            ("item", text),
            ("device", text),
            ("first", flag),
            ("hourly", flag),
            ("rank", "SMALLINT"),
        ],
        [("device", text), ("browser", text), ("country", text)],
    ]


EVENTS = st.lists(
    st.builds(
        Event,
        hour=st.integers(0, 23),
        visitor=st.integers(1, 5),
        kind=st.sampled_from(["view", "shown", "submitted"]),
        item=st.sampled_from(["/a", "/b", "/c", "contact"]),
        device=st.just("phone"),
        browser=st.just("Firefox"),
        country=st.just(""),
    ),
    max_size=60,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EVENTS)
def test_persons_are_those_of_the_open_files(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event]
) -> None:
    store = stored(tmp_path_factory.mktemp("store"), events)
    compact.close(store, DAY)
    rows = asked(store, "SELECT kind, item, count(*), count_if(first) FROM EVENTS GROUP BY 1, 2")
    acts = Counter((event.kind, event.item) for event in events)
    persons = Counter(
        (kind, item) for _, kind, item in {(e.visitor, e.kind, e.item) for e in events}
    )
    assert {(kind, item): (count, first) for kind, item, count, first in rows} == {
        key: (acts[key], persons[key]) for key in acts
    }
    pages = Counter(
        visitor for visitor, _ in {(e.visitor, e.item) for e in events if e.kind == "view"}
    )
    ranks = Counter(rank for count in pages.values() for rank in range(1, count + 1))
    found = asked(store, "SELECT rank, count(*) FROM EVENTS WHERE rank IS NOT NULL GROUP BY 1")
    assert dict(found) == ranks


def test_rows_come_in_an_order_that_says_nothing(tmp_path: Path) -> None:
    one = [view(visitor, f"/{page}") for visitor in range(20) for page in "ab"]
    stores = [stored(tmp_path / str(n), order) for n, order in enumerate((one, one[::-1]))]
    for store in stores:
        compact.close(store, DAY)
    # Which of a visitor's pages has which rank is drawn anew; how many have it is not.
    rows = [asked(store, "SELECT * EXCLUDE (rank) FROM EVENTS") for store in stores]
    assert rows[0] == rows[1] == sorted(rows[0], key=lambda row: (row[1], row[2], row[0], row[3:]))
    assert asked(stores[0], "SELECT * FROM VISITORS") == asked(stores[1], "SELECT * FROM VISITORS")


def test_ranks_are_cut(tmp_path: Path) -> None:
    store = stored(tmp_path, [view(1, f"/page-{number}") for number in range(150)])
    compact.close(store, DAY)
    found = asked(store, "SELECT max(rank), count(rank), count(DISTINCT rank) FROM EVENTS")
    assert found == [(100, 100, 100)]


def test_names_beyond_the_bound_are_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "NAMES", 2)
    # One visitor with many views of a page does not make its name stay.
    events = [view(9, "/mine")] * 50 + [
        view(n, page) for n in (1, 2) for page in ("/a", "/b", "/c")
    ]
    store = stored(tmp_path, events)
    compact.close(store, DAY)
    found = asked(store, "SELECT item, count(*), count_if(first) FROM EVENTS GROUP BY 1 ORDER BY 1")
    assert found == [("/a", 2, 2), ("/b", 2, 2), ("other", 52, 3)]


def test_half_a_line_and_strange_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    store = stored(tmp_path, [view(1, "/a"), view(2, '/"quoted", with a comma')])
    strange = [
        b"99,1,view,/a,phone,Firefox,RU\n",
        b"9,1,gossip,/a,phone,Firefox,RU\n",
        b"9,-1,view,/a,phone,Firefox,RU\n",
        b"9,1,view\n",
        b"9,1,view,/\xff\xfe,phone,Firefox,RU\n",
        b"nine,1,view,/a,phone,Firefox,RU\n",
        b"9,48151623420",
    ]
    (store.open_folder(DAY) / "1-torn.csv").write_bytes(b"".join(strange))
    assert compact.close(store, DAY) == compact.Closed(DAY, events=2, visitors=2, unread=6)
    assert asked(store, "SELECT item FROM EVENTS") == [('/"quoted", with a comma',), ("/a",)]


def test_what_is_no_file_of_ours_keeps_no_day_open(tmp_path: Path) -> None:
    store = stored(tmp_path, [view(1, "/a")])
    folder = store.open_folder(DAY)
    (folder / "2-edited.csv").write_bytes(b"9,2,view,/a,phone,Firefox,RU\r\n")
    (folder / "3-noise.csv").write_bytes(bytes(range(256)) * 40)
    (folder / "folder.csv").mkdir()
    (folder / "nowhere.csv").symlink_to(folder / "nothing")
    closed = compact.close(store, DAY)
    assert closed is not None
    assert (closed.events, closed.visitors) == (2, 2)
    assert store.open_days() == ()


def test_a_day_of_nothing_is_closed_too(tmp_path: Path) -> None:
    store = layout.Store(tmp_path)
    store.open_folder(DAY).mkdir(parents=True)
    assert compact.close(store, DAY) == compact.Closed(DAY, 0, 0, 0)
    assert (store.closed_days(), store.open_days()) == ((DAY,), ())


def test_a_day_is_closed_once(tmp_path: Path) -> None:
    store = stored(tmp_path, [view(1, "/a")])
    compact.close(store, DAY)
    before = store.events(DAY).read_bytes()
    # As if the process had died before it removed the open files.
    store.open_folder(DAY).mkdir(parents=True)
    (store.open_folder(DAY) / "1-left.csv").write_text(layout.line(view(2, "/b")))
    (tmp_path / ".closing-left").mkdir()
    assert compact.close(store, DAY) is None
    assert store.events(DAY).read_bytes() == before
    assert store.open_days() == ()
    assert not (tmp_path / ".closing-left").exists()


class Death(BaseException):
    """As when the process is killed: nothing catches it."""


@pytest.mark.parametrize(("step", "closed"), [(0, False), (1, False), (2, True)])
def test_a_death_on_the_way_leaves_the_day_open_or_closed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, closed: bool
) -> None:
    """Steps: the visitors in place, the events in place, the open files removed."""
    store = stored(tmp_path, [view(1, "/a")])
    left = iter(range(step))

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*words: Any, **named: Any) -> Any:
            if next(left, None) is None:
                raise Death
            return real(*words, **named)

        return run

    with monkeypatch.context() as patch:
        patch.setattr(compact, "_place", dying(compact._place))
        patch.setattr(shutil, "rmtree", dying(shutil.rmtree))
        patch.setattr(tempfile, "TemporaryDirectory", _kept)
        with pytest.raises(Death):
            compact.close(store, DAY)
    assert (store.is_closed(DAY), store.open_days()) == (closed, (DAY,))
    assert (compact.close(store, DAY) is None) == closed
    assert asked(store, "SELECT item, count(*) FROM EVENTS GROUP BY 1") == [("/a", 1)]
    assert (store.open_days(), list(tmp_path.glob(".closing-*"))) == ((), [])


@contextmanager
def _kept(prefix: str, dir: Path) -> Iterator[str]:
    """A folder that nobody removes."""
    yield tempfile.mkdtemp(prefix=prefix, dir=dir)


def test_a_full_disk_leaves_the_day_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = stored(tmp_path, [view(1, "/a")])

    def full(made: Path, path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(compact, "_place", full)
        with pytest.raises(errors.Unavailable, match="No space left"):
            compact.close(store, DAY)
    assert (store.closed_days(), store.open_days()) == ((), (DAY,))
    assert compact.close(store, DAY) == compact.Closed(DAY, 1, 1, 0)


def test_no_number_of_a_visitor_is_in_any_file(tmp_path: Path) -> None:
    store = stored(tmp_path, [view(CANARY, "/a")] * 3)
    compact.close(store, DAY)
    number = str(CANARY).encode(), CANARY.to_bytes(8, "little"), CANARY.to_bytes(8, "big")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert not [path for path in files for raw in number if raw in path.read_bytes()]
    assert {path.stat().st_mode & 0o077 for path in files if path.suffix == ".parquet"} == {0}


def test_a_day_is_over_a_little_after_midnight_of_the_site(tmp_path: Path) -> None:
    store = stored(tmp_path, [view(1, "/a")])
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Kamchatka"))
    assert compact.ended(store, midnight) == ()
    assert compact.ended(store, midnight + compact.GRACE) == (DAY,)


def test_ended_days_are_dropped_whole(tmp_path: Path) -> None:
    days = [DAY - timedelta(days=after) for after in (2, 1, 0)]
    for day in days:
        compact.close(stored(tmp_path, [view(1, "/a")], day), day)
    store = layout.Store(tmp_path)
    assert compact.drop(store, DAY) == (days[0], days[1])
    assert store.closed_days() == (DAY,)
    assert [path.name for path in (tmp_path / "visitors").iterdir()] == ["day=2026-11-22"]
    assert compact.drop(store, DAY) == ()
