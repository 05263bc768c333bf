# SPDX-License-Identifier: Apache-2.0
"""What waits to be kept: many as one with a count, bounded for strangers, nothing lost to a storage in trouble."""

import threading
from functools import partial

import pytest

from tests import cast
from tests.office import Office
from uphold import errors
from uphold.access import arrival, signal, signals as waiting
from uphold.access.signal import Kind, Signal
from uphold.access.signals import BURST, MOST, PER_MINUTE, Places, Signals

KEY = bytes(range(32))


def missing(number: int) -> Signal:
    return Signal(Kind.MISSING, {"source": f"{number:016x}"})


def kept(office: Office) -> list[tuple[str, int, object]]:
    """Kind, account and count of each signal that is kept."""
    found = [one.signal for one in office.read(lambda c: signal.since(c, 0))]
    return [(str(one.kind), one.staff, one.fields["count"]) for one in found]


def test_equal_ones_become_one_with_a_count(sqlite_office: Office) -> None:
    signals = Signals(sqlite_office.writer)
    assert signals.is_idle
    for number in (1, 2, 1, 1):
        signals.put(missing(number))
    signals.flush()
    signals.flush()
    assert signals.is_idle
    assert kept(sqlite_office) == [("web.missing", 0, 3), ("web.missing", 0, 1)]


def test_what_is_too_much_is_counted_and_told(sqlite_office: Office) -> None:
    clerk = sqlite_office.staff(cast.clerk).staff
    signals = Signals(sqlite_office.writer)
    for number in range(MOST + 7):
        signals.put(missing(number))
    fields: dict[str, signal.Value] = {"status": 404, "path": "/console/staff"}
    signals.put(Signal(Kind.REFUSED, fields, staff=clerk))
    signals.flush()
    found = kept(sqlite_office)
    assert len(found) == MOST + 2
    assert found[-1] == ("web.overflow", 0, 7)
    assert ("web.refused", clerk, 1) in found


def test_strangers_have_an_allowance_that_grows_with_time(sqlite_office: Office) -> None:
    now = [0.0]
    signals = Signals(sqlite_office.writer, clock=lambda: now[0])

    def send(count: int) -> int:
        for number in range(count):
            signals.put(missing(number))
        before = len(kept(sqlite_office))
        signals.flush()
        return len([one for one in kept(sqlite_office)[before:] if one[0] == "web.missing"])

    assert sum(send(MOST) for _ in range(3)) == BURST
    assert send(MOST) == 0
    now[0] += 60
    assert send(MOST) == PER_MINUTE


def test_what_cannot_be_kept_now_waits(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = Signals(sqlite_office.writer)
    signals.put(missing(1))
    with monkeypatch.context() as broken:

        def refuse(work: object) -> None:
            signals.put(missing(1))
            raise errors.Unavailable("The storage is away.", "Wait.")

        broken.setattr(sqlite_office.writer, "run", refuse)
        with pytest.raises(errors.Unavailable):
            signals.flush()
    signals.flush()
    assert kept(sqlite_office) == [("web.missing", 0, 2)]


def test_what_waits_for_the_storage_is_bounded_too(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST", 3)
    signals = Signals(sqlite_office.writer)
    more = iter([(4, 4, 1), (4, 5, 6)])

    def refuse(work: object) -> None:
        for number in next(more):
            signals.put(missing(number))
        raise errors.Unavailable("The storage is away.", "Wait.")

    for number in (1, 2):
        signals.put(missing(number))
    with monkeypatch.context() as broken:
        broken.setattr(sqlite_office.writer, "run", refuse)
        for _ in range(2):
            with pytest.raises(errors.Unavailable):
                signals.flush()
    signals.flush()
    # What came first is kept, and of what came beside it how much it was.
    assert kept(sqlite_office) == [
        ("web.missing", 0, 2),
        ("web.missing", 0, 1),
        ("web.missing", 0, 3),
        ("web.overflow", 0, 2),
    ]


def test_looks_wait_with_so_much_text_and_no_more(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_TEXT", 10)
    signals = Signals(sqlite_office.writer)
    for _ in range(2):
        for number, length in ((1, 11), (2, 1), (3, 0)):
            signals.later(partial(list, (missing(number),)), length)
        signals.flush()
        for number, length in ((4, 5), (5, 5), (6, 1)):
            signals.later(partial(list, (missing(number),)), length)
        signals.flush()
    told = [("web.missing", 0, 1)]
    too_long, full = ("web.overflow", 0, 2), ("web.overflow", 0, 1)
    assert kept(sqlite_office) == [*told, too_long, *told * 2, full] * 2


def test_one_that_fits_nowhere_keeps_no_other_from_being_kept(sqlite_office: Office) -> None:
    signals = Signals(sqlite_office.writer)
    odd = {"class": "sql", "where": "form", "source": "", "form": "No form"}
    signals.put(Signal(Kind.PROBE, odd))
    # As keys of forms may be.
    signals.put(Signal(Kind.PROBE, {**odd, "form": "ask--us"}))
    signals.put(missing(1))
    signals.flush()
    assert signals.is_idle
    assert kept(sqlite_office) == [
        ("web.probe", 0, 1),
        ("web.missing", 0, 1),
        ("web.overflow", 0, 1),
    ]


def test_many_threads_lose_none(sqlite_office: Office) -> None:
    signals = Signals(sqlite_office.writer)

    def work() -> None:
        for number in range(200):
            signals.put(missing(number % 5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    signals.flush()
    for thread in threads:
        thread.join()
    signals.flush()
    assert sum(int(str(count)) for _, _, count in kept(sqlite_office)) == 800


def test_a_place_is_new_once() -> None:
    places = Places(most=2)
    first, second = (arrival.whence(KEY, one, "x", 5) for one in ("192.0.2.7", "198.51.100.9"))
    asked = [("session", 1, first), ("session", 1, first), ("session", 1, second)]
    assert [places.is_new(*one) for one in asked] == [True, False, True]
    assert places.is_new("token", 1, first)
    # The one that was seen longest ago is forgotten.
    assert places.is_new("session", 1, first)
    places.forget("session", 1, first)
    assert places.is_new("session", 1, first)
