# SPDX-License-Identifier: Apache-2.0
"""The cases of Go's `net/http/csrf_test.go`, and some worse ones."""

import pytest

from uphold.access import origin

HOST = "example.com"


@pytest.mark.parametrize(
    ("method", "fetch_site", "sent", "expected"),
    [
        ("POST", "same-origin", None, True),
        ("POST", "none", None, True),
        ("POST", "cross-site", None, False),
        ("POST", "same-site", None, False),
        ("POST", "unheard-of", None, False),
        ("POST", None, None, True),
        ("POST", None, "https://example.com", True),
        ("POST", None, "https://EXAMPLE.com", True),
        ("POST", None, "https://attacker.example", False),
        ("POST", None, "https://example.com.attacker.example", False),
        ("POST", None, "https://example.com:8443", False),
        ("POST", None, "null", False),
        ("POST", None, "http://[", False),
        ("POST", "", "https://attacker.example", False),
        ("POST", "same-origin", "https://attacker.example", True),
        ("POST", "cross-site", "https://example.com", False),
        ("GET", "cross-site", None, True),
        ("HEAD", "cross-site", "https://attacker.example", True),
        ("OPTIONS", "cross-site", None, True),
        ("PUT", "cross-site", None, False),
        ("DELETE", None, "https://attacker.example", False),
        ("get", "cross-site", None, True),
    ],
)
def test_what_may_act(
    method: str, fetch_site: str | None, sent: str | None, expected: bool
) -> None:
    found = origin.same_origin(method, host=HOST, origin=sent, fetch_site=fetch_site)
    assert found is expected


def test_a_port_is_part_of_the_host() -> None:
    sent = "http://127.0.0.1:8000"
    assert origin.same_origin("POST", host="127.0.0.1:8000", origin=sent, fetch_site=None)
    assert not origin.same_origin("POST", host="127.0.0.1", origin=sent, fetch_site=None)


@pytest.mark.parametrize("host", [None, ""])
def test_without_host_nothing_matches(host: str | None) -> None:
    assert not origin.same_origin("POST", host=host, origin="https://a.example", fetch_site=None)
    assert not origin.same_origin("POST", host=host, origin="null", fetch_site=None)
