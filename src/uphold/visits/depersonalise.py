# SPDX-License-Identifier: Apache-2.0
"""What was seen of a visit becomes an event that names nobody (pure).

The time becomes an hour, the page a template, the browser a family, the device a class, the address at most a
country. Who it was becomes a number keyed by the day's salt: it tells two visitors apart on that day, and
nothing after the salt is destroyed.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Protocol

from uphold.visits import agent, layout, salt, template

# Forms and their fields are named so; what is not is somebody's own text.
_ITEM = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


class Seen(Protocol):
    """What is taken from `record.Seen`, or from a line of a web server's log."""

    @property
    def at(self) -> int: ...  # unix milliseconds
    @property
    def address(self) -> str: ...
    @property
    def agent(self) -> str: ...
    @property
    def cookie(self) -> str | None: ...
    @property
    def kind(self) -> str: ...  # one of layout.KINDS
    @property
    def item(self) -> str: ...
    @property
    def page(self) -> str: ...


def day(at: int, zone: tzinfo) -> date:
    """Return the day, in the site's zone, of a moment in unix milliseconds."""
    return datetime.fromtimestamp(at / 1000, zone).date()


def event(
    seen: Seen,
    key: bytes,
    host: str,
    zone: tzinfo,
    country: Callable[[str], str],
    named: Callable[[str], str] = template.page,
) -> tuple[date, layout.Event]:
    """Return the day of what was seen, and its event. `key` is the salt of that day.

    `named` is `template.page`, or remembers what that said for as long as one flush takes.

    An opinion is nobody's: it bears no visitor, no browser and no country, so that it cannot be laid beside the
    visit it was given on.
    """
    then = datetime.fromtimestamp(seen.at / 1000, zone)
    if seen.kind == "opinion":
        nobody = layout.NOBODY, seen.kind, _item(seen.item), layout.OTHER, layout.OTHER, ""
        return then.date(), layout.Event(then.hour, *nobody)
    return then.date(), layout.Event(
        hour=then.hour,
        visitor=salt.visitor(key, host, seen.address, seen.agent, seen.cookie),
        kind=seen.kind,
        item=named(seen.page) if seen.kind == "view" else _item(seen.item),
        device=agent.device(seen.agent),
        browser=agent.family(seen.agent),
        country=country(seen.address),
    )


def _item(said: str) -> str:
    return said if _ITEM.fullmatch(said) else layout.OTHER
