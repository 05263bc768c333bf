# SPDX-License-Identifier: Apache-2.0
"""What the desk of retention shows. The conventions are those of `views`; there is no value of a person here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from uphold.web.views import Option, Problem


@dataclass(frozen=True, slots=True)
class Ending:
    """Parts that end together: `when` is `now`, `kept` (due, and barred by an order), `never` or a month's name.

    `counts` are pairs of a purpose's title and how many parts.
    """

    when: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act. `done_at` is 0 while it is under way; `final_on` empty where no day is known,
    `now` where no backup can be opened already.

    `papers` are by language code the addresses of PDF (empty without the extra), HTML and JSON.
    """

    number: int
    purpose: str
    reason: str
    done_at: int
    parts: int
    final_on: str
    papers: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One preservation order. `receipt` and `purpose` are empty where it is of every one; times 0 for none."""

    number: int
    receipt: str
    purpose: str
    ground: str
    starts_at: int
    until_at: int
    placed_at: int
    placed_by: str
    lifted_at: int
    lifted_by: str
    lift_href: str = ""


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One epoch of the key ring: how many keys are under it, and from when it may be burned (0: not before).

    `used` is None for the only one: all keys are under it, and nobody has to count them.
    """

    number: int
    made_at: int
    used: int | None
    burn_at: int


@dataclass(frozen=True, slots=True)
class Keys:
    """The key ring. `copy` is `same`, `differs` or `none`; `rotates_at` is 0 where nothing rotates by itself."""

    epochs: tuple[EpochRow, ...]
    rotates_at: int
    burn_days: int
    copy: str


@dataclass(frozen=True, slots=True)
class Backups:
    """Backups: whether they are made at all, and the newest (times unix ms, 0: there is none)."""

    is_set_up: bool
    made_at: int
    keep_days: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The form to place an order, with what was entered."""

    action_href: str
    purposes: tuple[Option, ...]
    entered: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """`/console/retention`: what ends when, acts, orders, keys and backups.

    `reckoned` records were looked at, `beyond` more end later, and still `more` may, which were not counted.
    `swept_at` is 0 before the first sweep.
    """

    template: ClassVar[str] = "console/retention.html"
    endings: tuple[Ending, ...]
    reckoned: int
    beyond: int
    swept_at: int
    is_sweeping: bool
    run_href: str
    acts: tuple[ActRow, ...]
    more_acts: int
    orders: tuple[OrderRow, ...]
    past_orders: tuple[OrderRow, ...]
    place: Place | None
    keys: Keys
    backups: Backups
    more: bool = False


View = Retention
