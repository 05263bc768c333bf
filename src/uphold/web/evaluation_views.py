# SPDX-License-Identifier: Apache-2.0
"""What the pages on the evaluation of measures show. The conventions are those of `views`; nobody's data are here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from uphold.web.views import Problem


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures in one look; a lag of -1 stands for no alert at all. Lags are milliseconds.

    `fresh` of `measures` have fresh evidence that they hold; `caught` of `sabotages` of this version were caught;
    `noticed` of `rules` of detection noticed the attack that is played to each. `lag` is what half of the alerts took
    from an act on, `lag_most` what nearly all did. `alerts` came in `days` days, `per_day` for each member of staff;
    `judged` are those that a person has judged, `false` of them were false. `threats` are open: severity, how many, and
    since when the oldest is (unix ms), the worst first.
    """

    measures: int
    fresh: int
    caught: int
    sabotages: int
    noticed: int
    rules: int
    lag: int
    lag_most: int
    alerts: int
    judged: int
    false: int
    days: int
    per_day: float
    threats: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What the level of protection demands; `mark` tells how that was verified."""

    title: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Level:
    """The level of protection: 1 to 4, 0 where no data are declared. `people` is a bucket: few, near or many."""

    number: int
    category: str
    threat_type: int
    people: str
    warn: int
    threshold: int
    demands: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A measure of Order 21: what does it, each with its state, and the worst of them ("": nothing here does)."""

    code: str
    group: str
    title: str
    by: tuple[tuple[str, str], ...]
    status: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed, when."""

    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A statement. `papers` are a language's code with the address of the PDF ("" without the extra) and the JSON."""

    number: int
    made_at: int
    signatures: tuple[Signed, ...]
    papers: tuple[tuple[str, str, str], ...]
    sign_href: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Statements of one kind: the newest, and when one must be signed anew (0: none was ever signed).

    `standing` is `never`, `overdue` or `signed`; `term` is how long one counts, in words. `changed` are the grounds of
    which the configuration says otherwise since (of harm).
    """

    code: str
    standing: str
    due_at: int
    term: str
    clauses: tuple[str, ...]
    newest: Paper | None
    changed: tuple[str, ...]
    make_href: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`/console/proof/evaluation`: how effective the measures are, and what is to be signed about it."""

    template: ClassVar[str] = "console/evaluation.html"
    figures: Figures
    threats_href: str
    level: Level
    order: tuple[OrderRow, ...]
    kinds: tuple[Kind, ...]
    proof_href: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of Order 178. `proposed` is `yes`, `no` or "" where only a person knows; `because` are facts."""

    id: str
    degree: str
    what: str
    proposed: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Harm:
    """`/console/proof/evaluation/harm`: a question for each ground, answered beforehand where the site knows."""

    template: ClassVar[str] = "console/harm.html"
    grounds: tuple[Ground, ...]
    entered: Mapping[str, str]
    problems: tuple[Problem, ...]
    action_href: str
    back_href: str


View = Evaluation | Harm
