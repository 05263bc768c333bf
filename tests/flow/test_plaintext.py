# SPDX-License-Identifier: Apache-2.0
"""Marked values go in by every way, one is read and answered; then every byte that is left is looked at.

Neither the site's folder (but for its keys), nor the database server's, nor temporary files, nor anything
that was printed holds any of it, in any form of writing; not while the site runs, and not afterwards.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from tests import cast, clerk, postgresql, site_process, traces
from tests.clerk import Clerk
from tests.site_process import BOX, JSON, PATH, Site

BROWSER = f"{cast.subject.mark}/1.0 (Sealed; rv:1)"
# What a person typed, in pieces, so that a part of a value is found as well as the whole.
TEXTS = (
    cast.subject.mark,
    "Ёлкина",
    "subject.example",
    "555-73-19",
    "79215557319",
    "«заказ № 40 217»",
    cast.stranger.mark,
    "stranger.example",
    "442079460173",
    "Ответ-для-Агнии",
    cast.clerk.password,
)
ANSWER = "Здравствуйте! Ответ-для-Агнии: заказ доставят во вторник, Zvezdochyot."
SUBJECT = f"Re: {cast.subject.mark}"


def come_in(site: Site) -> list[str]:
    """Send marked values by every way there is; returns the secrets that were handed out."""
    headers = {"user-agent": BROWSER, "referer": f"http://x/?{cast.stranger.mark}"}
    person, other = cast.subject.values(), cast.stranger.values()
    kept = [
        site.post(site.fields(**other), {**JSON, **headers}),
        site.ask("POST", PATH, {**headers, **JSON, **as_json()}, packed(site.fields(**other))),
        site.ask("POST", PATH, {**headers, **JSON, **as_multipart()}, parted(site.fields(**other))),
        site.post(site.fields(**other, _gotcha=cast.subject.mark), {**JSON, **headers}),
        site.post(site.fields(**person), {**JSON, **headers}),
    ]
    assert [answer.status for answer in kept] == [201] * 5
    refused = [
        (422, site.post({**site.fields(**person), BOX: ""}, headers)),
        (422, site.post(site.fields(**person, passport=cast.subject.mark), headers)),
        (200, site.post({**person, BOX: "yes"}, headers)),
        (200, site.post(site.fields(**person, _token=cast.subject.mark), headers)),
        (400, site.ask("POST", PATH, {**headers, **as_json()}, b"{" + packed(person))),
        (400, site.ask("POST", PATH, {**headers, **as_multipart()}, parted(person)[:-20])),
        (415, site.ask("POST", PATH, {"content-type": cast.subject.mark}, packed(person))),
        (404, site.get(f"/receipt/{cast.subject.mark}?{cast.stranger.mark}", headers)),
        (404, site.post(person, headers, f"/f/{cast.subject.mark}")),
        (422, site.post({"login": cast.subject.mark, "password": "Ёлкина"}, {}, "/console/login")),
    ]
    assert [answer.status for _, answer in refused] == [status for status, _ in refused]
    break_off(site)
    return [answer.json["id"] for answer in kept]


def break_off(site: Site) -> None:
    """Requests that are none, and one that ends too early."""
    mark = cast.subject.mark.encode()
    for raw in (b"GET /" + mark + b" HTTP/9\r\n\r\n", b"\x16\x03\x01" + mark + b"\r\n\r\n"):
        with site.connect() as connection:
            connection.sendall(raw)
            assert b"400" in connection.recv(100)
    with site.connect() as connection:
        connection.sendall(site_process.request(b"name=" + mark)[:-5])


def as_json() -> dict[str, str]:
    return {"content-type": "application/json"}


def as_multipart() -> dict[str, str]:
    return {"content-type": "multipart/form-data; boundary=edge"}


def packed(fields: dict[str, str]) -> bytes:
    return json.dumps(fields).encode()


def parted(fields: dict[str, str]) -> bytes:
    parts = [
        f'--edge\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + "--edge--\r\n").encode()


@contextmanager
def planted(folder: Path) -> Iterator[None]:
    """The search itself is put to the test: a trace of each kind, which it must find."""
    kinds = sorted({form for text in TEXTS for form in traces.forms(text)})
    folder.mkdir(exist_ok=True)
    for kind in kinds:
        (folder / "planted").write_bytes(b"before" + kind + b"after")
        assert traces.find(TEXTS, traces.files(folder))
    (folder / "planted").unlink()
    yield


def looked_through(site: Site, server: postgresql.Server | None = None) -> list[str]:
    """Look at every byte that the site left anywhere."""
    found = traces.find(TEXTS, traces.files(site.folder.parent, [site.folder / "keys"]))
    if server is not None:
        server.command("CHECKPOINT")
        found += traces.find(TEXTS, traces.files(server.folder))
    return found


@pytest.fixture
def server(engine: str) -> Iterator[postgresql.Server | None]:
    """A database server that no other test has ever told anything; none for SQLite."""
    if engine == "sqlite":
        yield None
        return
    launched = postgresql.launch()
    yield launched
    postgresql.remove(launched)


def test_nothing_is_left_in_the_clear(tmp_path: Path, server: postgresql.Server | None) -> None:
    url = server.url(server.create()) if server else ""
    with (
        planted(tmp_path / "planted"),
        site_process.ending(site_process.build(tmp_path, url)) as site,
    ):
        link = clerk.invite(site)
        site.start()
        secrets = come_in(site)
        shown = Clerk(site, link).answer(SUBJECT, ANSWER)
        # They are there: sealed, and shown to who may see them.
        assert cast.subject.name in shown
        assert looked_through(site) == []
        assert site.stop() == 0
        assert looked_through(site, server) == []
        assert len(traces.files(site.folder.parent)) > len(list(site.logs.iterdir()))
        is_clean_log(site, [*secrets, link])


def is_clean_log(site: Site, secrets: list[str]) -> list[str]:
    """Only lines of JSON, and in them neither who nor what; returns what they say."""
    said = site.said()
    for secret in [*secrets, *(secret[:12] for secret in secrets), "127.0.0.1", *TEXTS]:
        assert secret not in said
    printed = "".join(path.read_text() for path in site.logs.glob("*.out"))
    assert all(secret not in printed for secret in [*secrets, *TEXTS])
    lines = [json.loads(line) for line in said.splitlines()]
    for line in lines:
        assert {"at", "level", "from", "what"} <= set(line) <= {*LINE}
    return [line["what"] for line in lines]


LINE = ("at", "level", "from", "what", "fault", "place")


def damage(site: Site) -> None:
    """Put a marked word where a time should be, past the triggers that forbid it."""
    with closing(sqlite.connect(site.folder / "data" / "uphold.sqlite")) as other:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in other.execute(triggers).fetchall():
            other.execute(f"DROP TRIGGER {name}")
        other.execute("UPDATE consent_event SET at = ?", [cast.subject.mark])
        other.commit()


def test_a_fault_of_ours_tells_no_value(tmp_path: Path) -> None:
    """A damaged row makes a handler fail with a message that quotes it; the log says where, not what."""
    with site_process.served(tmp_path) as site:
        receipt = site.post(site.fields(**cast.subject.values())).json["receipt_url"]
        damage(site)
        page = site.get(receipt, {"accept": "text/html", "accept-language": "en"})
        told = site.get(f"{receipt}.jsonld", JSON)
        assert (page.status, told.status) == (500, 500)
        assert "<h1>" in page.text
        assert len(told.json["errors"]) == 1
        for answer in (page, told):
            assert cast.subject.mark not in answer.text
            assert "Traceback" not in answer.text
        assert site.get("/healthz").status == 200
        break_off(site)
        assert site.stop() == 0
        faults = is_clean_log(site, [receipt.rpartition("/")[2]])
        assert "Exception in ASGI application" in faults
        assert "Invalid HTTP request received." in faults
