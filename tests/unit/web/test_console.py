# SPDX-License-Identifier: Apache-2.0
"""Small decisions of the console; the work at it is in tests/flow/test_console_work.py."""

from collections.abc import Callable

import pytest
from starlette.requests import Request

from uphold import errors
from uphold.access.permission import Permission
from uphold.app import App
from uphold.enquiry.desk import State
from uphold.web import console

Make = Callable[..., Request]


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ("", State.NEW),
        ("?state=in-work", State.IN_WORK),
        ("?state=aside", State.ASIDE),
        ("?state=nothing", State.NEW),
        ("?state=", State.NEW),
        ("?state=NEW", State.NEW),
    ],
)
def test_the_state_asked_for(request_of: Make, query: str, state: State) -> None:
    assert console._state(request_of(f"/console{query}")) == state


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (errors.Conflict("x"), "taken"),
        (errors.Invalid("x"), "login"),
        (ValueError("x"), "role"),
    ],
)
def test_what_is_wrong_with_an_invitation(error: Exception, problem: str) -> None:
    assert console._fault(error) == problem


def test_each_route_is_made_by_a_door(here: App) -> None:
    """A handler of the console can be reached in no other way than through one of its two doors."""
    for route in console.routes(here):
        assert route.endpoint.__qualname__ in {
            "door.<locals>.endpoint",
            "open_door.<locals>.endpoint",
        }
        assert len({method for method in route.methods or () if method != "HEAD"}) == 1


def test_permissions_have_names() -> None:
    assert all(str(permission).count(":") == 2 for permission in Permission)
