# SPDX-License-Identifier: Apache-2.0
"""What pages say of visits: what is kept of it, what is dropped and counted, and that the answer tells nothing."""

import re
from collections import Counter
from dataclasses import replace
from importlib import resources

import msgspec
import pytest
from starlette.types import Message, Scope

from tests import visitor
from tests.unit.web import counted
from tests.unit.web.counted import ADDRESS, BROWSER, OURS, Counted
from tests.unit.web.test_lane import answered, connect, request, slow, until
from tests.visitor import BOX, Visitor
from uphold.app import App
from uphold.submission import exercise
from uphold.visits import agent
from uphold.web import visit, visit_cookie
from uphold.web.server import Face
from uphold.web.visit import Beacon

VIEW = b'{"page":"/policy","event":"view","item":""}'


@pytest.fixture
def here_counted(here: App) -> Counted:
    return counted.counting(here, hosts=("shop.example", "shop.example:8443"))


def test_a_view_leaves_the_five_data_and_no_more(here_counted: Counted) -> None:
    headers = {**OURS, b"accept-language": b"ru", b"referer": b"https://uphold.example/from?q=1"}
    [seen] = here_counted.say(headers, page="/policy?edition=1#clause", event="view")
    assert (seen.address, seen.cookie, seen.agent, seen.page) == (
        ADDRESS,
        None,
        BROWSER.decode(),
        "/policy",
    )
    assert (seen.kind, seen.item) == ("view", "")


def test_a_step_in_a_form_is_kept_where_the_form_is(here_counted: Counted) -> None:
    [seen] = here_counted.say(page="/f/feedback", event="ticked", item="feedback")
    assert (seen.kind, seen.item) == ("ticked", "feedback")
    assert here_counted.say(page="/f/feedback", event="started", item="other") == []
    # What the site sees itself nobody else may say.
    assert here_counted.say(page="/f/feedback", event="submitted", item="feedback") == []
    assert here_counted.dropped() == {"malformed": 2}


@pytest.mark.parametrize("header", [b"sec-gpc", b"dnt"])
def test_nothing_is_kept_where_the_browser_asks_so(here_counted: Counted, header: bytes) -> None:
    asked = {**OURS, header: b"1"}
    assert here_counted.say(asked, page="/policy") == []
    here_counted.beacon.asked(asked, ADDRESS, b"page=/policy")
    here_counted.beacon.step(list(asked.items()), ADDRESS, "shown", "feedback", "/f/feedback")
    assert here_counted.seen() == []
    assert here_counted.dropped() == {"asked-not-to": 3}


@pytest.mark.parametrize("agent", [b"", b"curl/8.1", b"Mozilla/5.0 (compatible; YandexBot/3.0)"])
def test_a_program_is_no_visitor(here_counted: Counted, agent: bytes) -> None:
    assert here_counted.say({**OURS, b"user-agent": agent}, page="/policy") == []
    assert here_counted.dropped() == {"bot": 1}


def test_an_exercise_leaves_nothing_not_even_a_count(here_counted: Counted) -> None:
    assert here_counted.say({**OURS, exercise.HEADER: b"1.2.x"}, page="/policy") == []
    assert here_counted.dropped() == {}


MALFORMED = (
    *(b"", b"{", b"[]", b'{"page":1}', b'{"event":"view"}', b"\xff\xfe", b'{"page":""}'),
    b'{"page":"/\xff"}',
    *(b'{"page":"policy"}', b'{"page":"/a\\u0000b"}', b'{"page":"/","more":"1"}'),
    *(b'{"page":"/","event":"view","item":"x"}', b'{"page":"/","event":"error"}', b"x" * 5000),
    # A receipt's address is its holder's secret; nothing of a person's own page is a visit of the site.
    *(b'{"page":"/receipt/abc"}', b'{"page":"/my/x"}', b'{"page":"/console/enquiry/1"}'),
)


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
async def test_what_cannot_be_read_is_answered_like_the_rest(
    here_counted: Counted, raw: bytes
) -> None:
    good = await answered(Face(here_counted.app), said(VIEW))
    assert len(here_counted.seen()) == 1
    for application in (Face(here_counted.app), slow(Face(here_counted.app))):
        assert await answered(application, said(raw)) == good
    assert here_counted.seen() == []
    assert here_counted.dropped() == {"malformed": 2}


