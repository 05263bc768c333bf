# SPDX-License-Identifier: Apache-2.0
"""Tokens that programs show: what is none, what has ended, what was laid out for a thief."""

from sqlalchemy import insert

from tests import machine
from tests.visitor import Visitor
from uphold.access import client, decoy, signal
from uphold.access.decoy import What, access_decoy
from uphold.app import App


def told(app: App) -> list[tuple[str, int, object, object]]:
    """Kind, account, what came of it or was touched, and how often."""
    app.signals.flush()
    with app.database.read() as connection:
        found = [one.signal for one in signal.since(connection, 0)]
    return [
        (
            str(s.kind),
            s.staff,
            s.fields.get("outcome") or s.fields.get("what"),
            s.fields.get("count"),
        )
        for s in found
        if s.kind.startswith(("web.token", "site."))
    ]


def show(visitor: Visitor, token: str) -> int:
    return visitor.get("/api/v1/me", {"authorization": f"Bearer {token}"}).status


def test_a_token_is_told_of_when_its_place_is_new_and_when_it_has_ended(
    here: App, somebody: Visitor, stranger: Visitor
) -> None:
    api = machine.Api(here, somebody)
    made = api.client()
    for visitor in (somebody, somebody, stranger):
        assert show(visitor, made.token) != 401
    here.writer.run(lambda tx: client.revoke(tx, made.number, 0))
    assert show(somebody, made.token) == 401
    assert told(here) == [
        ("web.token", made.number, "ok", 1),
        ("web.token", made.number, "ok", 1),
        ("web.token", made.number, "token-revoked", 1),
    ]


def test_tokens_that_are_none_are_counted(here: App, somebody: Visitor) -> None:
    for _ in range(3):
        assert show(somebody, client.PREFIX + "made-up") == 404
    somebody.get("/api/v1/me")
    assert told(here) == [("web.token", 0, "unknown", 3)]


def test_a_token_that_was_laid_out_is_told_of_at_once_and_looks_like_any_other(
    here: App, somebody: Visitor
) -> None:
    token = client.PREFIX + "lies-about"
    row = {"what": What.TOKEN, "digest": decoy.digest(token), "planted_at": 1}
    here.writer.run(lambda tx: tx.execute(insert(access_decoy).values(**row)))
    assert show(somebody, token) == show(somebody, client.PREFIX + "made-up") == 404
    with here.database.read() as connection:
        (found,) = signal.since(connection, 0)
    assert (found.signal.kind, found.signal.fields["what"]) == ("site.canary", "token")
    assert found.signal.fields["source"] != ""
