# SPDX-License-Identifier: Apache-2.0
"""A report in a terminal: clause by clause, what was seen, how old it is, and the sum of it."""

import textwrap
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from uphold.assurance.report import (
    ClauseLine,
    DutyLine,
    FindingLine,
    ProbeLine,
    PromiseLine,
    Report,
    Verdict,
    Why,
    instant,
)
from uphold.policy.document import pick

STYLES = {
    Verdict.BROKEN: "bold red",
    Verdict.NOT_SHOWN: "yellow",
    Verdict.OVER_CLAIMED: "magenta",
    Verdict.OVERDUE: "bold yellow",
    Verdict.DUTY: "cyan",
    Verdict.KEPT: "green",
}
WORDS = {
    Verdict.NOT_SHOWN: "not shown",
    Verdict.OVER_CLAIMED: "over-claimed",
    Verdict.OVERDUE: "duty overdue",
    Verdict.DUTY: "own duty",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.FACT: "states a fact",
}
REASONS = {
    Why.ERRORED: "the probe could not find out",
    Why.STALE: "the evidence has expired",
    Why.OUTDATED: "the edition or the configuration has changed since",
    Why.ALTERED: "the stored evidence is not what was signed",
    Why.NOT_RUN: "not run",
    Why.NOT_BUILT: "not built",
    Why.UNBOUND: "bound to no promise",
    Why.UNKNOWN: "the catalogue has no such promise",
}
_WIDTH = 15
_TEXT = 96
# As many faults of one probe are printed: a policy of before the law may have dozens.
_FAULTS = 5
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def show(report: Report, *, narrow: bool) -> None:
    """Print the report to standard output. `narrow`: only some of it was asked for, so no promise stands apart."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for line in lines(report, narrow=narrow):
        console.print(line)


def lines(report: Report, *, narrow: bool = False) -> Iterator[Text]:
    """Return the lines of a report (pure)."""
    yield Text(f"{report.site}, edition {report.edition} of the policy, run {report.run or '-'}")
    for clause in report.clauses:
        yield Text()
        yield from _clause(clause, report)
    asked = {name for clause in report.clauses for name in clause.promises}
    others = [line for name, line in report.promises.items() if name not in asked]
    if others:
        yield Text()
        yield Text("No clause of this policy asks for:" if not narrow else "Asked for by name:")
        for promise in others:
            yield from _promise(promise, report, everything=narrow)
    if report.gaps:
        yield Text()
        yield Text("What the text lacks:")
        for found in report.gaps:
            yield from _finding(found)
    yield Text()
    yield _sum(report)


def _clause(clause: ClauseLine, report: Report) -> Iterator[Text]:
    said = " ".join(pick(clause.texts, report.language).strip("#* ").split())
    said = said.removeprefix(clause.id).lstrip(". ") if not clause.is_heading else said
    if clause.is_heading:
        yield Text(textwrap.shorten(said, _TEXT, placeholder=" ..."), "bold")
        return
    line = Text(f"{clause.id:<9} ")
    line.append(f"{_word(clause.verdict):<{_WIDTH}}", STYLES.get(clause.verdict, ""))
    yield line.append(textwrap.shorten(said, _TEXT, placeholder=" ..."), "dim")
    if clause.why is Why.UNBOUND:
        yield _under(Verdict.NOT_SHOWN, f"{REASONS[clause.why]}; see: uphold policy suggest")
    for name in clause.promises:
        if name in report.promises:
            yield from _promise(report.promises[name], report, everything=True)
    if clause.duty is not None:
        yield _duty(clause.duty, report)
    for found in clause.findings:
        yield from _finding(found)


def _promise(line: PromiseLine, report: Report, *, everything: bool) -> Iterator[Text]:
    if not line.probes or not line.at:
        yield _under(line.verdict, f"{line.id}: {REASONS.get(line.why, 'no probe')}")
        return
    if not everything and line.verdict not in (Verdict.BROKEN, Verdict.NOT_SHOWN):
        yield _under(line.verdict, f"{line.id} ({_age(report.at - line.at)} ago)")
        return
    for probe in line.probes:
        yield from _probe(probe, report)


def _probe(line: ProbeLine, report: Report) -> Iterator[Text]:
    age = f" ({_age(report.at - line.at)} ago)" if line.at else ""
    if line.verdict is Verdict.NOT_SHOWN and line.why is not Why.ERRORED:
        yield _under(line.verdict, f"{line.id}: {REASONS[line.why]}{age}")
        return
    saw = [str(sentence) for sentence in line.saw] or ["nothing was said"]
    # What holds is told in one sentence; of what does not, the first few, and where the rest stand.
    told = saw[:_FAULTS] if line.verdict in (Verdict.BROKEN, Verdict.NOT_SHOWN) else saw[:1]
    yield _under(line.verdict, f"{line.id}: {told[0]}{age}")
    if len(told) == _FAULTS < len(saw):
        told = [*told, f"... and {len(saw) - _FAULTS} more: --json or --html tells all"]
    for more in told[1:]:
        yield Text(" " * (10 + _WIDTH + 2) + more)


def _duty(duty: DutyLine, report: Report) -> Text:
    who, what = pick(duty.who, "en"), pick(duty.what, "en").rstrip(".")
    done = f"attested by {duty.attested_by} {_age(report.at - duty.attested_at)} ago"
    last = done if duty.attested_at else "never attested"
    due = "since" if duty.is_overdue else "on"
    day = _day(duty.until)
    verdict = Verdict.OVERDUE if duty.is_overdue else Verdict.DUTY
    return _under(verdict, f"{who}: {what}; {last}, due {due} {day}")


def _finding(found: FindingLine) -> Iterator[Text]:
    verdict = Verdict.NONE if found.kind == "gap" else Verdict.OVER_CLAIMED
    yield _under(verdict, f"{found.kind}: {pick(found.title, 'en')}")
    indent = " " * (10 + _WIDTH + 2)
    if found.quote:
        yield Text(indent + textwrap.shorten(f"“{found.quote}”", _TEXT, placeholder=" ...”"), "dim")
    yield Text(f"{indent}{pick(found.why, 'en')} {pick(found.way_out, 'en')} [{found.source}]")


def _under(verdict: Verdict, text: str) -> Text:
    line = Text(" " * 12)
    line.append(f"{_word(verdict):<{_WIDTH}}", STYLES.get(verdict, ""))
    return line.append(text)


def _sum(report: Report) -> Text:
    line = Text("Clauses: ")
    counted = [f"{count} {_word(verdict)}" for verdict, count in report.counts.items()]
    line.append(", ".join(counted) + ". " if counted else "none. ")
    well = "Nothing is broken, missing or overdue."
    return line.append(
        well if report.is_well else "Not everything that is promised is shown to be kept.",
        "green" if report.is_well else "bold red",
    )


def _word(verdict: Verdict) -> str:
    return WORDS.get(verdict, str(verdict))


def _age(ms: int) -> str:
    seconds = max(0, ms // 1000)
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "0 s"


def _day(at: int) -> str:
    return (instant(at) or "")[:10]