FROM = {
    "its origin": ({b"origin": b"https://uphold.example"}, "/a"),
    "the name it was asked by": (
        {b"origin": b"http://127.0.0.1:8000", b"host": b"127.0.0.1:8000"},
        "/a",
    ),
    "its page": ({b"referer": b"https://uphold.example/a/b"}, "/a"),
    "the browser's word": ({b"sec-fetch-site": b"same-origin"}, "/a"),
    "a page that hides itself": ({b"origin": b"null", b"sec-fetch-site": b"same-origin"}, "/a"),
    "a host that was named": ({b"origin": b"https://SHOP.example"}, "//shop.example/a"),
    "its other port": ({b"origin": b"https://shop.example:8443"}, "//shop.example/a"),
    "a port that was not": ({b"origin": b"https://shop.example:8444"}, None),
    "another host": ({b"origin": b"https://evil.example"}, None),
    "one that looks alike": ({b"origin": b"https://shop.example.evil.example"}, None),
    "one with a user": ({b"origin": b"https://shop.example@evil.example"}, None),
    "nobody": ({}, None),
    "another's page": ({b"referer": b"https://evil.example/?uphold.example"}, None),
}


@pytest.mark.parametrize("case", FROM, ids=list(FROM))
def test_only_pages_of_the_hosts_that_were_named_count(here_counted: Counted, case: str) -> None:
    headers, page = FROM[case]
    named = {b"host": b"uphold.example", b"user-agent": BROWSER, **headers}
    found = [seen.page for seen in here_counted.say(named, page="/a")]
    assert found == ([] if page is None else [page])
    assert here_counted.dropped() == ({"foreign-host": 1} if page is None else {})


def test_the_picture_says_which_page_shows_it(here_counted: Counted) -> None:
    there = {**OURS, b"referer": b"https://uphold.example/policy/editions?lang=ru"}
    del there[b"origin"]
    status, headers, content = here_counted.beacon.asked(there, ADDRESS, b"")
    assert (status, dict(headers)[b"content-type"], content) == (200, b"image/gif", visit.PIXEL)
    here_counted.beacon.asked(there, ADDRESS, b"page=%2Fwording%2Fabc")
    here_counted.beacon.asked(there, ADDRESS, b"", "HEAD")
    assert [seen.page for seen in here_counted.seen()] == ["/policy/editions", "/wording/abc"]


async def test_a_site_that_records_none_answers_alike(here: App, here_counted: Counted) -> None:
    assert here.visits is None
    assert await answered(Face(here), said(VIEW)) == await answered(
        Face(here_counted.app), said(VIEW)
    )


async def test_the_fast_lane_answers_as_the_other_way(here_counted: Counted) -> None:
    face = Face(here_counted.app)
    quick, usual = await answered(face, said(VIEW)), await answered(slow(face), said(VIEW))
    assert quick == usual
    assert quick.startswith(b"HTTP/1.1 202 ")
    assert b"set-cookie" not in quick.lower()
    assert len(here_counted.seen()) == 2


async def test_many_on_one_connection_are_all_kept_in_their_order(here_counted: Counted) -> None:
    made, wire = connect(Face(here_counted.app))
    made.data_received(b"".join(said(b'{"page":"/%d"}' % n) for n in range(20)))
    await until(lambda: wire.written.count(b"HTTP/1.1 202 ") == 20)
    made.data_received(said(VIEW, connection="close"))
    assert wire.closed
    found = [seen.page for seen in here_counted.seen()]
    assert found == [*(f"/{n}" for n in range(20)), "/policy"]


async def test_who_reads_no_answers_is_not_written_to(here_counted: Counted) -> None:
    made, wire = connect(Face(here_counted.app))
    made.pause_writing()
    made.data_received(said(VIEW) * 3)
    await until(lambda: bool(here_counted.seen()))
    assert wire.written == b""
    made.resume_writing()
    await until(lambda: wire.written.count(b"HTTP/1.1 202 ") == 3)


def test_no_place_can_keep_the_recognition_of_browsers_busy(here: App) -> None:
    limits = msgspec.structs.replace(here.settings.limits, refuse_per_minute=1)
    settings = msgspec.structs.replace(here.settings, limits=limits)
    site = counted.counting(replace(here, settings=settings))
    beacon, looked = site.beacon, agent.is_bot.cache_info().misses
    for number in range(3 * visit.VISITS_PER_POST):
        named = {**OURS, b"user-agent": b"Strange browser %d" % number}
        beacon.said(named, "192.0.2.7", VIEW)
    assert agent.is_bot.cache_info().misses - looked <= 2 * visit.VISITS_PER_POST
    assert site.dropped()["overflow"] >= visit.VISITS_PER_POST


def test_no_place_can_fill_the_store(here: App) -> None:
    limits = msgspec.structs.replace(here.settings.limits, refuse_per_minute=1)
    settings = msgspec.structs.replace(here.settings, limits=limits)
    site = counted.counting(replace(here, settings=settings))
    beacon = site.beacon
    for address in ("192.0.2.7", "192.0.2.8", "198.51.100.9"):
        for _ in range(visit.VISITS_PER_POST):
            beacon.said(OURS, address, VIEW)
    assert Counter(seen.address for seen in site.seen()) in (
        # The first two stand in one prefix; a minute may end between them.
        {"192.0.2.7": 10, "198.51.100.9": 10},
        {"192.0.2.7": 10, "192.0.2.8": 10, "198.51.100.9": 10},
    )


