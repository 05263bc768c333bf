# SPDX-License-Identifier: Apache-2.0
"""`uphold request`: what people ask under the law, what is due when, and how far each request is."""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.rights.stored import Moved, Stored

_SHOWN = 100


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("request", help="what people ask under the law, and what is due")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    listed = acts.add_parser("list", help="list open requests, the first due at the top")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    which = listed.add_mutually_exclusive_group()
    which.add_argument("--late", action="store_true", help="only those whose term has ended")
    which.add_argument("--soon", action="store_true", help="only those near or beyond their end")
    which.add_argument("--ended", action="store_true", help="those that have ended instead")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(func=run_list)
    show = acts.add_parser("show", help="show one request with its clocks and its history")
    show.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    show.add_argument("number", type=int, metavar="N", help="the request's number")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(func=run_show)


def run_list(arguments: argparse.Namespace) -> int:
    """List requests. Exit 1 with --late if there is any: for a watch that calls somebody."""
    from uphold import app
    from uphold.rights import stored

    now = time.time_ns() // 1_000_000
    with app.reading(arguments.dir) as connection:
        if arguments.ended:
            found = stored.ended(connection, _SHOWN)
        elif arguments.late:
            found = stored.late(connection, now)
        elif arguments.soon:
            found = stored.soon(connection, now)
        else:
            found = tuple(sorted(stored.open_(connection), key=stored.due))
    if arguments.json:
        print(json.dumps([_told(one, now) for one in found], indent=2))
    else:
        for one in found:
            print(_line(one, now))
        if not found:
            print("No request of this sort.")
    return int(arguments.late and bool(found))


def run_show(arguments: argparse.Namespace) -> int:
    """Show one request; `errors.Missing` where there is none."""
    from uphold import app
    from uphold.rights import stored

    now = time.time_ns() // 1_000_000
    with app.reading(arguments.dir) as connection:
        one = stored.find(connection, arguments.number)
        past = stored.history(connection, arguments.number)
    if arguments.json:
        print(json.dumps({**_told(one, now), "history": [_moved(each) for each in past]}, indent=2))
        return 0
    print(_line(one, now))
    for clock in one.request.clocks:
        sure = "" if clock.certain else ", at the earliest: no calendar of that year yet"
        longer = ", extended" if clock.extended else ""
        print(f"  {clock.profile} {clock.rule}: until {clock.last_day.isoformat()}{longer}{sure}")
    for each in past:
        ground = f" ({each.ground})" if each.ground else ""
        print(f"  {_at(each.at)}  {each.origin} -> {each.to}{ground}, entry {each.entry}")
    return 0


def _line(one: "Stored", now: int) -> str:
    first = one.request.alarm
    due = "no term"
    if first is not None:
        late = "OVERDUE since" if first.late(now) else "due"
        due = f"{late} {first.last_day.isoformat()}"
    return f"{one.number:>6}  {one.request.kind:<13} {one.request.state:<14} {due}"


def _told(one: "Stored", now: int) -> dict[str, object]:
    asked = one.intake
    return {
        "number": one.number,
        "kind": str(one.request.kind),
        "state": str(one.request.state),
        "received_at": one.request.received,
        "channel": str(asked.channel),
        "identity": str(asked.identity),
        "representative": str(asked.representative or ""),
        "subject": asked.subject,
        "records": list(asked.records),
        "purposes": list(asked.purposes),
        "ground": one.request.ground,
        "joined": one.joined,
        "late": one.request.late(now),
        "soon": one.request.soon(now),
        "clocks": [
            {
                "profile": clock.profile,
                "rule": clock.rule,
                "started_at": clock.started,
                "due_at": clock.due,
                "last_day": clock.last_day.isoformat(),
                "zone": clock.zone,
                "certain": clock.certain,
                "extended": clock.extended,
            }
            for clock in one.request.clocks
        ],
    }


def _moved(one: "Moved") -> dict[str, object]:
    return {
        "step": str(one.step),
        "from": str(one.origin),
        "to": str(one.to),
        "staff": one.staff,
        "ground": one.ground,
        "before": one.before,
        "after": one.after,
        "at": one.at,
        "entry": one.entry,
    }


def _at(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at // 1000))
