# SPDX-License-Identifier: Apache-2.0
"""Small decisions of signing in; the way through it is in tests/flow/test_console.py."""

import pytest

from tests.visitor import Visitor
from uphold.web import staffed


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
