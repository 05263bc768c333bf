# SPDX-License-Identifier: Apache-2.0
"""What anybody may see: the policy, the forms, the wordings, and a receipt to whoever holds its address."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, lru_cache, wraps

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.consent import ledger, receipt, record as consent_record
from uphold.consent.ledger import Act
from uphold.policy import dpv
from uphold.submission import record, token
from uphold.submission.record import Facts
from uphold.vault import identifier, remains
from uphold.web import (
    accept,
    documents,
    frame,
    opinions,
    pages,
    present,
    proof_views,
    receipt_json,
    receipt_requests,
    renewals,
    reply,
    views,
    withdrawals,
)
from uphold.web.post import Door
from uphold.web.present import Again

PROOF = ".tlog-proof"
CONSENT_RECORD = ".jsonld"
PROVED = "/policy/proof"
# A receipt's address is a secret of its holder: no other site may learn it from a link.
_PRIVATE = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex"}

# What `/policy` is given as; the first where nobody says otherwise.
_POLICY = ("text/html", dpv.MEDIA_TYPE)
_BY_ACCEPT = {"vary": "accept, accept-language"}

# In two languages, chosen by hand or not; a hundred kilobytes each, whatever else an address says.
_KEPT_PAGES = 16

# What a holder may have done a moment ago, as the address after a post says.
_DONE = frozenset({"renewed", "kept", "withdrawn", "asked", "opinion"})

Handler = Callable[["Public", Request], Response]


def answered(handler: Handler) -> Handler:
    """Turn the errors that a handler raises into their pages."""

    @wraps(handler)
    def guarded(self: "Public", request: Request) -> Response:
        try:
            return handler(self, request)
        except errors.UpholdError as error:
            return reply.of_error(self.app, request, error)

    return guarded


class Public:
    """The handlers of the public pages; they run in threads, so they may read the database."""

    def __init__(self, app: App, door: Door) -> None:
        """Serve `app`; forms are derived by `door`, which takes their posts."""
        self.app = app
        self._door = door
        # To draw it takes twenty times what it takes to answer, and everybody is shown the same.
        self._policy = lru_cache(_KEPT_PAGES)(self._draw_policy)

    @cached_property
    def _recent(self) -> "proof_views.Recent":
        return proof_views.Recent(self.app)

    @answered
    def home(self, request: Request) -> Response:
        """`/`: links to the policy and the forms, or the demo's tour."""
        edition = self.app.shelf.in_force()
        around = frame.surround(self.app, request, edition)
        if self.app.settings.site.demo:
            folder = self.app.settings.folder.name
            tour = documents.tour(edition, around.language, folder, self.app.log.vkey)
            shown = PROVED if self.app.settings.site.public_proof else ""
            view: pages.View = replace(tour, proof_href=shown)
        else:
            view = documents.home(edition, around.language)
        return reply.page(view, around)

    @answered
    def policy(self, request: Request) -> Response:
        """`/policy`, `/policy?edition=N`: a page, or JSON-LD to a program that prefers it."""
        current = self.app.shelf.in_force()
        wanted = request.query_params.get("edition", "")
        edition = self.app.shelf.edition(_number(wanted)) if wanted else current
        around = frame.surround(self.app, request, current)
        if accept.best(",".join(request.headers.getlist("accept")), _POLICY) == dpv.MEDIA_TYPE:
            site = frame.site(self.app, request)
            return reply.linked(dpv.notice(edition, site, around.language), _BY_ACCEPT)
        return reply.drawn(self._policy(edition.number, current.number, around), headers=_BY_ACCEPT)

    def _draw_policy(self, number: int, current: int, around: views.Frame) -> bytes:
        """Draw an edition as it looks while another, or the same, is in force: neither ever changes."""
        edition, standing = (self.app.shelf.edition(one) for one in (number, current))
        view = documents.policy(edition, standing, around.language)
        if number == current and self.app.settings.site.public_proof:
            view = replace(view, proof_href=PROVED)
        return pages.render(view, around)

    @answered
    def editions(self, request: Request) -> Response:
        """`/policy/editions`."""
        shelf, current = self.app.shelf, self.app.shelf.in_force()
        around = frame.surround(self.app, request, current)
        shown = documents.editions(shelf.all(), current, around.language, shelf.since)
        return reply.page(shown, around)

    @answered
    def compare(self, request: Request) -> Response:
        """`/policy/compare/{old}/{new}`: what one edition says otherwise than another."""
        shelf, current = self.app.shelf, self.app.shelf.in_force()
        around = frame.surround(self.app, request, current)
        old, new = (shelf.edition(_number(request.path_params[name])) for name in ("old", "new"))
        return reply.page(documents.comparison(old, new, current, around.language), around)

    @answered
    def proved(self, request: Request) -> Response:
        """`/policy/proof`: what keeps each clause, if the operator shows it."""
        current = self.app.shelf.in_force()
        if not self.app.settings.site.public_proof:
            raise errors.Missing("This site does not show it.", "Ask the operator.")
        found = self._recent.report()
        around = frame.surround(self.app, request, current)
        edition = self.app.shelf.edition(found.edition)
        view = proof_views.public(found, edition, around.language)
        return reply.page(view, around)

    @answered
    def form(self, request: Request) -> Response:
        """`/f/{form}`: the hosted form. The query can choose its language and nothing else."""
        edition = self.app.shelf.in_force()
        language = frame.language(request, edition)
        offer = self._door.offer(edition, request.path_params["form"], language)
        text = token.write(self.app.ring.token_key, token.issue(offer, time.time_ns() // 1_000_000))
        around = frame.surround(self.app, request, edition)
        if request.method == "GET":
            here = request.client.host if request.client else ""
            key, path = offer.form.key, request.url.path
            self._door.beacon.step(request.scope["headers"], here, "shown", key, path)
        return reply.page(present.hosted(offer, text, Again({})), around)

    @answered
    def wording(self, request: Request) -> Response:
        """`/wording/{digest}`."""
        current = self.app.shelf.in_force()
        found = documents.wording(self.app.shelf.all(), current, request.path_params["digest"])
        return reply.page(found, frame.surround(self.app, request, current))

    @answered
    def receipt(self, request: Request) -> Response:
        """`/receipt/{id}`: what was agreed to, and its proof; 410 once the data are destroyed."""
        return self.receipt_of(request, self.facts(request.path_params["id"]))

    def receipt_of(self, request: Request, facts: Facts, problem: str = "") -> Response:
        """Show a receipt; `problem` says why a consent anew was not taken."""
        done = request.query_params.get("done", "")
        flash = done if done in _DONE and not problem else ""
        current = self.app.shelf.in_force_or_none()
        around = frame.surround(self.app, request, current, flash=flash)
        gone = self._gone(facts, request.path_params["id"])
        if gone is not None:
            return reply.page(gone, around, 410, _PRIVATE)
        view = self._receipt(facts, around, request, problem)
        if reply.wants_json(request.headers.get("accept", "")):
            return reply.json(
                receipt_json.receipt(self.app, request, facts, view), headers=_PRIVATE
            )
        return reply.page(view, around, 422 if problem else 200, _PRIVATE)

    @answered
    def proof(self, request: Request) -> Response:
        """`/receipt/{id}.tlog-proof`: journal entry, inclusion proof and signed head in one file.

        `?entry=` names the entry of a consent that was given later.
        """
        public = request.path_params["id"]
        facts = self.facts(public)
        if self._gone(facts, public) is not None:
            return reply.problem(self.app, request, 410)
        with self.app.database.read() as connection:
            index = _entry(request, facts, ledger.acts(connection, facts.number))
            body = receipt.file(connection, self.app.log, self.app.ring, facts.number, index)
        return _download(body, "text/plain; charset=utf-8", f"receipt-{public[:8]}{PROOF}")

    @answered
    def consent_record(self, request: Request) -> Response:
        """`/receipt/{id}.jsonld`: the consent record by ISO/IEC TS 27560 in DPV terms."""
        public = request.path_params["id"]
        facts = self.facts(public)
        if self._gone(facts, public) is not None:
            return reply.problem(self.app, request, 410)
        with self.app.database.read() as connection:
            acts = ledger.acts(connection, facts.number)
        name = self.app.ring.identifiers.encode(identifier.RECORD, facts.number)
        site = frame.site(self.app, request)
        place = consent_record.Place(site, public, name, facts.language)
        kept = self.app.shelf.edition(facts.edition)
        content = consent_record.receipt(kept, facts.form, acts, place, self.app.shelf.edition)
        body = reply.json(content).body
        return _download(bytes(body), dpv.MEDIA_TYPE, f"consent-{public[:8]}.jsonld")

    def facts(self, public: str) -> Facts:
        """Look a receipt up by its public number; `errors.Missing` if there is none."""
        number = self.app.ring.identifiers.decode(identifier.RECEIPT, public)
        if number is not None:
            with self.app.database.read() as connection:
                found = record.facts(connection, [number])
            if number in found:
                return found[number]
        raise errors.Missing("There is no such receipt.", "Check that its address is complete.")

    def _gone(self, facts: Facts, public: str) -> views.Gone | None:
        """Tell whether the record's anchor, which lives longest, was destroyed."""
        with self.app.database.read() as connection:
            ended = remains.destroyed(connection, facts.number)
            if not ended or remains.holds_anchor(connection, facts.number):
                return None
        return views.Gone(number=public, destroyed_at=max(part.destroyed_at for part in ended))

    def _receipt(
        self, facts: Facts, around: views.Frame, request: Request, problem: str
    ) -> views.Receipt:
        with self.app.database.read() as connection:
            acts = ledger.acts(connection, facts.number)
            size = self.app.log.head(connection).size
        public, site = request.path_params["id"], frame.site(self.app, request)
        standing = views.Proof(
            index=facts.entry,
            size=size,
            origin=self.app.log.origin,
            key=self.app.log.vkey,
            address=f"{site}/receipt/{public}{PROOF}",
            script=f"{site}/journal/verify.sh",
            file=f"{public}{PROOF}",
            proof_href=f"/receipt/{public}{PROOF}",
            record_href=f"/receipt/{public}{CONSENT_RECORD}",
        )
        edition = self.app.shelf.edition(facts.edition)
        wanted = request.query_params.get("next", "")
        shown = documents.receipt(edition, facts, acts, standing, around.language, wanted)
        anew = renewals.view(self.app, facts, public, around.language, problem)
        with self.app.database.read() as connection:
            agreed = withdrawals.view(
                self.app, connection, facts, public, around.language, shown.agreements
            )
        trouble = pages.translations(around.language).gettext(problem) if problem else ""
        return replace(
            shown,
            renewals=anew,
            agreements=agreed,
            problem="" if anew else trouble,
            asking=receipt_requests.view(self.app, facts, public),
            opinions=opinions.view(self.app, facts, public),
        )


def _entry(request: Request, facts: Facts, acts: Iterable[Act]) -> int:
    """Return the entry that a proof is asked for: one of this record's consents, else that of its storing."""
    wanted = request.query_params.get("entry", "")
    if not wanted:
        return facts.entry
    for act in acts:
        if str(act.entry) == wanted:
            return act.entry
    raise errors.Missing("This receipt has no such entry.", "Follow a link from its page.")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise errors.Missing("There is no such edition.", "See the list of editions.")


def _download(body: bytes, kind: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    headers = {**reply.NO_STORE, **_PRIVATE, "content-disposition": disposition}
    return Response(body, headers=headers, media_type=kind)
