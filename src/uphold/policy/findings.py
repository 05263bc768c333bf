# SPDX-License-Identifier: Apache-2.0
"""What a policy's text itself gets wrong against its law: gaps, over-claims, contradictions (pure).

The rules are data: `findings/PROFILE.toml` holds them with source, dates and mark of verification,
`findings/patterns.toml` the turns of phrase that they look for. This file only reads them off a text.

Only the text counts, not what policy.toml declares beside it: the text is what people are told. What
the declarations add is what contradicts the text, such as a processor beside "to nobody". A rule looks
at one sentence at a time, so that a denial three sentences on neither hides a fault nor makes one.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from uphold.policy import check, import_, sentence
from uphold.policy.document import PROFILES, Clause, Policy, Text
from uphold.policy.register import EEA
from uphold.policy.sentence import Sentence

GAP: Final = "gap"
OVER_CLAIM: Final = "over-claim"
CONTRADICTION: Final = "contradiction"
KINDS: Final = (GAP, OVER_CLAIM, CONTRADICTION)
LANGUAGES: Final = ("en", "ru")
"""The languages that the patterns read; of a text in another one nothing is found, nor denied."""

DATA: Final = Path(__file__).with_name("findings")
_PATTERNS: Final = "patterns"
# In a pattern: the rest of a word, and somewhere later, or a little further on, the start of another.
_GAPS: Final = {" ~~ ": r"\w*\W(?:.*?\W)?", " ~ ": r"\w*\W(?:.{0,120}?\W)?"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the text gets wrong, with the sentence that shows it and a way out."""

    rule: str
    kind: str
    """One of KINDS."""
    clause: str
    """Id of the clause that shows it; "" where the text says nothing on the matter."""
    quote: str
    """The sentence, its white space folded and mark-up dropped; "" as with `clause`."""
    title: Text
    why: Text
    way_out: Text
    source: str
    """The provision, such as `152-fz:9.1` or `gdpr:7.3`."""
    profile: str
    valid_from: date
    language: str = ""
    """The language of the text it was found in."""
    against: str = ""
    """For a contradiction: the id of the clause that says otherwise, or ""."""
    against_quote: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Turns of phrase with one meaning, by language.

    A part of a sentence has it if any of `has` is in it, none of `but`, and none of `unless` in the whole.
    """

    has: Mapping[str, tuple[re.Pattern[str], ...]]
    but: Mapping[str, tuple[re.Pattern[str], ...]]
    unless: Mapping[str, tuple[re.Pattern[str], ...]]

    def within(self, text: str, language: str, whole: str = "") -> bool:
        """Whether a text in this language, a part of a `whole` sentence perhaps, says so."""
        return (
            _any(self.has[language], text)
            and not _any(self.but[language], text)
            and not _any(self.unless[language], whole or text)
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule finds something: all that is stated here must hold."""

    says: str = ""
    """A phrase that a sentence says; each clause that does is a finding of its own."""
    once: bool = False
    """Only the first such clause is reported."""
    also: str = ""
    """A phrase that another sentence says; it is what the first one contradicts."""
    lacks: tuple[str, ...] = ()
    """Phrases that no sentence of the text says."""
    about: tuple[str, ...] = ()
    """Phrases of the sentence to quote where a gap shows; the first that the text has counts."""
    declares: str = ""
    """A fact of policy.toml, one of FACTS. Without a policy nothing is declared."""
    dated_before: date | None = None
    """The text's date of last update, if it states one, is earlier."""
    misnumbered: bool = False
    """A heading prints another number than that of the clauses below it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one law, valid from `valid_from` to `valid_to`, both included."""

    id: str
    profile: str
    kind: str
    valid_from: date
    valid_to: date | None
    source: str
    mark: str
    """One of `law.profile.MARKS`."""
    checked_on: date
    title: Text
    why: Text
    way_out: Text
    when: tuple[Condition, ...]
    """Any one of them is enough."""

    def valid(self, on: date) -> bool:
        """Whether the rule is law on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def _recipients(policy: Policy, *kinds: str) -> bool:
    return any(recipient.kind in kinds for recipient in policy.recipients.values())


FACTS: Final[Mapping[str, Callable[[Policy], bool]]] = {
    "processor": lambda policy: _recipients(policy, "processor", "third-party"),
    "databases-outside-russia": lambda policy: policy.country not in ("", "RU"),
    "recipient-outside-eea": lambda policy: any(
        recipient.country not in EEA for recipient in policy.recipients.values()
    ),
}
"""What a policy may declare that its text can contradict."""


def of(
    policy: Policy, texts: Mapping[str, Sequence[Clause]], on: date, profile: str = ""
) -> tuple[Finding, ...]:
    """All that is found in a policy's texts, by its own laws unless one is named.

    What a translation shows as well is not repeated.
    """
    found: dict[tuple[str, str], Finding] = {}
    for language, clauses in texts.items():
        known = {rule for rule, _ in found}
        for law in (profile,) if profile else policy.laws:
            for finding in find(policy, clauses, language, law, on):
                if finding.rule not in known:
                    found.setdefault((finding.rule, finding.clause), finding)
    return tuple(found.values())


def find(
    policy: Policy | None, clauses: Sequence[Clause], language: str, profile: str, on: date
) -> tuple[Finding, ...]:
    """What one text gets wrong under a law on a day, in the order of the rules.

    `policy` is None for a bare text. Nothing is found in a language that is not one of LANGUAGES.
    """
    if language not in LANGUAGES:
        return ()
    text = _Text(clauses, language)
    found: dict[tuple[str, str], Finding] = {}
    for rule in rules(profile):
        if not rule.valid(on):
            continue
        for condition in rule.when:
            for here, there in text.matches(condition, policy):
                found.setdefault((rule.id, here.clause), _finding(rule, language, here, there))
    return tuple(found.values())


def guess_profile(text: str, language: str) -> str:
    """The law that a bare text names, else the one that its language makes likely."""
    if re.search(r"152\W{0,3}(?:FZ|ФЗ)", text, re.IGNORECASE):
        return PROFILES[0]
    if re.search(r"\bGDPR\b|2016/679", text):
        return PROFILES[1]
    return PROFILES[language != "ru"]


@cache
def rules(profile: str) -> tuple[Rule, ...]:
    """Every rule of a law, whenever valid, in the order of its file."""
    table = tomllib.loads((DATA / f"{profile}.toml").read_text(encoding="utf-8"))
    return tuple(_rule(name, profile, entry) for name, entry in table.items())


@cache
def phrases() -> Mapping[str, Phrase]:
    """The turns of phrase by name."""
    table = tomllib.loads((DATA / f"{_PATTERNS}.toml").read_text(encoding="utf-8"))
    return {
        name: Phrase(
            *(_compiled(each) for each in (entry, entry.get("but", {}), entry.get("unless", {})))
        )
        for name, entry in table.items()
    }


def _compiled(entry: Mapping[str, Any]) -> dict[str, tuple[re.Pattern[str], ...]]:
    """The patterns by language; those under `any` serve every language."""
    return {
        language: tuple(
            _pattern(text) for text in (*entry.get(language, ()), *entry.get("any", ()))
        )
        for language in LANGUAGES
    }


def _pattern(text: str) -> re.Pattern[str]:
    for mark, meaning in _GAPS.items():
        text = text.replace(mark, meaning)
    return re.compile(rf"(?<!\w)(?:{text})", re.IGNORECASE)


def _rule(name: str, profile: str, entry: Mapping[str, Any]) -> Rule:
    return Rule(
        id=name,
        profile=profile,
        kind=entry["kind"],
        valid_from=entry["valid-from"],
        valid_to=entry.get("valid-to"),
        source=entry["source"],
        mark=entry["mark"],
        checked_on=entry["checked-on"],
        title=entry["title"],
        why=entry["why"],
        way_out=entry["way-out"],
        when=tuple(_condition(when) for when in entry["when"]),
    )


def _condition(when: Mapping[str, Any]) -> Condition:
    named = {key.replace("-", "_"): value for key, value in when.items()}
    lists = {key: tuple(named.get(key, ())) for key in ("lacks", "about")}
    return Condition(**{**named, **lists})


class _Text:
    """A text in which phrases are looked for, each once."""

    def __init__(self, clauses: Sequence[Clause], language: str) -> None:
        self.clauses = clauses
        self.language = language
        self.sentences = tuple(sentence.of(clauses))
        self._saying: dict[str, tuple[Sentence, ...]] = {}

    def saying(self, name: str) -> tuple[Sentence, ...]:
        """The sentences that have a phrase."""
        if name not in self._saying:
            phrase = phrases()[name]
            found = (each for each in self.sentences if self._has(phrase, each))
            self._saying[name] = tuple(found)
        return self._saying[name]

    def _has(self, phrase: Phrase, each: Sentence) -> bool:
        """Whether a sentence says so, by itself or as an item together with what leads it in."""
        if phrase.within(each.text, self.language, each.whole):
            return True
        led = each.lead and not phrase.within(each.lead, self.language)
        said = f"{each.lead} {each.text}"
        whole = f"{each.lead} {each.whole or each.text}"
        return bool(led) and phrase.within(said, self.language, whole)

    def first(self, name: str, but: Sentence | None = None) -> Sentence | None:
        """The first sentence with a phrase, other than `but`; none for no phrase."""
        return next((each for each in self.saying(name) if each != but), None) if name else None

    def matches(
        self, condition: Condition, policy: Policy | None
    ) -> Iterator[tuple[Sentence, Sentence | None]]:
        """The sentences that show it, each with the sentence it contradicts."""
        if condition.declares and not (policy and FACTS[condition.declares](policy)):
            return
        if condition.dated_before and not self._older(condition.dated_before):
            return
        if any(self.saying(name) for name in condition.lacks):
            return
        if condition.misnumbered:
            yield from ((each, None) for each in self._misnumbered())
            return
        if not condition.says:
            about = next((self.first(name) for name in condition.about if self.saying(name)), None)
            yield about or self._dated(condition) or Sentence("", ""), None
            return
        for each in self.saying(condition.says)[: 1 if condition.once else None]:
            other = self.first(condition.also, each)
            if other or not condition.also:
                yield each, other

    def _misnumbered(self) -> Iterator[Sentence]:
        for clause in self.clauses:
            if clause.id[0].isdigit():
                number = re.sub(r"[^\d.]", "", import_.printed(clause)[0]).strip(".")
                if number and number != clause.id:
                    yield Sentence(clause.id, sentence.fold(clause.text))
                    return

    def _older(self, day: date) -> bool:
        dated = check.date_line(tuple(self.clauses))
        return bool(dated and dated.last and dated.last < day)

    def _dated(self, condition: Condition) -> Sentence | None:
        """The date line, which shows a text older than the law."""
        if condition.dated_before is None:
            return None
        line = next(clause for clause in self.clauses if clause.id == "date")
        return Sentence(line.id, sentence.fold(line.text))


def _any(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    plain = text.replace("ё", "е").replace("Ё", "Е")
    return any(pattern.search(plain) for pattern in patterns)


def _finding(rule: Rule, language: str, here: Sentence, there: Sentence | None) -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        clause=here.clause,
        quote=here.text,
        title=rule.title,
        why=rule.why,
        way_out=rule.way_out,
        source=rule.source,
        profile=rule.profile,
        valid_from=rule.valid_from,
        language=language,
        against=there.clause if there else "",
        against_quote=there.text if there else "",
    )
