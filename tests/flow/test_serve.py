# SPDX-License-Identifier: Apache-2.0
"""`uphold serve` on the wire: where it listens, whom it believes, what it runs on, how it says no."""

import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests import clerk, site as sites, site_process, whole
from tests.clerk import Clerk
from tests.site_process import HOST, JSON, PATH, Answer, Site
from uphold.web import lane, logs, run, security

PAGE = {"accept": "text/html", "accept-language": "en"}
REFUSE = "refuse_per_minute = 100000"
FEW = "refuse_per_minute = 3"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests that only talk to it."""
    with site_process.served(tmp_path_factory.mktemp("serve")) as served:
        yield served
        assert served.get("/healthz").status == 200
        assert served.stop() == 0
        assert "Traceback" not in served.said()


@pytest.fixture
def unserved(tmp_path: Path) -> Iterator[Site]:
    with site_process.ending(site_process.build(tmp_path)) as made:
        yield made


def serve_section(site: Site, text: str) -> None:
    file = site.folder / "uphold.toml"
    file.write_text(f"{file.read_text()}\n[serve]\n{text}\n")


def is_page(answer: Answer, status: int) -> bool:
    """A page that a person can read, in their language."""
    return (
        answer.status == status
        and answer.headers["content-type"] == "text/html; charset=utf-8"
        and '<html lang="en">' in answer.text
        and re.search(r"<h1>[^<]+</h1>", answer.text) is not None
    )


def is_told(answer: Answer, status: int) -> bool:
    """The same for a program."""
    if answer.status != status:
        return False
    (error,) = answer.json["errors"]
    return set(error) == {"field", "code", "message"} and bool(error["code"] and error["message"])


# Where it listens


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_no_network_without_tls(unserved: Site, host: str) -> None:
    refused = unserved.run("serve", str(unserved.folder), "--host", host, "--port", "1")
    assert refused.returncode == 2
    assert "without TLS would send personal data in the clear" in refused.stderr
    assert "tls_certificate" in refused.stderr


def certificate(folder: Path) -> None:
    folder.mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "site.key"), "-out", str(folder / "site.crt")),
        ],
        check=True,
        capture_output=True,
    )


def test_tls(unserved: Site) -> None:
    site = unserved
    link = clerk.invite(site)
    certificate(site.folder / "tls")
    serve_section(site, 'tls_certificate = "tls/site.crt"\ntls_key = "tls/site.key"')
    site.scheme = "https"
    site.start()
    page = site.get(PATH)
    assert page.status == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    posted = site.post(site.fields())
    assert posted.status == 201
    assert "strict-transport-security" in posted.headers
    receipt = site.get(posted.json["receipt_url"]).text
    assert re.search(r"https://[^/]+/receipt/", receipt)
    assert not re.search(r"http://[^/]+/receipt/", receipt)
    cookie = Clerk(site, link).cookie.lower()
    assert {"secure", "httponly", "samesite=lax"} <= {part.strip() for part in cookie.split(";")}
    with site.connect() as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert not plain.recv(100).startswith(b"HTTP/1.1 2")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with site.connect() as bare, pytest.raises(OSError):
        old.wrap_socket(bare)
    assert site.stop() == 0
    assert "Traceback" not in site.said()
    assert HOST not in site.said()


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ('tls_certificate = "tls/site.crt"', "without the other"),
        ('tls_certificate = "tls/none.crt"\ntls_key = "tls/site.key"', "does not exist"),
        ('tls_certificate = "uphold.toml"\ntls_key = "tls/site.key"', "cannot be used"),
    ],
)
def test_tls_that_cannot_be_used(unserved: Site, section: str, message: str) -> None:
    certificate(unserved.folder / "tls")
    serve_section(unserved, section)
    refused = unserved.run("serve", str(unserved.folder), "--port", str(unserved.port))
    assert refused.returncode == 2
    assert message in refused.stderr
    assert "[serve]" in refused.stderr


# Whom it believes


def posts_until_refused(site: Site, addresses: Iterator[str]) -> int:
    """How many posts are taken, each said to come from the next address, before one is refused."""
    for taken in range(20):
        told = {"x-forwarded-for": next(addresses)}
        answer = site.post(site.fields(), {**JSON, **told})
        if answer.status == 429:
            assert is_told(answer, 429)
            assert 1 <= int(answer.headers["retry-after"]) <= 60
            page = site.post(site.fields(), {**PAGE, **told})
            # A new minute may have begun in between.
            assert page.status in {303, 429}
            assert page.status == 303 or is_page(page, 429)
            return taken
        assert answer.status == 201
    return 20


def test_declared_proxy_is_believed(unserved: Site) -> None:
    site_process.configure(unserved, REFUSE, FEW)
    serve_section(unserved, f'proxies = ["{HOST}"]')
    unserved.start()
    assert posts_until_refused(unserved, iter(["198.51.100.7"] * 20)) < 20
    # Somebody else, behind the same proxy, is another one.
    assert posts_until_refused(unserved, iter(f"203.0.{n}.1" for n in range(20))) == 20
    through = {"x-forwarded-proto": "https", "host": "uphold.example"}
    receipt = unserved.post(unserved.fields(), {**JSON, "x-forwarded-for": "192.0.2.1"})
    page = unserved.get(receipt.json["receipt_url"], through).text
    assert "https://uphold.example/receipt/" in page


@pytest.mark.parametrize("section", ["", 'proxies = ["192.0.2.9"]'])
def test_nobody_else_is_believed(unserved: Site, section: str) -> None:
    site_process.configure(unserved, REFUSE, FEW)
    serve_section(unserved, section)
    unserved.start()
    assert posts_until_refused(unserved, iter(f"203.0.{n}.1" for n in range(20))) < 20
    page = unserved.get(PATH, {"x-forwarded-proto": "https"})
    assert page.status == 200


# What it runs on


def test_fast_parts_are_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The other tests of this process go on logging as they did.
    monkeypatch.setattr(logs, "CONFIGURATION", None)
    app = sites.build(tmp_path)
    try:
        config = run.configuration(app)
        config.load()
        assert config.get_loop_factory() is uvloop.new_event_loop
        assert config.http_protocol_class is lane.Lane
        assert issubclass(lane.Lane, HttpToolsProtocol)
    finally:
        app.close()


def test_fast_parts_are_active(site: Site) -> None:
    """uvloop's loop waits in a system call of libuv; asyncio's own would have made a selector."""
    maps = Path(f"/proc/{site.pid}/maps").read_text()
    assert re.search(r"/uvloop/loop\.", maps)
    assert re.search(r"/httptools/parser/parser\.", maps)


def test_nothing_tells_what_serves(site: Site) -> None:
    answers = [site.get("/"), site.get("/nowhere"), site.post(site.fields())]
    for answer in answers:
        assert "server" not in answer.headers
    with site.connect() as connection:
        connection.sendall(b"NONSENSE\r\n\r\n")
        said = connection.recv(1000).lower()
        assert b"400" in said
        assert b"\nserver:" not in said
        assert security.lines(secure=False).lower() in said


# How it says no


def test_methods(site: Site) -> None:
    page = site.ask("HEAD", PATH)
    assert (page.status, page.body) == (200, b"")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        refused = site.ask(method, PATH, PAGE)
        assert is_page(refused, 405)
        assert {m.strip() for m in refused.headers["allow"].split(",")} == {"GET", "HEAD", "POST"}
        assert is_told(site.ask(method, PATH, JSON), 405)
    assert is_page(site.ask("POST", "/policy", PAGE, b""), 405)
    assert site.ask("POST", "/policy", PAGE, b"").headers["allow"] in {"GET, HEAD", "HEAD, GET"}


@pytest.mark.parametrize(
    "path",
    [
        *("/nowhere", "/f/none", "/receipt/none", "/static/none.css", "/static/..%2Fpages.py"),
        "/static/%00.css",
        # Longer than a file system's names may be.
        *(f"{before}/{'x' * 300}{after}" for before, after in (("/static", ".css"), ("/f", ""))),
        *(f"{before}/{'x' * 300}" for before in ("/receipt", "/wording", "/journal/tile")),
        f"/policy/compare/{'9' * 300}/1",
    ],
    ids=lambda path: path[:24],
)
def test_missing(site: Site, path: str) -> None:
    assert is_page(site.get(path, PAGE), 404)
    assert is_told(site.get(path, JSON), 404)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (413, "application/x-www-form-urlencoded", b"message=" + b"x" * 70_000),
        (415, "text/plain", b"name=x"),
        (415, "", b"name=x"),
        (400, "application/x-www-form-urlencoded", b"name=%ff"),
        (400, "application/json", b'{"name": ["x"]}'),
        (400, "multipart/form-data; boundary=edge", b"--edge\r\n"),
    ],
)
def test_bodies_that_are_none(site: Site, status: int, kind: str, body: bytes) -> None:
    named = {"content-type": kind} if kind else {}
    assert is_page(site.ask("POST", PATH, {**PAGE, **named}, body), status)
    assert is_told(site.ask("POST", PATH, {**JSON, **named}, body), status)


def raw(site: Site, *pieces: bytes, leave: bool = False) -> bytes:
    """What comes back when these pieces are sent one after another, up to the connection's end."""
    found = b""
    with site.connect() as connection, suppress(OSError):
        with suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
            if leave:
                connection.shutdown(socket.SHUT_WR)
        while got := connection.recv(1 << 16):
            found += got
    return found


