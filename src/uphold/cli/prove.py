# SPDX-License-Identifier: Apache-2.0
"""`uphold prove DIR` and `uphold attest DIR CLAUSE`: examine and attack the running site, clause by clause."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import dates, output, staff

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.assurance.proof import Only
    from uphold.assurance.prove import Told
    from uphold.assurance.report import Report
    from uphold.assurance.visitor import Target

_ADVICE = "Name a file in a folder that is there. The evidence itself is stored."


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    prove = commands.add_parser("prove", help="examine and attack the site, clause by clause")
    prove.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    asked = prove.add_mutually_exclusive_group()
    asked.add_argument(
        "--clause",
        action="append",
        default=[],
        metavar="CLAUSE",
        help="only this clause, such as 3.1",
    )
    asked.add_argument(
        "--promise",
        action="append",
        default=[],
        metavar="ID",
        help="only this promise and its clauses",
    )
    asked.add_argument("--due", action="store_true", help="only what is due, as the schedule does")
    prove.add_argument(
        "--by",
        type=int,
        default=0,
        metavar="NUMBER",
        help="the account that asks for it, by its number",
    )
    prove.add_argument("--json", metavar="FILE", help="write the report as JSON; - prints it")
    prove.add_argument("--html", metavar="FILE", help="write the report as one HTML file")
    prove.set_defaults(func=run_prove)
    attest = commands.add_parser("attest", help="state that the operator's own duty was done")
    attest.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    attest.add_argument("clause", metavar="CLAUSE", help="the clause, such as 4.2.2")
    attest.add_argument("--by", required=True, metavar="LOGIN", help="who states it")
    attest.add_argument(
        "--until", type=dates.end, metavar="DATE", help="count until this day, 2030-12-31"
    )
    attest.set_defaults(func=run_attest)


def run_prove(arguments: argparse.Namespace) -> int:
    """Run the probes, print the report. Exit 1 if a clause is broken, not shown, or its duty overdue."""
    from uphold import app
    from uphold.assurance.proof import Only

    end_in_order()
    only = Only(frozenset(arguments.clause), frozenset(arguments.promise))
    with app.opened(arguments.dir) as site:
        if arguments.due:
            return _run_due(site)
        report = _examined(site, only, arguments.by)
        _write(site, report, arguments)
    if arguments.json != "-":
        from uphold.cli import proof_table

        proof_table.show(report, narrow=bool(only))
    return 0 if report.is_well else 1


def run_attest(arguments: argparse.Namespace) -> int:
    """Store the attestation, journaled, under the name of a member of staff who may attest."""
    from uphold import app
    from uphold.access.permission import Permission
    from uphold.assurance import duty, report

    with app.opened(arguments.dir) as site:
        who = staff.entitled(site, arguments.by, Permission.DUTY_ATTEST)
        edition = site.shelf.in_force()
        until = site.writer.run(
            lambda tx: duty.attest(tx, edition, arguments.clause, who, arguments.until)
        )
    print(f"Clause {arguments.clause} is attested by {arguments.by} until {report.instant(until)}.")
    return 0


def _examined(site: "App", only: "Only", by: int) -> "Report":
    import time

    from uphold.assurance import proof, prove

    chosen = prove.of_promises(proof.wanted(site.shelf.in_force(), only))
    if chosen:
        with target(site) as where, _progress() as told:
            prove.run(site.premises(), where, chosen, by=by, told=told)
        _look(site)
    # The moment of the report comes after the evidence in it.
    now = time.time_ns() // 1_000_000
    with site.database.read() as connection:
        return proof.report(connection, site.ground(), now, only)


def _run_due(site: "App") -> int:
    """Run what is due, raise alerts for what has turned bad, and mail the operator that a look is needed."""
    from uphold.assurance import watch

    due = watch.due(site.ground(), site.premises())
    if not due:
        return 0
    with target(site) as where, _progress() as told:
        found = watch.run(site.premises(), where, due, told)
    _look(site)
    return 0 if found.is_well else 1


def _look(site: "App") -> None:
    """Note in the register of threats what the new evidence says of the measures against them."""
    import time

    from uphold.assurance import threatened

    now = time.time_ns() // 1_000_000
    threatened.look(site.database, site.writer, site.modelled(), site.log.verifier, now)


@contextmanager
def target(site: "App") -> "Iterator[Target]":
    """Go to the configured address if this site answers there, else serve it for the time being."""
    from contextlib import nullcontext

    from uphold import egress
    from uphold.assurance import refused, visitor
    from uphold.web import run

    found = visitor.knock(site.settings, site.log.vkey)
    with nullcontext(found) if found is not None else run.serving(site) as where:
        # Whoever examines speaks to the site and nobody else, and may be caught at it like the site.
        with egress.guarded(egress.declared(site.settings) | {egress.place(where.address)}):
            yield where
        refused.settle(site.writer)


def _write(site: "App", report: "Report", arguments: argparse.Namespace) -> None:
    if arguments.json:
        told = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
        output.put(arguments.json, told + "\n", _ADVICE)
    if arguments.html:
        from uphold.web import proof_views

        output.put(arguments.html, proof_views.html(site, report).decode(), _ADVICE)


def end_in_order() -> None:
    """Let SIGTERM end a run as Ctrl-C does, so that the exercise is removed."""

    def stop(_: int, __: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


@contextmanager
def _progress() -> "Iterator[Told]":
    """Show on a terminal how far the run is; anywhere else show nothing."""
    from uphold.assurance import prove

    if not sys.stderr.isatty():
        yield prove.nobody
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Opening the site", total=None)

        def told(now: prove.Progress) -> None:
            step = f"{now.probe}: {now.step} {now.at}" if now.step else now.probe
            bar.update(task, completed=now.done, total=now.total, description=step)

        yield told
