# SPDX-License-Identifier: Apache-2.0
"""`uphold statistics`: the recipe of the figures, the daily work on them, and the ledger of both."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import noisy, output, staff

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.statistics.ledger import Fixed, Line
    from uphold.statistics.run import Done, Told

_STEPS = {
    "close": "Closing days",
    "tally": "Counting consents",
    "release": "Counting, hiding small groups, attacking",
}


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("statistics", help="figures of visits, and the ledger of them")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    run = _command(acts, "run", "close the days that are over, and release what is due")
    run.set_defaults(func=run_work)
    ledger = _command(acts, "ledger", "list every act on figures, and what was measured")
    ledger.add_argument("--limit", type=int, default=50, metavar="N", help="so many of the latest")
    ledger.add_argument("--act", default="", metavar="ACT", help="only these, such as refused")
    ledger.set_defaults(func=run_ledger)
    act = _command(acts, "act", "print the local act on depersonalisation, to sign")
    act.add_argument(
        "--language", default="", choices=("ru", "en"), metavar="LANG", help="ru or en"
    )
    act.add_argument("--html", type=Path, metavar="FILE", help="write it as a page to print")
    act.set_defaults(func=run_act)
    recipe = acts.add_parser("recipe", help="how the figures are made").add_subparsers(
        metavar="ACT", required=True
    )
    show = _command(recipe, "show", "check the recipe of the folder and print it")
    show.set_defaults(func=run_show)
    fix = _command(recipe, "fix", "let the recipe of the folder stand from now on")
    fix.add_argument("--by", required=True, metavar="LOGIN", help="who fixes it")
    fix.set_defaults(func=run_fix)
    noisy.register(acts)


def _command(acts: Any, name: str, told: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = acts.add_parser(name, help=told)
    command.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    command.add_argument("--json", action="store_true", help="print JSON")
    return command


def work(site: "App", told: "Told | None" = None) -> "Done":
    """Do the daily work on the figures of a site now, and publish what is due; raises as `statistics.run.work`.

    `errors.Unavailable` where what counts is not installed.
    """
    import time

    from uphold import errors
    from uphold.enquiry import durations as enquiries
    from uphold.rights import durations as requests
    from uphold.statistics import recipe

    try:
        from uphold.statistics import run
    except ModuleNotFoundError as absent:
        raise errors.Unavailable(
            f"What counts the figures is not installed ({absent.name}).",
            "Install it: pip install 'uphold[statistics]'",
        ) from None
    keeper = site.keeper
    ground = run.Site(
        store=keeper.store,
        database=site.database,
        writer=site.writer,
        zone=keeper.zone(),
        recipe=recipe.load(site.settings.folder),
        matters={"requests": requests.durations, "enquiries": enquiries.durations},
        keep_months=site.settings.visits.keep_months,
    )
    now = time.time_ns() // 1_000_000
    done = run.work(ground, now) if told is None else run.work(ground, now, told)
    noisy.publish(site)
    return done


def run_work(arguments: argparse.Namespace) -> int:
    """Do the daily work. Exit 1 if figures did not withstand the attacks, 2 while another process is at it."""
    from uphold import app

    with app.opened(arguments.dir) as site, _progress(arguments) as told:
        done = work(site, told)
    if arguments.json:
        days = {"closed": [*map(str, done.closed)], "dropped": [*map(str, done.dropped)]}
        atoms = {"released": done.released, "refused": done.refused, "waits": done.waits}
        print(json.dumps({**days, **atoms}, indent=2))
        return 1 if done.refused else 0
    for verb, what in (
        ("Closed", [*map(str, done.closed)]),
        ("Dropped", [*map(str, done.dropped)]),
        ("Released", done.released),
        ("Refused, as attacks on it succeeded:", done.refused),
    ):
        if what:
            print(f"{verb} {_short(what)}")
    if not any((done.closed, done.dropped, done.released, done.refused)):
        print("Nothing was due.")
    if done.waits:
        print("statistics.toml is not the recipe that stands.")
        print(f"  Fix it: uphold statistics recipe fix {arguments.dir} --by LOGIN")
    return 1 if done.refused else 0


def run_ledger(arguments: argparse.Namespace) -> int:
    """List the recipes that stood, and the latest acts."""
    from uphold import app, errors
    from uphold.statistics import ledger
    from uphold.statistics.ledger import Act

    if arguments.act and arguments.act not in list(Act):
        raise errors.Invalid(f"There is no act {arguments.act!r}.", f"Use: {', '.join(Act)}.")
    acts = [Act(arguments.act)] if arguments.act else list(Act)
    with app.reading(arguments.dir) as connection:
        fixed = ledger.recipes(connection)
        lines = ledger.lines(connection, max(1, arguments.limit), acts)
    if arguments.json:
        told = {"recipes": [*map(_told_recipe, fixed)], "acts": [*map(_told_line, lines)]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for one in fixed:
        by = f"member of staff {one.staff}" if one.staff else "the site itself"
        print(f"Recipe {one.number}  {_instant(one.at)}  fixed by {by}  {one.recipe.digest}")
    for line in lines:
        print(_print_line(line))
    if not fixed and not lines:
        print("Nothing was done on figures yet.")
    return 0


def run_act(arguments: argparse.Namespace) -> int:
    """Print the operator's local act on depersonalisation, from the recipe that stands and the ledger."""
    from dataclasses import asdict
    from datetime import datetime

    from uphold import app, errors
    from uphold.statistics import act, ledger

    with app.opened(arguments.dir) as site, site.database.read() as connection:
        fixed, done = ledger.standing(connection), ledger.done(connection)
        if fixed is None:
            raise errors.Missing(
                "No recipe of figures stands yet.",
                f"Fix it: uphold statistics recipe fix {arguments.dir} --by LOGIN",
            )
        edition, settings = site.shelf.in_force(), site.settings
        language = arguments.language or edition.policy.language
        facts = act.Facts(
            operator=_named(edition.policy.operator.name, language),
            site=settings.site.address,
            edition=edition.number,
            store=settings.visits.store,
            keep_months=settings.visits.keep_months,
            today=site.keeper.today(),
            since=datetime.fromtimestamp(fixed.at / 1000, site.keeper.zone()).date(),
        )
    made = act.document(fixed, done, facts, language)
    if arguments.html:
        output.write(arguments.html, act.page(made))
    if arguments.json:
        print(json.dumps(asdict(made), ensure_ascii=False, indent=2))
    elif arguments.html:
        print(f"Wrote {arguments.html}.")
    else:
        print("\n".join(act.lines(made)))
    return 0


