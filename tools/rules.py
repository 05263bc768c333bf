# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/rules.md from the rules of detection that come with the package: `make events`."""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from uphold.detection import book
from uphold.detection.correlate import Type
from uphold.detection.rule import Response, Rule

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "rules.md"
HEAD = """# The rules of the package

Every [rule](detection-rules.md) that comes with Uphold. This page is written by `make events` from
`src/uphold/detection/pack/*.yml`. A rule is named in `dry_run` or `disabled` of the [settings](configuration.md) by
its id.

What acts by itself is little. What a stranger can cause in somebody's name is only noted, told, or slows the
address down that it comes from. What is merely unusual is noted, and told where something else comes to it. A
session ends, an export stops and an account is locked only where the sign is strong, for some hours, and a person
may lift it at once.

Each rule has cases that it must and must not see, its boundary, and one way around it with the rule that sees that
instead, in `tests/unit/detection/cases/*.toml`; and a probe, `intrusion.detected.` and the rule's id, that plays it
an intrusion drawn anew and calm work beside it (`src/uphold/detection/plays/*.toml`), on your site, as it is set up
there. A rule that is switched off or only tried turns its probe red. Each rule is broken in six ways or more, and
each time its probe says so.

## How well they see

`python -m tools.month 20` draws months of work of 40 people anew: shifts, enquiries, searches, exports, mistyped
passwords, new browsers, travel, vacations, night duty; and plays 24 kinds of misuse in each, by whom, when, how
fast and how often drawn too. The generator (`tests/month`) knows no rule. Thresholds were fixed on other months
than these:

{measured}

A misuse is seen when an alert that does more than note something is completed by one of its acts; such an alert
that cites no act of any misuse is a false alarm. What the generator does not know, such as an office that works
otherwise, these figures do not show: keep count of the alerts that your people judge false, which stands beside
each rule at the console, and try a rule with `dry_run` before it acts.

"""
MEASURED = Path(__file__).parent / "month.txt"


def page() -> str:
    """The whole page."""
    measured = MEASURED.read_text(encoding="utf-8").strip()
    return HEAD.replace("{measured}", measured) + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    found = sorted(book.pack().alerting, key=lambda rule: rule.file)
    for file, rules in groupby(found, key=lambda rule: rule.file):
        topic = file.removeprefix("pack/").removesuffix(".yml").replace("_", "-")
        yield f"## {topic.capitalize()}\n"
        yield "| rule | what it sees, and why | when | severity | does |"
        yield "|---|---|---|---|---|"
        yield from (_row(rule) for rule in rules)
        yield ""


def _row(rule: Rule) -> str:
    marks = " (a stranger can cause it)" if rule.spoofable else ""
    does = ", ".join(map(str, rule.respond))
    lasting = set(rule.respond) - {Response.LOG, Response.NOTIFY, Response.REVOKE}
    felt = " for " + _span(rule.for_ms) if lasting else ""
    person = "; a person decides" if rule.confirm else ""
    told = f"{rule.title['en']}{marks}. {rule.why['en']}"
    return f"| `{rule.name}` | {told} | {_when(rule)} | {rule.severity} | {does}{felt}{person} |"


def _when(rule: Rule) -> str:
    asked = rule.correlation
    if asked is None:
        return "at once"
    if asked.type in (Type.TEMPORAL, Type.TEMPORAL_ORDERED):
        return f"within {_span(asked.span_ms)}"
    counted = f" of `{asked.counted}`" if asked.counted else ""
    grouped = ", ".join(f"`{name}`" for name in asked.group_by)
    return f"{asked.least}{counted} in {_span(asked.span_ms)} by {grouped}"


def _span(span_ms: int) -> str:
    minutes = span_ms // 60_000
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
