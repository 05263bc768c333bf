# SPDX-License-Identifier: Apache-2.0
"""One soak of one site: people and staff while the world does what the plan says, and a checker that knows it all.

The first part is rough: the process of the site ends now and then, and each time all that can be looked at while
nothing serves is looked at. In the second part everything else goes on happening and the process lives, so that
it can be seen whether it grows. In the end everybody who was not told is told, and all is looked at once more.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tools.soak import browser, check, gauge, report
from tools.soak.book import Book, Form
from tools.soak.browser import Broken, Street
from tools.soak.gauge import Moment
from tools.soak.office import Clerk, Program, Watch
from tools.soak.people import Crowd, Own, Person
from tools.soak.plan import Event, Kind
from tools.soak.stage import Stage
from tools.soak.world import GRACE_SECONDS, World, here
from uphold.submission.submit import REMEMBERED

SAMPLE = 200
# So many receipts are looked at in the end, beside those that people looked at.
RECEIPTS = 20
# How often the load rests so that the process can be looked at, and for how long before the look.
REST_SECONDS = 10.0
STILL_SECONDS = 0.7
# The process is warmed up where it lives for so long afterwards, by so many people, who have numbers of their own.
WARMED_SECONDS = 300.0
AT_ONCE, MANY = 32, 1_000_000
# Who has no answer by then gets none.
SETTLE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """How large a soak is."""

    rough: float
    """Seconds in which the process may end."""
    long: float
    """Seconds in which it lives."""
    people: int = 12
    pause: float = 0.5
    """Seconds that somebody thinks between two things, on average."""
    warm: float = 90.0
    """Seconds of a process's life that are left out of its growth."""
    allowed: float = 512.0
    """KiB a minute by which a process may seem to grow."""
    commands_here: bool = False
    """Whether commands run in this process, which spares the start of one for each."""


@dataclass
class Result:
    """What came of a soak."""

    engine: str
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    lives: list[dict[str, Any]] = field(default_factory=list)
    """How each process grew that lived long enough to tell."""
    said: dict[str, int] = field(default_factory=dict)
    """What the site wrote to its log, without the times, and how often."""


