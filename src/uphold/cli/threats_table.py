# SPDX-License-Identifier: Apache-2.0
"""Threats in a terminal: the gravest first, one line for each rule, what does not hold them off, what changed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from uphold.policy.document import pick
from uphold.threats import rule
from uphold.threats.change import Change
from uphold.threats.judge import Finding, Held, State
from uphold.threats.register import Looked
from uphold.threats.report import ORDER, Report
from uphold.threats.stored import Told

STYLES: Final = {5: "bold red", 4: "red", 3: "yellow"}
HEADS: Final = {
    State.OPEN: "Open",
    State.ACCEPTED: "Accepted",
    State.UNKNOWN: "Unknown: a fact is missing",
    State.MITIGATED: "Held off",
}
WORDS: Final = {
    Held.BROKEN: "broken",
    Held.NOT_SHOWN: "not shown",
    Held.STALE: "stale",
    Held.OUTDATED: "shown for another configuration",
}
# As many rules of one state, elements and measures of one rule, and changes are printed.
_RULES: Final = 12
_ELEMENTS: Final = 3
_MEASURES: Final = 4
_CHANGES: Final = 15
_INDENT: Final = " " * 4


def show(site: str, report: Report, looked: Looked, *, since: int | None, everything: bool) -> None:
    """Print what threatens a site; with `since`, only what changed after that entry."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if since is None:
        told = lines(site, report, looked.changes, everything=everything)
    else:
        told = history(report.changes, since, everything=everything)
    for line in told:
        console.print(line)


def lines(
    site: str, report: Report, changes: Sequence[Change], *, everything: bool = False
) -> Iterator[Text]:
    """Return the lines of a report (pure)."""
    yield Text(f"{site}, model {report.model.digest[:12]}, {len(report.model.elements)} elements")
    for state in ORDER:
        found = [one for one in report.sorted() if one.state is state]
        # What holds is told in numbers, unless everything is asked for.
        if found and (state is not State.MITIGATED or everything):
            yield Text()
            yield Text(f"{HEADS[state]} ({len(found)})", "bold")
            yield from _groups(found, everything=everything)
    if changes:
        yield Text()
        counted = Counter(one.kind for one in changes)
        told = ", ".join(f"{count} {kind}" for kind, count in counted.items())
        yield Text(f"Changed since the last look: {told}.")
    yield Text()
    yield _sum(report)


def history(changes: Sequence[Told], since: int, *, everything: bool = False) -> Iterator[Text]:
    """Return the lines of what changed after an entry of the journal, the newest first (pure)."""
    shown = changes if everything else changes[:_CHANGES]
    for one in shown:
        line = Text(f"{one.kind:<9} ", "bold")
        line.append(f"{one.uid}: {one.before} -> {one.after}", "")
        yield line.append(
            f", severity {one.severity}; entry {one.entry}, caused by {one.cause}", "dim"
        )
    if len(changes) > len(shown):
        yield Text(f"... and {len(changes) - len(shown)} more: --all or --json tells them")
    if not changes:
        yield Text(f"Nothing has changed since entry {since}.")


def _groups(found: Sequence[Finding], *, everything: bool) -> Iterator[Text]:
    by_rule: dict[tuple[int, str], list[Finding]] = {}
    for one in found:
        by_rule.setdefault((-one.severity, one.rule), []).append(one)
    groups = sorted(by_rule.items())
    shown = groups if everything else groups[:_RULES]
    for _, members in shown:
        yield from _group(members, everything=everything)
    if len(groups) > len(shown):
        yield Text(f"{_INDENT}... and {len(groups) - len(shown)} more: --all tells them")


def _group(members: Sequence[Finding], *, everything: bool) -> Iterator[Text]:
    first = members[0]
    known = rule.catalogue().get(first.rule)
    title = first.rule if known is None else pick(known.title, "en")
    line = Text(f"{first.severity}   ", STYLES.get(first.severity, ""))
    yield line.append(f"{title}", "bold").append(f"  {first.rule}", "dim")
    names = [one.element for one in members]
    yield Text(f"{_INDENT}on {_few(names, _ELEMENTS, everything=everything)}")
    if first.state is State.UNKNOWN:
        missing = [fact.partition("=")[0] for one in members for fact in one.because]
        yield Text(
            f"{_INDENT}unknown: {_few(list(dict.fromkeys(missing)), _ELEMENTS, everything=everything)}",
            "dim",
        )
        return
    # What is broken says more than what nobody has shown yet.
    failing = sorted(
        (one for one in first.measures if one.status in WORDS),
        key=lambda one: list(WORDS).index(one.status),
    )
    lacking = [f"{one.id} ({WORDS[one.status]})" for one in failing]
    if lacking:
        told = _few(lacking, _MEASURES, everything=everything)
        yield Text(f"{_INDENT}not held by {told}", "dim")


def _few(names: Sequence[str], most: int, *, everything: bool) -> str:
    shown = names if everything else names[:most]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _sum(report: Report) -> Text:
    counts = Counter(one.state for one in report.findings)
    told = ", ".join(f"{counts[state]} {state}" for state in ORDER)
    grave = _grave(report.findings)
    line = Text(f"Threats: {told}. ")
    if grave:
        return line.append(f"{grave} of severity 4 or 5 are open.", "bold red")
    return line.append("None of severity 4 or 5 is open.", "green")


def _grave(findings: Iterable[Finding]) -> int:
    return sum(one.state is State.OPEN and one.severity >= 4 for one in findings)
