# SPDX-License-Identifier: Apache-2.0
"""`uphold statistics query|budget`: figures with noise, and what is left to pay for them."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.statistics.budget import Account, Refused
    from uphold.statistics.noisy import Desk
    from uphold.statistics.question import Answer, Question

# As `statistics.asked.TABLES`, which is not imported before it is needed; a test compares them.
TABLES = ("visitors", "pages", "devices", "countries")
WHY = {
    "budget-spent": "the budget of the month is spent, or kept for what is published",
    "delta-spent": "no more questions about keys that nobody declared are answered of the month",
    "restored-since": "the site was restored since, and nobody knows what was spent",
}


def register(acts: Any) -> None:
    """Add these commands to those of `uphold statistics`."""
    query = acts.add_parser("query", help="ask for figures with noise, paid from a month's budget")
    query.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    query.add_argument("table", choices=TABLES, metavar="TABLE", help=", ".join(TABLES))
    query.add_argument(
        "--month",
        default="",
        metavar="MONTH",
        help="such as 2026-10 (default: the one before this)",
    )
    query.add_argument(
        "--from",
        dest="start",
        type=_day,
        metavar="DAY",
        help="from this day on, such as 2026-10-05",
    )
    query.add_argument(
        "--to", dest="end", type=_day, metavar="DAY", help="to this day, of one month"
    )
    query.add_argument(
        "--rho",
        default="",
        metavar="RHO",
        help="what it may cost, such as 0.05 (default: a part of the month's budget)",
    )
    query.add_argument("--json", action="store_true", help="print JSON")
    query.set_defaults(func=run_query)
    budget = acts.add_parser("budget", help="show what is spent and left of each month's budget")
    budget.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    budget.add_argument("--json", action="store_true", help="print JSON")
    budget.set_defaults(func=run_budget)


def publish(site: "App") -> None:
    """Ask what the site publishes of the months that are over, if it publishes anything."""
    if site.settings.visits.public:
        _desk(site).publish()


def run_query(arguments: argparse.Namespace) -> int:
    """Answer a question with noise; 1 when its cost is more than is left."""
    from uphold import app
    from uphold.statistics.budget import Refused

    with app.opened(arguments.dir) as site:
        desk = _desk(site)
        question = _question(arguments, desk)
        with _progress(question, desk, shows=sys.stderr.isatty()) as watch:
            found = desk.query(question, watch)
        left = _left(site, question, desk)
    if isinstance(found, Refused):
        _say_refused(found, left, as_json=arguments.json)
        return 1
    _say_answer(found, left, as_json=arguments.json)
    return 0


def run_budget(arguments: argparse.Namespace) -> int:
    """Show each month's account."""
    from uphold import app
    from uphold.statistics import budget, calibrate

    with app.reading(arguments.dir) as connection:
        accounts = budget.accounts(connection)
    if arguments.json:
        print(json.dumps([_told(one) for one in accounts], indent=2))
        return 0
    for one in accounts:
        spent, granted, left = (calibrate.told(n) for n in (one.spent, one.granted, one.left))
        answers = f"{one.answers} answer{'' if one.answers == 1 else 's'}"
        closed = "  closed by a restore" if one.is_closed else ""
        print(
            f"{one.month}  rho {spent} of {granted} spent, {left} left  {answers}  "
            f"epsilon {_epsilon(one)}{closed}"
        )
    if not accounts:
        print("Nothing was asked yet.")
    else:
        print("Of one visitor's one day; epsilon at a delta of 1e-6.")
    return 0


def _desk(site: "App") -> "Desk":
    """Return where questions are answered by the recipe that stands."""
    from uphold import errors
    from uphold.statistics import ledger

    try:
        from uphold.statistics.noisy import Desk
    except ModuleNotFoundError as absent:
        raise errors.Unavailable(
            f"What draws the noise is not installed ({absent.name}).",
            "Install it: pip install 'uphold[statistics]'",
        ) from None
    with site.database.read() as connection:
        fixed = ledger.standing(connection)
    if fixed is None:
        raise errors.Missing(
            "No recipe of figures is fixed yet, and none is made before.",
            f"Let the daily work do it: uphold statistics run {site.settings.folder.name}",
        )
    keeper, is_public = site.keeper, site.settings.visits.public
    return Desk(site.writer, keeper.store, fixed.recipe, keeper.today(), is_public=is_public)


