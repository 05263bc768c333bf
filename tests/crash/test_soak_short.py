# SPDX-License-Identifier: Apache-2.0
"""A short cut of `make soak`: people and staff at a served site while its world fails, and a checker that knows it all.

UPHOLD_SEED repeats a run's plan. What the checker must find is planted in the tests below it.
"""

import asyncio
import hashlib
import itertools
import os
import random
import shutil
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests import postgresql
from tests.site_process import PATIENCE, Answer
from tools.soak import book, check, gauge, people, plan, report, stage, world
from tools.soak.book import Book, Form
from tools.soak.browser import Street
from tools.soak.check import Held
from tools.soak.gauge import Moment
from tools.soak.run import Size, Soak
from tools.soak.shim import Shim
from uphold.journal import entry

# In memory, and enough for what is sent in these seconds.
DISK = 24 * stage.MEGABYTE


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("gcc") is None, reason="a clock that jumps is built with gcc")
@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_soak(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server: postgresql.Server | None = None
    if engine == "postgresql":
        server = request.getfixturevalue("postgresql_server")
    seed = int(os.environ.get("UPHOLD_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"UPHOLD_SEED={seed}")
    size = Size(rough=PATIENCE, long=0, people=4, pause=0.3, commands_here=True)
    events = plan.short(seed, server=server is not None)
    with stage.on(tmp_path, engine, Shim(tmp_path), DISK, server=server) as site:
        result = asyncio.run(Soak(site, seed, size, print).run(events, iter(())))
    print(result)
    assert result.faults == []
    assert {one["kind"] for one in result.events} == {
        *(plan.SHORT_OF_SERVER if server else plan.SHORT)
    }
    for done in ("submissions acknowledged", "receipts verified", "heads seen"):
        assert result.figures[done] > 0


def test_the_same_seed_plans_the_same() -> None:
    def planned(seed: int) -> list[plan.Event]:
        return list(itertools.islice(plan.events(seed, server=True, ends=True), 100))

    assert planned(5) == planned(5) != planned(6)
    assert {one.kind for one in planned(5)} == set(plan.Kind)
    calm = list(itertools.islice(plan.events(5, server=False, ends=False), 100))
    assert {one.kind for one in calm} == {*plan.ROUGH, *plan.DESK}
    jumps = [one.size / plan.HOUR for one in planned(5) if one.kind is plan.Kind.CLOCK]
    assert min(jumps) < -1
    assert max(jumps) > 1
    assert max(map(abs, jumps)) <= 6


def test_a_session_that_the_clock_has_ended_is_excused_and_nothing_else_is() -> None:
    def answer(status: int, location: str = "") -> Answer:
        return Answer(status, {"location": location}, b"")

    assert people._is_excused(answer(503))
    assert people._is_excused(answer(303, "/my?done=expired"))
    assert not people._is_excused(answer(303, "/my"))
    assert not people._is_excused(answer(500))


def moments(kib: float, files: int = 0) -> list[Moment]:
    """A process that grows by so much a minute, looked at each ten seconds, with some noise and one odd look."""
    chance = random.Random(1)
    found = [
        Moment(
            10.0 * n,
            40_000 + round(kib * n / 6) + chance.randrange(80),
            20 + files * n // 60,
            9,
            100 * n,
        )
        for n in range(60)
    ]
    found[30] = Moment(300.0, 90_000, 400, 9, 3000)
    return found


def test_what_grows_is_told_and_noise_is_not() -> None:
    for kib, files, faults in ((0, 0, 0), (100, 0, 0), (2000, 0, 1), (0, 60, 1), (2000, 60, 2)):
        grown = gauge.growth(moments(kib, files), 90)
        assert grown is not None
        assert abs(grown.kib_per_minute - kib) < 20
        assert len(gauge.faults(grown, 512, 8)) == faults
        assert (grown.way[0], grown.way[-1]) == (moments(kib, files)[0], moments(kib, files)[-1])
    assert gauge.growth(moments(0)[:12], 90) is None


def known() -> tuple[Held, Book]:
    """One submission that is stored as it was acknowledged."""
    form = Form("someone@soak.example", {}, "token", "/receipt/x", 7)
    codes: dict[str, str | int] = {
        "form": "feedback",
        "edition": 1,
        "parts": "evidence+communication",
        "consents": "communication",
        "wordings": "0" * 64,
        "state": "new",
    }
    raw = bytes(16)
    told = entry.Entry("record.stored", 0, raw, codes, ())
    now = Held(records={7: 0}, told=[told], parts={7: ["evidence", "communication"]})
    now.keys[7], now.consents[7] = 2, ["communication"]
    return now, Book(forms=[form], by_number={7: form})


def test_what_is_stored_otherwise_than_acknowledged_is_told() -> None:
    now, written = known()
    assert list(check.stored(now, written)) == []
    lost = Form("other@soak.example", {}, "token", "/receipt/y", 8)
    written.by_number[8] = lost
    assert next(check.stored(now, written)) == "1 acknowledged submissions are lost: [8]"
    now, written = known()
    now.records[9] = 0
    assert len(list(check.stored(now, written))) == 2
    now, written = known()
    written.forms[0].erased = written.forms[0].asked_to_erase = True
    assert len(list(check.stored(now, written))) == 2
    now, written = known()
    now.parts[7] = ["evidence"]
    assert len(list(check.stored(now, written))) == 2
    now, written = known()
    written.readings = 1
    assert list(check.stored(now, written)) == ["1 openings were shown, 0 journaled"]


def test_a_second_receipt_and_a_split_head_are_told() -> None:
    _, written = known()
    [form] = written.forms
    written.acknowledge(form, "/receipt/x", 7)
    assert written.faults == []
    written.acknowledge(form, "/receipt/z", 9)
    written.acknowledge(Form("other@soak.example", {}, "token"), "/receipt/x", 7)
    written.see(5, b"one")
    written.see(5, b"other")
    assert len(written.faults) == 3


def test_a_head_of_another_journal_is_told() -> None:
    entries = [b"a", b"b", b"c"]
    leaves = [hashlib.sha256(b"\0" + raw).digest() for raw in entries]
    two = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).digest()
    three = hashlib.sha256(b"\1" + two + leaves[2]).digest()
    assert list(check.heads(entries, {1: leaves[0], 2: two, 3: three})) == []
    assert len(list(check.heads(entries, {2: three}))) == 1
    assert len(list(check.heads(entries, {4: three}))) == 1


async def test_who_breaks_off_at_a_desk_is_told() -> None:
    def breaks(*_: str) -> subprocess.CompletedProcess[str]:
        raise OSError

    async def nothing() -> None: ...

    site = cast(stage.Stage, SimpleNamespace(folder=Path()))
    written = Book()
    there = world.World(site, Street(0), written, nothing, command=breaks)
    await there.play(plan.Event(1, plan.Kind.SWEEP, 0, 0, 0))
    with pytest.raises(OSError):
        await there.finish()
    assert written.faults == ["sweep broke off: OSError()"]
    assert there.done == []


async def test_visits_may_be_lost_by_a_kill_and_not_by_a_cut() -> None:
    async def nothing() -> None: ...

    async def ready() -> None: ...

    site = cast(stage.Stage, SimpleNamespace(ends=0))
    written = Book(visited=[time.monotonic()])
    there = world.World(site, Street(0), written, nothing, command=world.here)
    there.ready = ready  # type: ignore[method-assign]  # nobody serves here
    for loses, at_risk in ((False, 0), (True, 1)):
        async with there._trouble(loses=loses):
            pass
        assert written.visits_at_risk == at_risk


def test_every_text_is_marked() -> None:
    for value in book.person(17).values():
        assert any(text.lower() in value.lower() for text in book.TEXTS)


def test_faults_that_differ_in_numbers_are_told_as_one() -> None:
    assert report.grouped(["row 1 is odd", "row 2 is odd", "row 2 is odd", "lost"]) == [
        "row 1 is odd (and 1 like it)",
        "lost",
    ]
