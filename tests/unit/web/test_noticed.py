# SPDX-License-Identifier: Apache-2.0
"""What is noticed of requests beside their answers, and that forged hops fool nobody."""

import http.client
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from starlette.routing import Route

from tests import cast, office, site, visitor
from tests.visitor import Visitor
from uphold import config
from uphold.access import arrival, signal
from uphold.access.signal import SHAPES, Kind, Signal
from uphold.app import App, open_site
from uphold.submission import exercise
from uphold.vault import unlock
from uphold.web import noticed, run, server
from uphold.web.post import Door

quick_hashing = office.quick_hashing
ATTEMPT = "x' OR '1'='1"


def told(app: App) -> list[tuple[str, int, dict[str, signal.Value]]]:
    """Kind, account and fields of each signal, without what digests say."""
    app.signals.flush()
    with app.database.read() as connection:
        found = [one.signal for one in signal.since(connection, 0)]
    hidden = {"source", "network", "agent", "login"}
    return [
        (str(one.kind), one.staff, {k: v for k, v in one.fields.items() if k not in hidden})
        for one in found
    ]


def test_pages_that_are_not_there_are_counted(here: App, somebody: Visitor) -> None:
    somebody.get("/")
    for number in range(3):
        somebody.get(f"/there-is-no-such-page-{number}")
    somebody.get("/receipt/aaaaaaaaaaaaaaaaaaaaaaaaaa")
    assert told(here) == [("web.missing", 0, {"count": 4})]


def test_a_door_that_stays_shut_names_itself_and_nothing_that_was_sent(
    here: App, somebody: Visitor, quick_hashing: None
) -> None:
    clerk = visitor.employ(here, cast.clerk)
    somebody.sign_in(cast.clerk)
    here.signals.flush()
    before = len(told(here))
    somebody.get("/console/staff")
    somebody.post("/console/enquiry/abcdefgh/move", {"_csrf": "forged"})
    assert told(here)[before + 1 :] == [
        ("web.refused", clerk, {"status": 404, "path": "/console/staff", "count": 1}),
        ("web.refused", clerk, {"status": 403, "path": "/console/enquiry/{id}/move", "count": 1}),
    ]


def test_what_an_exercise_does_is_marked_and_a_mark_of_ones_own_making_is_none(
    here: App, somebody: Visitor
) -> None:
    good = exercise.issue(here.ring.exercise_key, 7, site.now())
    forged = f"8.{good.partition('.')[2]}"
    for mark in (good, forged):
        headers = {exercise.HEADER.decode(): mark, "user-agent": "sqlmap/1.8"}
        somebody.get("/there-is-no-such-page", headers)
        somebody.post("/console/login", {"login": "nobody", "password": "x"}, headers)
    here.signals.flush()
    with here.database.read() as connection:
        found = [one.signal for one in signal.since(connection, 0)]
    kinds = sorted((str(one.kind), one.exercise) for one in found)
    expected = [(kind, run) for kind in ("web.missing", "web.probe") for run in (0, 7)]
    assert [one for one in kinds if one[0] in {"web.missing", "web.probe"}] == expected
    assert [one.exercise for one in found if one.kind is Kind.SIGN_IN] == [7, 0]


def test_every_route_has_a_name_that_signals_can_bear(here: App) -> None:
    names = [one.path for one in server.routes(here, Door(here)).routes if isinstance(one, Route)]
    fits = SHAPES[Kind.REFUSED]["path"]
    assert [name for name in [*names, noticed.POSTED, ""] if not fits(name)] == []


def test_an_attempt_at_a_form_is_a_sign_and_is_served_like_anything(
    here: App, somebody: Visitor
) -> None:
    assert somebody.send(message=ATTEMPT, name="<script>alert(1)</script>").status == 303
    somebody.get("/policy?edition=1%27%20union%20select%201,2--")
    somebody.get("/wp-login.php", {"user-agent": "sqlmap/1.8"})
    found = [fields for kind, _, fields in told(here) if kind == "web.probe"]
    keys = [(one["class"], one["where"], one["form"]) for one in found]
    assert sorted(keys) == [
        ("scanner", "header", ""),
        ("scanner", "path", ""),
        ("script", "form", "feedback"),
        ("sql", "form", "feedback"),
        ("sql", "query", ""),
    ]


