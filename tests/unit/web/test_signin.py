# SPDX-License-Identifier: Apache-2.0
"""Small decisions of signing in; the way through it is in tests/flow/test_console.py."""

import pytest

from tests import cast, office, visitor
from tests.visitor import Visitor
from uphold.access import signal
from uphold.access.signal import Kind, Signal
from uphold.app import App
from uphold.web import staffed

quick_hashing = office.quick_hashing


@pytest.mark.parametrize("address", ["/console", "/console/staff", "/console/enquiry/abc"])
def test_pages_of_the_console_may_follow(address: str) -> None:
    assert staffed.inside(address) == address


@pytest.mark.parametrize(
    "address",
    [
        *("", "/", "/policy", "console", "/consoles", "//console", "/console//x", "/console/\\x"),
        *("https://evil.example/console", "javascript:alert(1)", "\\\\evil", "/console\\..\\x"),
    ],
)
def test_nothing_else_may(address: str) -> None:
    assert staffed.inside(address) == ""


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?problem=expired", "You have been signed out because nothing was done"),
        ("?problem=signed-out", "You are signed out"),
        ("?done=password-set", "Your password is set"),
    ],
)
def test_the_page_says_why_it_is_shown(somebody: Visitor, query: str, said: str) -> None:
    assert said in somebody.get(f"/console/login{query}").page.text


def test_the_page_says_only_what_it_knows(somebody: Visitor) -> None:
    for problem in ("refused", "throttled", "<b>x"):
        page = somebody.get(f"/console/login?problem={problem}").page
        assert page.problems == []
        assert not page.title.startswith("Error")


def told(app: App) -> list[Signal]:
    """Every signal so far."""
    with app.database.read() as connection:
        return [one.signal for one in signal.since(connection, 0)]


def test_each_try_is_noted_with_whose_account_and_from_where(
    here: App, somebody: Visitor, stranger: Visitor, quick_hashing: None
) -> None:
    clerk = visitor.employ(here, cast.clerk)
    somebody.sign_in(cast.clerk, "a wrong password")
    somebody.sign_in(cast.clerk)
    somebody.get("/console")
    somebody.get("/console/account")
    stranger.sign_in(cast.intruder)
    found = told(here)
    assert [(str(one.kind), one.fields.get("outcome"), one.staff) for one in found] == [
        ("web.sign-in", "wrong", clerk),
        ("web.sign-in", "ok", clerk),
        ("web.session", None, clerk),
        ("web.sign-in", "unknown", 0),
    ]
    wrong, right, seat, unknown = (one.fields for one in found)
    assert wrong["source"] == right["source"] == seat["source"] != unknown["source"]
    assert wrong["login"] == right["login"] != unknown["login"]


def test_of_a_throttled_login_each_wait_is_noted_once(
    here: App, somebody: Visitor, quick_hashing: None
) -> None:
    clerk = visitor.employ(here, cast.clerk)
    for _ in range(9):
        somebody.sign_in(cast.clerk, "a wrong password")
    found = [(one.fields["outcome"], one.staff) for one in told(here)]
    assert found == [("wrong", clerk)] * 6 + [("throttled", clerk)]


def test_a_stolen_cookie_tells_of_its_other_place(
    here: App, somebody: Visitor, stranger: Visitor, quick_hashing: None
) -> None:
    visitor.employ(here, cast.clerk)
    somebody.sign_in(cast.clerk)
    somebody.get("/console")
    stranger.cookies.update(somebody.cookies)
    for _ in range(3):
        assert stranger.get("/console").status == 200
        assert somebody.get("/console").status == 200
    seats = [one.fields["changed"] for one in told(here) if one.kind is Kind.SESSION]
    assert seats == [False, True]
