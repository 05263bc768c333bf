# SPDX-License-Identifier: Apache-2.0
"""Every route below `/my` but the way in and the schema is behind the door."""

from starlette.routing import Route

from tests.visitor import Visitor
from uphold.app import App
from uphold.web import my_routes

OPEN = {
    ("GET", "/my/schema.json"),
    ("GET", "/my"),
    ("POST", "/my"),
    ("GET", "/my/asked"),
    ("GET", "/my/enter"),
    ("POST", "/my/enter"),
}


def named(route: Route) -> set[tuple[str, str]]:
    return {(method, route.path) for method in (route.methods or set()) - {"HEAD"}}


def test_the_rest_leads_whoever_has_proved_nothing_to_the_way_in(
    here: App, somebody: Visitor
) -> None:
    every = {pair for route in my_routes.routes(here) for pair in named(route)}
    assert every >= OPEN
    for method, path in sorted(every - OPEN):
        address = path.replace("{id}", "a" * 26).replace("{number}", "1")
        answer = somebody.ask(method, address, **({"data": {"a": "b"}} if method == "POST" else {}))
        assert (answer.status, answer.location) == (303, "/my"), (method, path)


def test_no_page_of_a_person_may_be_kept(here: App, somebody: Visitor) -> None:
    for path in ("/my", "/my/asked", "/my/enter", "/my/erase"):
        answer = somebody.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
