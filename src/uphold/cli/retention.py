# SPDX-License-Identifier: Apache-2.0
"""`uphold retention`: destroy what is due, print the acts of it, bar destruction by preservation orders."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import dates, output, staff

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.retention.act import Act
    from uphold.retention.document import Document
    from uphold.retention.orders import Order
    from uphold.retention.sweep import Done, Watch


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("retention", help="destroy what is due; acts, preservation orders")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    run = acts.add_parser("run", help="destroy everything whose term has run out")
    run.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    run.add_argument("--dry-run", action="store_true", help="only say what would be destroyed")
    run.add_argument("--json", action="store_true", help="print JSON")
    run.set_defaults(func=run_sweep)
    show = acts.add_parser("acts", help="list the acts of destruction, or print one")
    show.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    show.add_argument("number", type=int, nargs="?", metavar="N", help="print this act")
    show.add_argument("--language", default="", metavar="LANG", help="ru or en")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.add_argument("--html", type=Path, metavar="FILE", help="write the act as a page to print")
    show.add_argument("--pdf", type=Path, metavar="FILE", help="write the act as PDF/A to sign")
    show.set_defaults(func=run_acts)
    _register_orders(acts.add_parser("order", help="place, lift and list preservation orders"))


def _register_orders(topic: argparse.ArgumentParser) -> None:
    acts = topic.add_subparsers(metavar="ACT", required=True)
    place = acts.add_parser("place", help="forbid to destroy a record or a purpose")
    place.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    place.add_argument("--ground", required=True, metavar="TEXT", help="the law or the document")
    place.add_argument("--by", required=True, metavar="LOGIN", help="who places it")
    place.add_argument("--receipt", metavar="ID", help="only of the submission with this receipt")
    place.add_argument("--purpose", metavar="ID", help="only of this purpose")
    place.add_argument(
        "--from", dest="start", type=dates.begin, metavar="DATE", help="from this day on"
    )
    place.add_argument("--until", type=dates.end, metavar="DATE", help="until the end of this day")
    place.set_defaults(func=run_place)
    lift = acts.add_parser("lift", help="end an order before its time")
    lift.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    lift.add_argument("number", type=int, metavar="NUMBER", help="the order's number")
    lift.add_argument("--by", required=True, metavar="LOGIN", help="who lifts it")
    lift.set_defaults(func=run_lift)
    listed = acts.add_parser("list", help="list every order there ever was")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(func=run_list)


def run_sweep(arguments: argparse.Namespace) -> int:
    """Sweep once, or say what a sweep would destroy. Exit 2 while another process sweeps."""
    from uphold import app, errors

    with app.opened(arguments.dir) as site, _progress() as told:
        done = site.sweep().preview() if arguments.dry_run else site.sweep(told).run()
    if done is None:
        raise errors.Conflict(
            "Another process destroys what is due just now.", "See its acts in a minute."
        )
    if arguments.json:
        print(json.dumps(_told(done), indent=2))
        return 0
    for line in _lines(done, is_dry=arguments.dry_run):
        print(line)
    return 0


def run_acts(arguments: argparse.Namespace) -> int:
    """List the acts that are kept, or print one with the export of the log."""
    from uphold import app, errors
    from uphold.retention import act

    number = arguments.number
    if number is None and (arguments.html or arguments.pdf):
        raise errors.Invalid("--html and --pdf write one act.", "Name it: acts DIR N --pdf FILE")
    with app.opened(arguments.dir) as site:
        if number is not None:
            return _print(_document(site, number, arguments.language), arguments)
        with site.database.read() as connection:
            found = act.every(connection)
    if arguments.json:
        print(json.dumps([_told_act(one) for one in found], indent=2))
        return 0
    for one in found:
        print(_line(one))
    if not found:
        print("No act: nothing has been destroyed for its term yet.")
    return 0


def run_place(arguments: argparse.Namespace) -> int:
    """Place an order, journaled, under the name of a member of staff who may."""
    from uphold import app, errors
    from uphold.access.permission import Permission
    from uphold.retention import orders
    from uphold.retention.orders import Terms

    if not arguments.receipt and not arguments.purpose:
        raise errors.Invalid(
            "Nothing says what must be kept.", "Name --receipt, --purpose or both."
        )
    with app.opened(arguments.dir) as site:
        who = staff.entitled(site, arguments.by, Permission.HOLD_PLACE)
        if arguments.purpose and not _declares(site, arguments.purpose):
            raise errors.Missing(
                f"No edition has a purpose {arguments.purpose!r}.", "Use one that is declared."
            )
        record = _record(site, arguments.receipt) if arguments.receipt else None
        terms = Terms(
            record, arguments.purpose, arguments.ground, arguments.start or 0, arguments.until
        )
        number = site.writer.run(lambda tx: orders.place(tx, terms, who))
    print(f"Order {number} is placed: what it names is not destroyed until it ends.")
    return 0


def run_lift(arguments: argparse.Namespace) -> int:
    """Lift an order, journaled; the next sweep destroys what it alone kept."""
    from uphold import app
    from uphold.access.permission import Permission
    from uphold.retention import orders

    with app.opened(arguments.dir) as site:
        who = staff.entitled(site, arguments.by, Permission.HOLD_PLACE)
        site.writer.run(lambda tx: orders.lift(tx, arguments.number, who))
    print(f"Order {arguments.number} is lifted.")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List every order with its ground."""
    from uphold import app
    from uphold.retention import orders
    from uphold.vault import identifier

    with app.opened(arguments.dir) as site:
        with site.database.read() as connection:
            found = orders.every(connection)
        receipts: dict[int | None, str] = {
            one.terms.record: site.ring.identifiers.encode(identifier.RECEIPT, one.terms.record)
            for one in found
            if one.terms.record is not None
        }
    told = [_told_order(one, receipts.get(one.terms.record)) for one in found]
    if arguments.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for one in told:
        what = " ".join(filter(None, (one["purpose"] or "every purpose", one["receipt"])))
        state = f"lifted {one['lifted']}" if one["lifted"] else f"until {one['until'] or 'lifted'}"
        print(
            f"{one['order']:>5}  {what}  from {one['from'] or one['placed']}  {state}  {one['ground']}"
        )
    if not told:
        print("No order.")
    return 0


