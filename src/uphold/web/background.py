# SPDX-License-Identifier: Apache-2.0
"""What a site does by itself while it serves: look for editions, send mail, store visits, destroy what is due."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

from uphold import errors
from uphold.access import canary, glass
from uphold.app import App
from uphold.assurance import canaries
from uphold.incident import reminder as incidents
from uphold.mail import bounce, delivery, send
from uphold.policy import force
from uphold.retention import due
from uphold.rights import reminder as reminders
from uphold.vault import subject
from uphold.web import (
    daily,
    detecting,
    examiner,
    habits,
    lookout,
    refusals,
    rotation,
    safekeeping,
    sighting,
)
from uphold.web.duty import LOOK_SECONDS, Duty

Loop = Coroutine[None, None, None]
Work = Callable[[], Awaitable[None]]
Begin = Callable[[], tuple[float, Work]]
"""Makes what looks again and again, and says how many seconds lie between two looks."""

EDITION_SECONDS = 0.5
HEAD_SECONDS = 1.0
INDEX_SECONDS = 5.0
# Whoever comes first is served first: what a loop needs is loaded when the site is at its work.
SOON, LATER = 0.5, 5.0
# How often a look tells whether a sweep is due, and how long after the last one it is.
SWEEP_SECONDS = 30.0
SWEEP_EVERY_MS = 60 * 60 * 1000
# As many wait before they are moved while people write, and as many are moved in one transaction.
INDEX_ROWS = 20_000
MAIL_SECONDS = 2.0
BOUNCE_SECONDS = 30.0
REMIND_SECONDS = 300.0
GLASS_SECONDS = 10.0
# Noted visits are durable within a second: this, and what a commit takes.
VISIT_SECONDS = 0.4
SALT_SECONDS = 60.0
SIGNAL_SECONDS = 1.0
_log = logging.getLogger("uphold.background")


def tasks(app: App) -> list[Loop]:
    """List the loops to run; each goes on for ever and survives trouble of the storage."""
    relay, duty = send.relay(app.settings), Duty(app)
    loops = [*each(app, mails=relay is not None), _kept(duty)]
    loops += only(duty, mails=relay is not None)
    own = duty.app
    if own.settings.proof.schedule:
        loops.append(_begun(LATER, lambda: _examiner(duty), "examination"))
    if own.settings.visits.record:
        loops.append(_begun(LATER, lambda: _daily(duty), "work on figures"))
    if relay is not None:
        # Without the fence: what was sent must be noted, whoever has the lease by then. Each message has its own.
        loops.append(_every(MAIL_SECONDS, duty.alone(lambda: mail(app, relay)), "mail"))
        loops.append(_every(REMIND_SECONDS, duty.alone(lambda: reminder(own)), "reminder"))
    if own.settings.mail.bounces:
        look = duty.alone(lambda: bounces(own))
        loops.append(_every(BOUNCE_SECONDS, look, "reports of failed delivery"))
    return loops


def examined(app: App) -> list[Loop]:
    """List the loops of a site that is served for an examination alone: no mail, and no other examination."""
    duty = Duty(app)
    return [*each(app, mails=False), _kept(duty), *only(duty, mails=False)]


def each(app: App, *, mails: bool) -> list[Loop]:
    """List the loops of every process of a site, about what it alone knows; `mails`: who is told by mail too."""
    return [
        _every(HEAD_SECONDS, lambda: asyncio.to_thread(app.head.flush), "head file"),
        _every(EDITION_SECONDS, lambda: editions(app), "edition"),
        _every(VISIT_SECONDS, Visits(app).flush, "record of visits"),
        _begun(SOON, lambda: _sighting(app), "look of the site at itself"),
        _every(SIGNAL_SECONDS, lambda: noticed(app), "record of signals"),
        _every(SALT_SECONDS, lambda: asyncio.to_thread(app.keeper.look), "end of salts"),
        _begun(SOON, lambda: _refusals(app, mails=mails), "note of what was refused"),
    ]


def only(duty: Duty, *, mails: bool) -> list[Loop]:
    """List the loops of the one process that has the lease; `mails` as `each`."""
    app, alone = duty.app, duty.alone
    return [
        *watching(duty, mails=mails),
        _every(INDEX_SECONDS, alone(Merger(app).look), "index"),
        _every(SWEEP_SECONDS, alone(Sweeper(app).look), "destruction of what is due"),
        _begun(LATER, lambda: _rotator(duty), "rotation of keys"),
        _begun(LATER, lambda: _safekeeper(duty), "backup"),
        _every(GLASS_SECONDS, alone(lambda: broken_glass(app)), "end of openings in an emergency"),
        _begun(LATER, lambda: _lookout(duty), "look at threats"),
    ]


def watching(duty: Duty, *, mails: bool) -> list[Loop]:
    """List the loops of `only` that notice what somebody has to look at."""
    if not duty.app.settings.detection.on:
        return []
    return [
        _begun(SOON, lambda: _detector(duty, mails=mails), "detection"),
        _begun(LATER, lambda: _habit(duty), "look at what is usual"),
    ]


def _examiner(duty: Duty) -> tuple[float, Work]:
    return examiner.LOOK_SECONDS, duty.alone(examiner.Examiner(duty.app).look)


def _daily(duty: Duty) -> tuple[float, Work]:
    return daily.LOOK_SECONDS, duty.alone(daily.Daily(duty.app).look)


def _sighting(app: App) -> tuple[float, Work]:
    return sighting.LOOK_SECONDS, sighting.Sighting(app).look


def _refusals(app: App, *, mails: bool) -> tuple[float, Work]:
    return refusals.LOOK_SECONDS, refusals.Refusals(app, mails=mails).look


def _rotator(duty: Duty) -> tuple[float, Work]:
    return rotation.LOOK_SECONDS, duty.alone(rotation.Rotator(duty.app).look)


def _safekeeper(duty: Duty) -> tuple[float, Work]:
    return safekeeping.LOOK_SECONDS, duty.alone(safekeeping.Safekeeper(duty.app).look)


def _lookout(duty: Duty) -> tuple[float, Work]:
    return lookout.LOOK_SECONDS, duty.alone(lookout.Lookout(duty.app).look)


def _detector(duty: Duty, *, mails: bool) -> tuple[float, Work]:
    return detecting.LOOK_SECONDS, duty.alone(detecting.Detector(duty.app, mails=mails).look)


def _habit(duty: Duty) -> tuple[float, Work]:
    return habits.LOOK_SECONDS, duty.alone(habits.Habit(duty.app).look)


async def editions(app: App, now: int | None = None) -> None:
    """Look for news, and remember in the journal when an edition's time has come."""
    if app.shelf.may_have_news():
        await asyncio.to_thread(app.shelf.follow, now)
    number = app.shelf.unstored(now)
    if number is not None:
        await app.writer.submit(lambda tx: force.enter(tx, number))
        await asyncio.to_thread(app.shelf.look, now)


