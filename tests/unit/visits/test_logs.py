# SPDX-License-Identifier: Apache-2.0
"""Lines of a web server's log, in the two formats that servers write, and what is no view of a page."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from uphold.visits import logs
from uphold.visits.logs import Left, View

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
AT = int(datetime(2026, 11, 22, 10, 55, 36, tzinfo=UTC).timestamp() * 1000)
COMMON = '192.0.2.7 - anna [22/Nov/2026:13:55:36 +0300] "GET /about?x=1 HTTP/1.1" 200 2326'


def combined(
    asked: str = "GET /about HTTP/2.0",
    status: int = 200,
    agent: str = FIREFOX,
    time: str = "22/Nov/2026:13:55:36 +0300",
) -> str:
    return f'192.0.2.7 - - [{time}] "{asked}" {status} 2326 "https://site.example/" "{agent}"\n'


def test_a_common_line_is_a_view_without_a_browser() -> None:
    assert logs.read(COMMON) == View(AT, "192.0.2.7", "", "/about")


@pytest.mark.parametrize(
    "line",
    [
        combined(),
        combined(asked="GET /about?q=my+name HTTP/1.1"),
        combined(status=304),
        combined(time="22/Nov/2026:05:55:36 -0500"),
        "site.example:443 " + combined(),
        combined().rstrip("\n") + ' "0.003" upstream',
        combined().replace("\n", "\r\n"),
    ],
)
def test_a_combined_line_is_a_view(line: str) -> None:
    assert logs.read(line) == View(AT, "192.0.2.7", FIREFOX, "/about")


def test_quotes_within_a_field_are_escaped() -> None:
    read = logs.read(combined(agent=r"Firefox \"quoted\" \\ 127"))
    assert isinstance(read, View)
    assert read.agent == r"Firefox \"quoted\" \\ 127"


@pytest.mark.parametrize("agent", ["-", "", "curl/8.9.1", "Googlebot/2.1"])
def test_programs_are_no_visitors(agent: str) -> None:
    assert logs.read(combined(agent=agent)) is Left.BOT


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("POST /f/contact HTTP/1.1", 303),
        ("HEAD /about HTTP/1.1", 200),
        ("GET /gone HTTP/1.1", 404),
        ("GET /moved HTTP/1.1", 301),
        ("GET /style.css?v=2 HTTP/1.1", 200),
        ("GET /static/visit.js HTTP/1.1", 200),
        ("GET /a/picture.PNG HTTP/1.1", 200),
        ("GET /healthz HTTP/1.1", 200),
        ("GET http://proxy.example/ HTTP/1.1", 200),
        (r"\x16\x03\x01", 400),
        ("", 408),
    ],
)
def test_what_is_no_page_is_no_view(asked: str, status: int) -> None:
    assert logs.read(combined(asked=asked, status=status)) is Left.OTHER


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "no log at all",
        COMMON.replace("Nov", "Now"),
        COMMON.replace("22/Nov", "31/Nov"),
        COMMON.replace(":13:", ":25:"),
        COMMON.replace(" 200 ", " OK "),
        COMMON[:60],
        COMMON.replace("/about", "/" + "a" * 10_000),
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(line: str) -> None:
    assert logs.read(line) is Left.UNREADABLE


@given(st.text(max_size=300))
def test_no_line_fails(line: str) -> None:
    assert isinstance(logs.read(line), Left | View)


def test_a_long_path_is_cut_and_nothing_of_a_view_is_printed() -> None:
    read = logs.read(combined(asked=f"GET /{'a' * 500} HTTP/1.1"))
    assert isinstance(read, View)
    assert len(read.page) == 200
    assert repr(read) == "<View>"
