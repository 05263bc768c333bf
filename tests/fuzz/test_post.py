# SPDX-License-Identifier: Apache-2.0
"""Posts as nobody should send them, into the application itself: it always answers, never with a fault of
ours, never with a traceback, and stores exactly what it acknowledged.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import func, select

from tests import cast, site
from tests.editions import FORM, PURPOSE
from uphold.app import App
from uphold.submission import form, token
from uphold.submission.record import submission_record
from uphold.vault import identifier
from uphold.web.server import Face

EXAMPLES = 250
PATH = f"/f/{FORM}"
BOX = form.BOX + PURPOSE
GOOD = {**cast.subject.values(), BOX: "yes"}
STATUSES = {200, 201, 303, 307, 400, 403, 404, 405, 409, 413, 415, 422}

names = st.sampled_from([*GOOD, form.TOKEN, form.HONEYPOT, form.NEXT, "passport", "", "consent."])
texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["yes", "on", "+", "%", "%0", "%zz", "\0", "\x1b[2J", "\u2028", "a@b.c", "-1"]),
    st.integers(2000, 70_000).map("x".__mul__),
)
kinds = st.one_of(
    st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "application/json",
            "multipart/form-data; boundary=edge",
            'multipart/form-data; boundary="e;d=ge"',
            "multipart/form-data",
            "text/plain",
            "",
        ]
    ),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            *(b"accept", b"accept-language", b"content-length", b"user-agent", b"cookie"),
            *(b"host", b"origin", b"referer", b"sec-fetch-site", b"x-forwarded-for"),
        ]
    ),
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [b"application/json", b"ru", b"9" * 30, b"9" * 5000, b"-1", b"0", b"[", b"a/b"]
        ),
    ),
    max_size=3,
)


class Bench:
    """A site's application, called as a server would call it, and what it has stored."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.face = Face(app)
        self.offer = form.derive(app.shelf.in_force(), FORM, "en")
        self.receipts: set[str] = set()
        self.logged: list[str] = []

    def token(self) -> str:
        return token.write(self.app.ring.token_key, token.issue(self.offer, site.now()))

    def stored(self) -> set[str]:
        """The receipts of everything that is stored."""
        with self.app.database.read() as connection:
            numbers = connection.execute(select(submission_record.c.number)).scalars()
            encode = self.app.ring.identifiers.encode
            return {encode(identifier.RECEIPT, number) for number in numbers}

    def send(
        self,
        kind: str,
        pieces: list[bytes],
        extra: Mapping[bytes, bytes] | None = None,
        query: bytes = b"",
        path: str = PATH,
        method: str = "POST",
    ) -> tuple[int, bytes]:
        """Send one post and return status and body, after checking what must hold of any answer."""
        status, found, body = asyncio.run(
            self._send(kind, pieces, extra or {}, query, path, method)
        )
        assert status in STATUSES, (status, body[:200])
        assert b"Traceback" not in body
        if method == "POST" and path == PATH and status in {201, 303}:
            self.receipts.add(found[b"location"].decode().split("/")[2].partition("?")[0])
        else:
            assert b"checked" not in body.replace(b"data-checked", b"")
        return status, body

    async def _send(
        self,
        kind: str,
        pieces: list[bytes],
        extra: Mapping[bytes, bytes],
        query: bytes,
        path: str,
        method: str,
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        waiting = iter(pieces)
        left = len(pieces)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            nonlocal left
            left -= 1
            if left < 0 and pieces:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": next(waiting, b""), "more_body": left > 0}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode("utf-8", "surrogateescape"),
            "query_string": query,
            "headers": list(
                {b"host": b"x", b"content-type": kind.encode("latin-1"), **extra}.items()
            ),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        }
        await self.face(scope, receive, send)
        assert [message["type"] for message in sent] == [
            "http.response.start",
            "http.response.body",
        ]
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1].get("body", b"")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One site for all examples; what it stored and logged is looked at in the end."""
    app = site.build(tmp_path_factory.mktemp("fuzz"))
    made = Bench(app)
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: made.logged.append(record.getMessage())  # type: ignore[method-assign] # a list is all
    logging.getLogger("uphold").addHandler(handler)
    yield made
    logging.getLogger("uphold").removeHandler(handler)
    assert made.stored() == made.receipts
    assert made.logged == []
    app.close()


fixed = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def multipart(fields: Mapping[str, str]) -> bytes:
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + "--edge--\r\n").encode("utf-8", "surrogatepass")


WRITERS = {
    "application/x-www-form-urlencoded": lambda fields: urlencode(fields).encode(),
    "application/json": lambda fields: json.dumps(fields).encode(),
    "multipart/form-data; boundary=edge": multipart,
}


def test_the_unharmed_posts_are_taken(bench: Bench) -> None:
    """The material of the next tests is good, or they would show nothing."""
    for kind, write in WRITERS.items():
        raw = write({**GOOD, form.TOKEN: bench.token()})
        assert bench.send(kind, [raw])[0] == 303
        raw = write({**GOOD, form.TOKEN: bench.token()})
        assert bench.send(kind, [raw], {b"accept": b"application/json"})[0] == 201
    assert bench.stored() == bench.receipts


@fixed
@given(kind=kinds, raw=st.binary(max_size=300), extra=headers, query=st.binary(max_size=20))
def test_any_bytes(
    bench: Bench, kind: str, raw: bytes, extra: dict[bytes, bytes], query: bytes
) -> None:
    status, _ = bench.send(kind, [raw], extra, query)
    assert status not in {201, 303}


@fixed
@given(
    kind=st.sampled_from(sorted(WRITERS)),
    changes=st.dictionaries(names, texts, max_size=4),
    extra=headers,
)
def test_any_fields(
    bench: Bench, kind: str, changes: dict[str, str], extra: dict[bytes, bytes]
) -> None:
    """A good post with some of its fields replaced or added; JSON and multipart as well as encoded."""
    fields = {**GOOD, form.TOKEN: bench.token(), **changes}
    before = len(bench.receipts)
    status, _ = bench.send(kind, [WRITERS[kind](fields)], extra)
    taken = status in {201, 303}
    assert len(bench.receipts) == before + taken
    if taken:
        assert fields[BOX].lower() in {"yes", "on", "true", "1"}
        assert set(fields) <= {*GOOD, form.TOKEN, form.HONEYPOT, form.NEXT}


@fixed
@given(
    kind=st.sampled_from(sorted(WRITERS)),
    at=st.integers(0, 2000),
    put=st.binary(max_size=4),
    cut=st.integers(0, 8),
    length=st.integers(1, 500),
    whole=st.booleans(),
)
def test_damaged_bodies(
    bench: Bench, kind: str, at: int, put: bytes, cut: int, length: int, whole: bool
) -> None:
    """A good body with bytes changed, in pieces, and with its end cut off."""
    raw = WRITERS[kind]({**GOOD, form.TOKEN: bench.token()})
    at = min(at, len(raw))
    raw = raw[:at] + put + raw[at + cut :]
    pieces = [raw[start : start + length] for start in range(0, len(raw), length)]
    before = len(bench.receipts)
    status, _ = bench.send(kind, pieces if whole else pieces[:-1])
    assert len(bench.receipts) == before + (status in {201, 303})


@fixed
@given(
    values=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
        ),
    )
)
def test_any_json(bench: Bench, values: Any) -> None:
    raw = json.dumps({**GOOD, form.TOKEN: bench.token(), "message": values}).encode()
    status, _ = bench.send("application/json", [raw])
    assert status in {303, 400, 422}
    assert bench.send("application/json", [json.dumps(values).encode()])[0] in {200, 400}


@fixed
@given(
    text=st.one_of(st.text(max_size=80), st.binary(max_size=200).map(lambda b: b.hex())),
    cut=st.integers(0, 200),
)
def test_any_token(bench: Bench, text: str, cut: int) -> None:
    """A token that is not ours, or of which a part is, shows the form again and stores nothing."""
    good = bench.token()
    for told in {text, good[:cut] + quote_plus(text)} - {good}:
        raw = urlencode({**GOOD, form.TOKEN: told}).encode()
        status, body = bench.send("application/x-www-form-urlencoded", [raw])
        assert status == 200
        assert cast.subject.email.encode() in body


@fixed
@given(
    path=st.text(max_size=20),
    query=st.binary(max_size=20),
    extra=headers,
    method=st.sampled_from(["GET", "HEAD", "PUT", "OPTIONS"]),
)
def test_any_other_request(
    bench: Bench, path: str, query: bytes, extra: dict[bytes, bytes], method: str
) -> None:
    """Also those that are no posts: whatever the address, it is answered."""
    for start in ("/", "/f/", "/receipt/", "/static/", "/console/", "/policy"):
        status, _ = bench.send("", [], extra, query, start + path, method)
        assert status < 500


@fixed
@given(path=st.text(max_size=20))
def test_any_path(bench: Bench, path: str) -> None:
    raw = urlencode({**GOOD, form.TOKEN: bench.token()}).encode()
    status, _ = bench.send("application/x-www-form-urlencoded", [raw], path=f"/f/{path}")
    assert status == 404


def test_what_is_in_the_database_was_acknowledged(bench: Bench, tmp_path: Path) -> None:
    assert bench.stored() == bench.receipts
    with bench.app.database.read() as connection:
        found = connection.execute(select(func.count()).select_from(submission_record)).scalar()
    assert found == len(bench.receipts)
    assert bench.logged == []