async def mail(app: App, relay: "send.Relay") -> None:
    """Send every message that is due."""
    now = time.time_ns() // 1_000_000
    await delivery.deliver(app.writer, app.ring, relay, app.judges(), now=now)


async def bounces(app: App) -> None:
    """Note what came back, from the Maildir of reports."""
    folder = app.settings.path(app.settings.mail.bounces)
    language = app.shelf.in_force().policy.language

    def look(raw: bytes) -> None:
        canaries.look(app.writer, app.ring, canaries.texts_of(raw), canary.Place.MAIL)

    await asyncio.to_thread(bounce.sweep, app.writer, app.ring, folder, language, look)


async def reminder(app: App) -> None:
    """Remind the officer of requests and of notices of incidents whose term ends or has ended."""
    zone, now = app.settings.site.zone, time.time_ns() // 1_000_000
    if await asyncio.to_thread(_is_due, app, zone, now):
        language = app.shelf.in_force().policy.language
        await app.writer.submit(lambda tx: reminders.remind(tx, zone, language))
    if await asyncio.to_thread(_is_notice_due, app, zone, now):
        policy = app.shelf.in_force().policy
        await app.writer.submit(lambda tx: incidents.remind(tx, policy.laws, zone, policy.language))


async def broken_glass(app: App) -> None:
    """Note the end of openings in an emergency whose time is over; nobody reads under them any more by then."""
    if await asyncio.to_thread(_is_over, app):
        await app.writer.submit(glass.expire)


async def noticed(app: App) -> None:
    """Keep what was noticed at the doors."""
    if not app.signals.is_idle:
        await asyncio.to_thread(app.signals.flush)


