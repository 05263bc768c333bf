# SPDX-License-Identifier: Apache-2.0
"""Who gets into the console, and how: single-use links, passwords, throttling, cookies, forged requests."""

import time
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest

from tests import cast, visitor
from tests.visitor import Answer, Visitor
from uphold.access import session, staff, throttle
from uphold.access.permission import Role
from uphold.app import App
from uphold.journal import entry
from uphold.web import staffed

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.fixture
def owner(one_app: App) -> Iterator[Visitor]:
    visitor.employ(one_app, cast.owner)
    with visitor.visiting(one_app) as found:
        yield found


def invite(app: App, login: str = "oleg", role: Role = Role.CLERK) -> str:
    made = app.writer.run(lambda tx: staff.invite(tx, login, role, staff.COMMAND_LINE))
    return f"/console/welcome/{made.token}"


def choose(who: Visitor, link: str, password: str, again: str | None = None) -> Answer:
    assert who.get(link).status == 200
    return who.post(link, {"password": password, "again": password if again is None else again})


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def test_from_the_link_to_the_console(anna: Visitor) -> None:
    link = invite(anna.app)
    page = anna.get(link).page
    assert "Welcome, oleg" in page.text
    assert anna.get(link).headers["referrer-policy"] == "no-referrer"
    done = choose(anna, link, cast.clerk.password)
    assert (done.status, done.location) == (303, "/console/login?done=password-set")
    assert "Your password is set" in anna.get(done.location).page.text
    signed = anna.post("/console/login", {"login": "oleg", "password": cast.clerk.password})
    assert (signed.status, signed.location) == (303, "/console")
    assert "oleg, clerk" in anna.get("/console").page.text
    assert kinds(anna.app)[-3:] == ["staff.invited", "staff.password-set", "staff.signed-in"]


def test_a_link_works_once(one: Visitor) -> None:
    link = invite(one.app)
    choose(one, link, cast.clerk.password)
    for answer in (one.get(link), one.post(link, {"password": "x", "again": "x"})):
        assert answer.status == 410
        assert "This link no longer works" in answer.page.text
    assert one.get("/console/welcome/nothing").status == 410


def test_looking_at_a_link_does_not_spend_it(one: Visitor) -> None:
    link = invite(one.app)
    for _ in range(3):
        assert one.get(link).status == 200


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("kurz", None, "too short"),
        ("x" * 300, None, "too long"),
        ("my-name-is-oleg-here", None, "contains your sign-in name"),
        ("passwordpassword", None, "too easy to guess"),
        (cast.clerk.password, "another", "The two passwords differ"),
    ],
)
def test_a_weak_password_spends_nothing(
    one: Visitor, password: str, again: str | None, said: str
) -> None:
    link = invite(one.app)
    answer = choose(one, link, password, again)
    assert answer.status == 422
    assert answer.page.title.startswith("Error: ")
    assert said in answer.page.summary
    assert password not in answer.html
    assert choose(one, link, cast.clerk.password).status == 303


def test_a_wrong_name_and_a_wrong_password_look_alike(owner: Visitor) -> None:
    answers = [
        owner.sign_in(cast.owner, "wrong-password-of-mine"),
        owner.sign_in(cast.intruder),
    ]
    assert len({answer.page.summary for answer in answers}) == 1
    assert [answer.status for answer in answers] == [422, 422]
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert owner.get("/console").status == 303


def test_too_many_attempts_wait(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    for _ in range(throttle.LOGIN.free + 1):
        assert owner.sign_in(cast.owner, "wrong-password-of-mine").status == 422
    # Now the right password has to wait too.
    answer = owner.sign_in(cast.owner)
    assert answer.status == 429
    assert answer.headers["retry-after"] == "2"
    assert "Too many attempts. Please wait" in answer.page.text
    assert kinds(owner.app)[-1] == "staff.refused"


def test_the_cookie(owner: Visitor) -> None:
    answer = owner.sign_in(cast.owner)
    morsel = SimpleCookie(answer.headers["set-cookie"])[staffed.COOKIE]
    assert morsel["httponly"]
    assert morsel["secure"]
    assert morsel["samesite"] == "lax"
    assert morsel["path"] == "/console"
    assert len(morsel.value) >= 43
    page = owner.get("/console")
    assert page.headers["cache-control"] == "no-store"
    assert morsel.value not in page.html


def test_visitors_get_no_cookie(one: Visitor) -> None:
    for path in ("/", "/policy", "/f/feedback", one.receipt(), "/console/login"):
        assert "set-cookie" not in one.get(path).headers


def test_signing_out(owner: Visitor) -> None:
    owner.sign_in(cast.owner)
    kept = owner.cookies[staffed.COOKIE]
    done = owner.act("/console/logout")
    assert (done.status, done.location) == (303, "/console/login?problem=signed-out")
    assert "You are signed out" in owner.get(done.location).page.text
    # The session has ended, not only the cookie.
    owner.cookies.set(staffed.COOKIE, kept, domain="uphold.example", path="/console")
    assert owner.get("/console").location == "/console/login?problem=expired"


def test_a_session_ends_by_itself(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.sign_in(cast.owner)
    assert owner.get("/console").status == 200
    minutes = owner.app.settings.console.idle_minutes + 1
    later = time.time_ns() + minutes * session.MINUTE * 1_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    assert owner.get("/console/staff").location == (
        "/console/login?problem=expired&next=%2Fconsole%2Fstaff"
    )


def test_whoever_signs_in_goes_on_to_where_they_were(owner: Visitor) -> None:
    sent = owner.get("/console/staff")
    assert sent.location == "/console/login?next=%2Fconsole%2Fstaff"
    fields = owner.get(sent.location).page.fields
    assert fields["next"] == "/console/staff"
    signed = owner.post("/console/login", {**fields, **sign(cast.owner)})
    assert signed.location == "/console/staff"


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example/", "//evil.example", "/consolex", "/console//evil", "/console/\\evil"],
)
def test_nobody_is_led_elsewhere(owner: Visitor, next_: str) -> None:
    assert owner.get(f"/console/login?next={next_}").page.fields.get("next", "") == ""
    assert owner.post("/console/login", {**sign(cast.owner), "next": next_}).location == "/console"


def sign(person: cast.Staff) -> dict[str, str]:
    return {"login": person.login, "password": person.password}


FORGED = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
)


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_a_post_from_another_site(owner: Visitor, headers: dict[str, str]) -> None:
    assert owner.post("/console/login", sign(cast.owner), headers).status == 403
    owner.sign_in(cast.owner)
    token = owner.get("/console").page.fields["_csrf"]
    fields = {"_csrf": token, "login": "new", "role": "clerk"}
    assert owner.post("/console/staff", fields, headers).status == 403
    assert owner.post(invite(owner.app), {"password": "x"}, headers).status == 403
    own = {"origin": "https://uphold.example", "sec-fetch-site": "same-origin"}
    assert owner.post("/console/staff", fields, own).status == 200


