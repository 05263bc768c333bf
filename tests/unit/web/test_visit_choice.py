# SPDX-License-Identifier: Apache-2.0
"""The cookie of visits: agreed to by an empty box, journaled, taken back in one press, never against the browser."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest

from tests import visitor
from tests.unit.web import counted
from tests.visiting import entries
from tests.visitor import Answer, Visitor
from uphold.app import App
from uphold.web import slip, visit_choice, visit_cookie

PATH = visit_choice.PATH


@pytest.fixture
def offering(here: App) -> App:
    return counted.counting(here, cookie=True).app


@pytest.fixture
def anna(offering: App) -> Iterator[Visitor]:
    with visitor.visiting(offering) as found:
        yield found


def choose(anna: Visitor, headers: dict[str, str] | None = None, **fields: str) -> Answer:
    page = anna.get(PATH).page
    return anna.post(PATH, {slip.NAME: page.fields.get(slip.NAME, ""), **fields}, headers)


def kinds(app: App) -> list[str]:
    return [one.kind for one in entries(app, "cookie.agreed", "cookie.ended")]


def test_the_box_is_empty_and_nothing_is_set_by_looking(anna: Visitor, offering: App) -> None:
    answer = anna.get(PATH)
    assert (answer.status, answer.page.ticked) == (200, [])
    assert "set-cookie" not in answer.headers
    assert all(text.replace("'", "&#39;") in answer.html for text in visit_choice.wording("en"))
    assert kinds(offering) == []


def test_agreeing_sets_one_cookie_that_goes_to_the_beacon_alone(
    anna: Visitor, offering: App
) -> None:
    answer = choose(anna, act="agree", agree="yes")
    assert (answer.status, answer.location) == (303, PATH)
    [(name, morsel)] = SimpleCookie(answer.headers["set-cookie"]).items()
    assert (name, morsel["path"], morsel["samesite"]) == ("uphold_visit", "/visit", "strict")
    assert morsel["httponly"]
    assert morsel["secure"]
    held = visit_cookie.read(offering.ring.token_key, f"{name}={morsel.value}".encode())
    assert held is not None
    [said] = entries(offering, "cookie.agreed")
    assert said.codes == {"cookie": held.digest, "wording": visit_choice.digest("en"), "edition": 1}
    assert held.number not in str(said.codes)
    assert "Take it back" in anna.get(PATH).html


def test_taking_back_takes_one_press(anna: Visitor, offering: App) -> None:
    choose(anna, act="agree", agree="yes")
    # Agreeing twice is once.
    assert "set-cookie" not in choose(anna, act="agree", agree="yes").headers
    answer = choose(anna, act="end")
    [morsel] = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (morsel.value, morsel["max-age"]) == ("", "0")
    assert kinds(offering) == ["cookie.agreed", "cookie.ended"]
    assert "Set the cookie" in anna.get(PATH).html
    choose(anna, act="end")
    assert kinds(offering) == ["cookie.agreed", "cookie.ended"]


def test_without_the_tick_nothing_is_set(anna: Visitor, offering: App) -> None:
    answer = choose(anna, act="agree")
    assert answer.status == 422
    assert "nothing was set" in answer.html
    assert "set-cookie" not in answer.headers
    assert kinds(offering) == []


def test_a_button_of_another_page_does_nothing(anna: Visitor, offering: App) -> None:
    strange = {"origin": "https://evil.example"}
    assert choose(anna, strange, act="agree", agree="yes").status == 422
    seen = anna.get(PATH).page.fields[slip.NAME]
    # What was shown in another language is another wording.
    for address, shown in ((PATH, "0" * 32), (f"{PATH}?lang=ru", seen)):
        fields = {slip.NAME: shown, "act": "agree", "agree": "yes"}
        assert anna.post(address, fields).status == 422
    assert kinds(offering) == []


@pytest.mark.parametrize("header", ["sec-gpc", "dnt"])
def test_nothing_is_asked_where_the_browser_says_no(
    anna: Visitor, offering: App, header: str
) -> None:
    asked = {header: "1"}
    assert "agree" not in anna.get(PATH, asked).page.fields
    answer = choose(anna, asked, act="agree", agree="yes")
    assert "set-cookie" not in answer.headers
    assert kinds(offering) == []


def test_a_site_that_offers_none_has_no_such_page(here: App) -> None:
    for app in (here, counted.counting(here).app):
        with visitor.visiting(app) as somebody:
            assert somebody.get(PATH).status == 404
            assert somebody.post(PATH, {"act": "agree", "agree": "yes"}).status == 404
            assert PATH not in somebody.get("/").html


def test_the_footer_leads_there(anna: Visitor) -> None:
    assert PATH in anna.get("/").page.links