def _is_over(app: App) -> bool:
    with app.database.read() as connection:
        return glass.is_over(connection, time.time_ns() // 1_000_000)


def _is_due(app: App, zone: str, now: int) -> bool:
    if app.shelf.in_force_or_none() is None:
        return False
    with app.database.read() as connection:
        return reminders.is_due(connection, zone, now)


def _is_notice_due(app: App, zone: str, now: int) -> bool:
    edition = app.shelf.in_force_or_none()
    if edition is None:
        return False
    with app.database.read() as connection:
        return incidents.is_due(connection, edition.policy.laws, zone, now)


class Visits:
    """Stores noted visits from a thread of its own: the others may all be busy with what people wait for."""

    def __init__(self, app: App) -> None:
        """Start no thread before there is something to store."""
        self._app = app
        self._thread = ThreadPoolExecutor(1, "visits")

    async def flush(self) -> None:
        """Store what was noted."""
        recorder = self._app.visits
        if recorder is not None and not recorder.is_idle:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._app.keeper.flush)


class Merger:
    """Moves waiting rows of the blind index into their order when nobody writes, or when many wait.

    Rows come in no order, so a few of them touch as many pages of a large index as many do: moved 2000 at a
    time, those of a submission cost a third of all its work once the index had 200 000.
    """

    def __init__(self, app: App) -> None:
        """Know nothing yet, so that the first look waits for a second."""
        self._app = app
        self._newest = -1

    async def look(self) -> None:
        """Move rows if this is the time."""
        waiting, newest = await asyncio.to_thread(self._waiting)
        is_idle, self._newest = newest == self._newest, newest
        while waiting > 0 and (is_idle or waiting >= INDEX_ROWS):
            moved = await self._app.writer.submit(lambda tx: subject.merge(tx, INDEX_ROWS))
            # None where another process moved them meanwhile.
            waiting = waiting - moved if moved else 0

    def _waiting(self) -> tuple[int, int]:
        with self._app.database.read() as connection:
            return subject.waiting(connection)


class Sweeper:
    """Destroys what is due: when the process begins, which finishes what one that was killed had begun, then hourly.

    One process of the site does it at a time; the others find that it was done.
    """

    def __init__(self, app: App) -> None:
        """Sweep at the first look."""
        self._app = app
        self._is_first = True

    async def look(self) -> None:
        """Sweep if it is time. A stop of the process waits for one transaction."""
        if not await asyncio.to_thread(self._is_due):
            return
        sweep = self._app.sweep()
        work = asyncio.ensure_future(asyncio.to_thread(sweep.run))
        try:
            done = await asyncio.shield(work)
        except asyncio.CancelledError:
            sweep.stop()
            await asyncio.gather(work, return_exceptions=True)
            raise
        if done is not None:
            self._is_first = False

    def _is_due(self) -> bool:
        if self._app.shelf.in_force_or_none() is None:
            return False
        with self._app.database.read() as connection:
            age = time.time_ns() // 1_000_000 - due.state(connection).ended_at
        # One that ended in the future did so by a clock that was ahead, and says nothing.
        return self._is_first or not 0 <= age < SWEEP_EVERY_MS


async def _kept(duty: Duty) -> None:
    """Keep the lease, and give it back at the end."""
    try:
        await _every(LOOK_SECONDS, duty.look, "lease of what one process does")
    finally:
        await duty.leave()


async def _begun(after: float, begin: Begin, name: str) -> None:
    """Begin a loop when the site has served for a while; what it needs is loaded beside, in a thread."""
    begun: list[tuple[float, Work]] = []

    async def start() -> None:
        begun.append(await asyncio.to_thread(begin))

    waits = False
    while not begun:
        await asyncio.sleep(after)
        waits = await failed(start, name, told=waits)
    seconds, work = begun[0]
    await _every(seconds, work, name)


async def _every(seconds: float, work: Work, name: str) -> None:
    waits = False
    while True:
        started = time.monotonic()
        waits = await failed(work, name, told=waits)
        await asyncio.sleep(max(0.0, seconds - (time.monotonic() - started)))


async def failed(work: Work, name: str, *, told: bool) -> bool:
    """Do one round of a loop and say whether it failed; told once for each trouble, however long it lasts."""
    try:
        await work()
    except errors.UpholdError as error:
        if not told:
            _log.warning("%s waits: %s", name, error.message)
    except Exception:
        # A fault of ours in one round must not end the loop for ever, unseen.
        if not told:
            _log.exception("%s failed", name)
    else:
        return False
    return True