@pytest.mark.parametrize("token", ["", "x", None])
def test_a_post_without_the_token(owner: Visitor, token: str | None) -> None:
    owner.sign_in(cast.owner)
    given = {} if token is None else {"_csrf": token}
    for path in ("/console/staff", "/console/logout", "/console/enquiry/x/open"):
        answer = owner.post(path, {"login": "new", "role": "clerk", **given})
        assert answer.status == 403
        assert "Nothing was changed" in answer.page.text
    assert owner.get("/console").status == 200


def test_the_token_of_another_session(owner: Visitor, one_app: App) -> None:
    owner.sign_in(cast.owner)
    visitor.employ(one_app, cast.clerk)
    with visitor.visiting(one_app) as clerk:
        clerk.sign_in(cast.clerk)
        token = clerk.get("/console").page.fields["_csrf"]
    assert owner.post("/console/logout", {"_csrf": token}).status == 403


def test_the_language_is_kept_all_the_way(owner: Visitor) -> None:
    sent = owner.get("/console/staff?lang=ru")
    assert sent.location == "/console/login?next=%2Fconsole%2Fstaff&lang=ru"
    page = owner.get(sent.location).page
    assert "Вход" in page.title
    (action,) = page.actions
    signed = owner.post(action, {**page.fields, **sign(cast.owner)})
    assert signed.location == "/console/staff?lang=ru"
    page = owner.get(signed.location).page
    assert "Сотрудники" in page.text
    own = [link for link in page.links if link.startswith("/console")]
    # Every link but the switch to the other language.
    assert sorted(link for link in own if "lang=ru" not in link) == ["/console/staff?lang=en"]
    out = next(action for action in page.actions if "logout" in action)
    left = owner.post(out, {"_csrf": page.fields["_csrf"]})
    assert left.location == "/console/login?problem=signed-out&lang=ru"
    assert "Вы вышли" in owner.get(left.location).page.text


def test_the_switch_keeps_the_place(owner: Visitor) -> None:
    owner.sign_in(cast.owner)
    links = owner.get("/console?state=aside&done=moved").page.links
    assert "/console?state=aside&lang=ru" in links


def test_inviting(owner: Visitor) -> None:
    owner.sign_in(cast.owner)
    made = owner.act("/console/staff", login="oleg", role="clerk")
    assert made.status == 200
    assert "Single-use link for oleg" in made.page.text
    link = made.page.text.partition("https://uphold.example")[2].split()[0]
    assert choose(owner, link, cast.clerk.password).status == 303
    for login, role, said in (
        ("oleg", "clerk", "This name is taken"),
        ("o", "clerk", "Enter a name of 2 to 64 characters"),
        ("a name", "clerk", "Enter a name of 2 to 64 characters"),
        ("boris", "king", "Choose a role"),
        ("boris", "", "Choose a role"),
    ):
        answer = owner.act("/console/staff", login=login, role=role)
        assert answer.status == 422
        assert said in answer.page.summary
        assert answer.page.fields["login"] == login


def test_a_forgotten_password(owner: Visitor, one_app: App) -> None:
    """The old one stays good until the new link is used; then every session under it ends."""
    visitor.employ(one_app, cast.clerk)
    owner.sign_in(cast.owner)
    page = owner.get("/console/staff").page
    renew = next(action for action in page.actions if action.endswith("/renew"))
    for path in ("/console/staff/x/renew", renew.replace("/renew", "a/renew")):
        assert owner.act(path).status == 404
    with visitor.visiting(one_app) as clerk:
        clerk.sign_in(cast.clerk)
        # Accounts stand in the order they were made: the owner's own comes first.
        clerks = [action for action in page.actions if action.endswith("/renew")][1]
        made = owner.act(clerks)
        assert f"Single-use link for {cast.clerk.login}" in made.page.text
        assert clerk.get("/console").status == 200
        link = made.page.text.partition("https://uphold.example")[2].split()[0]
        assert choose(clerk, link, "another-Curlew-lamp-58").status == 303
        assert clerk.get("/console").status == 303
        assert clerk.sign_in(cast.clerk).status == 422
        assert clerk.sign_in(cast.clerk, "another-Curlew-lamp-58").status == 303