class Soak:
    """One site, soaked."""

    def __init__(self, site: Stage, seed: int, size: Size, say: Callable[[str], None]) -> None:
        """`say` is told each thing that happens."""
        self.site, self.seed, self.size, self.say = site, seed, size, say
        self.book = Book()
        self.street = Street(site.wire.port)
        self.world = World(
            site,
            self.street,
            self.book,
            self._between,
            command=here if size.commands_here else site.run,
        )
        self.chance = random.Random(f"{seed} checker")  # noqa: S311 - a sample, not a secret
        self.moments: list[list[Moment]] = [[]]
        self.looks = 0
        self.look_seconds = 0.0
        self.bytes = 0
        self._resting = asyncio.Lock()

    async def run(self, rough: Iterator[Event], calm: Iterator[Event]) -> Result:
        """Soak the site; the events of its two parts come from the plan."""
        wires = [wire for wire in (self.site.wire, self.site.line) if wire]
        try:
            await asyncio.gather(*(wire.open() for wire in wires))
            return await self._run(rough, calm)
        finally:
            await self.street.close()
            await asyncio.gather(*(wire.close() for wire in wires))

    async def _run(self, rough: Iterator[Event], calm: Iterator[Event]) -> Result:
        began = time.monotonic()
        await asyncio.to_thread(self.site.start)
        self.born = time.monotonic()
        self.street.opened.set()
        self.crowd = await asyncio.to_thread(
            Crowd, self.site, self.street, self.book, self.seed, self.size.pause
        )
        works = [*await asyncio.to_thread(self._works), self._gauge(), self._witness()]
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await self._play(rough, self.size.rough, tasks)
            if self.size.long > WARMED_SECONDS:
                await self._warm()
            await self._play(calm, self.size.long, tasks)
            await self.world.finish()
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        # Since the last event, somebody may have seen what must not be.
        self.book.faults += [
            f"somebody broke off: {one!r}" for one in ends if isinstance(one, Exception)
        ]
        self.say(f"{self.site.engine:10} everybody is told")
        await self._settle()
        self.say(f"{self.site.engine:10} all is looked at")
        await self.world.stop()
        await self._between()
        self.book.faults += await asyncio.to_thread(self._last)
        return self._result(time.monotonic() - began)

    def _works(self) -> list[Coroutine[Any, Any, None]]:
        office = (self.site, self.street, self.book, self.seed)
        return [
            *(self.crowd.live(place) for place in range(self.size.people)),
            Clerk(*office).work(),
            Program(*office).work(),
            Watch(*office).work(),
        ]

    async def _play(
        self, events: Iterator[Event], seconds: float, tasks: Sequence[asyncio.Task[None]]
    ) -> None:
        until = time.monotonic() + seconds
        for event in events:
            if time.monotonic() + event.after + event.span > until:
                await asyncio.sleep(max(0.0, until - time.monotonic()))
                break
            await asyncio.sleep(event.after)
            self.say(f"{self.site.engine:10} {event}")
            async with self._resting:
                await self.world.play(event)
            for task in tasks:
                if task.done():
                    task.result()  # a fault of the load itself ends the soak

    async def _between(self) -> None:
        """Look at all that can be looked at while nothing serves the site."""
        # An audit beside a rotation would hold the rows of one moment against the key ring of another.
        await self.world.finish(Kind.KEYS)
        await browser.rest(self.street)
        began = time.monotonic()
        known = [one for one in self.book.acknowledged if not one.asked_to_erase]
        sample = self.chance.sample(known, min(SAMPLE, len(known)))
        found = await asyncio.to_thread(check.everything, self.site, self.book, sample)
        self.book.faults += [f"after {len(self.world.done)} events: {one}" for one in found]
        self.looks += 1
        self.look_seconds += time.monotonic() - began
        self.moments.append([])
        self.born = time.monotonic()

    async def _gauge(self) -> None:
        """Look at the process at equal moments: nobody under way, nothing happening."""
        looked = 0.0
        while True:
            await asyncio.sleep(0.5)
            if not self.street.is_calm or time.monotonic() - looked < REST_SECONDS:
                continue
            async with self._resting:
                if await browser.rest(self.street, 5):
                    await asyncio.sleep(STILL_SECONDS)
                    looked = time.monotonic()
                    at = looked - self.born
                    self.moments[-1].append(gauge.look(self.site.pid, at, self.street.done))
                self.street.opened.set()

    async def _witness(self) -> None:
        """Do what takes a machine no time, to see when it takes long: that is no fault of the site's."""
        street, file = self.street, self.site.folder.parent / "witness"
        while True:
            await asyncio.sleep(0.5)
            street.stalls += time.monotonic() - street.beat > browser.BEAT_SECONDS
            street.beat = time.monotonic()
            await asyncio.to_thread(_write, file)
            if time.monotonic() - street.beat > browser.BEAT_SECONDS:
                street.calm_at = time.monotonic() + GRACE_SECONDS

    async def _warm(self) -> None:
        """Send as many forms as a process remembers, whose memory would else seem to grow for an hour."""
        self.say(f"{self.site.engine:10} {REMEMBERED} forms are sent")
        left = iter(range(REMEMBERED))

        async def somebody(number: int) -> None:
            person = Person(self.crowd, MANY + number, random.Random(number))  # noqa: S311 - a plan, not a secret
            for _ in left:
                await person.write()
            person.browser.leave()

        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(somebody(number))
        self.moments[-1].clear()

    async def _settle(self) -> None:
        """Send again what nobody was told of, and ask again for what was to be erased or withdrawn."""
        self.street.opened.set()
        await self.world.ready()
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                for one in self.book.pending:
                    await self._whoever(one).send_until_told(one)
        kept = [one for one in self.book.acknowledged if not one.asked_to_erase]
        for one in self.chance.sample(kept, min(RECEIPTS, len(kept))):
            with suppress(Broken):
                await self._whoever(one).look_at(one)
        for _ in range(5):
            for one in self.book.forms:
                if one.receipt and one.asked_to_withdraw and not one.withdrawn and not one.erased:
                    with suppress(Broken):
                        await self._whoever(one).withdraw(one)
                if one.asked_to_erase and not one.erased:
                    with suppress(Broken):
                        await Own(self._whoever(one)).come(one)

    def _whoever(self, one: Form) -> Person:
        return Person(self.crowd, int(one.email.partition("@")[0].rpartition("-")[2]), self.chance)

    def _last(self) -> list[str]:
        self.bytes = check.searched(self.site)
        with check.reading(self.site) as connection:
            return check.in_the_end(connection, self.book)

    def _result(self, seconds: float) -> Result:
        book, street = self.book, self.street
        lives = [grown for one in self.moments if (grown := gauge.growth(one, self.size.warm))]
        for grown in lives:
            book.faults += gauge.faults(grown, self.size.allowed, 8)
        if not lives and self.size.long > self.size.warm + gauge.FEWEST * 2 * REST_SECONDS:
            book.faults.append("no process lived long enough to see whether it grows")
        return Result(
            engine=self.site.engine,
            seconds=seconds,
            faults=report.grouped((*book.faults, *street.odd)),
            events=[asdict(one) for one in self.world.done],
            answers=dict(sorted(street.answers.items())),
            figures=self._figures(),
            lives=[asdict(one) for one in lives],
            said=self._said(),
        )

    def _said(self) -> dict[str, int]:
        lines = []
        for line in self.site.said().splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                told = {"what": line}
            where = ", ".join(told.get("place", ()))
            lines.append(" ".join(filter(None, (told.get("what"), told.get("fault"), where))))
        return dict(Counter(lines).most_common())

    def _figures(self) -> dict[str, float]:
        book, taken = self.book, sorted(self.street.seconds) or [0.0]
        return {
            "requests": self.street.done,
            "submissions acknowledged": len(book.acknowledged),
            "visits acknowledged": book.visits,
            "withdrawals": sum(one.withdrawn for one in book.forms),
            "corrections": sum(one.corrected for one in book.forms),
            "erasures": sum(one.erased for one in book.forms),
            "packages": book.packages,
            "openings by staff and programs": book.readings,
            "openings by people": book.own,
            "receipts verified": book.proofs,
            "letters": len(self.site.box.raw),
            "links asked for": book.links,
            "links that came too late": book.links_late,
            "stalls of the machine itself": self.street.stalls,
            "heads seen": len(book.heads),
            "starts of the site": self.site.starts,
            "looks while stopped": self.looks,
            "seconds of looks": round(self.look_seconds, 1),
            "bytes searched": self.bytes,
            "answer p50 ms": round(taken[len(taken) // 2] * 1000, 1),
            "answer p99 ms": round(taken[len(taken) * 99 // 100] * 1000, 1),
        }


def _write(file: Path) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT)
    try:
        os.pwrite(handle, b"soak", 0)
        os.fdatasync(handle)
    finally:
        os.close(handle)
