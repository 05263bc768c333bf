# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/deadlines.md from the profiles and the cases worked out by hand: `make deadlines`."""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from uphold import errors
from uphold.law import calendar, clock, deadline, disclosure, profile
from uphold.law.profile import Ground, Rest, Rule, Sense, Unit, words

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "deadlines.md"
CASES = Path(__file__).with_name("deadlines.toml")
HEAD = """# Deadlines

What the law wants done by when, as data. This page is written by `make deadlines` from
`src/uphold/law/profiles/*.toml`, `disclosures/*.toml` and `calendars/` beside them, and the cases in
`tools/deadlines.toml`.
`uphold law show` prints the rules, `uphold law deadline RULE --from TIME` counts.

None of it is legal advice. Each rule is **dated**: a term is counted by the rule that was law on the day it
started. Its **mark** says how it was verified: V1 the act was seen, V2 a secondary source, M from memory.

## How days are counted

- The day of the event is not counted. A term in days or months ends with its last day, at midnight in the time
  zone of the operator (`[site] zone`, else the law's). A term in hours runs in absolute time, through nights,
  holidays and changed clocks.
- A month ends on the day of the same number; where the month has none, on its last day.
- A term whose last day is not worked ends on the next working day, except where the table says that it *stays*.
- A term can be made longer once, by a notice sent before it ends, if the table says so; the longer term is
  counted from the same event.
- Several laws are never merged: a request under two of them has the clocks of both, and the one that ends first
  gives the alarm.

## Calendars

{calendars}

A year that is not here is refused, with advice: it is never guessed. The calendar of Russia for a year comes
from a decree in the autumn before. A request that runs into such a year is taken in all the same; its clock is
then set to the earliest day on which it can end, and marked as uncertain.

For the European Union only Saturdays and Sundays are known: the holidays of its member states differ. A term
that ends on one ends here too early, never too late.

## Worked out by hand

Each case was counted day by day before the machine counted it; both must agree, or the tests fail.

| law | rule | starts | by hand | computed | how |
|---|---|---|---|---|---|
{cases}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A term worked out by hand. `end` is None where it is refused."""

    profile: str
    rule: str
    start: datetime
    extended: datetime | None
    end: date | datetime | None
    how: str


def cases() -> tuple[Case, ...]:
    """Every case, in the order of the file."""
    table = tomllib.loads(CASES.read_text(encoding="utf-8"))
    return tuple(
        Case(
            row["profile"], row["rule"], row["from"], row.get("extended"), row["end"] or None,
            row["how"],
        )
        for row in table["case"]
    )  # fmt: skip


def computed(case: Case) -> date | datetime | None:
    """What the law room makes of a case; None where it refuses for want of a calendar."""
    law = profile.profile(case.profile)
    days, zone = calendar.calendar(law.calendar), clock.zone(law.zone)
    rule = law.rule(case.rule, case.start.date())
    try:
        if case.extended:
            return deadline.extended(rule, case.start, case.extended, days, zone)
        return deadline.end(rule, case.start, days, zone)
    except errors.Missing:
        return None


def page() -> str:
    """The whole page."""
    head = HEAD.format(
        calendars="\n".join(_calendars()), cases="\n".join(_case(case) for case in cases())
    )
    return head + "\n" + "\n".join(_profiles()) + "\n"


def _calendars() -> Iterator[str]:
    yield "| year | days off from Monday to Friday | worked weekends | working days | from | mark |"
    yield "|---|---|---|---|---|---|"
    for number, year in calendar.calendar("ru").years.items():
        first = date(number, 1, 1).toordinal()
        after = date(number + 1, 1, 1).toordinal()
        worked = sum(year.working(date.fromordinal(day)) for day in range(first, after))
        yield (
            f"| {number} | {_days(year.off)} | {_days(year.worked) or 'none'} | {worked} "
            f"| {year.source} | {year.mark} |"
        )


def _days(days: frozenset[date]) -> str:
    return ", ".join(day.strftime("%d.%m") for day in sorted(days))


def _case(case: Case) -> str:
    start = _spelled(case.start)
    told = f"{start}, extended {_spelled(case.extended)}" if case.extended else start
    return (
        f"| `{case.profile}` | `{case.rule}` | {told} | {_end(case.end)} | {_end(computed(case))} "
        f"| {case.how} |"
    )


def _spelled(time: datetime) -> str:
    return time.isoformat(" ", "minutes")


def _end(end: date | datetime | None) -> str:
    if end is None:
        return "refused"
    return _spelled(end) if isinstance(end, datetime) else end.isoformat()


def _profiles() -> Iterator[str]:
    for name in reversed(profile.ids()):
        law = profile.profile(name)
        yield f"## `{name}`\n"
        yield f"{law.title['en']}. Days are those of {law.zone} unless the operator's zone is named.\n"
        yield "| rule | starts with | what is due | term | longer by | law | mark | valid |"
        yield "|---|---|---|---|---|---|---|---|"
        yield from map(_rule, law.rules)
        yield "\nGrounds on which a request may be refused:\n"
        yield "| ground | meaning | kinds of request | law | mark |"
        yield "|---|---|---|---|---|"
        yield from map(_ground, law.grounds)
        yield "\nGrounds on which data may be [disclosed](disclosures.md) to somebody outside:\n"
        yield "| ground | meaning | what it reaches | to | the operator | silence | law | mark | valid |"
        yield "|---|---|---|---|---|---|---|---|---|"
        yield from map(_disclosing, disclosure.of_profile(name))
        yield ""


def _rule(rule: Rule) -> str:
    more = rule.extension
    longer = f"{words(more.amount, rule.term.unit)}: {more.condition['en']}" if more else "no"
    until = f" to {rule.valid_to.isoformat()}" if rule.valid_to else ""
    triggers = ", ".join(f"`{trigger}`" for trigger in rule.trigger)
    return (
        f"| `{rule.id}` | {triggers} | {rule.duty['en']} | {_whole(rule)} | {longer} | {rule.source} "
        f"| {rule.mark} | {rule.valid_from.isoformat()}{until} |"
    )


def _whole(rule: Rule) -> str:
    """The term in words, with what becomes of its last day."""
    said = words(rule.term.amount, rule.term.unit)
    if rule.sense is Sense.UNTIL:
        return f"for {said}"
    stays = rule.term.unit is not Unit.HOURS and rule.rest is Rest.STAYS
    return f"{said}; stays" if stays else said


def _ground(ground: Ground) -> str:
    kinds = ", ".join(ground.kinds)
    return f"| `{ground.id}` | {ground.title['en']} | {kinds} | {ground.source} | {ground.mark} |"


def _disclosing(ground: disclosure.Ground) -> str:
    until = f" to {ground.valid_to.isoformat()}" if ground.valid_to else ""
    must = "must" if ground.obliges else "may, if the person agreed" if ground.consent else "may"
    return (
        f"| `{ground.id}` | {ground.title['en']} | {ground.what['en']} | {', '.join(ground.to)} | {must} "
        f"| {'possible' if ground.silence else 'no'} | {ground.source} | {ground.mark} "
        f"| {ground.valid_from.isoformat()}{until} |"
    )


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