def test_body_in_pieces(site: Site) -> None:
    sent = site_process.request(site_process.Sent(site.fields()).body, ["accept: application/json"])
    cut = len(sent) - 100
    with site.connect() as connection:
        for piece in (sent[:30], sent[30:cut], sent[cut:-1], sent[-1:]):
            connection.sendall(piece)
            assert site.get("/healthz").status == 200
        assert connection.recv(100).startswith(b"HTTP/1.1 201")


def head(*lines: str) -> bytes:
    fixed = [f"POST {PATH} HTTP/1.1", "host: x", "connection: close", "accept: application/json"]
    kind = "content-type: application/x-www-form-urlencoded"
    return "\r\n".join([*fixed, kind, *lines, "", ""]).encode()


def test_broken_bodies_store_nothing(site: Site) -> None:
    before = whole.count(site.settings)
    body = site_process.Sent(site.fields()).body
    length = f"content-length: {len(body)}"
    short = raw(site, head(length), body[:-1], leave=True)
    assert b" 201 " not in short
    too_long = raw(site, head("content-length: 99999999999"))
    assert too_long.startswith(b"HTTP/1.1 413")
    endless = raw(
        site, head("transfer-encoding: chunked"), *[b"fff\r\n" + b"x" * 4095 + b"\r\n"] * 40
    )
    assert endless == b"" or endless.startswith(b"HTTP/1.1 413")
    # Two lengths, or a length and chunks, are how one request is smuggled within another.
    for lines in ((length, "content-length: 3"), (length, "transfer-encoding: chunked")):
        assert raw(site, head(*lines), body).startswith(b"HTTP/1.1 400")
    assert raw(site, head("content-length: -1"), body).startswith(b"HTTP/1.1 400")
    assert raw(site, head("content-length: " + "9" * 5000), body).startswith(b"HTTP/1.1 4")
    assert whole.count(site.settings) == before
    assert whole.faults(site.settings) == []


