# SPDX-License-Identifier: Apache-2.0
"""Every route and who may use it. A new route fails here until it has its line, and so its permission."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from tests import cast, site, visitor
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold import app as app_
from uphold.access import staff
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import exercise
from uphold.assurance.exercise import Run
from uphold.rights import request
from uphold.rights.machine import Kind
from uphold.rights.stored import Channel, Identity, Intake
from uphold.vault import identifier
from uphold.web import api, console, examiner, my_routes, server
from uphold.web.post import Door

__all__ = ["quick_hashing"]

# What a request without a good body, but with a good token, gets from whom. `in` goes to sign-in.
LOG_IN, NOTHING = 303, 404
# Who may list no enquiries is led to the figures.
TO_OWN = 303
WHO = ("anybody", "analyst", "auditor", "clerk", "officer", "owner")


def acts(of: str, *names: str) -> tuple[tuple[str, str], ...]:
    """Posts to one thing, which nobody finds under a number that there is not."""
    return tuple(("POST", f"/console/{of}/{name}") for name in names)


ALERT = acts("alerts", "alert/{number}/judge", "restraint/{number}/lift", "hold/{number}/lift")
EXPORT = acts("exports/{id}", "take", "end")
GLASS = acts("glass/{number}", "see", "end")
REQUEST = acts("request/{number}", "move", "fulfil", "package")
DISCLOSURE = acts("disclosure/{number}", "look", "approve", "refuse", "send", "confirm", "tell")
INCIDENT = acts("incident/{number}", "note", "scope", "notice", "lesson", "close", "reopen")
CONSOLE = {
    # anybody, analyst, auditor, clerk, officer, owner
    ("GET", "/console"): (LOG_IN, TO_OWN, 200, 200, 200, 200),
    ("GET", "/console/enquiry/{id}"): (LOG_IN, NOTHING, 200, 200, 200, 200),
    ("POST", "/console/enquiry/{id}/open"): (LOG_IN, NOTHING, NOTHING, 422, 422, 422),
    ("POST", "/console/enquiry/{id}/answer"): (LOG_IN, NOTHING, NOTHING, 403, NOTHING, 403),
    ("POST", "/console/enquiry/{id}/move"): (LOG_IN, NOTHING, NOTHING, 409, NOTHING, 409),
    ("GET", "/console/journal"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("POST", "/console/journal"): (LOG_IN, NOTHING, 422, NOTHING, 422, 422),
    ("GET", "/console/journal/record/{id}"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/journal/staff/{id}"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/statistics"): (LOG_IN, 200, NOTHING, NOTHING, 200, 200),
    ("GET", "/console/statistics/forms"): (LOG_IN, 200, NOTHING, NOTHING, 200, 200),
    ("GET", "/console/statistics/answers"): (LOG_IN, 200, NOTHING, NOTHING, 200, 200),
    ("GET", "/console/statistics/ledger"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/statistics/file/{page}/{format}"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/alerts"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/alerts/rules"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/alerts/alert/{number}"): (LOG_IN, *[NOTHING] * 5),
    **dict.fromkeys(ALERT, (LOG_IN, *[NOTHING] * 5)),
    ("GET", "/console/glass"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    **dict.fromkeys(GLASS, (LOG_IN, *[NOTHING] * 5)),
    ("GET", "/console/enquiry/{id}/glass"): (LOG_IN, NOTHING, NOTHING, 200, 200, 200),
    ("POST", "/console/enquiry/{id}/glass"): (LOG_IN, NOTHING, NOTHING, 422, 422, 422),
    ("GET", "/console/incidents"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("POST", "/console/incidents"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("GET", "/console/incidents/register/{paper}"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/incident/{number}"): (LOG_IN, *[NOTHING] * 5),
    **dict.fromkeys(INCIDENT, (LOG_IN, *[NOTHING] * 5)),
    ("GET", "/console/incident/{number}/{notice}/{language}/{paper}"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/holds"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("POST", "/console/holds"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("POST", "/console/holds/{number}/lift"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/mail"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/mail/retry"): (LOG_IN, NOTHING, NOTHING, NOTHING, 303, 303),
    ("GET", "/console/search"): (LOG_IN, NOTHING, NOTHING, 200, 200, 200),
    ("POST", "/console/search"): (LOG_IN, NOTHING, NOTHING, 422, 422, 422),
    ("GET", "/console/several"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/several"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("GET", "/console/exports"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("POST", "/console/exports"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    **dict.fromkeys(EXPORT, (LOG_IN, *[NOTHING] * 5)),
    ("GET", "/console/policy"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/policy/compare"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/policy/draft"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/policy/draft"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/policy/ask"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 200),
    ("POST", "/console/policy/ask"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 409),
    ("GET", "/console/policy/publish"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 200),
    ("POST", "/console/policy/publish"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 409),
    ("GET", "/console/proof"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/proof/evidence/{run}/{probe}"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/proof/run"): (LOG_IN, NOTHING, NOTHING, NOTHING, 303, 303),
    ("POST", "/console/proof/attest"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/proof/alert/{alert}"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/proof/evaluation"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/proof/evaluation/harm"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/proof/evaluation/harm"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("POST", "/console/proof/evaluation/make/{kind}"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/proof/evaluation/{number}/sign"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/proof/evaluation/{number}/{language}/{paper}"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/threats"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/threats/file/{kind}"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/threats/accept"): (LOG_IN, NOTHING, NOTHING, NOTHING, 400, 400),
    ("POST", "/console/threats/attest"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/disclosures"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/disclosures/new"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/disclosures/new"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("POST", "/console/disclosures/decline"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("GET", "/console/disclosure/{number}"): (LOG_IN, *[NOTHING] * 5),
    **dict.fromkeys(DISCLOSURE, (LOG_IN, *[NOTHING] * 5)),
    ("GET", "/console/disclosure/{number}/notice/{notice}"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/requests"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("GET", "/console/requests/enter"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/requests/enter"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("GET", "/console/request/{number}"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("POST", "/console/request/{number}/move"): (LOG_IN, NOTHING, NOTHING, NOTHING, 409, 409),
    ("POST", "/console/request/{number}/fulfil"): (LOG_IN, NOTHING, NOTHING, NOTHING, 409, 409),
    ("POST", "/console/request/{number}/package"): (LOG_IN, NOTHING, NOTHING, NOTHING, 400, 400),
    ("GET", "/console/retention"): (LOG_IN, NOTHING, 200, NOTHING, 200, 200),
    ("POST", "/console/retention/run"): (LOG_IN, NOTHING, NOTHING, NOTHING, 303, 303),
    ("GET", "/console/retention/act/{number}/{language}/{paper}"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/retention/order"): (LOG_IN, NOTHING, NOTHING, NOTHING, 422, 422),
    ("POST", "/console/retention/order/{number}/lift"): (LOG_IN, *[NOTHING] * 5),
    ("GET", "/console/staff"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/staff"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 422),
    ("GET", "/console/clients"): (LOG_IN, NOTHING, NOTHING, NOTHING, 200, 200),
    ("POST", "/console/clients"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 422),
    ("POST", "/console/clients/{number}/revoke"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/staff/{id}/renew"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 200),
    ("GET", "/console/staff/{id}"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 200),
    ("POST", "/console/staff/{id}/sessions"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 303),
    ("POST", "/console/staff/{id}/factor"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 303),
    ("POST", "/console/staff/{id}/close"): (LOG_IN, NOTHING, NOTHING, NOTHING, NOTHING, 422),
    ("GET", "/console/again"): (LOG_IN, 200, 200, 200, 200, 200),
    ("POST", "/console/again"): (LOG_IN, 422, 422, 422, 422, 422),
    ("GET", "/console/account"): (LOG_IN, 200, 200, 200, 200, 200),
    ("POST", "/console/account/session/{number}/end"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/account/factor"): (LOG_IN, 303, 303, 303, 303, 303),
    ("POST", "/console/account/factor/confirm"): (LOG_IN, 422, 422, 422, 422, 422),
    ("POST", "/console/account/factor/remove"): (LOG_IN, 303, 303, 303, 303, 303),
    ("POST", "/console/account/passkey/options"): (LOG_IN, 200, 200, 200, 200, 200),
    ("POST", "/console/account/password"): (LOG_IN, 422, 422, 422, 422, 422),
    ("POST", "/console/account/passkey"): (LOG_IN, 422, 422, 422, 422, 422),
    ("POST", "/console/account/passkey/{number}/remove"): (LOG_IN, *[NOTHING] * 5),
    # Who has no passkey is asked for none.
    ("POST", "/console/again/options"): (LOG_IN, *[NOTHING] * 5),
    ("POST", "/console/logout"): (LOG_IN, 303, 303, 303, 303, 303),
}
# What the owner's account of an exercise gets where that is not what the owner gets: nothing of a person's
# enquiry, and a flat no to every act that would reach beyond the exercise.
EXERCISE = {
    ("GET", "/console/staff/{id}"): NOTHING,
    ("GET", "/console/journal/record/{id}"): NOTHING,
    ("GET", "/console/journal/staff/{id}"): NOTHING,
    ("GET", "/console/enquiry/{id}"): NOTHING,
    ("POST", "/console/enquiry/{id}/open"): NOTHING,
    ("GET", "/console/enquiry/{id}/glass"): NOTHING,
    ("POST", "/console/enquiry/{id}/glass"): NOTHING,
    **dict.fromkeys(GLASS, NOTHING),
    ("POST", "/console/enquiry/{id}/move"): NOTHING,
    **dict.fromkeys(DISCLOSURE, NOTHING),
    ("GET", "/console/request/{number}"): NOTHING,
    **dict.fromkeys(REQUEST, NOTHING),
}
# The only posts that are answered as to an owner; any other must be refused.
AS_OWNER = {
    ("POST", "/console/journal"),
    ("POST", "/console/enquiry/{id}/answer"),
    ("POST", "/console/disclosures/new"),
    ("POST", "/console/disclosures/decline"),
    ("POST", "/console/incidents"),
    *INCIDENT,
    ("POST", "/console/requests/enter"),
    ("POST", "/console/search"),
    ("POST", "/console/several"),
    ("POST", "/console/exports"),
    *EXPORT,
    ("POST", "/console/logout"),
    ("POST", "/console/again"),
    ("POST", "/console/account/session/{number}/end"),
    *acts("account", "factor", "factor/confirm", "factor/remove", "passkey/options"),
    ("POST", "/console/account/password"),
    ("POST", "/console/account/passkey"),
    ("POST", "/console/account/passkey/{number}/remove"),
    ("POST", "/console/again/options"),
}
# What a person asked about the only submission.
ASKED = Intake(Kind.ACCESS, (1,), "A" * 16, Channel.PAPER, Identity.NONE, "en")
# Open to anybody, because it is the way in.
WAY_IN = {
    ("GET", "/console/login/code"),
    ("POST", "/console/login/code"),
    ("POST", "/console/login/code/options"),
    ("GET", "/console/login"),
    ("POST", "/console/login"),
    ("GET", "/console/welcome/{link}"),
    ("POST", "/console/welcome/{link}"),
}
PUBLIC = {
    "/",
    "/policy",
    "/policy/editions",
    "/policy/compare/{old}/{new}",
    "/policy/proof",
    "/statistics",
    "/f/{form}",
    "/wording/{digest}",
    "/receipt/{id}",
    "/receipt/{id}/withdraw",
    "/receipt/{id}/request",
    "/receipt/{id}/opinion",
    "/receipt/{id}.tlog-proof",
    "/receipt/{id}.jsonld",
    "/journal/checkpoint",
    "/journal/tile/{path:path}",
    "/journal/key",
    "/journal/keys",
    "/journal/verify.sh",
    "/static/{name}",
    "/visit",
    "/visit/choice",
    "/healthz",
    "/readyz",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("matrix"))
    yield opened
    opened.close()


def of_console(app: App) -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for route in console.routes(app)
        for method in route.methods or ()
        if method != "HEAD"
    }


def test_every_console_route_has_its_line(app: App) -> None:
    assert of_console(app) == CONSOLE.keys() | WAY_IN


def test_every_other_route_is_meant_to_be_public(app: App) -> None:
    routes = [r for r in server.routes(app, Door(app)).routes if isinstance(r, Route)]
    assert len(routes) == len(server.routes(app, Door(app)).routes)
    # A person's own page has a door of its own: tests/unit/web/test_my_routes.py.
    own = {r.path for r in my_routes.routes(app)}
    # So has the API: tests/house/test_matrix_api.py.
    programs = {r.path for r in api.routes(app)}
    mine = {r.path for r in routes if not r.path.startswith("/console")}
    assert mine == PUBLIC | own | programs


@pytest.fixture(scope="module")
def people(app: App) -> Iterator[dict[str, Visitor]]:
    with (
        visitor.visiting(app) as anybody,
        visitor.visiting(app) as analyst,
        visitor.visiting(app) as auditor,
        visitor.visiting(app) as clerk,
        visitor.visiting(app) as officer,
        visitor.visiting(app) as owner,
    ):
        anybody.send()
        app.writer.run(lambda tx: request.receive(tx, app.ring, "", ("ru-152fz",), ASKED))
        yield dict(zip(WHO, (anybody, analyst, auditor, clerk, officer, owner), strict=True))


@pytest.fixture
def nobody_examines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no process of probes begin: here only who may ask for one matters."""
    monkeypatch.setattr(examiner, "begin", lambda *_: True)


