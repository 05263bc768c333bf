# SPDX-License-Identifier: Apache-2.0
"""Take in the logs of a web server: the days in them become closed days of the store.

    files -> views -> events of their days, in a folder apart -> each day closed (`compact`) -> folder removed

Visitors are numbered by a random key for each day that is held in memory only and gone at the end. A day is taken in
whole and once: one of which the store has anything, or of which figures were released, is refused, because figures
that are shown never change. Nothing of an address, a browser or a query is written anywhere, nor printed.
"""

import fcntl
import gzip
import io
import secrets
import shutil
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, tzinfo
from enum import StrEnum
from pathlib import Path

from uphold import errors
from uphold.visits import compact, depersonalise, layout, logs
from uphold.visits.compact import Closed
from uphold.visits.country import Country
from uphold.visits.spool import Spool

_GZIP = b"\x1f\x8b"
# Events that are written, and made durable, at a time.
_TOGETHER = 20_000


class Refused(StrEnum):
    """Why a day is not taken in."""

    CLOSED = "closed"
    RELEASED = "released"
    RECORDED = "recorded"
    NOT_OVER = "not-over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Span:
    """The days that may be taken in: from `first`, the earliest that is still kept, to the day before `today`.

    Not those of which figures of visits were released or refused: what is shown never changes.
    """

    first: date
    today: date
    released: frozenset[date] = frozenset()


@dataclass(slots=True)
class Taken:
    """What came of it: lines read, those that are no view by reason, views left out by day, and closed days."""

    lines: int = 0
    left: Counter[logs.Left] = field(default_factory=Counter)
    refused: dict[date, Refused] = field(default_factory=dict)
    views_refused: int = 0
    days: list[Closed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Site:
    """How the site counts: its host, its zone, and what tells a country."""

    host: str
    zone: tzinfo
    country: Country


def take(
    store: layout.Store,
    files: Sequence[Path],
    site: Site,
    span: Span,
    *,
    noted: Callable[[Closed], None],
    told: Callable[[int], None] = lambda _bytes: None,
) -> Taken:
    """Read the files and close their days. `told` hears of every block of bytes read, `noted` of every closed day.

    Raises `errors.Missing` for a file that cannot be read, `errors.Invalid` for one that breaks off, and
    `errors.Conflict` while another import runs: nothing is taken in then. Raises `errors.Unavailable` when the store
    cannot be written to.
    """
    taken = Taken()
    with _working(store) as folder:
        apart = layout.Store(folder)
        with Spool(apart) as spool:
            reading = _Reading(store, site, span, taken)
            for some in _chunks(reading.events(_lines(files, told))):
                spool.append(some)
        with compact.closer(store) as close:
            for day in apart.open_days():
                closed = close(day, apart.open_folder(day))
                if closed is None:
                    taken.refused[day] = Refused.CLOSED
                else:
                    noted(closed)
                    taken.days.append(closed)
    return taken


def size(files: Iterable[Path]) -> int:
    """Return how many bytes there are to read. Raises `errors.Missing`."""
    try:
        return sum(path.stat().st_size for path in files)
    except OSError as error:
        raise _unreadable(Path(str(error.filename)), error) from None


@dataclass(frozen=True, slots=True)
class _Reading:
    store: layout.Store
    site: Site
    span: Span
    taken: Taken
    keys: dict[date, bytes] = field(default_factory=dict)

    def events(self, lines: Iterable[str]) -> Iterator[tuple[date, layout.Event]]:
        for line in lines:
            self.taken.lines += 1
            view = logs.read(line)
            if isinstance(view, logs.Left):
                self.taken.left[view] += 1
                continue
            day = depersonalise.day(view.at, self.site.zone)
            key = self.keys.get(day) or self._key(day)
            if key is None:
                self.taken.views_refused += 1
            else:
                site = self.site
                yield depersonalise.event(view, key, site.host, site.zone, site.country)

    def _key(self, day: date) -> bytes | None:
        if day in self.taken.refused:
            return None
        why = self._why_not(day)
        if why is not None:
            self.taken.refused[day] = why
            return None
        return self.keys.setdefault(day, secrets.token_bytes(32))

    def _why_not(self, day: date) -> Refused | None:
        if day >= self.span.today:
            return Refused.NOT_OVER
        if day < self.span.first:
            return Refused.ENDED
        if self.store.is_closed(day):
            return Refused.CLOSED
        if day in self.span.released:
            return Refused.RELEASED
        return Refused.RECORDED if self.store.open_folder(day).exists() else None


@contextmanager
def _working(store: layout.Store) -> Iterator[Path]:
    """Give a folder beside the store's files, for the owner only; what a killed import left is removed."""
    try:
        store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (store.folder / compact.IMPORT_LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in store.folder.glob(f"{compact.IMPORTING}*"):
                shutil.rmtree(left)
            with tempfile.TemporaryDirectory(prefix=compact.IMPORTING, dir=store.folder) as folder:
                yield Path(folder)
    except BlockingIOError:
        raise errors.Conflict("Another import runs.", "Wait until it has ended.") from None
    except OSError as error:
        raise errors.Unavailable(
            f"The statistics' store cannot be written to ({error.strerror}).",
            "See that the folder of [visits] store has room and is yours.",
        ) from None


def _lines(files: Iterable[Path], told: Callable[[int], None]) -> Iterator[str]:
    for path in files:
        try:
            with path.open("rb") as raw:
                packed = raw.read(2) == _GZIP
                raw.seek(0)
                yield from _told(raw, gzip.GzipFile(fileobj=raw) if packed else raw, told)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise errors.Invalid(
                f"{path.name} breaks off or is damaged; nothing was taken in.", "Get it whole."
            ) from None
        except OSError as error:
            raise _unreadable(path, error) from None


def _told(
    raw: io.BufferedReader, plain: "io.BufferedReader | gzip.GzipFile", told: Callable[[int], None]
) -> Iterator[str]:
    """Yield lines; one that is too long is one line that cannot be read."""
    before, within = 0, False
    while piece := plain.readline(logs.LONGEST):
        is_end = piece.endswith(b"\n")
        if not within:
            yield piece.decode("utf-8", "replace") if is_end or len(piece) < logs.LONGEST else ""
        within = not is_end
        if (at := raw.tell()) - before >= 1 << 18:
            told(at - before)
            before = at
    told(raw.tell() - before)


def _chunks(
    events: Iterator[tuple[date, layout.Event]],
) -> Iterator[list[tuple[date, layout.Event]]]:
    waiting: list[tuple[date, layout.Event]] = []
    for event in events:
        waiting.append(event)
        if len(waiting) == _TOGETHER:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _unreadable(path: Path, error: OSError) -> errors.Missing:
    return errors.Missing(
        f"{path.name} cannot be read ({error.strerror}); nothing was taken in.",
        "Name files that you may read.",
    )
