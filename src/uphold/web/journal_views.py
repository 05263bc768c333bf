# SPDX-License-Identifier: Apache-2.0
"""What the pages of the journal show. The conventions are those of `views`; there is no value of a person here."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Reader:
    """One account whose journal can be read: a member of staff's, or a machine client's."""

    login: str
    role: str
    href: str


@dataclass(frozen=True, slots=True)
class Journal:
    """`/console/journal`: whose journal to read. Posts `receipt` to `find_href`.

    `problem` says that there is no submission with the number `receipt`, which was entered.
    """

    template: ClassVar[str] = "console/journal.html"
    find_href: str
    people: tuple[Reader, ...]
    receipt: str = ""
    problem: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal in words. `person` is a login, empty where it was nobody on the staff.

    `short` names the submission that it is about and `href` leads there; both are empty where that is not told.
    """

    index: int
    at: int
    text: str
    person: str
    short: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The journal of one record or of one member of staff, newest first.

    `of` is `record` or `staff`, `name` the short receipt number or the login, `back_href` the page of it, which may
    be empty. The entries from `start` up to `end` were looked through; `older_href` goes on further back, empty where
    nothing is left.
    """

    template: ClassVar[str] = "console/chronicle.html"
    of: str
    name: str
    back_href: str
    entries: tuple[Entry, ...]
    start: int
    end: int
    older_href: str


View = Journal | Chronicle
