# SPDX-License-Identifier: Apache-2.0
"""`uphold detection`: the rules of a site, and what they notice in events of anybody's making."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.config import Settings
    from uphold.detection.book import Book
    from uphold.detection.engine import Match
    from uphold.detection.rule import Rule, Rules
    from uphold.policy.problem import Problem

_SHOWN = 5


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser(
        "detection", help="list the rules that look for intruders, try them"
    )
    acts = topic.add_subparsers(metavar="ACT", required=True)
    replay = acts.add_parser("replay", help="run the rules over a file of events, without a site")
    replay.add_argument(
        "file", metavar="FILE", help="events, one JSON object a line; - for the input"
    )
    replay.add_argument("--rules", type=Path, metavar="DIR",
                        help="Sigma files to use instead of the rules of the package")  # fmt: skip
    replay.add_argument("--json", action="store_true", help="print JSON")
    replay.set_defaults(func=run_replay)
    rules = acts.add_parser("rules", help="list the rules, how they stand and what they do")
    rules.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="the site folder")
    rules.add_argument("--json", action="store_true", help="print JSON")
    rules.set_defaults(func=run_rules)


def run_replay(arguments: argparse.Namespace) -> int:
    """Print an alert for everything that a rule notices. Exit 1 where lines were no events; the others are run."""
    from uphold.detection import replay

    rules = _rules(arguments.rules)
    events, faults = replay.read(_lines(arguments.file))
    matches = replay.run(rules, events)
    if arguments.json:
        told = {
            "events": len(events),
            "faults": [{"line": line, "message": text} for line, text in faults],
            "alerts": [_match(rules, match) for match in matches],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for match in matches:
            print(_told(rules[match.rule], match))
        of = len({match.rule for match in matches})
        print(
            f"{len(events)} event(s), {len(matches)} alert(s) by {of} of {len(rules.alerting)} rules"
        )
    for _, text in faults:
        print(f"uphold: {text}", file=sys.stderr)
    if faults:
        print("  The fields of events are in docs/reference/detection-events.md.", file=sys.stderr)
    return 1 if faults else 0


def run_rules(arguments: argparse.Namespace) -> int:
    """Print every rule that raises alerts: whether it acts, how grave it is, what it does."""
    known = _book(arguments.directory)
    if arguments.json:
        print(json.dumps([_rule(known, rule) for rule in known.rules.alerting],
                         ensure_ascii=False, indent=2))  # fmt: skip
        return 0
    print("\n".join(_table(known)))
    return 0


def problems(settings: "Settings") -> "list[Problem]":
    """Return what is wrong with a site's rules."""
    from uphold import errors
    from uphold.detection import book
    from uphold.policy.problem import Problem

    try:
        book.of_site(settings)
    except errors.Invalid as fault:
        return [Problem(settings.detection.rules, 0, "rules", fault.message, fault.advice)]
    return []


def _rules(folder: Path | None) -> "Rules":
    from uphold import errors
    from uphold.detection import book, sigma

    if folder is None:
        return book.pack()
    files = book.folder(folder)
    if not files:
        raise errors.Missing(
            f"There is no rule in {folder}.", "Name a folder with *.yml files of Sigma rules."
        )
    return sigma.load(files)


def _book(directory: Path | None) -> "Book":
    from uphold import config
    from uphold.detection import book
    from uphold.detection.rule import State

    if directory is None:
        rules = book.pack()
        return book.Book(rules, {rule.name: State.ON for rule in rules.alerting})
    return book.of_site(config.load(directory))


def _lines(file: str) -> Iterator[bytes]:
    from uphold import errors

    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as lines:
            yield from lines
    except OSError as error:
        raise errors.Invalid(
            f"{file} cannot be read ({type(error).__name__}).", "Name a file of events."
        ) from None


def _match(rules: "Rules", match: "Match") -> dict[str, Any]:
    """An alert for programs."""
    rule = rules[match.rule]
    return {
        "rule": rule.name,
        "title": rule.title["en"],
        "severity": rule.severity,
        "group": dict(match.group),
        "first_at": match.first_at,
        "last_at": match.last_at,
        "count": match.count,
        "events": list(match.events),
        "respond": [str(one) for one in rule.respond],
        "against": str(rule.against),
        "spoofable": rule.spoofable,
        "exercise": match.exercise,
    }


def _told(rule: "Rule", match: "Match") -> str:
    at = datetime.fromtimestamp(match.last_at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    group = " ".join(f"{name}={value}" for name, value in match.group) or "-"
    events = " ".join(match.events[-_SHOWN:])
    more = f"{match.count} events, last " if match.count > _SHOWN else ""
    line = f"{at}  {rule.severity}  {rule.name}  {group}  {more}{events}"
    # What outsiders wrote must not speak to the terminal.
    return "".join(sign if sign.isprintable() else "?" for sign in line)


def _rule(known: "Book", rule: "Rule") -> dict[str, Any]:
    """A rule for programs."""
    return {
        "rule": rule.name,
        "file": rule.file,
        "title": dict(rule.title),
        "state": str(known.states[rule.name]),
        "severity": rule.severity,
        "respond": [str(one) for one in rule.respond],
        "against": str(rule.against),
        "spoofable": rule.spoofable,
        "for_seconds": rule.for_ms // 1000,
        "quiet_seconds": rule.quiet_ms // 1000,
    }


def _table(known: "Book") -> Iterable[str]:
    rows = [("RULE", "STATE", "SEVERITY", "RESPONDS", "TITLE")]
    for rule in known.rules.alerting:
        does = "+".join(str(one) for one in rule.respond)
        stands = str(known.states[rule.name])
        rows.append((rule.name, stands, str(rule.severity), does, rule.title["en"]))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    for row in rows:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*padded, row[-1]]).rstrip()
