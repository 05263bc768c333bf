# SPDX-License-Identifier: Apache-2.0
"""Who could have acted at a moment: the sessions and tokens that were good then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from uphold.access.client import access_client
from uphold.access.session import LIMITS, access_session
from uphold.access.staff import State, access_staff
from uphold.database.transaction import Transaction

# Entries of the journal bear whole seconds, and an act may be journaled by the transaction that ends its session.
_SLACK_MS = 2000


@dataclass(frozen=True, slots=True)
class Present:
    """When accounts could act: spans of time (unix ms) by account."""

    spans: Mapping[int, tuple[tuple[int, int], ...]]

    def could(self, staff: int, at: int) -> bool:
        """Tell whether an account had a session or a token at a moment (unix ms)."""
        spans = self.spans.get(staff, ())
        return any(since - _SLACK_MS <= at <= until + _SLACK_MS for since, until in spans)


def of(reader: Connection | Transaction, staff: Collection[int]) -> Present:
    """Find out when these accounts could act, as far back as sessions are remembered."""
    found: dict[int, list[tuple[int, int]]] = {}
    one, numbers = access_session.c, sorted(staff)
    sessions = select(one.staff, one.created_at, one.seen_at, one.ended_at)
    for row in reader.execute(sessions.where(one.staff.in_(numbers))):
        # Only one that lives is seen, however long a site lets it.
        until = row.ended_at or row.seen_at + LIMITS.idle_ms
        found.setdefault(row.staff, []).append((row.created_at, until))
    token = access_client.c
    tokens = select(token.staff, token.made_at, token.expires_at, token.revoked_at)
    for row in reader.execute(tokens.where(token.staff.in_(numbers))):
        until = min(row.expires_at, row.revoked_at or row.expires_at)
        found.setdefault(row.staff, []).append((row.made_at, until))
    return Present({number: tuple(spans) for number, spans in found.items()})


def runs(reader: Connection | Transaction) -> dict[int, int]:
    """The run of each account that belongs to a run of probes."""
    people = access_staff.c
    query = select(people.number, people.exercise).where(people.exercise.is_not(None))
    return {row.number: row.exercise for row in reader.execute(query)}


def programs(reader: Connection | Transaction) -> frozenset[int]:
    """The accounts that are machine clients'."""
    people = access_staff.c
    mine = select(people.number).where(people.state == State.CLIENT)
    return frozenset(reader.execute(mine).scalars())