@pytest.mark.parametrize(
    ("path", "is_odd"), [("/policy", False), ("/policy?q=../../../etc/passwd", True)]
)
def test_to_come_from_another_page_of_this_site_is_no_attempt_even_on_one_machine(
    here: App, somebody: Visitor, path: str, is_odd: bool
) -> None:
    home = "127.0.0.1:8000"
    somebody.get("/policy", {"host": home, "referer": f"http://{home}{path}"})
    somebody.get("/policy", {"host": "site.example", "referer": "http://127.0.0.1:8000/admin"})
    found = [fields["count"] for kind, _, fields in told(here) if kind == "web.probe"]
    assert found == [2 if is_odd else 1]


def test_of_an_attempt_nothing_is_kept_but_its_class(here: App, somebody: Visitor) -> None:
    somebody.get(f"/policy?{urlencode({'q': f'{cast.stranger.mark}{ATTEMPT}'})}")
    assert ("web.probe", 0, {"class": "sql", "where": "query", "form": "", "count": 1}) in told(
        here
    )
    folder = here.settings.folder / "data"
    stored = b"".join(one.read_bytes() for one in folder.iterdir() if one.is_file())
    assert cast.stranger.mark.encode() not in stored


def test_what_staff_write_is_not_looked_at(
    here: App, somebody: Visitor, quick_hashing: None
) -> None:
    visitor.employ(here, cast.clerk)
    somebody.sign_in(cast.clerk)
    somebody.get(f"/console?{urlencode({'q': ATTEMPT})}")
    assert "web.probe" not in [kind for kind, _, _ in told(here)]


@pytest.mark.parametrize(
    ("peer", "proxies", "is_one"),
    [
        ("10.0.0.1", ("10.0.0.1",), True),
        ("10.0.0.2", ("10.0.0.1",), False),
        ("2001:db8::1", ("10.0.0.1", "2001:0db8:0::1"), True),
        ("192.0.2.7", (), False),
        ("", ("10.0.0.1",), False),
        ("testclient", ("10.0.0.1",), False),
    ],
)
def test_only_declared_proxies_are_proxies(
    peer: str, proxies: tuple[str, ...], is_one: bool
) -> None:
    assert noticed.is_among(peer, proxies) is is_one


def ask(address: str, method: str, path: str, headers: dict[str, str]) -> int:
    """Ask a server that is served for real; returns the status."""
    at = urlsplit(address)
    connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=30)
    connection.request(method, path, None, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def served(root: Path, proxy: str, *requests: dict[str, str]) -> list[Signal]:
    """Serve a site with this proxy for real, ask for a page that is not there, and return every signal."""
    settings = site.copy(root)
    with (settings.folder / config.FILE).open("a") as file:
        file.write(f"[serve]\nproxies = ['{proxy}']\n")
    app = open_site(config.load(settings.folder))
    try:
        with run.serving(app) as target:
            for headers in requests:
                assert ask(target.address, "GET", "/there-is-none", headers) == 404
        app.signals.flush()
        with app.database.read() as connection:
            return [one.signal for one in signal.since(connection, 0)]
    finally:
        app.close()


def test_forged_hops_change_nothing_and_are_noted(tmp_path: Path) -> None:
    """The declared proxy is another one: whoever asks is who is at the other end of the connection."""
    forged: list[dict[str, str]] = [
        {"X-Forwarded-For": "203.0.113.5"},
        {"X-Forwarded-For": "127.0.0.2, 203.0.113.5", "X-Real-IP": "203.0.113.5"},
        {"Forwarded": "for=203.0.113.5", "X-Forwarded-Proto": "https"},
    ]
    found = served(tmp_path / "site", "10.9.8.7", *forged)
    key = unlock.load(tmp_path / "site" / "keys" / "ring.json").signal_key
    by_kind = {str(one.kind): one for one in found}
    assert set(by_kind) == {"web.missing", "web.forged"}
    assert {one.fields["source"] for one in found} == {
        arrival.source(key, "127.0.0.1", found[0].at)
    }
    assert sum(int(one.fields["count"]) for one in found if one.kind is Kind.FORGED) == 1


def test_behind_a_proxy_the_last_hop_that_it_did_not_make_counts(tmp_path: Path) -> None:
    """Whatever a client wrote before it, the proxy appends who really asked."""
    found = served(
        tmp_path / "site",
        "127.0.0.1",
        {"X-Forwarded-For": "203.0.113.5, 198.51.100.77"},
        {"X-Forwarded-For": "127.0.0.1, 10.9.8.7, 198.51.100.77"},
    )
    key = unlock.load(tmp_path / "site" / "keys" / "ring.json").signal_key
    assert [(str(one.kind), one.fields["source"]) for one in found] == [
        ("web.missing", arrival.source(key, "198.51.100.77", found[0].at))
    ] * len(found)
    assert sum(int(one.fields["count"]) for one in found) == 2
