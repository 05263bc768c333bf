# SPDX-License-Identifier: Apache-2.0
import json
from collections.abc import Callable

import pytest
from starlette.requests import Request

from tests.visitor import Page
from uphold import errors
from uphold.app import App
from uphold.submission import decode
from uphold.web import reply

Make = Callable[..., Request]


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("application/json", True),
        ("application/json, */*", True),
        ("text/html,application/json", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_who_wants_json(accept: str, wanted: bool) -> None:
    assert reply.wants_json(accept) is wanted


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (decode.Malformed("x"), 400),
        (decode.Unsupported("x"), 415),
        (errors.Invalid("x"), 400),
        (errors.Missing("x"), 404),
        (errors.Conflict("x"), 409),
        (errors.Unavailable("x"), 503),
        (errors.Broken("x"), 503),
        (errors.UpholdError("x"), 500),
    ],
)
def test_the_status_of_an_error(error: errors.UpholdError, status: int) -> None:
    assert reply.status_of(error) == status


STATUSES = (400, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 429, 500, 502, 503)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_its_page(here: App, request_of: Make, status: int, language: str) -> None:
    answer = reply.problem(here, request_of("/x", accept_language=language), status, ("A detail.",))
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    page = Page(bytes(answer.body).decode())
    assert str(status) in page.text
    # Sentences of the product are English.
    assert ("A detail." in page.text) is (language == "en")


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_its_json(here: App, request_of: Make, status: int) -> None:
    request = request_of("/x", accept="application/json", accept_language="ru")
    answer = reply.problem(here, request, status)
    told = json.loads(bytes(answer.body))
    (error,) = told["errors"]
    assert (answer.status_code, told["ok"], error["field"]) == (status, False, "")
    assert error["code"].replace("-", "").isalpha()
    assert error["message"].endswith((".", "Allow."))
    detailed = reply.problem(here, request, status, ("Twice.", "Send once."))
    assert json.loads(bytes(detailed.body))["errors"][0]["message"] == "Twice. Send once."


def test_whoever_must_wait_is_told_how_long(here: App, request_of: Make) -> None:
    answer = reply.problem(here, request_of("/f/feedback"), 429, retry_after=30)
    assert answer.headers["retry-after"] == "30"
    gone = reply.of_error(here, request_of("/"), errors.Unavailable("Away.", "Wait."))
    assert (gone.status_code, gone.headers["retry-after"]) == (503, "5")
    assert b"Away." in bytes(gone.body)


def test_where_an_error_leads(here: App, request_of: Make) -> None:
    """Back to the console for staff; to the same page in another language, if it can be got."""

    def links(address: str, method: str) -> list[str]:
        answer = reply.problem(here, request_of(address, method), 404)
        return Page(bytes(answer.body).decode()).links

    assert "/policy?edition=9&lang=ru" in links("/policy?edition=9", "GET")
    assert "/f/feedback?lang=ru" in links("/f/feedback", "POST")
    staff = links("/console/enquiry/x/open", "POST")
    assert "/console" in staff
    assert "/console?lang=ru" in staff
    assert "/console" not in links("/consoles", "GET")


def test_on_to_another_page(request_of: Make) -> None:
    answer = reply.see_other(request_of("/console/login?lang=ru", "POST"), "/console?done=x")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console?done=x&lang=ru"
    assert answer.headers["cache-control"] == "no-store"
