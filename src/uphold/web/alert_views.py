# SPDX-License-Identifier: Apache-2.0
"""What the pages of alerts show. The conventions are those of `views`; there is no value of a person here."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a response: `code` of `detection.rule`, and what became of it: a code of `detection.respond`."""

    code: str
    done: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert in the list. `title` and `why` are the rule's; `severity` is 1 to 5; `login` may be empty.

    `verdict` is empty until somebody judged it. `is_dry`: the rule only says what it would do.
    """

    href: str
    number: int
    title: str
    why: str
    severity: int
    login: str
    raised_at: int
    steps: tuple[Step, ...]
    verdict: str = ""
    is_dry: bool = False


@dataclass(frozen=True, slots=True)
class Bond:
    """One restraint or stop of reading. `what`: `delay`, `step-up`, `export`, `lock`, or of reading `reading`, `vault`.

    `login` is empty for a source of requests, everybody's exports, or all reading. `lifted_at` may be 0;
    `asked_by` has asked to lift it, and another must. `lift_href` is empty where it cannot be lifted here.
    """

    what: str
    login: str
    title: str
    placed_at: int
    until_at: int
    lifted_at: int = 0
    lifted_by: str = ""
    asked_by: str = ""
    lift_href: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Alerts:
    """`/console/alerts`: what binds now, and the alerts, the newest first; those of exercises stand apart.

    `others_href` leads to the exercises' from people's, and back; `older_href` is empty on the last page. `is_on`: the
    site looks for what its rules describe at all; `acts`: they may do something. Nothing but the token is posted to
    a bond's lift_href. `problem`: why one was not lifted, empty, `own` or `same`.
    """

    template: ClassVar[str] = "console/alerts.html"
    rows: tuple[AlertRow, ...]
    bonds: tuple[Bond, ...]
    past: tuple[Bond, ...]
    waiting: int
    rules_href: str
    others_href: str
    older_href: str = ""
    is_exercise: bool = False
    is_on: bool = True
    acts: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """An event behind an alert: `number` of its entry in the journal, 0 for what the doors noticed; in words."""

    number: int
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Who found an alert to be what, and when."""

    verdict: str
    login: str
    at: int


@dataclass(frozen=True, slots=True)
class Alert:
    """`/console/alerts/{number}`: why, what was done, and what was behind it.

    `events` are the latest of `count`; none are shown of what is laid out for nobody to touch (`is_hidden`).
    `journal_href` leads to the journal of the account. Posts `verdict`, one of `verdicts`, to `judge_href`, empty
    where this person may not. `incident_href` opens an incident. `problem`: empty, `own` or `verdict`.
    """

    template: ClassVar[str] = "console/alert.html"
    row: AlertRow
    first_at: int
    last_at: int
    count: int
    events: tuple[Behind, ...]
    bonds: tuple[Bond, ...]
    back_href: str
    journal_href: str = ""
    judge_href: str = ""
    incident_href: str = ""
    verdicts: tuple[str, ...] = ()
    judged: Judged | None = None
    is_hidden: bool = False
    is_exercise: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule. `state`: `on`, `dry` or `off`; `responses` are codes; `fired_at` is 0 for never.

    `raised` counts the alerts about people, `false_alarms` those of them that were judged false. `may_spoof`: strangers
    can cause its events; `asks`: it never acts before a person says so.
    """

    name: str
    title: str
    why: str
    severity: int
    state: str
    responses: tuple[str, ...]
    fired_at: int
    raised: int
    false_alarms: int
    may_spoof: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """`/console/alerts/rules`: what is looked for, and how often it was found. As `Alerts` for `is_on` and `acts`."""

    template: ClassVar[str] = "console/alert_rules.html"
    rows: tuple[RuleRow, ...]
    back_href: str
    is_on: bool = True
    acts: bool = True


View = Alerts | Alert | Rules
