# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import browsing
from uphold.assurance.probes.browsing import Cookie, Kept, Visited

VISITED = Visited(12, (), (), 0)
COOKIE = Cookie("console", "uphold_staff", "/console", True, True, "lax")
KEPT = Kept((COOKIE,), is_secure=True, scripts=())


@pytest.mark.parametrize(
    "changed", [{"closed": ("/policy",)}, {"cookies": ("visitor",)}, {"strays": 1}], ids=str
)
def test_reading_that_leaves_something(changed: dict[str, Any]) -> None:
    assert browsing.NO_CONSENT.oracle(VISITED).status is Status.KEPT
    outcome = browsing.NO_CONSENT.oracle(replace(VISITED, **changed))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"where": "public"},
        {"where": "form"},
        {"name": "visitor"},
        {"http_only": False},
        {"same_site": "none"},
        {"same_site": ""},
        {"path": "/"},
        {"secure": False},
    ],
    ids=str,
)
def test_a_cookie_that_should_not_be_so(changed: dict[str, Any]) -> None:
    assert browsing.DECLARED.oracle(KEPT).status is Status.KEPT
    outcome = browsing.DECLARED.oracle(replace(KEPT, cookies=(replace(COOKIE, **changed),)))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def test_without_tls_a_cookie_need_not_be_secure() -> None:
    plain = Kept((replace(COOKIE, secure=False),), is_secure=False, scripts=())
    assert browsing.DECLARED.oracle(plain).status is Status.KEPT


def test_a_script_that_keeps_something() -> None:
    assert browsing.DECLARED.oracle(replace(KEPT, scripts=("/a.js",))).status is Status.BROKEN


def test_how_a_cookie_is_read() -> None:
    text = "uphold_staff=t; HttpOnly; Max-Age=60; Path=/console; SameSite=Lax; Secure"
    assert list(browsing._read("console", text)) == [COOKIE]
