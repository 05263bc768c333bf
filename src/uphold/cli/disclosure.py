# SPDX-License-Identifier: Apache-2.0
"""`uphold disclosure`: what went to somebody outside, on which ground, by whose decision. Prints nobody's data."""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.access.disclosed import Disclosure, Moved

# As `access.procedure.State`, which is not imported before it is needed; a test compares them.
STATES = ("prepared", "approved", "refused", "sent", "closed")


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser(
        "disclosure", help="what went to somebody outside, and on which ground"
    )
    acts = topic.add_subparsers(metavar="ACT", required=True)
    listed = acts.add_parser("list", help="list disclosures and refusals, the newest at the top")
    listed.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    listed.add_argument("--state", choices=STATES, metavar="STATE", help="only those in this state")
    listed.add_argument("--json", action="store_true", help="print JSON")
    listed.set_defaults(func=run_list)
    show = acts.add_parser("show", help="show one disclosure with its history")
    show.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    show.add_argument("number", type=int, metavar="N", help="the disclosure's number")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(func=run_show)


def run_list(arguments: argparse.Namespace) -> int:
    """List disclosures of people's data."""
    from uphold import app
    from uphold.access import disclosed
    from uphold.access.procedure import State

    state = State(arguments.state) if arguments.state else None
    with app.reading(arguments.dir) as connection:
        found = disclosed.listed(connection, state)
    if arguments.json:
        print(json.dumps([_told(one) for one in found], indent=2))
        return 0
    for one in found:
        print(_line(one))
    if not found:
        print("No disclosure of this sort.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Show one disclosure; `errors.Missing` where there is none."""
    from uphold import app
    from uphold.access import disclosed

    with app.reading(arguments.dir) as connection:
        one = disclosed.find(connection, arguments.number)
    if arguments.json:
        print(json.dumps(_told(one), indent=2))
        return 0
    print(_line(one))
    print(f"  fields: {', '.join(one.fields) or '(none)'}; edition {one.edition}")
    print(f"  key: {one.key or '(none)'}")
    if one.silence_until:
        print(f"  the person is not told before {_at(one.silence_until)}")
    print(f"  {_at(one.prepared_at)}  prepared by {one.prepared_by}, entry {one.entry}")
    for each in one.moves:
        more = "".join(f" ({said})" for said in (each.reason, each.file) if said)
        print(
            f"  {_at(each.at)}  {each.origin} -> {each.to} by {each.staff}{more}, entry {each.entry}"
        )
    return 0


def _line(one: "Disclosure") -> str:
    records = f"{len(one.records)} record{'' if len(one.records) == 1 else 's'}"
    return (
        f"{one.number:>6}  {one.state:<9} {_at(one.moved_at)}  {one.recipient}  {one.ground}  "
        f"{one.purpose or '-'}  {records}"
    )


def _told(one: "Disclosure") -> dict[str, object]:
    return {
        "number": one.number,
        "state": str(one.state),
        "recipient": one.recipient,
        "ground": one.ground,
        "purpose": one.purpose,
        "fields": list(one.fields),
        "records": list(one.records),
        "edition": one.edition,
        "key": one.key,
        "silence_until": one.silence_until,
        "exercise": one.exercise,
        "prepared_by": one.prepared_by,
        "prepared_at": one.prepared_at,
        "sent_at": one.sent_at,
        "entry": one.entry,
        "history": [_moved(each) for each in one.moves],
    }


def _moved(one: "Moved") -> dict[str, object]:
    return {
        "step": str(one.step),
        "from": str(one.origin),
        "to": str(one.to),
        "staff": one.staff,
        "reason": one.reason,
        "file": one.file,
        "at": one.at,
        "entry": one.entry,
    }


def _at(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at // 1000))
