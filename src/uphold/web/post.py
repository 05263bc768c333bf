# SPDX-License-Identifier: Apache-2.0
"""`POST /f/{form}`: the hot path, a plain ASGI callable. See docs/design/life-of-a-submission.md.

Whatever goes wrong, the person gets the form back with every value kept and every box empty. A form
shown again keeps its token, so that sending it twice can never store it twice; only a form that changed,
or was received before, gets a fresh one.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from uphold import errors
from uphold.access import canary
from uphold.access.canary import Place
from uphold.app import App
from uphold.assurance import canaries
from uphold.policy.document import Edition
from uphold.submission import decode, exercise, form, guard, token, validate
from uphold.submission.form import Offer
from uphold.submission.submit import Clash, Post, Technical
from uphold.submission.token import Token
from uphold.submission.validate import Accepted, Problem
from uphold.vault import identifier
from uphold.web import body, frame, noticed, present, reply, security, views
from uphold.web.body import Refused
from uphold.web.lane import Answer
from uphold.web.noticed import Watch
from uphold.web.present import Again
from uphold.web.visit import Beacon

PREFIX = "/f/"
_log = logging.getLogger("uphold.post")
_LONGEST_BROWSER = 512
# For programs: code and message of each notice.
_NOTICES = {
    "check": ("token-missing", "Send the token given here, and tick the boxes the person ticked."),
    "stale": (
        "stale",
        "The form or a wording changed. Show it anew; the token given here is fresh.",
    ),
    "received": ("received-before", "This token was used with other contents. Nothing was stored."),
    "unavailable": ("unavailable", "Nothing can be stored just now. Send the same again later."),
}


class Door:
    """Takes the posts of every form of a site."""

    def __init__(self, app: App) -> None:
        """Derive nothing yet: offers are derived on the first post under an edition."""
        self._app, self.beacon, self.watch = app, Beacon(app), Watch(app)
        self._offers: dict[tuple[int, str, str], Offer] = {}
        secure, no_store = app.settings.secure, (b"cache-control", b"no-store")
        self._headers = [*security.headers(secure=secure), no_store]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one post as an ASGI application."""
        status, headers, content = await self.answer(scope, receive)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """Answer one post; what is wrong is said by a page or, to a program, in JSON."""
        response = await self._respond(scope, receive)
        status = response.status_code if isinstance(response, Response) else response[0]
        # Once this is answered: nobody waits for it.
        asyncio.get_running_loop().call_soon(self.watch.answered, scope, status)
        if isinstance(response, Response):
            own = {name for name, _ in response.raw_headers}
            added = [pair for pair in self._headers if pair[0] not in own]
            return response.status_code, [*response.raw_headers, *added], bytes(response.body)
        status, own_headers, content = response
        return status, [*own_headers, *self._headers], content

    def offer(self, edition: Edition, key: str, language: str) -> Offer:
        """Return the offer of a form, derived once per edition and language."""
        place = (edition.number, key, language)
        offer = self._offers.get(place)
        if offer is None:
            offer = self._offers[place] = form.derive(edition, key, language)
        return offer

    async def _respond(self, scope: Scope, receive: Receive) -> Response | Answer:
        try:
            return await self._answer(scope, receive, dict(scope["headers"]))
        except Refused as refused:
            status, wait = refused.status, refused.retry_after
            return reply.problem(self._app, Request(scope), status, retry_after=wait)
        except errors.UpholdError as error:
            return reply.of_error(self._app, Request(scope), error)
        except Exception:
            _log.exception("A post could not be answered.")
            return reply.problem(self._app, Request(scope), 500)

    async def _answer(
        self, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes]
    ) -> Response | Answer:
        now = time.time_ns() // 1_000_000
        client = scope.get("client")
        address = client[0] if client else ""
        pace = self._app.meter.count(address, now)
        limits = self._app.settings.limits
        if guard.refused(limits, pace):
            raise Refused(429, pace.retry_after)
        run = self._exercise(headers, now)
        raw = await body.read(scope, receive, headers, limits.body_bytes)
        posted = decode.body(headers.get(b"content-type", b"").decode("latin-1"), raw)
        edition = self._app.shelf.in_force(now)
        key = scope["path"][len(PREFIX) :]
        scope[noticed.SENT] = (_typed(posted), key if key in edition.forms else "")
        shown = token.read(self._app.ring.token_key, posted.get(form.TOKEN, ""))
        if shown is None or shown.form != key:
            language = frame.language(Request(scope), edition)
            offer = self.offer(edition, key, language)
            return self._again(scope, offer, Again(posted, notice=views.FormNotice("check")), 200)
        offer = self.offer(edition, key, shown.language)
        if shown.seen != offer.seen:
            notice = present.changed(offer, token.changes(shown, offer))
            return self._again(scope, offer, Again(posted, notice=notice), 422)
        accepted = validate.check(offer, posted)
        if not isinstance(accepted, Accepted):
            self._count_errors(scope, address, offer, accepted)
            return self._again(scope, offer, Again(posted, accepted), 422, shown)
        doubts = guard.suspicions(limits, pace, posted.get(form.HONEYPOT, ""), now - shown.issued)
        post = Post(
            offer=offer,
            edition=edition if shown.edition == edition.number else self._edition(shown, edition),
            token=shown,
            accepted=accepted,
            technical=_technical(address, headers, now, scope["path"]),
            at=now,
            doubts=doubts,
            exercise=run,
        )
        return await self._take(scope, headers, post, posted)

    def _count_errors(
        self, scope: Scope, address: str, offer: Offer, found: Sequence[Problem]
    ) -> None:
        """Note where people stumble: at which of the form's own fields and boxes, never with what."""
        for one in found:
            if one.field in offer.fields or one.field in offer.boxes:
                item = f"{offer.form.key}.{one.field}"
                self.beacon.step(scope["headers"], address, "error", item, scope["path"])

    def _exercise(self, headers: Mapping[bytes, bytes], now: int) -> int | None:
        """Return the run of probes that a post is of; one whose mark is not good is refused, never stored unmarked."""
        text = headers.get(exercise.HEADER)
        if text is None:
            return None
        run = exercise.verify(self._app.ring.exercise_key, text.decode("latin-1"), now)
        if run is None:
            raise Refused(403)
        return run

    async def _take(
        self, scope: Scope, headers: Mapping[bytes, bytes], post: Post, posted: Mapping[str, str]
    ) -> Response | Answer:
        try:
            outcome = await self._app.intake.take(post)
            await self._look(post)
        except (errors.Unavailable, errors.Broken, asyncio.CancelledError):
            # Cancelled by a server that ends and cannot wait for the storage any longer: it would answer 500 itself.
            notice = views.FormNotice("unavailable", retry_after=reply.RETRY_SECONDS)
            return self._again(scope, post.offer, Again(posted, notice=notice), 503, post.token)
        ids = self._app.ring.identifiers
        if isinstance(outcome, Clash):
            address = f"/receipt/{ids.encode(identifier.RECEIPT, outcome.first)}"
            notice = views.FormNotice("received", receipt_href=address)
            return self._again(scope, post.offer, Again(posted, notice=notice), 409)
        if not post.doubts:
            path, key = scope["path"], post.offer.form.key
            self.beacon.step(scope["headers"], post.technical.ip, "submitted", key, path)
        public = ids.encode(identifier.RECEIPT, outcome.number)
        return _acknowledge(headers, public, post, posted.get(form.NEXT, ""))

    async def _look(self, post: Post) -> None:
        """Raise an alert where an address came back that stands in one export alone; most posts name none.

        A storage that is away is told: sent again, the post is looked at again. Any other fault is ours alone, and
        takes the receipt from nobody whose post is stored.
        """
        texts = [one for one in post.accepted.values.values() if isinstance(one, str)]
        writer, ring = self._app.writer, self._app.ring
        try:
            if canary.named(ring, texts):
                await asyncio.to_thread(canaries.look, writer, ring, texts, Place.SUBMISSION)
        except (errors.Unavailable, errors.Broken):
            raise
        except Exception:
            _log.exception("A post that is stored could not be looked at.")

    def _edition(self, shown: Token, current: Edition) -> Edition:
        """Find the edition that a form was shown under: same form and wordings, other text."""
        try:
            return self._app.shelf.edition(shown.edition)
        except errors.Missing:
            return current

    def _again(
        self, scope: Scope, offer: Offer, again: Again, status: int, shown: Token | None = None
    ) -> Response:
        """Show the form again, with `shown` as its token or a fresh one."""
        issued = shown or token.issue(offer, time.time_ns() // 1_000_000)
        text = token.write(self._app.ring.token_key, issued)
        view = present.hosted(offer, text, again)
        request = Request(scope)
        extra = {"retry-after": str(reply.RETRY_SECONDS)} if status == 503 else {}
        if reply.wants_json(request.headers.get("accept", "")):
            return reply.json(_json_errors(again, view), 422 if status == 200 else status, extra)
        around = frame.surround(self._app, request, offer.edition, scope["path"], offer.language)
        return reply.page(view, around, status, extra)


def _typed(posted: Mapping[str, str]) -> list[str]:
    """What somebody typed or chose, less what the page itself put there."""
    return [text for name, text in posted.items() if text and name != form.TOKEN]


def _technical(address: str, headers: Mapping[bytes, bytes], now: int, path: str) -> Technical:
    browser = headers.get(b"user-agent", b"").decode("latin-1")[:_LONGEST_BROWSER]
    # No cookie is ever set for visitors, so there is none to record.
    return Technical(ip=address, cookie="", browser=browser, time=_second(now // 1000), page=path)


# Posts come in runs of the same second.
@lru_cache(maxsize=16)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _acknowledge(headers: Mapping[bytes, bytes], public: str, post: Post, wanted: str) -> Answer:
    """Say that the submission is durable: 201 to a program, 303 to a browser.

    An allow-listed `_next` is a link on the receipt: to be led there at once would lose the receipt, whose
    address is given only now.
    """
    address = f"/receipt/{public}"
    target = f"{address}?lang={post.offer.language}"
    if wanted and wanted in post.offer.form.next:
        target += f"&{urlencode({'next': wanted})}"
    if reply.wants_json(headers.get(b"accept", b"").decode("latin-1")):
        content = msgspec.json.encode(
            {
                "ok": True,
                "id": public,
                "receipt_url": address,
                "proof_url": f"{address}.tlog-proof",
                "next": target,
            }
        )
        return (
            201,
            [
                (b"content-type", b"application/json"),
                (b"location", address.encode()),
                (b"content-length", b"%d" % len(content)),
            ],
            content,
        )
    return 303, [(b"location", target.encode()), (b"content-length", b"0")], b""


def _json_errors(again: Again, view: views.Form) -> dict[str, object]:
    found = [
        {"field": problem.field, "code": problem.code, "message": shown.message}
        for problem, shown in zip(again.problems, view.problems, strict=False)
    ]
    told: dict[str, object] = {"ok": False, "errors": found, "token": view.token}
    if again.notice is not None:
        code, message = _NOTICES[again.notice.kind]
        found.append({"field": form.TOKEN, "code": code, "message": message})
        told["changes"] = [{"what": c.what, "title": c.title} for c in again.notice.changes]
        told["receipt_url"] = again.notice.receipt_href
    return told
