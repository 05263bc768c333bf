# SPDX-License-Identifier: Apache-2.0
"""A visitor has a number for one day; the salt it was keyed by ends in time, whoever looks, and the journal says so."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tests import site, visiting
from uphold import errors
from uphold.app import App
from uphold.visits import salt
from uphold.visits.salt import Salts

KEY, OTHER = bytes(32), bytes([1]) * 32
ONE = timedelta(days=1)
HOUR_MS = 60 * 60 * 1000
WHO = ("example.org", "192.0.2.1", "Browser")


@dataclass
class Days:
    """A file of salts, and which day it is."""

    path: Path
    day: date = date(2026, 11, 22)

    def salts(self) -> Salts:
        return Salts(self.path, lambda: self.day)


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path / "salts.json")


def test_a_visitor_is_told_apart_by_address_and_browser() -> None:
    found = {
        salt.visitor(KEY, *WHO, None),
        salt.visitor(OTHER, *WHO, None),
        salt.visitor(KEY, "example.net", *WHO[1:], None),
        salt.visitor(KEY, WHO[0], "192.0.2.2", WHO[2], None),
        salt.visitor(KEY, *WHO[:2], "Browsers", None),
        # The same letters, parted elsewhere.
        salt.visitor(KEY, "example.or", "g192.0.2.1", WHO[2], None),
        salt.visitor(KEY, *WHO, "cookie"),
    }
    assert len(found) == 7
    assert salt.visitor(KEY, *WHO, None) in found


def test_a_cookie_that_was_agreed_to_is_known_wherever_it_comes_from() -> None:
    assert salt.visitor(KEY, *WHO, "c") == salt.visitor(KEY, WHO[0], "192.0.2.9", "Other", "c")
    assert salt.visitor(KEY, *WHO, "c") != salt.visitor(KEY, *WHO, "d")


@given(st.binary(min_size=32, max_size=32), st.text(), st.text(), st.none() | st.text())
def test_a_number_has_63_bits_and_is_nobody_s_zero(
    key: bytes, address: str, agent: str, cookie: str | None
) -> None:
    assert 1 <= salt.visitor(key, "example.org", address, agent, cookie) < 1 << 63


def test_processes_share_the_salt_of_a_day_and_no_other_day_has_it(days: Days) -> None:
    one, other = days.salts(), days.salts()
    assert one.of(days.day) == other.of(days.day)
    assert one.of(days.day - ONE) == other.of(days.day - ONE) != one.of(days.day)
    assert len(one.of(days.day)) == 32
    assert days.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("days_away", [-2, 1])
def test_no_other_day_is_numbered(days: Days, days_away: int) -> None:
    with pytest.raises(errors.Missing):
        days.salts().of(days.day + days_away * ONE)


def test_a_file_that_cannot_be_used_is_no_fault_of_the_visitor(tmp_path: Path) -> None:
    with pytest.raises(errors.Unavailable):
        Days(tmp_path).salts().of(Days.day)


def test_a_file_that_a_kill_left_in_the_middle_gives_fresh_salts(days: Days) -> None:
    before = days.salts().of(days.day)
    days.path.write_bytes(bytes(days.path.stat().st_size))
    assert days.salts().of(days.day) != before


@pytest.mark.parametrize(
    "raw", [b'{"salts":{"\xff', b'{"salts":{"20261122":{"name":"x","key":"y","made":1}}}']
)
def test_a_file_that_is_none_of_ours_gives_fresh_salts(days: Days, raw: bytes) -> None:
    days.path.write_bytes(raw)
    with pytest.raises(errors.Broken):
        salt.held(days.path)
    before = days.salts().of(days.day)
    assert days.salts().of(days.day) == before


@pytest.fixture
def rolled(recording: App, tmp_path: Path) -> tuple[App, Days]:
    return recording, Days(tmp_path / "salts.json")


def roll(app: App, days: Days, now: int | None = None) -> None:
    days.salts().roll(app.writer, app.database, site.now() if now is None else now)


def told(app: App) -> list[tuple[str, object]]:
    return [(e.kind, e.codes["day"]) for e in visiting.entries(app, "salt.made", "salt.destroyed")]


def test_a_salt_is_overwritten_and_gone_after_its_two_days(rolled: tuple[App, Days]) -> None:
    app, days = rolled
    key = days.salts().of(days.day)
    roll(app, days)
    roll(app, days)
    assert told(app) == [("salt.made", 20_261_122)]
    inode = days.path.stat().st_ino
    days.day += ONE
    days.salts().of(days.day)
    roll(app, days)
    assert key.hex() in days.path.read_text()
    days.day += ONE
    roll(app, days)
    raw = days.path.read_text()
    assert key.hex() not in raw
    # Overwritten where it stood, and not left behind in a file that nobody sees any more.
    assert days.path.stat().st_ino == inode
    assert told(app) == [
        ("salt.made", 20_261_122),
        ("salt.made", 20_261_123),
        ("salt.destroyed", 20_261_122),
    ]
    names = [one.codes["name"] for one in visiting.entries(app, "salt.made", "salt.destroyed")]
    assert names[0] == names[2] != names[1]
    assert str(names[0]) not in raw


def test_no_salt_gets_48_hours_old(rolled: tuple[App, Days]) -> None:
    app, days = rolled
    kept = days.salts()
    key = kept.of(days.day)
    days.day += ONE
    kept.roll(app.writer, app.database, site.now() + 46 * HOUR_MS)
    assert kept.of(days.day - ONE) == key
    kept.roll(app.writer, app.database, site.now() + 47 * HOUR_MS)
    assert key.hex() not in days.path.read_text()
    assert told(app)[-1] == ("salt.destroyed", 20_261_122)
    # A day whose salt is destroyed never gets another, from this process or the next.
    for salts in (kept, days.salts()):
        with pytest.raises(errors.Missing):
            salts.of(days.day - ONE)


def test_a_salt_that_a_clock_ahead_made_ends_when_the_clock_is_put_right(
    rolled: tuple[App, Days],
) -> None:
    app, days = rolled
    key = days.salts().of(days.day)
    right, days.day = days.day, days.day + 30 * ONE
    ahead = days.salts().of(days.day)
    roll(app, days)
    wrong, days.day = days.day, right
    roll(app, days)
    assert {key.hex(), ahead.hex()}.isdisjoint(days.path.read_text().split('"'))
    with app.database.read() as connection:
        assert salt.living(connection) == {}
    # What was destroyed stays so; the day that was not yet there is numbered when it comes.
    with pytest.raises(errors.Missing):
        days.salts().of(right)
    days.day = wrong
    assert days.salts().of(wrong) != ahead


def test_no_process_remembers_a_salt_that_another_destroyed(rolled: tuple[App, Days]) -> None:
    app, days = rolled
    idle = days.salts()
    idle.of(days.day)
    days.day += ONE
    roll(app, days, site.now() + 47 * HOUR_MS)
    idle.roll(app.writer, app.database, site.now() + 47 * HOUR_MS)
    with pytest.raises(errors.Missing):
        idle.of(days.day - ONE)


def test_what_was_destroyed_and_not_told_is_told_by_whoever_looks_next(
    rolled: tuple[App, Days],
) -> None:
    app, days = rolled
    days.salts().of(days.day)
    roll(app, days)
    # Killed after the file, before the journal; or a restore that brought no salts back.
    days.path.unlink()
    roll(app, days)
    assert told(app) == [("salt.made", 20_261_122)]
    days.day += ONE
    roll(app, days)
    roll(app, days)
    assert told(app) == [("salt.made", 20_261_122), ("salt.destroyed", 20_261_122)]
    with app.database.read() as connection:
        assert salt.living(connection) == {}
