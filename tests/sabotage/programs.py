# SPDX-License-Identifier: Apache-2.0
"""The API, broken."""

from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.access import client, gate, permission
from uphold.access.client import Client


def forget_the_scopes(ground: Ground) -> None:
    """A client may do whatever its role may."""

    def by_role(actor: Any, wanted: Any) -> bool:
        return permission.holds(actor.role, wanted)

    ground.patch.setattr(permission, "may", by_role)


def forget_the_purposes(ground: Ground) -> None:
    """The gate does not ask which purposes a client was given."""

    def lenient(before: Any, asked: Any, given: Any, current: Any) -> Any:
        reason = before(asked, given, current)
        return None if reason is gate.Reason.PURPOSE_NOT_GIVEN else reason

    ground.wrap(gate, "_purpose", lenient)


def forget_the_end(ground: Ground) -> None:
    """A token that was revoked opens as before."""
    ground.patch.setattr(Client, "ended", lambda _self, _now: None)


def take_any_token(ground: Ground) -> None:
    """Whoever shows a token of the right shape is taken for the newest client."""

    def newest(before: Any, connection: Any, token: str) -> Any:
        found = before(connection, token)
        if found is not None or not token.startswith(client.PREFIX):
            return found
        latest = client._EVERY.order_by(client.access_client.c.made_at.desc())
        row = connection.execute(latest).first()
        known = None if row is None else client._of_row(row)
        return known if known is None or known.revoked_at == 0 else _living(known)

    ground.wrap(client, "resolve", newest)


def _living(known: Client) -> Client:
    return Client(known.name, known.actor, known.made_at, 0, known.expires_at, 0, known.seen_at)


SABOTAGES = (
    *several(
        "access.role-limits",
        ("scopes", "A program may do whatever its role may", forget_the_scopes),
        ("purposes", "A program reads for purposes that it was not given", forget_the_purposes),
    ),
    *several(
        "access.strangers-refused",
        ("revoked-token", "A token that was revoked opens as before", forget_the_end),
        ("any-token", "A made-up token is taken for a good one", take_any_token),
    ),
)