def test_addresses_that_are_no_text(site: Site) -> None:
    for line in (
        b"GET /policy?\x80=\xff",
        b"GET /policy/?\x80",
        b"GET /nowhere?\x80",
        b"HEAD /f/%ff",
    ):
        for host in (b"x", b"[", b"a b", b""):
            asked = line + b" HTTP/1.1\r\nhost: " + host + b"\r\nconnection: close\r\n\r\n"
            status = int(raw(site, asked).split()[1])
            assert status in {200, 307, 400, 404}, (asked, status)


def memory(site: Site) -> int:
    """Resident memory of the process in bytes."""
    status = Path(f"/proc/{site.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.parametrize("flood", ["one header", "many headers", "path"])
def test_floods_of_headers(site: Site, flood: str) -> None:
    start = b"GET /" if flood == "path" else b"GET / HTTP/1.1\r\nhost: x\r\n"
    piece = {
        "one header": b"x" * (1 << 20),
        "many headers": b"x: y\r\n" * (1 << 17),
        "path": b"x" * (1 << 20),
    }[flood]
    before = memory(site)
    for _ in range(4):
        said = raw(site, start, *[piece] * 32)
        assert said == b"" or said.split()[1] in {b"431", b"400"}
    # 128 MB were sent.
    assert memory(site) < before + (64 << 20)
    assert site.get("/healthz").status == 200


def test_heads_of_many_headers_are_not_kept(site: Site) -> None:
    """Each takes 32 KB on the wire, and in memory as much as its headers are many."""
    before = memory(site)
    begun = b"GET / HTTP/1.1\r\nhost: x\r\n" + b"ab:cd\r\n" * 4600
    with ExitStack() as stack:
        for _ in range(150):
            one = stack.enter_context(site.connect())
            with suppress(OSError):
                one.sendall(begun)
        assert site.get("/healthz").status == 200
        assert memory(site) < before + (32 << 20)
    assert raw(site, begun).startswith(b"HTTP/1.1 431 ")