def _question(arguments: argparse.Namespace, desk: "Desk") -> "Question":
    from uphold import errors
    from uphold.statistics import asked, calibrate

    start, end = arguments.start, arguments.end
    if arguments.month or start is None or end is None:
        if start is not None or end is not None:
            raise errors.Invalid(
                "Give a month, or a first and a last day.", "Write --month 2026-10."
            )
        start, end = asked.month(arguments.month or asked.month_before(desk.today))
    rho = (
        calibrate.parse(arguments.rho)
        if arguments.rho
        else asked.share(arguments.table, desk.allowance(start))
    )
    return asked.question(desk.recipe, arguments.table, start, end, rho)


def _left(site: "App", question: "Question", desk: "Desk") -> int:
    from uphold.statistics import budget

    with site.database.read() as connection:
        accounts = {one.month: one for one in budget.accounts(connection)}
    found = accounts.get(f"{question.start:%Y-%m}")
    return desk.recipe.micro if found is None else found.left


def _say_answer(found: "Answer", left: int, *, as_json: bool) -> None:
    from uphold.statistics import calibrate

    asked, drawn = found.question, found.drawn
    cost = calibrate.told(asked.rho) if found.is_new else "0"
    if as_json:
        told = {
            "label": "noisy",
            "table": asked.table,
            "from": asked.start.isoformat(),
            "to": asked.end.isoformat(),
            "cells": dict(drawn.cells),
            "error95": drawn.error95,
            "cost": cost,
            "left": calibrate.told(left),
            "entry": found.entry,
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    print(f"{asked.table}  {asked.start} to {asked.end}  noisy")
    for key, value in sorted(drawn.cells.items(), key=lambda cell: (-cell[1], cell[0])):
        print(f"{value:>10}  ± {drawn.error95}  {key or '(unknown)'}")
    if not drawn.cells:
        print("  Nothing that enough visitors have.")
    paid = f"Cost {cost}" if found.is_new else "Answered before: cost nothing"
    print(f"{paid}; left of {asked.start:%Y-%m}: {calibrate.told(left)}. Entry {found.entry}.")


def _say_refused(found: "Refused", left: int, *, as_json: bool) -> None:
    from uphold.statistics import calibrate

    wanted = calibrate.told(found.question.rho)
    if as_json:
        told = {"refused": found.reason.value, "cost": wanted, "left": calibrate.told(left)}
        print(json.dumps({**told, "entry": found.entry}, indent=2))
        return
    print(f"uphold: not answered: {WHY[found.reason]}.", file=sys.stderr)
    said = f"It would cost {wanted}, {calibrate.told(found.left)} may be spent."
    print(f"  {said} Entry {found.entry}.", file=sys.stderr)


def _told(one: "Account") -> dict[str, object]:
    from uphold.statistics import calibrate

    return {
        "month": one.month,
        "granted": calibrate.told(one.granted),
        "spent": calibrate.told(one.spent),
        "left": calibrate.told(one.left),
        "answers": one.answers,
        "epsilon": one.epsilon,
        "closed": one.is_closed,
    }


def _epsilon(one: "Account") -> str:
    return "unknown" if one.epsilon is None else f"{one.epsilon:.3f}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day; write it like this: 2026-10-05"
        ) from None


@contextmanager
def _progress(
    question: "Question", desk: "Desk", *, shows: bool
) -> Iterator[Callable[[int], None]]:
    """Tell on standard error how many days are counted, where somebody sees it."""
    if not shows:
        yield lambda _days: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    days = [day for day in desk.store.closed_days() if question.start <= day <= question.end]
    columns = (TextColumn("Counting days"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(days))
        yield lambda counted: bar.advance(task, counted)
