# SPDX-License-Identifier: Apache-2.0
"""What the public page of figures shows. The conventions are those of `views`.

Every number here has noise in it, and none of another kind stands beside it.
"""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.chart import Graph


@dataclass(frozen=True, slots=True)
class Line:
    """A number by its name; the true one lies within `error` of it in 95 of 100 cases."""

    name: str
    value: int
    error: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The numbers of one table, `code` of which says what they are of: `pages` or `devices`; `most` is the longest bar.

    `is_partial`: what few people came to is not among the lines.
    """

    code: str
    lines: tuple[Line, ...]
    most: int
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A month to look at; `chosen` is the one that is shown."""

    name: str
    href: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """`/statistics`: what anybody may know of the visits to a site, month by month.

    `graph` is of the visitors of the last months, `months` the same as a table, the newest first. `month` names the one
    that `breakdowns` are of. Nothing was published yet where `months` is empty. `label` is `noisy`, as all numbers here
    are; `made_up`: the visits are a demonstration's.
    """

    template: ClassVar[str] = "published.html"
    months: tuple[Line, ...] = ()
    graph: Graph | None = None
    month: str = ""
    turns: tuple[Turn, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    label: str = "noisy"
    made_up: bool = False