def test_other_methods_are_refused(here_counted: Counted) -> None:
    with visitor.visiting(here_counted.app) as somebody:
        assert somebody.ask("PUT", visit.PATH).status == 405
        assert somebody.ask("OPTIONS", visit.PATH).headers["allow"] == "GET, HEAD, POST"


def test_where_people_stumble_is_seen_by_the_site_itself(here_counted: Counted) -> None:
    with visitor.visiting(here_counted.app) as somebody:
        page = somebody.form()
        somebody.send(page, email="no")
        somebody.send(page, **{BOX: ""})
        somebody.send(page)
    found = [(seen.kind, seen.item) for seen in here_counted.seen()]
    assert found == [
        ("shown", "feedback"),
        ("error", "feedback.email"),
        ("error", f"feedback.{BOX}"),
        ("submitted", "feedback"),
    ]


def test_pages_say_when_they_are_looked_at_and_those_of_a_person_do_not(
    here_counted: Counted, somebody: Visitor
) -> None:
    with visitor.visiting(here_counted.app) as anybody:
        for path in ("/", "/policy", "/f/feedback", "/policy/editions"):
            html = anybody.get(path).html
            assert f'src="/visit?page={path}"' in html
            assert "/static/visit.js" in html
        receipt = anybody.send(anybody.form()).location
        for path in (receipt, "/my", "/console/login", "/no-such-page"):
            assert "/visit" not in anybody.get(path).html
    # Nor any where nothing is recorded.
    assert "/visit" not in somebody.get("/policy").html


def test_pages_elsewhere_may_load_the_script_and_nothing_else(somebody: Visitor) -> None:
    policy = "cross-origin-resource-policy"
    assert somebody.get("/static/visit.js").headers[policy] == "cross-origin"
    assert somebody.get("/visit").headers[policy] == "cross-origin"
    for path in ("/static/form.js", "/static/uphold.css", "/", "/f/feedback"):
        assert somebody.get(path).headers[policy] == "same-origin"


def test_a_cookie_is_kept_only_where_the_site_made_it_and_offers_one(here: App) -> None:
    made = visit_cookie.make()
    text = f"a=b; {visit_cookie.NAME}={made.text(here.ring.token_key)}".encode()
    forged = re.sub(rb"[0-9a-f]{32}$", b"0" * 32, text)
    offering = counted.counting(here, cookie=True)
    for header, kept in ((text, made.number), (forged, None), (b"a=b", None)):
        [seen] = offering.say({**OURS, b"cookie": header}, page="/")
        assert seen.cookie == kept
    [seen] = counted.counting(here).say({**OURS, b"cookie": text}, page="/")
    assert seen.cookie is None


def test_the_script_is_small_and_keeps_nothing() -> None:
    text = (resources.files("uphold.web") / "static" / "visit.js").read_bytes()
    assert len(text) < 1024
    assert not re.search(rb"cookie|Storage|indexedDB|referrer|screen|value", text)


async def test_a_body_that_does_not_end_is_no_trouble(here_counted: Counted) -> None:
    """The client went away in the middle."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "POST", "headers": list(OURS.items()), "client": None}
    await Beacon(here_counted.app)(scope, receive, send)
    assert sent[0]["status"] == 202
    assert here_counted.dropped() == {"malformed": 1}


def said(raw: bytes, **headers: str) -> bytes:
    named = {"origin": "https://uphold.example", "user_agent": BROWSER.decode(), **headers}
    return request(raw, visit.PATH, "text/plain;charset=UTF-8", **named)


async def test_what_cannot_be_taken_is_refused_and_counted(
    here_counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = Face(here_counted.app)
    monkeypatch.setattr("uphold.visits.record.LONGEST_QUEUE", 1)
    one, two, bot = said(VIEW), said(VIEW), said(VIEW, user_agent="curl/8.0")
    made, wire = connect(face)
    for raw in (one, two, bot):
        made.data_received(raw)
    await until(lambda: wire.written.count(b"HTTP/1.1 ") == 3)
    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", wire.written)
    # Whoever it is: the answer says nothing about them.
    assert statuses == [b"202", b"503", b"503"]
    assert wire.written.count(b"retry-after: 5\r\n") == 2
    assert len(here_counted.seen()) == 1
    # Then there is room again, on the same connection.
    made.data_received(one)
    await until(lambda: wire.written.count(b"HTTP/1.1 202 ") == 2)
    assert here_counted.dropped() == {"overflow": 2}


async def test_the_slow_way_and_the_picture_refuse_likewise(
    here_counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uphold.visits.record.LONGEST_QUEUE", 0)
    assert b"HTTP/1.1 503 " in await answered(slow(Face(here_counted.app)), said(VIEW))
    assert here_counted.beacon.asked(OURS, ADDRESS, b"page=/policy")[0] == 503
