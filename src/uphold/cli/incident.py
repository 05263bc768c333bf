# SPDX-License-Identifier: Apache-2.0
"""`uphold incident`: open one, see which clocks run, draft its notices. What people write comes in a file."""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import numbers, output, staff

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.incident.case import Case
    from uphold.incident.clock import Due
    from uphold.incident.drafting import Desk


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("incident", help="breaches, the law's clocks, drafts of notices")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    opening = acts.add_parser("open", help="put an incident on record, by hand")
    opening.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    opening.add_argument("--by", required=True, metavar="LOGIN", help="who opens it")
    opening.add_argument(
        "--detected",
        required=True,
        type=_moment,
        metavar="TIME",
        help="when it was detected, such as 2026-11-23T09:15Z",
    )
    opening.add_argument("--since", type=_moment, metavar="TIME", help="when it began to happen")
    opening.add_argument("--until", type=_moment, metavar="TIME", help="when it ended")
    opening.add_argument(
        "--words", metavar="FILE", help="what happened, in a file; - is standard input"
    )
    opening.set_defaults(func=run_open)
    listed = acts.add_parser("list", help="list incidents, the newest at the top")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    listed.add_argument("--late", action="store_true", help="only those with a notice that is late")
    listed.add_argument("--exercise", action="store_true", help="those of exercises instead")
    listed.add_argument(
        "--json", action="store_true", help="print the register as JSON, without what people wrote"
    )
    listed.set_defaults(func=run_list)
    show = acts.add_parser(
        "show", help="show one incident: its clocks and its lines, without what people wrote"
    )
    show.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    show.add_argument("number", type=numbers.stored, metavar="N", help="the incident's number")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(func=run_show)
    _register_draft(acts)


def _register_draft(acts: Any) -> None:
    draft = acts.add_parser("draft", help="draft a notice, filled from what is on record")
    draft.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    draft.add_argument("number", type=numbers.stored, metavar="N", help="the incident's number")
    draft.add_argument("notice", metavar="NOTICE", help="such as ru-152fz-first; `show` names them")
    draft.add_argument(
        "--by", required=True, metavar="LOGIN", help="who may read what people wrote"
    )
    draft.add_argument(
        "--language", choices=("en", "ru"), default="ru", help="the draft's language (default: ru)"
    )
    draft.add_argument(
        "--pdf", type=Path, metavar="FILE", help="write a PDF instead of printing text"
    )
    draft.set_defaults(func=run_draft)


