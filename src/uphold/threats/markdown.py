# SPDX-License-Identifier: Apache-2.0
"""The threats to a site as a document for people, in Russian or English (pure).

Its table has the columns of the methodology of the FSTEC of Russia for assessing threats (5 February 2021): the
negative consequence, the object, the violator, the way, the threat with how it stands, the tactics. Codes of tactics
are those of its annex; no title of it is quoted.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from uphold.policy.document import pick
from uphold.threats import measure, rule, words
from uphold.threats.element import SITE
from uphold.threats.judge import Finding
from uphold.threats.report import ORDER, Report
from uphold.threats.rule import Rule

_MOST_CHANGES: Final = 50
_NONE: Final = "-"


def write(report: Report, language: str) -> str:
    """Write the document; `language` is one of `words.LANGUAGES`, another is English."""
    return "\n".join(_Paper(report, language).lines())


class _Paper:
    """One report in one language."""

    def __init__(self, report: Report, language: str) -> None:
        self.report, self.language = report, language

    def lines(self) -> Iterator[str]:
        yield from self.head()
        yield from self.summary()
        yield from self.threats()
        yield from self.unknown()
        yield from self.changes()
        yield from self.elements()

    def said(self, name: str, **values: str) -> str:
        return words.say("paper", name, self.language).format(**values)

    def head(self) -> Iterator[str]:
        edition, model = self.report.edition, self.report.model
        site = self.said("unsaid") if edition is None else edition.policy.domain
        yield f"# {self.said('title', site=_cell(site))}\n"
        number = self.said("none") if edition is None else str(edition.number)
        yield self.said("as-of", at=_moment(self.report.at), edition=number, digest=model.digest)
        yield f"\n{self.said('derived')}\n"
        whole = model.element(SITE)
        level = None if whole is None else whole.value("level")
        kind = None if whole is None else whole.value("threat_type")
        known = self.said("unsaid") if level is None else str(level)
        yield f"{self.said('level', level=known, kind=str(kind))}\n"

    def summary(self) -> Iterator[str]:
        counts = self.report.counts()
        severities = range(rule.WORST, 0, -1)
        yield f"## {self.said('summary')}\n"
        heads = [words.say("severity", str(n), self.language) for n in severities]
        yield from _table([self.said("state"), *heads, self.said("all")], (
            [words.say("state", state, self.language),
             *(str(counts.get((state, n), 0)) for n in severities),
             str(sum(counts.get((state, n), 0) for n in severities))]
            for state in ORDER))  # fmt: skip

    def threats(self) -> Iterator[str]:
        yield f"\n## {self.said('threats')}\n"
        found = self.report.sorted()
        if not found:
            yield self.said("nothing")
            return
        names = ("consequence", "object", "violator", "way", "threat", "tactics")
        yield from _table([self.said(name) for name in names], map(self.threat, found))

    def threat(self, one: Finding) -> list[str]:
        known = rule.catalogue().get(one.rule)
        if known is None:
            return [_NONE, one.element, _NONE, _NONE, self.stands(one, known), _NONE]
        violators = [words.say("violator", name, self.language) for name in known.violators]
        named = words.title(one.element, self.report.edition, self.language)
        return [
            words.say("consequence", known.consequence, self.language),
            f"{pick(known.objects, self.language)}: {named} (`{one.element}`)",
            "; ".join(violators),
            pick(known.ways, self.language),
            self.stands(one, known),
            ", ".join(known.tactics) or _NONE,
        ]

    def stands(self, one: Finding, known: Rule | None) -> str:
        title = one.rule if known is None else pick(known.title, self.language)
        severity = words.say("severity", str(one.severity), self.language)
        state = words.say("state", one.state, self.language)
        catalogue = measure.catalogue()
        against = [
            f"{pick(catalogue[each.id].title, self.language) if each.id in catalogue else each.id}"
            f" ({words.say('held', each.status, self.language)})"
            for each in one.measures
        ]
        ubi = [f"УБИ.{number:03d}" for number in (known.ubi if known else ())]
        told = [f"**{title}** (`{one.uid}`)", f"{severity}, {state}"]
        told += [", ".join(ubi)] if ubi else []
        told += [f"{self.said('measures')}: {'; '.join(against)}"] if against else []
        return ". ".join(told)

    def unknown(self) -> Iterator[str]:
        unknown = [f"`{one.id}.{name}`" for one, name in self.report.model.unknown()]
        yield f"\n## {self.said('unknown')}\n"
        yield self.said("unknown-told")
        yield f"\n{', '.join(unknown) or self.said('none')}"

    def changes(self) -> Iterator[str]:
        changes = self.report.changes[:_MOST_CHANGES]
        yield f"\n## {self.said('changes')}\n"
        if not changes:
            yield self.said("none")
            return
        yield from _table([self.said(name) for name in ("when", "what", "threat", "cause")], (
            [_moment(one.at), words.say("change", one.kind, self.language), f"`{one.uid}`", str(one.cause)]
            for one in changes))  # fmt: skip

    def elements(self) -> Iterator[str]:
        yield f"\n## {self.said('elements')}\n"
        yield from _table([self.said("element"), self.said("zone")], (
            [f"{words.name(one, self.report.edition, self.language)} (`{one.id}`)",
             words.say("zone", one.zone, self.language)]
            for one in self.report.model.elements))  # fmt: skip
        yield ""


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    told = [_cell(one) for one in heads]
    yield f"| {' | '.join(told)} |"
    yield f"|{'---|' * len(told)}"
    for row in rows:
        yield f"| {' | '.join(_cell(one) for one in row)} |"


def _cell(text: str) -> str:
    """Keep a text within its cell: no line break, no bar, no HTML of somebody's."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
    return plain.replace("&", "&amp;").replace("<", "&lt;")


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
