# SPDX-License-Identifier: Apache-2.0
"""`/visit`: where pages say that they were looked at, and what else of visits the site itself sees.

A page sends `{"page", "event", "item"}` by script, or asks for a picture without one. Whatever comes is answered
alike, 202 or the picture, whether it is kept or not: nobody learns from the answer what was thought of them. Where
more waits than can be taken, everything is answered 503 and counted, whatever it says. Nothing
of a visit is kept where the browser says `Sec-GPC: 1` or `DNT: 1`, where it is a program, where the page stands on a
host that was not named, where one place sends far too much, and where what came cannot be read; each of these is
counted, by day alone.

Of a request only address, cookie (where the visitor agreed to one: `web.visit_choice`), browser, time and page go on
to `visits.record`. Steps in a form that the site sees itself (shown, submitted, error) are noted here as well, never
on the word of a script.
"""

import re
import time
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import msgspec
from starlette.types import Receive, Scope, Send

from uphold import errors
from uphold.app import App
from uphold.submission import exercise, guard
from uphold.visits import agent
from uphold.visits.record import Dropped, Seen
from uphold.web import body, reply, security, visit_cookie
from uphold.web.body import Refused
from uphold.web.lane import VISIT, Answer

PATH = VISIT.decode()
MOST_BYTES = 4096
# Where one address prefix sends more in a minute, as many times as posts are refused beyond, the rest is dropped.
VISITS_PER_POST = 10
LONGEST_PAGE = 200
LONGEST_BROWSER = 512
VIEW = "view"
# What a script may say of a form; the rest the site sees itself.
STEPS = frozenset({"started", "ticked"})
# Addresses that are one person's own: they are no page of the site, and stand in no statistics.
PERSONAL = ("/receipt/", "/my/", "/console/")
# A transparent picture of one pixel.
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)

Pairs = Sequence[tuple[bytes, bytes]]
Named = Mapping[bytes, bytes]


