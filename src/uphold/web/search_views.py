# SPDX-License-Identifier: Apache-2.0
"""What looking for an address, and opening several enquiries at once, show. The conventions are those of `views`."""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.console_views import EnquiryRow, Letter, OpenedField, Tab
from uphold.web.views import Option, Problem


@dataclass(frozen=True, slots=True)
class Pick:
    """One enquiry that may be chosen; `name` is the name of its box."""

    name: str
    row: EnquiryRow


@dataclass(frozen=True, slots=True)
class Search:
    """`/console/search`. Posts `contact` and `purpose` to `action_href`, never in an address.

    `left` is how many searches this hour still has. `contact` and `problems` stand after a fault of the form.
    `refused` is the reason of a refusal; `asked` the title of the purpose that was asked for, empty before; `found`
    what was found then, at `made_at`, with entry `index` of the journal. `purpose` and `several_href`, with the names
    of the boxes, open those that are ticked.
    """

    template: ClassVar[str] = "console/search.html"
    purposes: tuple[Option, ...]
    left: int
    action_href: str = "/console/search"
    contact: str = ""
    purpose: str = ""
    problems: tuple[Problem, ...] = ()
    refused: str = ""
    asked: str = ""
    found: tuple[Pick, ...] = ()
    index: int = 0
    made_at: int = 0
    several_href: str = ""


@dataclass(frozen=True, slots=True)
class Several:
    """`/console/several`: choose enquiries of one state to open together. Posts `purpose` and the boxes' names.

    `at_once` is how many one act may open, `left` how many now. `refused` is the reason of a refusal.
    """

    template: ClassVar[str] = "console/several.html"
    state: str
    tabs: tuple[Tab, ...]
    picks: tuple[Pick, ...]
    purposes: tuple[Option, ...]
    purpose: str
    at_once: int
    left: int
    action_href: str = "/console/several"
    problems: tuple[Problem, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class OpenedOne:
    """One of several: its fields and earlier answers, or `denied`, the reason that it was not opened."""

    row: EnquiryRow
    fields: tuple[OpenedField, ...] = ()
    letters: tuple[Letter, ...] = ()
    denied: str = ""


@dataclass(frozen=True, slots=True)
class SeveralOpened:
    """Several enquiries opened for one purpose; shown once, never stored by the browser.

    `index` is the entry of the act in the journal, `back_href` leads to where they were chosen.
    """

    template: ClassVar[str] = "console/several_opened.html"
    purpose: str
    index: int
    opened_at: int
    each: tuple[OpenedOne, ...]
    back_href: str = "/console/several"
