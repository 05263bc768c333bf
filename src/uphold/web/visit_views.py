# SPDX-License-Identifier: Apache-2.0
"""What the page of the cookie of visits shows. The conventions are those of `views`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Choice:
    """`/visit/choice`: agree to the cookie, or take that back. Posts `act`, `agree` and `_slip`.

    `state` is `none`, `agreed`, or `refused` where the browser says by itself that it does not want this; nothing is
    asked then. `wording` is what is agreed to, its paragraphs; `problem` is why nothing was set, or empty.
    """

    template: ClassVar[str] = "visit_choice.html"
    action_href: str
    slip: str
    wording: tuple[str, ...]
    days: int
    state: str = "none"
    problem: str = ""
