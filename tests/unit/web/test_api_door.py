# SPDX-License-Identifier: Apache-2.0
"""The API's door: strangers find nothing, an ended token is told, nobody asks too often, nothing is quoted."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from tests import cast, machine, site
from tests.machine import PROBLEM, Api
from uphold import config
from uphold.access import client
from uphold.access.permission import Permission, Role
from uphold.app import App
from uphold.journal import entry
from uphold.web import api
from uphold.web.api_door import BASE


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("api-door"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asked(app: App) -> Iterator[Api]:
    with machine.asked(app) as found:
        yield found


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


ADDRESSES = [path.replace("{id}", "a" * 26).replace("{number}", "1") for path in api.OPERATIONS]


METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD")
NO_TOKENS = ("", "Bearer uphold_made-up", "Basic dTpw", "Bearer", "Bearer  ", "\xff")


@pytest.mark.parametrize("path", [*ADDRESSES, "", "/", "/nothing", "/enquiries/"])
def test_to_a_stranger_there_is_nothing(asked: Api, path: str) -> None:
    nothing = asked.visitor.get(f"{BASE}/nothing-at-all")
    for method in METHODS:
        for shown in NO_TOKENS:
            headers = {"authorization": shown.encode("latin-1")} if shown else {}
            answer = asked.visitor.ask(method, f"{BASE}{path}", headers=headers)
            # Word for word the same for each address.
            assert (answer.status, answer.headers["content-type"]) == (404, PROBLEM)
            assert answer.body == (b"" if method == "HEAD" else nothing.body)


def test_a_token_in_the_address_or_a_cookie_is_none(asked: Api) -> None:
    who = asked.client()
    assert asked.visitor.get(f"{BASE}/client?access_token={who.token}").status == 404
    assert asked.visitor.get(f"{BASE}/client", {"cookie": f"token={who.token}"}).status == 404


def test_a_token_of_another_site_is_none(
    asked: Api, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = site.anew(tmp_path_factory.mktemp("other"))
    try:
        with machine.asked(other) as elsewhere:
            foreign = elsewhere.client()
            assert elsewhere.get(foreign, "/client").status == 200
        assert asked.get(foreign, "/client").status == 404
    finally:
        other.close()


def test_whose_token_was_revoked_is_told_so_and_the_journal_knows(app: App, asked: Api) -> None:
    who = asked.client()
    assert asked.get(who, "/client").status == 200
    app.writer.run(lambda tx: client.revoke(tx, who.number, 0))
    answers = [asked.get(who, "/client") for _ in range(3)]
    assert {answer.status for answer in answers} == {401}
    assert answers[0].json["type"] == "urn:uphold:problem:token-revoked"
    assert 'error="invalid_token"' in answers[0].headers["www-authenticate"]
    assert kinds(app).count("client.refused") == 1


def test_whose_token_has_expired(app: App, asked: Api) -> None:
    who = asked.client()
    past = client.access_client.update().where(client.access_client.c.staff == who.number)
    app.writer.run(lambda tx: tx.execute(past.values(expires_at=tx.now)))
    assert asked.get(who, "/client").json["type"] == "urn:uphold:problem:token-expired"


def test_what_is_in_no_scope_is_refused(asked: Api) -> None:
    who = asked.client(scopes=())
    answer = asked.get(who, "/enquiries")
    assert answer.status == 403
    assert answer.json["type"] == "urn:uphold:problem:scope-missing"
    assert "enquiry:item:list" in answer.json["detail"]
    # Nor what is in a scope that the role does not hold (any more).
    asked.app.writer.run(
        lambda tx: tx.execute(
            client.access_client.update()
            .where(client.access_client.c.staff == who.number)
            .values(scopes=str(Permission.PROOF_READ))
        )
    )
    assert asked.get(who, "/proof").status == 403


def test_other_methods(asked: Api) -> None:
    who = asked.client()
    answer = asked.ask(who, "DELETE", "/enquiries")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert asked.ask(who, "GET", f"/enquiries/{'a' * 26}/open").headers["allow"] == "POST"
    assert asked.ask(who, "PUT", "/nothing").status == 404
    assert asked.ask(who, "HEAD", "/client").status == 200


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b'{"purpose":"x"}', "text/plain", 415),
        (b'{"purpose":"x"}', "", 415),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 40_000, "application/json", 400),
        (b'{"purpose":1}', "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"purpose":"communication","more":1}', "application/json", 400),
        (b" " * 70_000, "application/json", 413),
        (b'{"purpose":"communication"}', "application/json; charset=utf-8", 404),
    ],
    ids=["kind", "no-kind", "json", "bytes", "deep", "type", "lacks", "more", "long", "good"],
)
def test_bodies(asked: Api, raw: bytes, kind: str, status: int) -> None:
    who = asked.client()
    headers = {"authorization": f"Bearer {who.token}", **({"content-type": kind} if kind else {})}
    answer = asked.visitor.ask(
        "POST", f"{BASE}/enquiries/{'a' * 26}/open", content=raw, headers=headers
    )
    assert answer.status == status
    assert answer.headers["content-type"] == PROBLEM


def test_nothing_that_was_sent_is_quoted(asked: Api) -> None:
    who, secret = asked.client(), cast.subject.email
    answers = [
        asked.get(who, f"/enquiries?state={secret}"),
        asked.get(who, f"/enquiries?{secret}=1"),
        asked.get(who, f"/enquiries?cursor={secret}"),
        asked.post(who, f"/enquiries/{secret}/open", {"purpose": "communication"}),
        asked.post(who, f"/enquiries/{'a' * 26}/open", {"purpose": secret}),
        asked.post(who, f"/enquiries/{'a' * 26}/open", {secret: "x"}),
        asked.post(who, f"/enquiries/{'a' * 26}/move", {"to": secret}),
        asked.post(who, f"/enquiries/{'a' * 26}/move", {"to": "new"}, idempotency_key=secret),
    ]
    assert {answer.status for answer in answers} == {400, 404}
    for answer in answers:
        assert cast.leaks(answer.body) == []
        assert answer.headers["cache-control"] == "no-store"


def test_a_parameter_stands_once(asked: Api) -> None:
    who = asked.client()
    assert asked.get(who, "/enquiries?limit=1&limit=2").status == 400
    assert asked.get(who, "/enquiries?limit=1").status == 200
    assert [asked.get(who, f"/enquiries?limit={n}").status for n in (0, 101, "x")] == [400] * 3


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "a key with blanks"], ids=len)
def test_an_act_needs_a_key(asked: Api, key: str) -> None:
    who, id_ = asked.client(), asked.submit()
    answer = asked.post(who, f"/enquiries/{id_}/move", {"to": "in-work"}, idempotency_key=key)
    assert answer.status == 400
    assert "Idempotency-Key" in answer.json["detail"]
    assert asked.get(who, f"/enquiries/{id_}").json["state"] == "new"


def test_not_too_often(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = site.build(tmp_path_factory.mktemp("pace"))
    settings = replace_settings(opened.settings)
    try:
        with machine.asked(replace(opened, settings=settings)) as asked:
            one, other = asked.client(), asked.client()
            # Two minutes may touch, so that each client is let through at most twice as often.
            statuses = [asked.get(one, "/client").status for _ in range(7)]
            assert statuses.count(429) >= 1
            refused = asked.get(one, "/client")
            if refused.status == 429:
                assert 1 <= int(refused.headers["retry-after"]) <= 60
            assert asked.get(other, "/client").status == 200
            strangers = [asked.get(None, "/client").status for _ in range(9)]
            assert set(strangers) == {404, 429}
    finally:
        opened.close()


def replace_settings(settings: config.Settings) -> config.Settings:

    limits = msgspec.structs.replace(settings.limits, refuse_per_minute=4)
    return msgspec.structs.replace(settings, api=config.Api(per_minute=3), limits=limits)


def test_a_client_is_seen(app: App, asked: Api) -> None:
    who = asked.client(Role.AUDITOR)
    asked.get(who, "/client")
    with app.database.read() as connection:
        seen = {one.actor.staff: one.seen_at for one in client.clients(connection)}
    assert seen[who.number]
