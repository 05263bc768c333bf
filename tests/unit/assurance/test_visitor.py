# SPDX-License-Identifier: Apache-2.0
"""A visitor at a real server on a port of this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import postgresql
from uphold import errors
from uphold.assurance import visitor
from uphold.assurance.visitor import Target, Visitor
from uphold.config import Settings, Site


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        self.send_response(303 if self.path == "/moved" else 200)
        if self.path == "/in":
            self.send_header("Set-Cookie", "uphold_staff=secret; Path=/console; HttpOnly; Secure")
            self.send_header("Set-Cookie", "other=1")
        if self.path == "/out":
            self.send_header("Set-Cookie", "uphold_staff=; Max-Age=0; Path=/console")
        if self.path == "/moved":
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        if self.path == "/journal/key":
            self.wfile.write(b"site.example/journal+00000000+AAAA\n")
        elif self.path == "/endless":
            self.wfile.write(bytes(visitor.LONGEST + 1))
        else:
            self.wfile.write(f"{self.headers}|{self.client_address[0]}".encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("Content-Type", self.headers["content-type"])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Target(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def test_cookies_are_kept_and_given_up_as_told(target: Target) -> None:
    one = Visitor(target)
    assert "cookie" not in one.get("/").text.lower()
    assert one.get("/in").all("set-cookie")[1] == "other=1"
    assert "uphold_staff=secret; other=1" in one.get("/").text
    one.get("/out")
    assert one.cookies == {"other": "1"}


def test_redirects_are_told_and_not_followed(target: Target) -> None:
    answer = Visitor(target).get("/moved")
    assert (answer.status, answer.header("location")) == (303, "/elsewhere")


def test_fields_are_form_encoded_and_bytes_go_as_they_are(target: Target) -> None:
    one = Visitor(target)
    sent = one.post("/f/feedback", {"name": "A & B", "text": "да"})
    assert sent.body == b"name=A+%26+B&text=%D0%B4%D0%B0"
    assert sent.header("content-type") == visitor.FORM_TYPE
    raw = one.post("/f/feedback", b"{}", {"content-type": "application/json"})
    assert (raw.json(), raw.header("content-type")) == ({}, "application/json")
    assert sent.json() is None


def test_headers_are_those_of_the_visitor_unless_said_otherwise(target: Target) -> None:
    one = Visitor(target, {"user-agent": "Exercise"})
    assert "user-agent: exercise" in one.get("/").text.lower()
    assert "user-agent: another" in one.get("/", {"User-Agent": "Another"}).text.lower()


def test_a_site_known_by_another_name_is_asked_under_it(target: Target) -> None:
    found = Visitor(Target(target.address, "site.example")).get("/").text.lower()
    assert "host: site.example" in found
    assert found.count("host:") == 1


def test_a_visitor_may_come_from_another_address_of_this_machine(target: Target) -> None:
    assert Visitor(target, source="127.9.1.1").get("/").text.endswith("|127.9.1.1")


def test_an_answer_without_end_is_no_answer(target: Target) -> None:
    with pytest.raises(errors.Invalid, match="more than"):
        Visitor(target).get("/endless")


def test_a_site_that_does_not_answer_is_unavailable() -> None:
    nobody = Target(f"http://127.0.0.1:{postgresql.free_port()}")
    with pytest.raises(errors.Unavailable, match="does not answer"):
        Visitor(nobody).get("/")


def test_a_configured_address_counts_only_if_this_site_answers_there(target: Target) -> None:
    settings = Settings(site=Site(address=target.address))
    assert visitor.knock(settings, "site.example/journal+00000000+AAAA") == target
    assert visitor.knock(settings, "site.example/journal+00000000+BBBB") is None
    nobody = Settings(site=Site(address=f"http://127.0.0.1:{postgresql.free_port()}"))
    assert visitor.knock(nobody, "site.example/journal+00000000+AAAA") is None


def test_requests_are_told_before_they_are_sent(target: Target) -> None:
    seen: list[tuple[str, str]] = []
    Visitor(target, told=lambda method, path: seen.append((method, path))).get("/policy")
    assert seen == [("GET", "/policy")]