@pytest.fixture
def enter(
    app: App, people: dict[str, Visitor], quick_hashing: None
) -> Callable[[str], tuple[Visitor, str]]:
    """Somebody by their role, with the token of their session; signed in if they are not: signing out is a route."""
    known = {one.role: one for one in cast.staff}

    def as_(role: str) -> tuple[Visitor, str]:
        who = people[role]
        if role not in known:
            return who, ""
        page = who.get("/console/account")
        if page.status == LOG_IN:
            if who.sign_in(known[role]).status != LOG_IN:
                visitor.employ(app, known[role])
                assert who.sign_in(known[role]).status == LOG_IN
            page = who.get("/console/account")
        return who, page.page.fields["_csrf"]

    return as_


def own(app: App) -> int:
    """The number of the owner's account."""
    with app.database.read() as connection:
        numbers = {one.login: one.number for one in staff.accounts(connection)}
    return numbers.get(cast.owner.login, 1)


@pytest.mark.parametrize("line", CONSOLE, ids=" ".join)
def test_who_gets_what(
    nobody_examines: None,
    app: App,
    enter: Callable[[str], tuple[Visitor, str]],
    line: tuple[str, str],
) -> None:
    method, path = line
    if "staff" in path:
        enter("owner")  # whose account is named
    kind = identifier.STAFF if "staff" in path else identifier.ENQUIRY
    number = own(app) if path.endswith("close") else 1  # closing another's would end the rest
    address = path.replace("{id}", app.ring.identifiers.encode(kind, number))
    address = address.replace("{number}", "1" if "account" not in path else "999999")
    # A text, so that an answer is refused for its purpose.
    posted = {"text": "Hello", **({"purpose": "?"} if path.endswith("answer") else {})}
    got = []
    for role in WHO:
        who, posted["_csrf"] = enter(role)
        answer = who.get(address) if method == "GET" else who.post(address, posted)
        got.append(answer.status)
        assert cast.leaks(answer.body) == []
        assert role != "anybody" or answer.location.startswith("/console/login")
    assert tuple(got) == CONSOLE[line]