def _named(name: Any, language: str) -> str:
    return str(name.get(language) or next(iter(name.values()), "")) if name else ""


def run_fix(arguments: argparse.Namespace) -> int:
    """Let the recipe of the folder stand, journaled, under the name of a member of staff who may."""
    from uphold import app
    from uphold.access.permission import Permission
    from uphold.statistics import ledger, recipe

    with app.opened(arguments.dir) as site:
        who = staff.entitled(site, arguments.by, Permission.STATISTICS_RECIPE)
        body = recipe.load(site.settings.folder)
        number = site.writer.run(lambda tx: ledger.fix(tx, body, who))
    digest = recipe.parse(body).digest
    if arguments.json:
        print(json.dumps({"recipe": number, "digest": digest}))
        return 0
    print(f"Recipe {number} stands from now on: {digest}")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Check the recipe of the folder and print what it declares."""
    from uphold import app, config
    from uphold.statistics import calibrate, recipe

    with app.reading(arguments.dir):
        body = recipe.load(config.load(arguments.dir).folder)
    made = recipe.parse(body)
    if arguments.json:
        told = {
            "digest": made.digest,
            "source": made.source,
            "columns": made.columns,
            "methods": made.methods,
            "minimum": made.minimum,
            "pages_per_person": made.pages_per_person,
            "budget": calibrate.told(made.micro),
            "public": made.public,
            "tables": {name: grain.value for name, grain in made.tables.items()},
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print(body.decode())
    print(f"Digest {made.digest}. For the operator's eyes only.")
    for method in recipe.methods().values():
        used = "x" if method.id in made.methods else " "
        told_of = f"point {method.point}, {method.seen}"
        print(f"  [{used}] {method.id:<16} {method.title['en']} ({told_of})")
    return 0


def _short(what: "tuple[str, ...] | list[str]") -> str:
    """Name a few, and of many the first and the last."""
    if len(what) <= 4:
        return ", ".join(what)
    return f"{what[0]} ... {what[-1]} ({len(what)})"


def _print_line(line: "Line") -> str:
    from uphold.statistics.ledger import ABOUT

    words = [f"{line.number:>6}", _instant(line.at), f"{line.act:<9}", line.what, line.label]
    match line.act:
        case "closed":
            about = f"at least {line.about}" if line.about else f"fewer than {ABOUT}"
            words.append(f"{about} events")
        case "released":
            words.append(f"hidden {line.count}")
        case "used" | "exported":
            words.append(f"by {line.staff or 'the site itself'}")
    keys = ("minimum", "smallest", "acts", "acts-hidden")
    words += [f"{key} {line.report[key]}" for key in keys if key in line.report]
    words += [f"found: {name}" for name in line.report.get("findings", {})]
    return "  ".join(filter(None, words))


def _told_recipe(one: "Fixed") -> dict[str, object]:
    told = {"recipe": one.number, "digest": one.recipe.digest, "minimum": one.recipe.minimum}
    return {**told, "staff": one.staff, "at": _instant(one.at)}


def _told_line(line: "Line") -> dict[str, object]:
    names = ("number", "act", "what", "recipe", "label", "output", "report", "staff")
    told = {name: getattr(line, name) for name in (*names, "entry")}
    return {**told, "count": line.about, "at": _instant(line.at)}


def _instant(at: int) -> str:
    from uphold.assurance import report

    return report.instant(at) or ""


@contextmanager
def _progress(arguments: argparse.Namespace) -> "Iterator[Told | None]":
    """Show on a terminal how far the work is; anywhere else show nothing."""
    if arguments.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        tasks = {name: bar.add_task(text, total=None) for name, text in _STEPS.items()}
        yield lambda step, done, whole: bar.update(tasks[step], completed=done + 1, total=whole)
