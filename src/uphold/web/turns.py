# SPDX-License-Identifier: Apache-2.0
"""Requests of an account or a source under a delay come in one after the other, whatever process they reach.

A request waits without a thread for its turn, for seconds at most; one whose turn would be later is told to come
again (429). Then it begins anew, so that what was put upon the account meanwhile is felt.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from uphold.access import arrival, restraint
from uphold.app import App
from uphold.web.body import Refused

T_co = TypeVar("T_co", covariant=True)
_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Later:
    """A request's turn comes in so many seconds."""

    seconds: float


class Work(Protocol[T_co]):
    """What takes its turn, unless it has had it."""

    def __call__(self, *, had_turn: bool) -> T_co | Later:
        """Do it, or say when its turn comes."""


async def run(work: Work[T_co]) -> T_co:
    """Do in a thread what may have to wait for its turn."""
    done = await run_in_threadpool(work, had_turn=False)
    if isinstance(done, Later):
        await asyncio.sleep(done.seconds)
        done = await run_in_threadpool(work, had_turn=True)
    if isinstance(done, Later):
        raise TypeError("A turn is taken once.")
    return done


def of_staff(app: App, staff: int) -> Later | None:
    """Take the turn of an account; None where nothing delays it, or its turn is now. Raises `Refused` with 429."""
    return _take(app, staff, "")


def of_source(app: App, request: Request) -> Later | None:
    """Take the turn of where a request comes from; else as `of_staff`."""
    address = request.client.host if request.client else ""
    return _take(app, restraint.NOBODY, arrival.source(app.ring.signal_key, address, _now()))


def _take(app: App, staff: int, source: str) -> Later | None:
    now = _now()
    with app.database.read() as connection:
        if not restraint.is_delayed(connection, staff, source, now):
            return None
    found = app.writer.run(lambda tx: restraint.turn(tx, staff, source, now))
    if found is None or not found.wait_ms:
        return None
    if found.is_refused:
        raise Refused(429, -(-found.wait_ms // _SECOND))
    return Later(found.wait_ms / _SECOND)


def _now() -> int:
    return time.time_ns() // 1_000_000
