# SPDX-License-Identifier: Apache-2.0
"""`uphold visits import DIR FILE...`: views of pages out of the logs of a web server."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import raw_visits, snippet

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.database.transaction import Transaction
    from uphold.visits.compact import Closed
    from uphold.visits.intake import Taken


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("visits", help="visits that are counted")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    intake = acts.add_parser("import", help="take in the logs of a web server")
    intake.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    intake.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a log in the common or the combined format, plain or packed by gzip",
    )
    intake.add_argument("--json", action="store_true", help="print JSON")
    intake.set_defaults(func=run_import)
    snippet.register(acts)
    raw_visits.register(acts)


def run_import(arguments: argparse.Namespace) -> int:
    """Take in logs and say what came of it.

    1 when there were views and no day of them could be taken in, or when no line could be read.
    """
    from uphold import app

    _require()
    with app.opened(arguments.dir) as site:
        taken = _take(site, arguments.files, shows=not arguments.json and sys.stdout.isatty())
    if arguments.json:
        print(json.dumps(_plain(taken), indent=2))
    else:
        for line in _told(taken):
            print(line)
    return 0 if taken.days or not (taken.views_refused or _is_no_log(taken)) else 1


def _require() -> None:
    """Refuse where what recognises browsers, or what closes days, is not installed."""
    from uphold import errors

    absent = errors.Unavailable(
        "Logs cannot be taken in: the extra `statistics` is not installed.",
        "Install it (pip install 'uphold[statistics]').",
    )
    try:
        from uphold.visits import agent, compact  # noqa: F401 - whether it can be loaded
    except ModuleNotFoundError:
        raise absent from None
    if not agent.INSTALLED:
        raise absent


def _take(site: "App", files: list[Path], *, shows: bool) -> "Taken":
    from uphold.journal import entry
    from uphold.statistics import ledger, release
    from uphold.visits import country, intake, layout

    settings, keeper = site.settings, site.keeper
    named, today = settings.visits.country, keeper.today()
    how = intake.Site(
        host=settings.site.address,
        zone=keeper.zone(),
        country=country.of(settings.path(named) if named else None),
    )
    with site.database.read() as connection:
        done = release.covered(ledger.done(connection), ledger.recipes(connection))
    first = layout.kept_since(today, settings.visits.keep_months)
    span = intake.Span(first, today, frozenset(done.get("visits", ())))
    with _progress(intake.size(files), shows=shows) as told:
        taken = intake.take(
            keeper.store,
            files,
            how,
            span,
            noted=partial(_note, site),
            told=told,
        )
    if taken.days:
        codes: dict[str, entry.Code] = {
            "first": layout.number(taken.days[0].day),
            "last": layout.number(taken.days[-1].day),
            "days": len(taken.days),
            "views": sum(closed.events for closed in taken.days),
        }
        site.writer.run(
            lambda tx: tx.append(entry.encode("visits.imported", tx.now, entry.salt(), codes))
        )
    return taken


def _note(site: "App", closed: "Closed") -> None:
    """Put a closed day on record, unless the daily work came first."""
    from uphold.statistics import ledger

    def note(tx: "Transaction") -> None:
        if closed.day not in ledger.days(tx, ledger.Act.CLOSED):
            ledger.close(tx, closed.day, closed.events)

    site.writer.run(note)


def _is_no_log(taken: "Taken") -> bool:
    from uphold.visits.logs import Left

    return 0 < taken.lines == taken.left.get(Left.UNREADABLE, 0)


def _plain(taken: "Taken") -> dict[str, Any]:
    return {
        "lines": taken.lines,
        "left_out": {reason.value: taken.left[reason] for reason in sorted(taken.left)},
        "days": [{"day": closed.day.isoformat(), "views": closed.events} for closed in taken.days],
        "refused": {day.isoformat(): why.value for day, why in sorted(taken.refused.items())},
        "views_refused": taken.views_refused,
    }


def _told(taken: "Taken") -> Iterator[str]:
    views = sum(closed.events for closed in taken.days)
    yield f"{taken.lines} lines read; {views} views of {len(taken.days)} day(s) taken in."
    for closed in taken.days:
        yield f"  {closed.day}  {closed.events} views"
    if taken.left:
        counts = (f"{count} {reason.value}" for reason, count in sorted(taken.left.items()))
        yield f"Left out: {', '.join(counts)}."
    if _is_no_log(taken):
        yield "No line is in the common or the combined format: give the access log of a web server."
    if taken.refused:
        yield f"Refused: {taken.views_refused} views of {len(taken.refused)} day(s)."
        yield from (f"  {day}  {_WHY[why.value]}" for day, why in sorted(taken.refused.items()))
        yield "A day is taken in whole and once: give all files of it in one command."


_WHY = {
    "closed": "the store has this day already",
    "released": "figures of that time are released, and never change",
    "recorded": "the site recorded visits on it itself",
    "not-over": "it is not over yet",
    "ended": "it is older than [visits] keep_months",
}


@contextmanager
def _progress(total: int, *, shows: bool) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far the reading is; anywhere else show nothing."""
    if not shows:
        yield lambda _bytes: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("bytes", total=total)
        yield lambda read: bar.advance(task, read)