def run_open(arguments: argparse.Namespace) -> int:
    """Open an incident by hand, journaled, under the name of a member of staff who may."""
    from uphold import app
    from uphold.access.permission import Permission
    from uphold.incident import store
    from uphold.incident.store import Opening

    words = _words(arguments.words) if arguments.words else ""
    since, until = arguments.since, arguments.until
    occurred = (since, until or since) if since else None
    with app.opened(arguments.dir) as site:
        who = staff.entitled(site, arguments.by, Permission.INCIDENT_WRITE)
        opening = Opening(arguments.detected, occurred=occurred, words=words)
        made = site.writer.run(lambda tx: store.open_(tx, site.ring, opening, who))
        lines = [_clock(one) for one in _desk(site).dues(made, _now())]
    print(f"Incident {made.number} is on record.")
    print("\n".join(lines))
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List incidents. Exit 1 with --late if there is any: for a watch that calls somebody."""
    from uphold import app
    from uphold.incident import clock, register as registers, stored
    from uphold.incident.case import Whose

    now, whose = _now(), Whose.DRILL if arguments.exercise else Whose.PEOPLES
    with app.opened(arguments.dir) as site:
        desk = _desk(site)
        with site.database.read() as connection:
            every = stored.listed(connection, whose=whose)
    found = [(one, desk.dues(one, now)) for one in every]
    if arguments.late:
        found = [(one, dues) for one, dues in found if not one.is_closed and _is_late(dues)]
    if arguments.json:
        rows = registers.of([one for one, _ in found], desk.policy.laws, now, desk.zone)
        print(json.dumps(rows, indent=2))
    else:
        for one, dues in found:
            print(_line(one, clock.watched(dues)))
        if not found:
            print("No incident of this sort.")
    return int(arguments.late and bool(found))


def run_show(arguments: argparse.Namespace) -> int:
    """Show one incident; `errors.Missing` where there is none."""
    from uphold import app
    from uphold.incident import stored

    with app.opened(arguments.dir) as site:
        with site.database.read() as connection:
            one = stored.find(connection, None, arguments.number)
        dues = _desk(site).dues(one, _now())
    if arguments.json:
        print(json.dumps(_told(one, dues), indent=2))
        return 0
    exercise = ", EXERCISE" if one.exercise else ""
    print(f"Incident {one.number}{exercise}, {'closed' if one.is_closed else 'open'}")
    print("\n".join(_clock(due) for due in dues))
    for line in one.lines:
        print(
            f"  {_at(line.at)}  {line.what:<13} {line.value}  by {line.staff}, entry {line.entry}"
        )
    return 0


def run_draft(arguments: argparse.Namespace) -> int:
    """Draft a notice as text, or as PDF. Exit 1 while what the law itself asks for is missing."""
    from uphold import app
    from uphold.access.permission import Permission
    from uphold.incident import draft, paper, stored

    with app.opened(arguments.dir) as site:
        staff.entitled(site, arguments.by, Permission.INCIDENT_WRITE)
        with site.database.read() as connection:
            one = stored.find(connection, site.ring, arguments.number)
        desk, now = _desk(site), _now()
        made = desk.draft(one, desk.dues(one, now), arguments.notice, arguments.language, now)
    if arguments.pdf:
        output.write(arguments.pdf, paper.pdf(made))
        print(f"Wrote {arguments.pdf}.")
    else:
        print(draft.text(made), end="")
    return int(bool(draft.lacks(made)))


def _desk(site: "App") -> "Desk":
    from uphold.incident import drafting

    settings, every = site.settings, tuple(reversed(site.shelf.all()))
    return drafting.desk(site.shelf.in_force(), every, settings.origin, settings.site.zone)


def _is_late(dues: "tuple[Due, ...]") -> bool:
    from uphold.incident.clock import Stand

    return any(one.stand is Stand.LATE for one in dues)


def _line(one: "Case", first: "Due | None") -> str:
    due = f"{first.stand} {first.notice.id} {_at(first.due)}" if first else "no term runs"
    state = "closed" if one.is_closed else due
    return f"{one.number:>6}  detected {_at(one.detected_at)}  {state}"


def _clock(due: "Due") -> str:
    at = _at(due.due) if due.due else "-"
    return f"  {due.notice.id:<18} {due.stand:<11} {at}"


def _told(one: "Case", dues: "tuple[Due, ...]") -> dict[str, object]:
    return {
        "number": one.number,
        "exercise": one.exercise,
        "alert": one.alert,
        "detected_at": one.detected_at,
        "closed_at": one.closed_at,
        "notices": [
            {
                "notice": due.notice.id,
                "stand": str(due.stand),
                "due_at": due.due,
                "given_at": due.given_at,
            }
            for due in dues
        ],
        "lines": [
            {
                "what": str(line.what),
                "value": line.value,
                "at": line.at,
                "staff": line.staff,
                "entry": line.entry,
            }
            for line in one.lines
        ],
        "lessons": [
            {"kind": str(each.kind), "name": each.name, "due": each.due} for each in one.lessons
        ],
    }


def _words(name: str) -> str:
    """Read what happened: never from the command line itself, which others on the machine may see."""
    from uphold import errors

    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise errors.Invalid(
            f"{name} cannot be read ({type(error).__name__}).", "Name a file with text in UTF-8."
        ) from None


def _moment(text: str) -> int:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2026-11-23T09:15Z") from None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _at(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at // 1000))
