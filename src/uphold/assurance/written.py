# SPDX-License-Identifier: Apache-2.0
"""From a statement to its paper, in English or Russian (pure).

The fields of an act of harm are those that published acts have (Order 178; its own list of fields was not seen): the
operator's name and address, the dates of the assessment and of the act, the degree by ground, and name, position and
signature of who assessed. The model of threats has the columns of FSTEC's methodology of 05.02.2021.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from uphold.assurance.sheet import Fact, Section, Sheet
from uphold.assurance.statement import Kind, Statement
from uphold.law import basic, harm
from uphold.policy.document import Edition, Text, pick
from uphold.threats import measure, rule, words

LANGUAGES: Final = ("en", "ru")
# Of a digest, as much as tells evidence apart on paper; the whole one is in the JSON.
_SHORT: Final = 12

_TEXTS: Final[Mapping[str, Text]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
_ELSEWHERE: Final = "in-another-way"


@dataclass(frozen=True, slots=True)
class About:
    """What a paper names besides the statement: the edition whose operator it is, and logins by staff number."""

    edition: Edition
    logins: Mapping[int, str]


def sheet(made: Statement, about: About, language: str) -> Sheet:
    """Write a statement in one of `LANGUAGES`. Raises `errors.Broken` for one that was changed."""
    paper = _Paper(made, about, language)
    number = str(made.number)
    return Sheet(
        language=language,
        at=made.at,
        title=paper.say(made.kind).format(number=number),
        note=paper.say(f"{made.kind}-note"),
        foot=f"{paper.say(made.kind).format(number=number)} · {made.digest[:_SHORT]}",
        facts=tuple(paper.facts()),
        sections=tuple(_SECTIONS[made.kind](paper)),
        sign_title=paper.say("sign-title"),
        sign_note=paper.say("sign-note").format(digest=made.digest),
        sign=paper.columns("sign"),
        signed=tuple(paper.signed()),
    )


class _Paper:
    def __init__(self, made: Statement, about: About, language: str) -> None:
        self.made, self.about, self.language = made, about, language
        self.told = made.told

    def say(self, key: str) -> str:
        return _TEXTS[key][self.language]

    def columns(self, key: str) -> tuple[str, ...]:
        return tuple(self.say(key).split("|"))

    def text(self, text: Text) -> str:
        return pick(text, self.language, self.about.edition.policy.language)

    def facts(self) -> Iterable[Fact]:
        operator, told = self.about.edition.policy.operator, self.told
        yield self.fact("operator", self.text(operator.name))
        yield self.fact("address", self.text(operator.address))
        yield self.fact("registration", operator.registration)
        yield self.fact("system", self.about.edition.policy.domain)
        yield self.fact("made", _day(self.made.at))
        if self.made.kind is Kind.HARM:
            yield self.fact("assessed", _day(self.made.at))
            yield self.fact("degree", self.say(told["degree"]))
            return
        yield self.fact("edition", self.filled("edition-is", digest=told["edition_digest"]))
        yield self.fact("configuration", self.filled("version", digest=told["configuration"]))
        known = "level-is" if told["level"] else "no-level"
        yield self.fact("level", self.filled(known, type=told["threat_type"]))
        yield self.fact("journal", self.filled("journal-is"))
        if self.made.kind is Kind.EVALUATION:
            yield from self.evaluated()

    def evaluated(self) -> Iterable[Fact]:
        (caught, made), (noticed, rules) = self.told["sabotages"], self.told["rules"]
        counted = {"caught": caught, "made": made, "noticed": noticed}
        tried = self.say("tried-is").format(**counted, rules=rules)
        yield self.fact("outcome", self.say(self.told["outcome"]))
        yield self.fact("tried", tried)

    def element(self, name: str) -> str:
        return words.title(name, self.about.edition, self.language)

    def fact(self, key: str, *values: str) -> Fact:
        return Fact(self.say(key), values)

    def filled(self, key: str, **more: object) -> str:
        plain = {name: one for name, one in self.told.items() if isinstance(one, str | int)}
        return self.say(key).format(**{**plain, **more})

    def section(
        self, title: str, head: str, widths: tuple[int, ...], rows: Iterable[tuple[str, ...]]
    ) -> Section:
        found = tuple(rows)
        note = self.say(f"{title}-note") if f"{title}-note" in _TEXTS else ""
        said = note if found else self.say("none")
        return Section(self.say(title), said, self.columns(head), widths, found)

    def signed(self) -> Iterable[tuple[str, ...]]:
        for one in self.made.signatures:
            login = self.about.logins.get(one.staff, str(one.staff))
            yield (login, "", self.say("console"), _day(one.at))


def _evaluation(paper: _Paper) -> Iterable[Section]:
    known, ordered = measure.catalogue(), {one.id: one for one in basic.measures()}
    yield paper.section(
        "measures",
        "head-measure",
        (6, 3, 3),
        (
            (
                paper.text(known[one["id"]].title) if one["id"] in known else one["id"],
                paper.say(one["status"]),
                one["evidence"][:_SHORT],
            )
            for one in paper.told["measures"]
        ),
    )
    yield paper.section(
        "order",
        "head-order",
        (2, 6, 6, 4),
        (
            (
                one["id"],
                paper.text(ordered[one["id"]].title),
                "; ".join(paper.text(known[name].title) for name in one["by"] if name in known),
                paper.say(one["status"] or _ELSEWHERE),
            )
            for one in paper.told["order21"]
        ),
    )
    yield paper.section("open", "head-threat", (7, 4, 2, 3), _threats(paper))


def _threats(paper: _Paper) -> Iterable[tuple[str, ...]]:
    rules = rule.catalogue()
    for one in paper.told["threats"]:
        name, _, element = one["uid"].partition("@")
        title = paper.text(rules[name].title) if name in rules else name
        yield (
            title,
            paper.element(element),
            str(one["severity"]),
            paper.say(f"state-{one['state']}"),
        )


def _model(paper: _Paper) -> Iterable[Section]:
    rules = rule.catalogue()

    def rows() -> Iterable[tuple[str, ...]]:
        for threat in paper.told["threats"]:
            name, _, element = threat["uid"].partition("@")
            if name in rules:
                known = rules[name]
                yield (
                    words.say("consequence", known.consequence, paper.language),
                    f"{paper.text(known.objects)}: {paper.element(element)}",
                    ", ".join(
                        words.say("violator", one, paper.language) for one in known.violators
                    ),
                    paper.text(known.ways),
                    f"{paper.text(known.title)}: {paper.say('state-' + threat['state'])}",
                )

    yield paper.section("all", "head-model", (3, 4, 3, 4, 5), rows())


def _harm(paper: _Paper) -> Iterable[Section]:
    yield paper.section(
        "grounds",
        "head-ground",
        (2, 8, 2),
        (
            (
                paper.say(one.degree),
                paper.text(one.what),
                paper.say("yes" if paper.told["answers"][one.id] else "no"),
            )
            for one in harm.grounds()
        ),
    )


_SECTIONS: Final[Mapping[Kind, Callable[[_Paper], Iterable[Section]]]] = {
    Kind.EVALUATION: _evaluation,
    Kind.THREATS: _model,
    Kind.HARM: _harm,
}


def as_json(made: Statement) -> Mapping[str, Any]:
    """Return a statement as data: what it says, its digest, who signed by the number of their account."""
    return {
        "number": made.number,
        "kind": str(made.kind),
        "digest": made.digest,
        "at": made.at,
        "said": made.told,
        "signatures": [{"staff": one.staff, "at": one.at} for one in made.signatures],
    }


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%d.%m.%Y %H:%M")
