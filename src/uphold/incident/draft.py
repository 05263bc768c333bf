# SPDX-License-Identifier: Apache-2.0
"""A notice to the authority or to the people, drafted from what is on record; what is not known it says plainly (pure).

What a notice holds is the law's own list (`law.breach`); here each item is filled from the lines, the counts and the
policy. It is a draft: people read it, complete it, sign it and send it.
"""

import hashlib
import itertools
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from uphold.incident import phrases, scope
from uphold.incident.case import Case, What
from uphold.incident.clock import Due, Stand
from uphold.incident.phrases import DEGREES, RESPONSES, SAY
from uphold.law import profile
from uphold.law.breach import Item
from uphold.policy.document import Policy, Text, pick

_WIDTH = 100
_MEMORY = profile.MARKS[-1]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft is made from. `categories` are titles by id, of every edition; `first` the notice that came before.

    `origin` names the journal, `zone` the operator's time zone ("" for UTC), `now` (unix ms) when it is made.
    """

    case: Case
    due: Due
    policy: Policy
    categories: dict[str, Text]
    origin: str
    zone: str
    now: int
    first: Due | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One item. `place` is the provision, `is_unsure` it is from memory, `lacks`: people must add something."""

    id: str
    name: str
    place: str
    minimum: bool
    is_unsure: bool
    values: tuple[str, ...]
    lacks: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """One notice, in one language. `banner` is empty but for an exercise; `missing` names what is not known yet."""

    notice: str
    number: int
    to: str
    language: str
    at: int
    title: str
    banner: str
    drafted: str
    note: str
    head: tuple[tuple[str, str], ...]
    missing_title: str
    missing: tuple[str, ...]
    blank: str
    items: tuple[Row, ...]
    foot: str
    memory: str
    sign: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the text."""
        return hashlib.sha256(text(self).encode()).hexdigest()


def of(ground: Ground, language: str) -> Draft:
    """Draft a notice in one of `phrases.LANGUAGES`."""
    told = _Told(ground, language)
    notice, now = ground.due.notice, ground.now
    items = tuple(told.row(item) for item in notice.items)
    lacking = tuple(_named(one, told) for one in items if one.lacks)
    is_people = notice.to == "people"
    return Draft(
        notice=notice.id,
        number=ground.case.number,
        to=notice.to,
        language=language,
        at=now,
        title=pick(notice.title, language),
        banner=told.say("exercise") if ground.case.exercise else "",
        drafted=told.say("draft", at=told.moment(now)),
        note=told.say("sender", note=pick(notice.note, language)),
        head=told.head(),
        missing_title=told.say("missing"),
        missing=lacking or (() if is_people else (told.say("missing-none"),)),
        blank=told.say("blank"),
        items=items,
        foot="" if is_people else told.say("evidence"),
        memory=told.say("memory") if any(one.is_unsure for one in items) else "",
        sign=() if is_people else tuple(told.say("sign").split("|")),
    )


def lacks(draft: Draft) -> tuple[str, ...]:
    """Name what a draft lacks of what the law itself asks for: ids of items."""
    return tuple(one.id for one in draft.items if one.minimum and one.lacks)


def text(draft: Draft) -> str:
    """The draft as plain text, to be edited."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    if draft.banner:
        yield from (draft.banner, "")
    yield from (draft.title, draft.drafted, "")
    yield from (f"{name}: {value}" for name, value in draft.head)
    yield ""
    if draft.missing:
        yield f"{draft.missing_title}:"
        yield from (f"- {one}" for one in draft.missing)
        yield ""
    for one in draft.items:
        mark = "*" if one.is_unsure else ""
        yield f"{one.name}{mark}" + (f" ({one.place})" if one.place else "")
        for value in (*one.values, *((draft.blank,) if one.lacks else ())):
            for line in value.split("\n"):
                yield from textwrap.wrap(
                    line,
                    _WIDTH,
                    initial_indent="  ",
                    subsequent_indent="  ",
                    break_on_hyphens=False,
                ) or [""]
        yield ""
    yield from (line for line in (draft.note, draft.foot, draft.memory) if line)


def _named(one: Row, told: "_Told") -> str:
    return f"{one.name} ({told.say('least')})" if one.minimum else one.name


