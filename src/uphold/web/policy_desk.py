# SPDX-License-Identifier: Apache-2.0
"""The console's pages of the policy: read, edit the draft, compare, publish in two steps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from starlette.responses import Response

from uphold import errors
from uphold.access.permission import Permission
from uphold.app import App
from uphold.policy import approval, editing, publish
from uphold.policy.approval import Approval
from uphold.policy.change import Version
from uphold.policy.document import Edition
from uphold.web import asking_desk, messages, pages, policy_views, processors, reply, views
from uphold.web.policy_views import DRAFT, Proposal
from uphold.web.staffed import Handler, Visit

HOME = "/console/policy"
EDIT = f"{HOME}/draft"
PUBLISH = f"{HOME}/publish"
COMPARE = f"{HOME}/compare"
# A file, form-encoded: three bytes for each byte of a letter beyond ASCII; and the rest of its form.
FILE_BYTES = 4 * editing.LONGEST + 65_536


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = PolicyDesk(app)
    return [
        ("GET", HOME, Permission.POLICY_READ, desk.rules),
        ("GET", COMPARE, Permission.POLICY_READ, desk.compare),
        ("GET", EDIT, Permission.POLICY_EDIT, desk.draft),
        ("POST", EDIT, Permission.POLICY_EDIT, desk.save),
        ("GET", PUBLISH, Permission.POLICY_PUBLISH, desk.proposal),
        ("POST", PUBLISH, Permission.POLICY_PUBLISH, desk.publish),
    ]


class PolicyDesk:
    """The handlers, for who has passed the console's door. Reading the folder is reading the draft."""

    def __init__(self, app: App) -> None:
        """Serve the policy of `app`."""
        self.app = app
        self._root = app.settings.folder

    def rules(self, visit: Visit) -> Response:
        """`GET /console/policy`: the edition in force, clause by clause, with what keeps each."""
        around = visit.frame()
        every = self.app.shelf.all()
        places = {
            "draft": (EDIT, Permission.POLICY_EDIT),
            "compare": (COMPARE, Permission.POLICY_READ),
            "publish": (PUBLISH, Permission.POLICY_PUBLISH),
            "ask": (asking_desk.ASK, Permission.CONSENT_ASK),
            "proof": ("/console/proof", Permission.PROOF_READ),
        }
        current = self.app.shelf.in_force_or_none()
        view = policy_views.rules(
            current,
            policy_views.history(self.app, every, current),
            around.language,
            policy_views.standing(self._root, every[0] if every else None),
            {name: href for name, (href, needed) in places.items() if visit.may(needed)},
            policy_views.uses(self.app, current, around.language),
            self.app.settings.minimal.unused_days,
        )
        if current is not None:
            view = replace(
                view,
                processors=processors.rows(current, around.language),
                services=processors.services(current, self.app.settings),
            )
        return reply.page(view, around)

    def compare(self, visit: Visit) -> Response:
        """`GET /console/policy/compare?old=&new=`: two editions, or one and the draft."""
        versions: dict[str, Version] = {
            str(edition.number): edition for edition in reversed(self.app.shelf.all())
        }
        current = self.app.shelf.in_force_or_none()
        proposed = policy_views.proposal(self._root, None)
        # What has problems need not even hang together.
        if proposed.draft is not None and proposed.archive is not None:
            versions[DRAFT] = proposed.draft
        names = list(versions) or [""]
        query = visit.request.query_params
        old = query.get("old", str(current.number) if current else names[0])
        around = visit.frame()
        view = policy_views.comparison(old, query.get("new", names[-1]), versions, around.language)
        return reply.page(view, around)

    def draft(self, visit: Visit) -> Response:
        """`GET /console/policy/draft?file=`: one file of the draft, or a new `form`, beside what is found in it."""
        there = editing.files(self._root)
        query = visit.request.query_params
        if key := query.get("form", ""):
            # A form that is not there yet begins as an empty text.
            return self._editor(visit, editing.require(f"forms/{key}.toml"))
        name = query.get("file", "") or min(there, key=policy_views.order)
        return self._editor(visit, editing.find(self._root, name).name)

    def save(self, visit: Visit) -> Response:
        """`POST /console/policy/draft`: check what was typed, or save it unless the file has changed."""
        name, text = editing.require(visit.posted.get("file", "")), visit.posted.get("text", "")
        seen = visit.posted.get("seen", "")
        try:
            text = editing.tidy(text).decode()
        except errors.Invalid:
            return self._editor(visit, name, 422, text=text, seen=seen, state="unfit")
        if visit.posted.get("act") != "save":
            return self._editor(visit, name, text=text, seen=seen, state="checked")
        try:
            saved = editing.save(self._root, name, text, seen)
        except errors.Invalid:
            return self._editor(visit, name, 422, text=text, seen=seen, state="unwritten")
        if isinstance(saved, editing.Clash):
            theirs = saved.theirs
            return self._editor(visit, name, 409, text=text, seen=theirs.digest, state="clash",
                                theirs=theirs.text)  # fmt: skip
        return reply.see_other(visit.request, f"{EDIT}?file={name}&done=saved")

    def proposal(self, visit: Visit) -> Response:
        """`GET /console/policy/publish`: the first step: what would be published and what it brings about."""
        return self._publication(visit, policy_views.proposal(self._root, self._newest()))

    def publish(self, visit: Visit) -> Response:
        """`POST /console/policy/publish`: the second: just these bytes, by this person, for this reason."""
        proposed = policy_views.proposal(self._root, self._newest())
        archive = proposed.archive
        if archive is None or proposed.refusal:
            return self._publication(visit, proposed, 409)
        if proposed.digest != visit.posted.get("digest", ""):
            return self._publication(visit, proposed, 409, state="changed")
        problems, effective = _typed(visit)
        if problems:
            return self._publication(visit, proposed, 422, state="wrong", problems=problems)
        approved = Approval(visit.session.actor.staff, visit.posted.get("reason", ""))
        try:
            self.app.writer.run(
                lambda tx: publish.publish(
                    tx, archive, effective, expected=proposed.digest, approved=approved
                )
            )
        except errors.Conflict:
            # Somebody else published meanwhile: what it would change is another thing now.
            self.app.shelf.look()
            anew = policy_views.proposal(self._root, self._newest())
            return self._publication(visit, anew, 409, state="changed")
        self.app.shelf.look()
        return reply.see_other(visit.request, f"{HOME}?done=published")

    def _newest(self) -> Edition | None:
        every = self.app.shelf.all()
        return every[0] if every else None

    def _editor(
        self,
        visit: Visit,
        name: str,
        status: int = 200,
        *,
        text: str | None = None,
        seen: str = "",
        state: str = "",
        theirs: str = "",
    ) -> Response:
        posted = visit.request.method == "POST"
        around = visit.frame(path=f"{EDIT}?file={name}" if posted else "")
        view = policy_views.editor(
            self._root,
            name,
            around.language,
            text=text,
            seen=seen,
            state=state,
            theirs=theirs,
            publish_href=PUBLISH if visit.may(Permission.POLICY_PUBLISH) else "",
        )
        return reply.page(view, around, status)

    def _publication(
        self,
        visit: Visit,
        proposed: Proposal,
        status: int = 200,
        *,
        state: str = "",
        problems: tuple[views.Problem, ...] = (),
    ) -> Response:
        around = visit.frame(path=PUBLISH)
        view = policy_views.publication(
            proposed,
            self._newest(),
            around.language,
            state=state,
            reason=visit.posted.get("reason", ""),
            effective=visit.posted.get("from", ""),
            problems=problems,
            impact=policy_views.impact(
                self.app, proposed, self.app.shelf.in_force_or_none(), around.language
            ),
        )
        return reply.page(view, around, status)


def _typed(visit: Visit) -> tuple[tuple[views.Problem, ...], int | None]:
    """Read the reason and the day: what is wrong with them, and the moment that is meant (None: now)."""
    say: Callable[[str], str] = pages.translations(visit.language).gettext
    found: list[views.Problem] = []
    try:
        approval.check(visit.posted.get("reason", ""))
    except errors.Invalid:
        found.append(views.Problem(say(messages.REASON_NEEDED), "reason"))
    effective, day = None, visit.posted.get("from", "").strip()
    if day:
        effective = _midnight(day)
        if effective is None or effective <= visit.now:
            found.append(views.Problem(say(messages.DAY_TO_COME), "from"))
    return tuple(found), effective


def _midnight(day: str) -> int | None:
    """The beginning of a day in UTC as unix milliseconds; None for what is no day."""
    try:
        moment = datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:
        return None
    return round(moment.timestamp()) * 1000
