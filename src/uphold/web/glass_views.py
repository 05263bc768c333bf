# SPDX-License-Identifier: Apache-2.0
"""What the pages of openings in an emergency show: no value of a person. The conventions are those of `views`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from uphold.web.console_views import EnquiryFacts, PurposeChoice
from uphold.web.views import Problem


@dataclass(frozen=True, slots=True)
class GlassRow:
    """One opening in an emergency. `short` names the enquiry and `href` leads to it; `purpose` is a title.

    `reason` is a code of `access.glass`; `words` are empty for who may not read them and once they are forgotten.
    Times are 0 for not yet; `ended_by` is empty where the time was over. Nothing but the token is posted to
    `end_href` and `see_href`, which are empty where there is nothing to do.
    """

    login: str
    short: str
    href: str
    purpose: str
    reason: str
    words: str
    began_at: int
    until_at: int
    ended_at: int
    ended_by: str
    seen_at: int
    seen_by: str
    readings: int
    is_running: bool
    end_href: str = ""
    see_href: str = ""


@dataclass(frozen=True, slots=True)
class Glasses:
    """`/console/glass`: every opening in an emergency, the newest first. `problem`: empty or `own`."""

    template: ClassVar[str] = "console/glasses.html"
    rows: tuple[GlassRow, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Glass:
    """`/console/enquiry/{id}/glass`: ask for an opening in an emergency, and end one's own.

    `purposes` are those that the role may not read for; `reasons` codes of `access.glass`; `spans` minutes. Posts
    `purpose`, `reason`, `words`, `minutes`; `entered` is what was. `rows` are one's own that run.
    """

    template: ClassVar[str] = "console/glass.html"
    facts: EnquiryFacts
    action_href: str
    purposes: tuple[PurposeChoice, ...]
    reasons: tuple[str, ...]
    spans: tuple[int, ...]
    rows: tuple[GlassRow, ...]
    entered: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


View = Glasses | Glass
