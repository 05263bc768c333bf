# SPDX-License-Identifier: Apache-2.0
"""What the desk of suspensions shows. The conventions are those of `views`; there is no value of a person here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from uphold.web.views import Option, Problem


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One suspension. `short` names the submission and `href` leads to it, `login` the member of staff, `purpose` is a
    title: each empty where it is of every one.

    `reason` is a code of `access.hold`; `until_at` is 0 where it lasts until it is lifted; `placed_by` and
    `lifted_by` are empty for the person or a rule. `asked_by` has asked to lift it, and another must; `request_href`
    leads to the request with which it ends. `lift_href` is empty where it cannot be lifted here.
    """

    number: int
    short: str
    href: str
    login: str
    purpose: str
    reason: str
    until_at: int
    placed_at: int
    placed_by: str
    lifted_at: int = 0
    lifted_by: str = ""
    asked_by: str = ""
    request_href: str = ""
    lift_href: str = ""
    stops_all: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The form to suspend, with what was entered: `what`, `receipt`, `person`, `purpose`, `reason`, `span`."""

    action_href: str
    people: tuple[Option, ...]
    purposes: tuple[Option, ...]
    reasons: tuple[str, ...]
    spans: tuple[str, ...]
    entered: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """`/console/holds`: what is suspended, what was, and the form for who may. `more` are in force and not listed.

    `problem` is why one was not lifted: empty, `own`, `same`, `persons`, `request`.
    """

    template: ClassVar[str] = "console/holds.html"
    rows: tuple[HoldRow, ...]
    past: tuple[HoldRow, ...]
    place: Place | None
    more: int = 0
    problem: str = ""


View = Holds
