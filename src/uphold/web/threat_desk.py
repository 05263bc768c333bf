# SPDX-License-Identifier: Apache-2.0
"""The desk of threats: what threatens the site now, what would close it, and who answers for what stays open."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from starlette.responses import Response

from uphold import errors
from uphold.access.permission import Permission
from uphold.app import App
from uphold.threats import acceptance, attestation, markdown, report
from uphold.web import reply, threat_pages
from uphold.web.staffed import Handler, Visit
from uphold.web.threat_pages import ACCEPT, ATTEST, THREATS, May

_KINDS: Final = {"json": "application/json", "md": "text/markdown; charset=utf-8"}


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = ThreatDesk(app)
    return [
        ("GET", THREATS, Permission.THREATS_READ, desk.look),
        ("GET", f"{THREATS}/file/{{kind}}", Permission.THREATS_READ, desk.file),
        ("POST", ACCEPT, Permission.THREAT_ACCEPT, desk.accept),
        ("POST", ATTEST, Permission.DUTY_ATTEST, desk.attest),
    ]


class ThreatDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the threats of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/threats?only=`: what needs a decision, or every finding of one state."""
        around = visit.frame()
        only = visit.request.query_params.get("only", "")
        may = May(
            accept=visit.may(Permission.THREAT_ACCEPT), attest=visit.may(Permission.DUTY_ATTEST)
        )
        page = threat_pages.page(self.app, around.language, visit.now, may, only)
        return reply.page(page, around)

    def file(self, visit: Visit) -> Response:
        """`GET …/file/{kind}`: everything, as JSON for programs or as a document in the page's language."""
        kind = visit.request.path_params["kind"]
        if kind not in _KINDS:
            raise errors.Missing("There is no such file.", "Follow a link of the page of threats.")
        with self.app.database.read() as connection:
            found = threat_pages.report(self.app, connection, visit.now)
        language = visit.language
        raw = report.as_json(found) if kind == "json" else markdown.write(found, language).encode()
        headers = {
            **reply.NO_STORE,
            "content-disposition": f'attachment; filename="threats.{kind}"',
        }
        return Response(raw, headers=headers, media_type=_KINDS[kind])

    def accept(self, visit: Visit) -> Response:
        """`POST …/accept`: who posts answers for `finding` until the end of the day `until`, for the reason `why`."""
        finding, why = visit.posted.get("finding", ""), visit.posted.get("why", "")
        until, by = _end_of(visit.posted.get("until", "")), visit.session.actor.staff
        self.app.writer.run(lambda tx: acceptance.accept(tx, finding, by, why, until))
        return reply.see_other(visit.request, f"{THREATS}?done=threat-accepted")

    def attest(self, visit: Visit) -> Response:
        """`POST …/attest`: that people did a `duty` against threats; it counts for a year."""
        duty, by = visit.posted.get("duty", ""), visit.session.actor.staff
        self.app.writer.run(lambda tx: attestation.attest(tx, duty, by))
        return reply.see_other(visit.request, f"{THREATS}?done=attested#duties")


def _end_of(day: str) -> int:
    try:
        end = datetime.combine(date.fromisoformat(day), time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise errors.Invalid(
            "It is not said until which day the threat is accepted.", "Choose a day."
        ) from None
    return int(end.timestamp() * 1000)
