# SPDX-License-Identifier: Apache-2.0
"""An incident as its lines tell it: what is known, what a notice still lacks, what keeps it from being closed (pure).

Lines are only ever added; of one sort the last one stands, and every earlier one stays to be read. A measure alone
adds to those before it. The time of detection is a line too: it moves only with a reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from uphold.law.breach import Notice, When

REASON_LEAST = 10
"""Characters that a reason has at least."""
WORDS_MOST = 4000
"""Characters that one line has at most."""


class Whose(IntEnum):
    """Whose incident it is. The three are kept apart."""

    PEOPLES = 0
    """About the data of people."""
    PROBES = 1
    """Opened by an account of a run of probes."""
    DRILL = 2
    """Opened by a person on an alert of an exercise, to learn by it."""


class What(StrEnum):
    """What a line is about. The journal has these words as codes."""

    DETECTED = "detected"
    OCCURRED = "occurred"
    NATURE = "nature"
    BREACHED = "breached"
    RISK = "risk"
    RULE = "rule"
    RESPONDED = "responded"
    INCIDENT = "incident"
    CAUSES = "causes"
    HARM = "harm"
    MEASURES = "measures"
    PERSON = "person"
    SOURCE = "source"
    INVESTIGATION = "investigation"
    ACTORS = "actors"
    DELAY = "delay"
    SCOPE = "scope"
    ESTIMATE = "estimate"
    WITHHELD = "withheld"
    GIVEN = "given"
    LESSON = "lesson"
    CLOSED = "closed"
    REOPENED = "reopened"


TOLD = (
    What.INCIDENT,
    What.CAUSES,
    What.HARM,
    What.MEASURES,
    What.PERSON,
    What.SOURCE,
    What.INVESTIGATION,
    What.ACTORS,
    What.DELAY,
)
"""What somebody writes in words; a value beside them is a degree of harm alone."""
ADDS = frozenset({What.MEASURES})
"""Of which each line adds to those before it."""

BREACHED = ("yes", "no")
RISKS = ("none", "risk", "high")
DEGREES = ("low", "medium", "high")
NATURES = (
    *("access", "provision", "dissemination", "transfer", "copying"),
    *("modification", "blocking", "destruction", "loss"),
)
"""What was done to the data: the words of article 21 part 3.1, and what clause 4.1 of a policy adds to them."""
UNLAWFUL, ACCIDENTAL = "unlawful", "accidental"
WAYS = (UNLAWFUL, ACCIDENTAL)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `value` is codes or numbers, `words` what somebody wrote ("" for nothing, or deleted by now)."""

    number: int
    what: What
    value: str
    at: int
    staff: int
    entry: int
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice that was given: which and when (unix ms); `reference` is what the authority answered.

    `due` is the end of its term as it stood then (0: none), `draft` the digest of the draft as it stood then.
    """

    notice: str
    sent_at: int
    due: int
    draft: str
    reference: str = field(default="", repr=False)

    @property
    def value(self) -> str:
        """As the value of a line."""
        return f"{self.notice}+{self.sent_at}+{self.due}+{self.draft}"

    @classmethod
    def of(cls, line: Line) -> "Sent":
        """Read it from its line."""
        notice, sent_at, due, draft = line.value.split("+")
        return cls(notice, int(sent_at), int(due), draft, line.words)


class Kind(StrEnum):
    """What a lesson becomes."""

    RULE = "rule"
    MEASURE = "measure"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt: `name` is the id of the rule, measure or finding; `due` (unix ms) by when, or until when."""

    kind: Kind
    name: str
    due: int
    staff: int
    words: str = field(default="", repr=False)

    @property
    def value(self) -> str:
        """As the value of a line."""
        return f"{self.kind}+{self.name}+{self.due}"

    @classmethod
    def of(cls, line: Line) -> "Lesson":
        """Read it from its line."""
        kind, name, due = line.value.split("+")
        return cls(Kind(kind), name, int(due), line.staff, line.words)