class Said(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What a page says: its path, what happened, and on which form."""

    page: str
    event: str = VIEW
    item: str = ""


_READ = msgspec.json.Decoder(Said).decode
_HOST = re.compile(rb"https?://([^/?#@]{1,255})(?=[/?#]|$)", re.IGNORECASE).match


class Beacon:
    """Takes what pages say of themselves, and what the site sees of its forms."""

    def __init__(self, app: App) -> None:
        """Serve `app`; without a recorder everything is answered and nothing kept."""
        self._app, self._recorder = app, app.visits
        self._meter = guard.Meter()
        self._most = VISITS_PER_POST * app.settings.limits.refuse_per_minute
        known = (urlsplit(app.settings.site.address).netloc, *app.settings.visits.hosts)
        own, *others = (host.lower().encode() for host in known)
        self._own, self._others = own, frozenset(others)
        always = _always(secure=app.settings.secure)
        self.heard: Answer = (202, [*always, (b"content-length", b"0")], b"")
        later = (b"retry-after", b"%d" % reply.RETRY_SECONDS)
        self.full: Answer = (503, [*always, later, (b"content-length", b"0")], b"")
        picture = [(b"content-type", b"image/gif"), (b"content-length", b"%d" % len(PIXEL))]
        self.picture: Answer = (200, [*always, *picture], PIXEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET, HEAD and POST as an ASGI application."""
        headers, client = dict(scope["headers"]), scope.get("client")
        address = client[0] if client else ""
        if scope["method"] == "POST":
            try:
                raw = await body.read(scope, receive, headers, MOST_BYTES)
            except Refused:
                raw = b""
            answer = self.said(headers, address, raw)
        else:
            answer = self.asked(headers, address, scope["query_string"], scope["method"])
        status, named, content = answer
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": content})

    def said(self, headers: Named, address: str, raw: bytes) -> Answer:
        """Take what a script sent."""
        if self._is_full():
            return self.full
        if self._recorder is not None and not self._is_left_out(headers):
            try:
                told = _READ(raw[:MOST_BYTES])
            except (msgspec.DecodeError, UnicodeDecodeError):
                self._recorder.drop(Dropped.MALFORMED)
            else:
                self._take(headers, address, told)
        return self.heard

    def asked(self, headers: Named, address: str, query: bytes, method: str = "GET") -> Answer:
        """Take a request for the picture; the page is the one named, else the one that shows it."""
        if self._is_full():
            return self.full
        if self._recorder is not None and method == "GET" and not self._is_left_out(headers):
            named = parse_qs(query[:MOST_BYTES].decode("latin-1")).get("page")
            page = named[0] if named else _path(headers.get(b"referer", b""))
            self._take(headers, address, Said(page))
        return self.picture

    def step(self, pairs: Pairs, address: str, kind: str, item: str, page: str) -> None:
        """Note a step in a form that the site has seen itself: `shown`, `submitted` or `error`."""
        if self._recorder is None:
            return
        headers = dict(pairs)
        # A page that a browser fetches in advance has not been looked at.
        if b"sec-purpose" not in headers and not self._is_left_out(headers):
            self._note(headers, address, kind, item, page)

    def _is_full(self) -> bool:
        """Whether nothing can be taken, which is counted."""
        if self._recorder is None or not self._recorder.is_full:
            return False
        self._drop(Dropped.FULL)
        return True

    def _is_left_out(self, headers: Named) -> bool:
        """Whether nothing may be kept: the browser asks so, or it is an exercise, which is nobody's visit."""
        if exercise.HEADER in headers:
            return True
        if headers.get(b"sec-gpc") == b"1" or headers.get(b"dnt") == b"1":
            self._drop(Dropped.ASKED)
            return True
        return False

    def _take(self, headers: Named, address: str, told: Said) -> None:
        host = self._host(headers)
        page = clean(told.page)
        if host is None:
            self._drop(Dropped.FOREIGN)
        elif not page or (not host and page.startswith(PERSONAL)) or not self._is_known(told):
            self._drop(Dropped.MALFORMED)
        else:
            whole = f"//{host}{page}"[:LONGEST_PAGE] if host else page
            self._note(headers, address, told.event, told.item, whole)

    def _note(self, headers: Named, address: str, kind: str, item: str, page: str) -> None:
        now = time.time_ns() // 1_000_000
        # First of all: to recognise a string that was never seen before costs as much as many posts.
        if self._meter.count(address, now).count > self._most:
            self._drop(Dropped.FULL)
            return
        browser = headers.get(b"user-agent", b"").decode("latin-1")[:LONGEST_BROWSER]
        if not browser or agent.is_bot(browser):
            self._drop(Dropped.BOT)
            return
        cookie = None
        if b"cookie" in headers and self._app.settings.visits.cookie:
            cookie = visit_cookie.number(self._app.ring.token_key, headers[b"cookie"])
        if self._recorder is not None:
            self._recorder.note(Seen(now, address, browser, cookie, kind, item, page))

    def _drop(self, reason: Dropped) -> None:
        if self._recorder is not None:
            self._recorder.drop(reason)

    def _host(self, headers: Named) -> str | None:
        """Say on whose page it happened: "" for the site's own, a host that was named, None for any other.

        The site's own is what the browser took the page from, whatever that name is. Anybody can write a program that
        says what it likes; this keeps out pages of others, not programs.
        """
        sent = _HOST(headers.get(b"origin", b"")) or _HOST(headers.get(b"referer", b""))
        if sent is None:
            return "" if headers.get(b"sec-fetch-site") == b"same-origin" else None
        host = sent[1].lower()
        if host in (self._own, headers.get(b"host", b"").lower()):
            return ""
        # Its port says nothing to who reads figures of pages.
        return host.partition(b":")[0].decode("latin-1") if host in self._others else None

    def _is_known(self, told: Said) -> bool:
        """Whether it is a view, or a step in a form that there is: others would fill the store with made-up names."""
        if told.event == VIEW:
            return not told.item
        if told.event not in STEPS:
            return False
        try:
            return told.item in self._app.shelf.in_force().forms
        except errors.UpholdError:
            return False


def clean(page: str) -> str:
    """Return the path of a page's address, without query and fragment; "" for what is no path (pure)."""
    path = page.partition("?")[0].partition("#")[0][:LONGEST_PAGE]
    return path if path.startswith("/") and path.isprintable() else ""


def _path(referer: bytes) -> str:
    """Return the path of the page that a picture stands on (pure)."""
    found = _HOST(referer)
    return referer[found.end() :].decode("latin-1") or "/" if found else ""


def _always(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """The headers of every answer. Pages on the hosts that were named may use it, so it is for other origins too."""
    ours = [(b"cross-origin-resource-policy", b"cross-origin"), (b"cache-control", b"no-store")]
    named = {name for name, _ in ours}
    return [*ours, *(pair for pair in security.headers(secure=secure) if pair[0] not in named)]
