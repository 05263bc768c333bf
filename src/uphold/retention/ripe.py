# SPDX-License-Identifier: Apache-2.0
"""Which parts of a record are to be destroyed now, why, and when to look again (pure)."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from uphold.retention import due, orders
from uphold.retention.act import Kind, Planned
from uphold.retention.ends import Part
from uphold.retention.orders import Order
from uphold.retention.schedule import NEVER, Why


class Reason(StrEnum):
    """Why a part was destroyed, as it stands in the journal."""

    DISCARDED = "discarded"
    EXERCISE = "exercise"
    # Its term has run out after the event that the policy names, or at the latest.
    ENDED = "term-ended"
    # The consent was withdrawn, and the term after that has run out.
    WITHDRAWN = "withdrawn"
    # The person asked for it.
    ERASED = "erased-on-request"


SCHEDULED = frozenset({Reason.ENDED, Reason.WITHDRAWN})
"""Reasons that must still hold when the part is destroyed, whatever was planned."""


def sort(
    record: int, parts: Iterable[Part], barred: Sequence[Order], at: int
) -> tuple[dict[Kind, list[Part]], list[Part]]:
    """Sort out the parts that are due: those to be destroyed by kind, and those that an order keeps."""
    doomed: dict[Kind, list[Part]] = {}
    kept = []
    for part in parts:
        if part.end is None or part.end.at > at:
            continue
        if orders.barring(barred, record, part.purpose, at):
            kept.append(part)
            continue
        reason = Reason.WITHDRAWN if part.end.why is Why.WITHDRAWAL else Reason.ENDED
        kind = Kind(part.purpose, part.edition, str(reason))
        doomed.setdefault(kind, []).append(part)
    return doomed, kept


def still_due(
    record: int,
    planned: Iterable[Planned],
    parts: Iterable[Part],
    barred: Sequence[Order],
    at: int,
) -> list[Planned]:
    """Which planned parts are to be destroyed as things stand now."""
    due_now = {one.number for one in parts if one.end is not None and one.end.at <= at}
    return [
        one
        for one in planned
        if not orders.barring(barred, record, one.kind.purpose, at)
        and (one.kind.reason not in SCHEDULED or one.part in due_now)
    ]


def next_look(record: int, parts: Sequence[Part], barred: Sequence[Order], at: int) -> int | None:
    """When to look at a record again; None when nothing of it is left."""
    if not parts:
        return None
    moments = [NEVER]
    for part in parts:
        if part.end is None:
            continue
        if part.end.at > at:
            moments.append(part.end.at)
            continue
        untils = [one.terms.until_at for one in orders.barring(barred, record, part.purpose, at)]
        bounded = [at + due.KEPT_MS if until is None else until for until in untils]
        # Due and kept by nothing: it is new, or could not be destroyed.
        moments.append(max(bounded, default=at))
    return min(moments)
