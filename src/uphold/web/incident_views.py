# SPDX-License-Identifier: Apache-2.0
"""What the pages of incidents show. The conventions are those of `views`.

Codes (`what`, `stand`, `need`, `risk`, `kind`) are those of the room `incident`; `incidents.html` has their words. What
staff have written may name people: `words` are empty for who may only look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from uphold.web.views import Option, Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One incident in a list. `nature` are codes; `due_at` is the first end of a term that runs (unix ms), 0 for none.

    `stand` is of that term; `is_known` says whether people and identifiers were counted.
    """

    number: int
    href: str
    nature: tuple[str, ...]
    detected_at: int
    is_closed: bool
    stand: str
    due_at: int
    is_known: bool
    subjects: int
    identifiers: int
    alert: int
    lessons: int


@dataclass(frozen=True, slots=True)
class Again:
    """A lesson whose day is over."""

    number: int
    href: str
    kind: str
    name: str
    due: int


@dataclass(frozen=True, slots=True)
class Open:
    """The form to open an incident, with what was entered: `detected`, `since`, `until` (UTC), `words`.

    On an alert (`alert` is not 0) its times are known, and `title` is its rule's.
    """

    action_href: str
    entered: Mapping[str, str] = field(repr=False)
    alert: int = 0
    title: str = ""
    detected_at: int = 0
    occurred: tuple[int, int] = (0, 0)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Alerted:
    """An alert that has no incident."""

    number: int
    href: str
    title: str
    raised_at: int
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class Incidents:
    """`/console/incidents`: every incident, notified or not; those of exercises apart. `open` is None for who looks."""

    template: ClassVar[str] = "console/incidents.html"
    rows: tuple[Row, ...]
    drills: tuple[Row, ...]
    again: tuple[Again, ...]
    exports: tuple[tuple[str, str], ...]
    open: Open | None
    alerts: tuple[Alerted, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """One notice with its clock. `by` is the law's name; `due_at` and `given_at` are 0 for none; `is_at_once`: the law
    names no number.

    `missing` are the items of its draft that nobody has filled yet, `drafts` pairs of a label and an address; `reason`
    why it is not given. `is_open`: somebody must give it or decide against it.
    """

    id: str
    title: str
    by: str
    when: str
    need: str
    stand: str
    is_at_once: bool
    is_open: bool
    due_at: int
    given_at: int
    missing: tuple[str, ...]
    drafts: tuple[tuple[str, str], ...]
    reason: str = field(default="", repr=False)
    reference: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """What stands of one sort: `texts` are the words, newest last; `value` a code; `count` how often it was written."""

    what: str
    texts: tuple[str, ...] = field(repr=False)
    value: str
    at: int
    person: str
    count: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What was counted, and what was added by hand. Times are unix ms, 0 for none; `categories` are titles."""

    is_counted: bool
    subjects: int
    identifiers: int
    records: int
    emails: int
    phones: int
    nameless: int
    gone: int
    opened: int
    disclosed: int
    exports: int
    since: int
    until: int
    of: tuple[str, ...]
    person: str
    categories: tuple[str, ...]
    special: bool
    added_subjects: int
    added_identifiers: int
    added_why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Fine:
    """What a law threatens, at this size; `unsure`: from memory."""

    title: str
    amount: str
    place: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt, and what it becomes."""

    kind: str
    name: str
    due: int
    person: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the record: `value` in words of the page's language, or ""; `index` is its entry in the journal."""

    at: int
    what: str
    value: str
    person: str
    index: int
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Incident:
    """`/console/incident/{number}`: the clocks on top, what is missing, what is on record, how many, what was learnt.

    `href` is its own address; `may_write` opens the forms, which post to addresses below it. `whose` is `peoples`,
    `probes` or `drill`. `bars` are codes, or titles of notices, of what keeps it from being closed. `entered` is what
    was typed into the form at `problems`; `now` and `detected` are moments for the forms (UTC).
    """

    template: ClassVar[str] = "console/incident.html"
    number: int
    href: str
    whose: str
    is_closed: bool
    may_write: bool
    alert: int
    detected_at: int
    first_detected_at: int
    occurred: tuple[int, int]
    nature: tuple[str, ...]
    breached: str
    risk: str
    thresholds: tuple[str, ...]
    identifier: tuple[str, ...]
    clocks: tuple[Clock, ...]
    said: tuple[Said, ...]
    scope: Scope | None
    fines: tuple[Fine, ...]
    lessons: tuple[Lesson, ...]
    lines: tuple[Line, ...]
    bars: tuple[str, ...]
    natures: tuple[str, ...]
    kinds: tuple[str, ...]
    counts: tuple[str, ...]
    people: tuple[Option, ...]
    suspect: str
    now: str
    since: str
    until: str
    detected: str
    asks_risk: bool
    asks_breached: bool
    entered: Mapping[str, str] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()


View = Incidents | Incident