class _Told:
    """What each item says, by its id."""

    def __init__(self, ground: Ground, language: str) -> None:
        self._ground, self._language = ground, language
        self._case = ground.case
        self._makers: dict[str, Callable[[], Iterator[str]]] = {
            "operator": self._operator,
            "detected": self._detected,
            "incident": self._incident,
            "harm": self._harm,
            "measures": self._measures,
            "person": self._person,
            "base": self._base,
            "source": self._source,
            "first": self._first,
            "delay": self._delay,
        }

    def say(self, key: str, **values: object) -> str:
        return pick(SAY[key], self._language).format(**values)

    def moment(self, at: int) -> str:
        return phrases.moment(at, self._language, self._ground.zone)

    def row(self, item: Item) -> Row:
        known = self._makers.get(item.id)
        found = known() if known else iter(self._case.words(What(item.id)))
        values = tuple(one for one in found if one.strip())
        is_people = self._ground.due.notice.to == "people"
        # An authority is named a person, and a policy names an office.
        is_office = item.id == "person" and not is_people and not self._case.words(What.PERSON)
        return Row(
            id=item.id,
            name=pick(item.title, self._language),
            place="" if is_people else phrases.place(item.source, self._language),
            minimum=item.minimum,
            is_unsure=item.mark == _MEMORY and not is_people,
            values=values,
            lacks=is_office or not values,
        )

    def head(self) -> tuple[tuple[str, str], ...]:
        due, case = self._ground.due, self._case
        if due.notice.to == "people":
            return ()
        hours = (due.due - due.started) // 3_600_000
        term = self.say("hours", hours=hours) if due.notice.rule else self.say("at-once")
        at = self.say("due-at", at=self.moment(due.due), term=term) if due.notice.rule else term
        if due.stand is Stand.LATE:
            late = self.say(
                "late-by", span=phrases.span(self._ground.now - due.due, self._language)
            )
            at = f"{at}; {late}"
        return (
            (
                self.say("number"),
                self.say("number-of", number=case.number, origin=self._ground.origin),
            ),
            (self.say("law"), phrases.place(due.notice.source, self._language)),
            (self.say("due"), at),
        )

    def _operator(self) -> Iterator[str]:
        one = self._ground.policy.operator
        yield self._pick(one.name)
        yield self._pick(one.address)
        yield self.say("registration", number=one.registration) if one.registration else ""
        yield ", ".join(filter(None, (one.contact, one.phone)))

    def _detected(self) -> Iterator[str]:
        yield self.moment(self._case.detected_at)
        moves = self._case.all(What.DETECTED)
        for was, now in itertools.pairwise(moves):
            yield self.say(
                "moved", was=self.moment(int(was.value)), at=self.moment(now.at), why=now.words
            )
        key = "by-alert" if self._case.alert else "by-hand"
        yield self.say(key, alert=self._case.alert)

    def _incident(self) -> Iterator[str]:
        nature, occurred = self._case.value(What.NATURE), self._case.occurred
        words = self._case.words(What.INCIDENT)
        if not nature and not words:
            return
        if nature:
            said = phrases.nature(nature, self._language)
            yield said[:1].upper() + said[1:]
        if occurred is not None:
            since, until = map(self.moment, occurred)
            key = "happened-at" if occurred[0] == occurred[1] else "happened"
            yield self.say(key, since=since, until=until)
        yield from words
        if self._ground.due.notice.to == "people":
            yield from self._categories(scope.total(self._case).counted)

    def _harm(self) -> Iterator[str]:
        words, degree = self._case.words(What.HARM), self._case.value(What.HARM)
        yield from words
        if words and degree and self._ground.due.notice.to != "people":
            yield self.say("degree", degree=pick(DEGREES[degree], self._language))

    def _measures(self) -> Iterator[str]:
        done = self._case.value(What.RESPONDED)
        if done:
            names = [self._pick(RESPONSES.get(one, {"en": one})) for one in done.split("+")]
            yield self.say("responded", names=", ".join(names))
        yield from self._case.words(What.MEASURES)

    def _person(self) -> Iterator[str]:
        words = self._case.words(What.PERSON)
        if words:
            yield from words
            return
        one = self._ground.policy.operator
        who = ", ".join(filter(None, (self._pick(one.responsible), one.contact, one.phone)))
        yield who if self._ground.due.notice.to == "people" else self.say("officer", who=who)

    def _base(self) -> Iterator[str]:
        total = scope.total(self._case)
        if total.counted is not None:
            yield from self._counted(total.counted)
        if total.added is not None:
            subjects, identifiers = total.added
            why = " ".join(self._case.words(What.ESTIMATE))
            yield self.say("added", subjects=subjects, identifiers=identifiers, why=why)

    def _counted(self, one: scope.Counted) -> Iterator[str]:
        yield from self._categories(one)
        yield self.say("records", count=one.records)
        said, more = (
            self.say("subjects", count=one.subjects),
            self.say("subjects-note", nameless=one.nameless),
        )
        yield f"{said} ({more})"
        yield self.say(
            "identifiers",
            count=one.identifiers,
            emails=one.emails,
            phones=one.phones,
            records=one.records,
        )
        if one.gone:
            yield self.say("gone", gone=one.gone)
        if one.opened or one.disclosed or one.exports:
            yield self.say("acts", opened=one.opened, disclosed=one.disclosed, exports=one.exports)
        if one.records:
            first, last = self.moment(one.first_at), self.moment(one.last_at)
            yield self.say("collected", first=first, last=last)
            yield self.say("current")

    def _categories(self, one: scope.Counted | None) -> Iterator[str]:
        known = self._ground.categories
        names = [
            self._pick(known[name]) for name in (one.categories if one else ()) if name in known
        ]
        if names:
            yield self.say("categories", names=", ".join(names))

    def _source(self) -> Iterator[str]:
        yield from self._case.words(What.SOURCE)
        if self._case.alert:
            rule = self._case.value(What.RULE) or "-"
            yield self.say("by-rule", alert=self._case.alert, rule=rule)

    def _first(self) -> Iterator[str]:
        before = self._ground.first
        given = self._case.given(before.notice.id) if before else None
        if given is not None:
            yield self.say("given", at=self.moment(given.sent_at), reference=given.reference)

    def _delay(self) -> Iterator[str]:
        yield from self._case.words(What.DELAY)
        is_late = self._ground.due.stand in {Stand.LATE, Stand.GIVEN_LATE}
        if not is_late and not self._case.words(What.DELAY):
            yield self.say("no-delay")

    def _pick(self, text_: Text) -> str:
        return pick(text_, self._language, self._ground.policy.language)
