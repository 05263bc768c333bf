# SPDX-License-Identifier: Apache-2.0
"""`uphold law`: the terms that a law sets, and when one ends."""

import argparse
import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.law.profile import Profile, Rule

_WIDTH = 100


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("law", help="look up the terms of a law and count them")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    show = acts.add_parser("show", help="print the terms of a law, with source and mark")
    show.add_argument("profile", nargs="?", metavar="PROFILE", help="ru-152fz or eu-gdpr; all else")
    show.add_argument("--on", metavar="DATE", help="as the law is on another day than today")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(func=run_show)
    count = acts.add_parser("deadline", help="tell when a term ends")
    count.add_argument("rule", metavar="RULE", help="such as access.answer: see uphold law show")
    count.add_argument("--from", dest="start", required=True, metavar="TIME",
                       help="the event: 2026-11-22 or 2026-11-22T10:00+03:00")  # fmt: skip
    count.add_argument("--extended", metavar="TIME", help="when a notice of extension was sent")
    count.add_argument("--profile", metavar="PROFILE", help="only by this law")
    count.add_argument("--zone", metavar="ZONE", help="the operator's time zone: Europe/Moscow")
    count.add_argument("--json", action="store_true", help="print JSON")
    count.set_defaults(func=run_deadline)


def run_show(arguments: argparse.Namespace) -> int:
    """Print every rule that is law on the day."""
    from uphold.law import profile

    on = _day(arguments.on)
    names = [arguments.profile] if arguments.profile else profile.ids()
    laws = [profile.profile(name) for name in names]
    if arguments.json:
        told = [
            {**asdict(law), "rules": [_rule(r) for r in law.rules if r.valid(on)]} for law in laws
        ]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print("\n\n".join("\n".join(_lines(law, on)) for law in laws))
    return 0


def run_deadline(arguments: argparse.Namespace) -> int:
    """Print when a term ends by each law that has it, and how much longer it could be made."""
    ends = [_end(law, arguments) for law in _laws(arguments.rule, arguments.profile)]
    if arguments.json:
        print(json.dumps(ends, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join("\n".join(_told(end)) for end in ends))
    return 0


def _laws(rule: str, name: str | None) -> "list[Profile]":
    """The laws to count by: those that know the rule; all of them, each by its own term."""
    from uphold import errors
    from uphold.law import profile

    laws = [profile.profile(one) for one in ([name] if name else profile.ids())]
    found = [law for law in laws if any(each.id == rule for each in law.rules)]
    if not found:
        known = sorted({each.id for law in laws for each in law.rules})
        raise errors.Missing(f"There is no rule {rule!r}.", f"Use one of: {', '.join(known)}.")
    return found


def _end(law: "Profile", arguments: argparse.Namespace) -> dict[str, Any]:
    """One term as it ends, for programs and for `_told`."""
    from uphold.law import calendar, clock, deadline

    zone = clock.zone(arguments.zone or law.zone)
    days = calendar.calendar(law.calendar)
    start = _time(arguments.start, zone)
    rule = law.rule(arguments.rule, start.astimezone(zone).date())
    if arguments.extended:
        asked = _time(arguments.extended, zone)
        end = deadline.extended(rule, start, asked, days, zone)
    else:
        end = deadline.end(rule, start, days, zone)
    return {
        **_rule(rule),
        "from": start.isoformat(),
        "zone": arguments.zone or law.zone,
        "extended": bool(arguments.extended),
        "end": end.isoformat(),
        "over_at": deadline.moment(end, zone).isoformat(),
    }


def _rule(rule: "Rule") -> dict[str, Any]:
    """A rule for programs."""
    dates = {
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "checked_on": rule.checked_on,
    }
    return {**asdict(rule), **{key: day and day.isoformat() for key, day in dates.items()}}


def _lines(law: "Profile", on: date) -> Iterator[str]:
    title = f"{law.id}: {law.title['en']}"
    yield title
    yield "=" * len(title)
    for rule in law.rules:
        if rule.valid(on):
            yield f"{rule.id:<22} {_term(rule)}"
            yield from _wrapped(rule.duty["en"])
            yield from _wrapped(f"starts with: {', '.join(rule.trigger)}")
            yield from _wrapped(f"law: {rule.source} ({rule.mark})")
    yield "V1 the act was seen, V2 a secondary source, M from memory. This is no legal advice."


def _term(rule: "Rule") -> str:
    from uphold.law.profile import words

    longer = rule.extension
    more = f", {words(longer.amount, rule.term.unit)} more if told before" if longer else ""
    return f"{words(rule.term.amount, rule.term.unit)}{more}"


def _told(end: dict[str, Any]) -> Iterator[str]:
    from uphold.law.profile import Unit, words

    term, longer = end["term"], end["extension"]
    amount = term["amount"] + (longer["amount"] if end["extended"] else 0)
    yield f"{end['profile']} {end['id']}: {words(amount, Unit(term['unit']))}  [{end['source']}] {end['mark']}"
    yield from _wrapped(end["duty"]["en"], 2)
    yield f"  starts    {end['from']}"
    yield f"  {'ends' if end['sense'] == 'by' else 'lasts to':<9} {_ended(end)}"
    if longer and not end["extended"]:
        more = f"by {words(longer['amount'], Unit(term['unit']))}, told before the end: "
        yield from _wrapped(f"can be made longer {more}{longer['condition']['en']}", 2)


def _ended(end: dict[str, Any]) -> str:
    moment = datetime.fromisoformat(end["over_at"]).astimezone(_zone(end["zone"]))
    if len(end["end"]) > len("2026-11-22"):
        return f"{moment.isoformat()} ({end['zone']})"
    return f"{end['end']}, {date.fromisoformat(end['end']):%A}, with the day in {end['zone']}"


def _zone(name: str) -> tzinfo:
    from uphold.law import clock

    return clock.zone(name)


def _wrapped(text: str, indent: int = 23) -> list[str]:
    lead = " " * indent
    return textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=lead)


def _time(text: str, zone: tzinfo) -> datetime:
    """A time; one without a zone is in the law's, or in the one that was named."""
    from uphold import errors

    try:
        found = datetime.fromisoformat(text)
        placed = found if found.utcoffset() is not None else found.replace(tzinfo=zone)
        placed.astimezone(zone)  # so that its day is one that can be counted
        return placed
    except (ValueError, OverflowError):
        raise errors.Invalid(f"{text!r} is no time.", "Write 2026-11-22T10:00+03:00.") from None


def _day(text: str | None) -> date:
    from uphold import errors

    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise errors.Invalid(f"{text!r} is no day.", "Write 2026-11-22.") from None
