# SPDX-License-Identifier: Apache-2.0
"""Sabotages of what ends data: a site that has aged, on which something is left that is due."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.sabotage.sabotage import Ground, several
from tests.sabotage.store import by_sql, raw
from uphold.app import App
from uphold.assurance.probes import lasting
from uphold.retention import act, due, ends, schedule
from uphold.retention.schedule import NEVER
from uphold.vault import records
from uphold.web import background

# Twenty days, in milliseconds: the technical data are declared to be kept for fourteen.
AGE = 20 * 24 * 60 * 60 * 1000
aged = by_sql(f"UPDATE submission_record SET received_at = received_at - {AGE}")


def switch_off(ground: Ground) -> None:
    """The loop that sweeps is there and does nothing."""

    async def nothing(_sweeper: background.Sweeper) -> None:
        return

    aged(ground)
    ground.patch.setattr(background.Sweeper, "look", nothing)


def pass_over(app: App) -> None:
    """The walk believes that it has seen every record there will ever be."""
    app.writer.run(lambda tx: due.keep(tx, seen=2**40, walked_at=2**50, edition=2))


def put_off(app: App) -> None:
    """Every record is noted for the end of time."""
    app.writer.run(lambda tx: due.put(tx, dict.fromkeys(range(1, 10_000), NEVER)))
    app.writer.run(lambda tx: due.keep(tx, edition=2))


def be_impatient(ground: Ground) -> None:
    """Whoever has the lease is gone: it is waited for as long as for a sweep that begins."""
    aged(ground)
    ground.patch.setattr(lasting, "_WAIT_SECONDS", lasting._BEGIN_SECONDS)


def hold_for_ever(app: App) -> None:
    """A process that is long gone has the lease."""
    raw_state = "UPDATE retention_state SET holder = 'gone', until_at = 9007199254740991"
    app.writer.run(lambda tx: due.keep(tx, holder="gone"))
    raw(app, raw_state)


def open_aged(
    act_: Callable[[App], None], before: Callable[[Ground], None] = aged
) -> Callable[[Ground], None]:
    def change(ground: Ground) -> None:
        before(ground)
        ground.later.append(act_)

    return change


def destroy_nothing_due(ground: Ground) -> None:
    """Acts are written, and nothing goes."""
    aged(ground)
    ground.patch.setattr(records, "destroy_each", lambda *_: {})
    ground.patch.setattr(act, "strike", lambda *_: None)
    ground.patch.setattr(act, "pending", lambda *_: [])


def forget_the_technical(ground: Ground) -> None:
    """Only what people wrote is swept: the technical data are no data, somebody thought."""
    aged(ground)
    before = schedule.of_part

    def but(given: Any, current: Any, purpose: str, events: Any) -> Any:
        # As it would be in the room that sweeps; the probe reckons by the room's rule itself.
        return before(given, current, purpose, replace(events, received=events.received + AGE))

    ground.patch.setattr(ends, "schedule", _Only(but))


class _Only:
    """A module of which one function is another."""

    def __init__(self, of_part: Callable[..., Any]) -> None:
        self.of_part = of_part


SABOTAGES = several(
    "visit.short-lived",
    ("off", "Nothing destroys what is due any more", switch_off),
    ("stuck", "The walk through the records is stuck behind its end", open_aged(pass_over)),
    ("put-off", "Every end was put off by hand", open_aged(put_off)),
    (
        "lease",
        "A process that is long gone keeps others from sweeping",
        open_aged(hold_for_ever, be_impatient),
    ),
    ("paper", "Acts are written and nothing is destroyed", destroy_nothing_due),
    ("later", "The sweep believes that everything came later", forget_the_technical),
)