def _record(site: "App", receipt: str) -> int:
    from uphold import errors
    from uphold.submission import record
    from uphold.vault import identifier

    number = site.ring.identifiers.decode(identifier.RECEIPT, receipt)
    with site.database.read() as connection:
        if number is None or number not in record.facts(connection, [number]):
            raise errors.Missing("There is no such receipt.", "Copy its number whole.")
    return number


def _declares(site: "App", purpose: str) -> bool:
    return any(purpose in edition.policy.purposes for edition in site.shelf.all())


def _document(site: "App", number: int, language: str) -> "Document":
    from uphold.retention import paper

    about = paper.Site(site.settings, site.ring, site.shelf.edition)
    with site.database.read() as connection:
        return paper.document_of(connection, about, number, language)


def _print(document: "Document", arguments: argparse.Namespace) -> int:
    from uphold.retention import paper

    if arguments.html:
        output.write(arguments.html, paper.page(document).encode())
    if arguments.pdf:
        output.write(arguments.pdf, paper.pdf(document))
    if arguments.json:
        print(paper.json(document).decode())
    elif arguments.html or arguments.pdf:
        written = (arguments.html, arguments.pdf)
        print("\n".join(f"Wrote {file}." for file in written if file))
    else:
        print("\n".join(paper.lines(document)))
    return 0


def _lines(done: "Done", *, is_dry: bool) -> Iterator[str]:
    verb = "would be destroyed" if is_dry else "destroyed"
    for kind, count in sorted(done.parts.items(), key=lambda pair: pair[0].purpose):
        yield f"{count:>8}  {kind.purpose}  (edition {kind.edition}, {kind.reason})"
    total = sum(done.parts.values())
    yield f"{total} part(s) of {done.records} record(s) {verb}." if total else "Nothing is due."
    if done.kept:
        yield f"{done.kept} part(s) are due and kept by a preservation order."
    for number in done.acts:
        yield f"Act {number}: uphold retention acts DIR {number}"


def _told(done: "Done") -> dict[str, object]:
    parts = [{**asdict(kind), "parts": count} for kind, count in done.parts.items()]
    return {"records": done.records, "parts": parts, "kept": done.kept, "acts": done.acts}


def _told_act(one: "Act") -> dict[str, object]:
    return {
        "act": one.number,
        **asdict(one.kind),
        "opened": _instant(one.opened_at),
        "done": _instant(one.done_at),
        "parts": one.parts,
    }


def _line(one: "Act") -> str:
    done = f"{one.parts} part(s), done {_instant(one.done_at)}" if one.done_at else "under way"
    kind = one.kind
    return f"{one.number:>5}  {kind.purpose}  (edition {kind.edition}, {kind.reason})  {done}"


def _told_order(one: "Order", receipt: str | None) -> dict[str, Any]:
    return {
        "order": one.number,
        "receipt": receipt,
        "purpose": one.terms.purpose,
        "ground": one.terms.ground,
        "from": _instant(one.terms.starts_at),
        "until": _instant(one.terms.until_at),
        "placed": _instant(one.placed_at),
        "by": one.staff,
        "lifted": _instant(one.lifted_at),
    }


def _instant(at: int | None) -> str | None:
    from uphold.assurance import report

    return report.instant(at or 0)


@contextmanager
def _progress() -> "Iterator[Watch | None]":
    """Show on a terminal how far a sweep is; anywhere else show nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    steps = {
        "walk": "records looked at",
        "again": "records reckoned anew",
        "destroy": "parts destroyed",
    }
    with Console(stderr=True).status("Looking for what is due") as status:
        yield lambda step, count: status.update(f"{steps[step]}: {count}")
