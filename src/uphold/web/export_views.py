# SPDX-License-Identifier: Apache-2.0
"""What the page of exports shows: which there are, and the form to make one. No value of a person is here."""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.views import Option, Problem


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export. `state` is `open`, `over` or `ended`; `reason` and `format` are codes of `access.export`.

    `mark` stands in the file, `person` is who made it. `seen` are the places where its canary came back (codes).
    `take_href` and `end_href` are empty for everybody else, and when it is over.
    """

    mark: str
    person: str
    purpose: str
    form_title: str
    format: str
    reason: str
    records: int
    made_at: int
    ends_at: int
    state: str
    taken: int
    taken_at: int
    seen: tuple[str, ...] = ()
    take_href: str = ""
    end_href: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form: ids, codes and days (YYYY-MM-DD)."""

    form: str = ""
    purpose: str = ""
    format: str = "csv"
    reason: str = ""
    since: str = ""
    until: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Exports:
    """`/console/exports`. Who may make one posts form, purpose, format, reason, since, until and hours.

    `at_once` is how many records one export may hold, `left` how many now, `longest` its longest life in hours.
    `refused` is the reason of a refusal. `action_href` is empty for who may only look.
    """

    template: ClassVar[str] = "console/exports.html"
    rows: tuple[ExportRow, ...]
    forms: tuple[Option, ...]
    purposes: tuple[Option, ...]
    reasons: tuple[str, ...]
    at_once: int
    left: int
    longest: int
    action_href: str = ""
    typed: Typed = Typed()
    problems: tuple[Problem, ...] = ()
    refused: str = ""
