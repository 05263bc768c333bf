# SPDX-License-Identifier: Apache-2.0
"""What the pages of statistics show. The conventions are those of `views`.

Every number here was released for showing: small groups are hidden in it already. A hidden number is None and says
so; a sum of which some days are hidden says that it is at least so much.
"""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.chart import Graph


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: None where it is hidden. `at_least`: of some days it is hidden, so that it may be more."""

    value: int | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """A number and the one that it is compared with.

    `change` is in per cent, with its sign; None where the two cannot be compared, or there is nothing to compare with.
    """

    now: Figure
    before: Figure | None = None
    change: int | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline. `code` names it: `visitors`, `visits`, `each` (visits of a visitor, in hundredths)."""

    code: str
    figure: Compared


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a breakdown: persons, and of them the bar, `share` and `share_before` in per cent of the longest.

    `acts` is how often, where that is shown; `detail` says more of the name, empty where there is nothing to say.
    """

    name: str
    persons: Compared
    acts: Figure | None = None
    share: int = 0
    share_before: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures by what `code` names (`pages`, `devices`, ...), the greatest first; `more` are beyond the first ten.

    `hides`: something of it is hidden. `has_acts`: its rows say how often, too. `compares`: and what was before.
    """

    code: str
    rows: tuple[Row, ...]
    more: tuple[Row, ...] = ()
    hides: bool = False
    has_acts: bool = True
    compares: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the table beneath a chart: a day, a week, a month or an hour, by its name.

    `persons` is None where no figures were ever made.
    """

    name: str
    persons: Figure | None
    acts: Figure | None = None
    before: Figure | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A chart over time with its table. `code` says of what: `days`, `hours`, `submitted`, `terms`."""

    code: str
    graph: Graph
    rows: tuple[Moment, ...]
    compares: bool = False
    has_acts: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page, or to another span of time. `code` names it; `chosen`: it is the one that is shown."""

    code: str
    href: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Picker:
    """Which days are shown, and how to choose others: `from`, `to` and `compare` are sent to `action_href` by GET.

    Days are `YYYY-MM-DD`, the last one included; `first` and `last` are the earliest and the latest that there are.
    `compare` is `before`, `year` or `none`; `before_start` and `before_end` are the days compared with, empty for
    none. `grain` says what the figures of the page are released by; `spans` are quick ways. `problem` says that the
    days asked for cannot be shown: `order` or `none`.
    """

    action_href: str
    start: str
    end: str
    first: str
    last: str
    compare: str
    grain: str
    spans: tuple[Link, ...]
    before_start: str = ""
    before_end: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What all pages of figures have: the ways to the others, the days, the label, the files.

    `empty` says why there are no figures: `off` (nothing is recorded), `waiting` (the first day has not ended),
    `refused` (what was made did not pass the attacks on it), `span` (none of these days), or nothing. `label` is
    `aggregated`, as all figures here are. `made_up`: the visits are a demonstration's.
    """

    tabs: tuple[Link, ...]
    picker: Picker | None
    empty: str = ""
    label: str = "aggregated"
    files: tuple[Link, ...] = ()
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What came to the counter and was left out, by reason; `count` is a sum of days cut to whole hundreds.

    Codes: `bot`, `asked-not-to`, `malformed`, `foreign-host`, `overflow`, `too-late`.
    """

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Visits:
    """`/console/statistics`: who came, when, to what, with what. `filters` show the pages of one device alone."""

    template: ClassVar[str] = "console/statistics.html"
    around: Around
    tiles: tuple[Tile, ...] = ()
    days: Timeline | None = None
    hours: Timeline | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    filters: tuple[Link, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form: how many began it, ticked its box, sent it. `share` is sent of begun, in per cent, None if unknown.

    The bars are in per cent of the longest of the page.
    """

    title: str
    started: Compared
    ticked: Compared
    submitted: Compared
    share: int | None
    bars: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Forms:
    """`/console/statistics/forms`: where people stumble, form by form and field by field."""

    template: ClassVar[str] = "console/statistics_forms.html"
    around: Around
    rows: tuple[FormRow, ...] = ()
    weeks: Timeline | None = None
    errors: Breakdown | None = None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """Consents to one purpose under one edition. `edition_href` leads to the edition."""

    edition: str
    edition_href: str
    purpose: str
    given: Figure
    withdrawn: Figure


@dataclass(frozen=True, slots=True)
class Answers:
    """`/console/statistics/answers`: time to answer, that to requests against the legal term; opinions; consents."""

    template: ClassVar[str] = "console/statistics_answers.html"
    around: Around
    requests: Breakdown | None = None
    enquiries: Breakdown | None = None
    opinions: Breakdown | None = None
    consents: tuple[ConsentRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What was measured of figures before they were shown: a name and a number, or what an attack found."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One act of the ledger, in words. `person` is a login, empty for the site's own work.

    `count` is the number that goes with `act`, of the events of a day cut to whole hundreds; `label` the kind of
    figures, empty where there are none.
    """

    number: int
    at: int
    act: str
    what: str
    person: str
    label: str = ""
    count: int = 0
    output: str = ""
    index: int = 0
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class RecipeTable:
    """One table of the recipe: its name, and by what it is released."""

    name: str
    grain: str


@dataclass(frozen=True, slots=True)
class RecipeFacts:
    """The recipe that stands, for who may see it. `person` is who fixed it, empty for the command line."""

    number: int
    digest: str
    fixed_at: int
    person: str
    minimum: int
    pages: int
    budget: str
    methods: tuple[str, ...]
    tables: tuple[RecipeTable, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """`/console/statistics/ledger`: each act on the figures and each use of them, the newest first.

    `only` is the act that is shown alone, empty for all; `acts` are the ways to each; `more_href` leads to more.
    `recipe` is None for who may not see it, and before the first; `has_recipe` tells the two apart.
    """

    template: ClassVar[str] = "console/statistics_ledger.html"
    around: Around
    lines: tuple[Line, ...]
    acts: tuple[Link, ...] = ()
    only: str = ""
    more_href: str = ""
    recipe: RecipeFacts | None = None
    has_recipe: bool = False


View = Visits | Forms | Answers | Ledger