@dataclass(frozen=True, slots=True)
class Case:
    """One incident. `alert` is 0 where somebody opened it by hand, `suspect` and `record` 0 where none is named."""

    number: int
    alert: int
    suspect: int
    record: int
    whose: Whose
    opened_at: int
    opened_by: int
    entry: int
    lines: tuple[Line, ...] = ()

    @property
    def exercise(self) -> bool:
        """Whether no person's data are in it: its notices say so in large letters."""
        return self.whose is not Whose.PEOPLES

    def last(self, what: What) -> Line | None:
        """The line of a sort that stands, None where there is none."""
        return next((one for one in reversed(self.lines) if one.what is what), None)

    def all(self, what: What) -> tuple[Line, ...]:
        """Every line of a sort, the oldest first."""
        return tuple(one for one in self.lines if one.what is what)

    def value(self, what: What) -> str:
        """The value that stands, "" where there is none."""
        found = self.last(what)
        return found.value if found else ""

    def words(self, what: What) -> tuple[str, ...]:
        """The words that stand: of what adds up each, else the last."""
        found = self.all(what)
        chosen = found if what in ADDS else found[-1:]
        return tuple(one.words for one in chosen if one.words)

    @property
    def detected_at(self) -> int:
        """When it was detected, as it stands (unix ms)."""
        return int(self.value(What.DETECTED))

    @property
    def occurred(self) -> tuple[int, int] | None:
        """From when to when it happened (unix ms), None while nobody has said."""
        first, _, last = self.value(What.OCCURRED).partition("+")
        return (int(first), int(last)) if last else None

    @property
    def sent(self) -> tuple[Sent, ...]:
        """The notices that were given, the oldest first."""
        return tuple(Sent.of(one) for one in self.all(What.GIVEN))

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """The lessons, the oldest first."""
        return tuple(Lesson.of(one) for one in self.all(What.LESSON))

    @property
    def is_closed(self) -> bool:
        """Whether it is closed; one that was reopened is not."""
        ends = [one.what for one in self.lines if one.what in {What.CLOSED, What.REOPENED}]
        return bool(ends) and ends[-1] is What.CLOSED

    @property
    def closed_at(self) -> int:
        """When it was closed (unix ms), 0 while it is open."""
        found = self.last(What.CLOSED)
        return found.at if found and self.is_closed else 0

    def given(self, notice: str) -> Sent | None:
        """The first time that a notice was given: that is what a term is held against."""
        return next((one for one in self.sent if one.notice == notice), None)

    def withheld(self, notice: str) -> Line | None:
        """The decision not to give a notice, where it stands: giving it later ends it."""
        if self.given(notice) is not None:
            return None
        return next((one for one in reversed(self.all(What.WITHHELD)) if one.value == notice), None)


def barred(suspect: int, staff: int, handlers: Iterable[int]) -> bool:
    """Whether somebody has no part in an incident: it names them, and there is another who can handle it."""
    return suspect == staff and any(one != staff for one in handlers)


class Need(StrEnum):
    """Whether a notice is due, by what is known."""

    NEEDED = "needed"
    NOT_NEEDED = "not-needed"
    UNDECIDED = "undecided"
    """Nobody has said yet what it depends on: the clock runs, and it is treated as needed."""


def need(case: Case, notice: Notice) -> Need:
    """Whether a notice is due: by whether rights were breached, or by how great the risk is."""
    if notice.when is When.BREACHED:
        said = {"yes": Need.NEEDED, "no": Need.NOT_NEEDED}
        return said.get(case.value(What.BREACHED), Need.UNDECIDED)
    risk = case.value(What.RISK)
    if not risk:
        return Need.UNDECIDED
    enough = {"high"} if notice.when is When.HIGH_RISK else {"risk", "high"}
    return Need.NEEDED if risk in enough else Need.NOT_NEEDED


def bars(case: Case, notices: Iterable[Notice]) -> tuple[str, ...]:
    """Name what keeps an incident from being closed: codes, or ids of notices neither given nor decided against."""
    known = tuple(notices)
    asked = {one.when for one in known}
    codes = [
        ("breached", When.BREACHED in asked and not case.value(What.BREACHED)),
        ("risk", bool(asked & {When.RISK, When.HIGH_RISK}) and not case.value(What.RISK)),
        ("scope", not case.value(What.SCOPE) and not case.value(What.ESTIMATE)),
        ("lesson", not case.lessons),
    ]
    open_ = [
        one.id
        for one in known
        if need(case, one) is Need.NEEDED and not case.given(one.id) and not case.withheld(one.id)
    ]
    return (*(code for code, bars_ in codes if bars_), *open_)


def fault(what: What, value: str, words: str, *, now: int) -> str:
    """Name what is wrong with a line that somebody wants to add, "" for nothing: `words`, `value` or `reason`."""
    said = words.strip()
    if len(said) > WORDS_MOST:
        return "words"
    if not _value_fits(what, value, now):
        return "value"
    if what in TOLD and not said:
        return "words"
    return "reason" if _needs_reason(what, value) and len(said) < REASON_LEAST else ""


def _needs_reason(what: What, value: str) -> bool:
    """A reason stands on record for what changes a clock, or says that nobody is told."""
    return (
        what in {What.DETECTED, What.WITHHELD, What.REOPENED, What.ESTIMATE}
        or (what is What.BREACHED and value == "no")
        or (what is What.RISK and value == "none")
    )


def _value_fits(what: What, value: str, now: int) -> bool:
    if what in {What.DETECTED, What.OCCURRED}:
        return _moments_fit(what, value, now)
    chosen: Mapping[What, Iterable[str]] = {
        What.BREACHED: BREACHED,
        What.RISK: RISKS,
        What.HARM: ("", *DEGREES),
    }
    if what in chosen:
        return value in chosen[what]
    if what is What.NATURE:
        codes = value.split("+")
        return codes[0] in WAYS and len(codes) > 1 and set(codes[1:]) <= set(NATURES)
    if what is What.ESTIMATE:
        return all(one.isascii() and one.isdigit() and len(one) < 12 for one in _pair(value))
    return not value if what in TOLD else True


def _moments_fit(what: What, value: str, now: int) -> bool:
    moments = [value] if what is What.DETECTED else list(_pair(value))
    if not all(one.isascii() and one.isdigit() and len(one) < 15 for one in moments):
        return False
    numbers = [int(one) for one in moments]
    return numbers == sorted(numbers) and numbers[0] > 0 and numbers[-1] <= now


def _pair(value: str) -> tuple[str, str]:
    first, _, last = value.partition("+")
    return first, last