@pytest.fixture(scope="module")
def run(app: App) -> Iterator[Run]:
    begun = exercise.begin(app.settings, app.writer, app.ring, 0, edition=1, configuration="a" * 64)
    with begun:
        yield begun


@pytest.mark.parametrize("line", CONSOLE, ids=" ".join)
def test_an_exercise_reaches_nobody(
    app: App,
    enter: Callable[[str], tuple[Visitor, str]],
    run: Run,
    quick_hashing: None,
    line: tuple[str, str],
) -> None:
    account = run.account(Role.OWNER)
    method, path = line
    kind, number = identifier.ENQUIRY, 1
    if "staff" in path:
        enter("owner")
        kind, number = identifier.STAFF, own(app)
    address = path.replace("{id}", app.ring.identifiers.encode(kind, number))
    address = address.replace("{number}", "1" if "account" not in path else "999999")
    with visitor.visiting(app) as who:
        assert who.sign_in(cast.Staff(account.login, "owner", account.password)).status == 303
        fields = {"_csrf": who.get("/console/account").page.fields["_csrf"], "text": "Hello"}
        posted = {**fields, **({"purpose": "?"} if path.endswith("answer") else {})}
        answer = who.get(address) if method == "GET" else who.post(address, posted)
    beyond = 403 if method == "POST" and line not in AS_OWNER else CONSOLE[line][-1]
    assert answer.status == EXERCISE.get(line, beyond)
    assert cast.leaks(answer.body) == []
    # Nor are the operator's people shown to it.
    assert not any(person.login.encode() in answer.body for person in cast.staff)


@pytest.mark.parametrize("role", WHO[1:])
def test_no_post_without_the_token(
    app: App, enter: Callable[[str], tuple[Visitor, str]], role: str
) -> None:
    who, _ = enter(role)
    before = visitor.stored(app)
    got = {}
    for path in [path for method, path in CONSOLE if method == "POST"]:
        address = path.replace("{id}", app.ring.identifiers.encode(identifier.ENQUIRY, 1))
        got[path] = who.post(address, {"text": "Hello", "to": "closed"}).status
    assert got == dict.fromkeys(got, 403)
    assert visitor.stored(app) == before


def test_a_folder_of_its_own(tmp_path: Path) -> None:
    """The way in works before anything is published, too: a page, never a fault."""
    settings = site.make(tmp_path / "new")
    opened = app_.open_site(settings)
    try:
        with visitor.visiting(opened) as somebody:
            assert somebody.get("/console/login").status == 200
            assert somebody.get("/").status == 404
            assert somebody.get("/readyz").status == 503
            assert somebody.post("/f/feedback", {"name": "x"}).status == 404
    finally:
        opened.close()
