# SPDX-License-Identifier: Apache-2.0
"""The console's page of proof: verdicts with their evidence, a run at once, duties attested, alerts seen."""

from starlette.responses import Response

from uphold import errors
from uphold.access.permission import Permission
from uphold.app import App
from uphold.assurance import alert, archive, duty
from uphold.web import examiner, proof_views, reply
from uphold.web.proof_views import ATTEST, PROOF, RUN, May
from uphold.web.staffed import Handler, Visit


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = ProofDesk(app)
    return [
        ("GET", PROOF, Permission.PROOF_READ, desk.proof),
        ("GET", f"{PROOF}/evidence/{{run}}/{{probe}}", Permission.PROOF_READ, desk.evidence),
        ("POST", RUN, Permission.PROOF_RUN, desk.run),
        ("POST", ATTEST, Permission.DUTY_ATTEST, desk.attest),
        ("POST", f"{PROOF}/alert/{{alert}}", Permission.ALERT_SEE, desk.see),
    ]


class ProofDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the proof of `app`."""
        self.app = app

    def proof(self, visit: Visit) -> Response:
        """`GET /console/proof?only=`: the last result of every clause, or of those with one verdict."""
        around = visit.frame()
        may = May(
            run=visit.may(Permission.PROOF_RUN),
            attest=visit.may(Permission.DUTY_ATTEST),
            see=visit.may(Permission.ALERT_SEE),
        )
        only = visit.request.query_params.get("only", "")
        return reply.page(proof_views.console(self.app, around.language, may, only), around)

    def evidence(self, visit: Visit) -> Response:
        """`GET …/evidence/{run}/{probe}`: the note as it was signed, to be checked by anybody with the key."""
        run = _number(visit.request.path_params["run"])
        probe = visit.request.path_params["probe"]
        with self.app.database.read() as connection:
            made = archive.of_run(connection, self.app.log.verifier, run)
        for one in made:
            if one.probe == probe:
                disposition = f'attachment; filename="evidence-{run}-{one.probe}.txt"'
                headers = {**reply.NO_STORE, "content-disposition": disposition}
                return Response(one.note, headers=headers, media_type="text/plain; charset=utf-8")
        raise errors.Missing("There is no such evidence.", "Look at the page of proof.")

    def run(self, visit: Visit) -> Response:
        """`POST …/run`: begins in the background; what comes of it is on the page as it comes."""
        begun = examiner.begin(self.app, visit.session.actor.staff)
        return reply.see_other(
            visit.request, f"{PROOF}?done={'run-begun' if begun else 'run-busy'}"
        )

    def attest(self, visit: Visit) -> Response:
        """`POST …/attest`: that the duty of a clause was done, for its own term from now."""
        edition, clause = self.app.shelf.in_force(), visit.posted.get("clause", "")
        staff = visit.session.actor.staff
        self.app.writer.run(lambda tx: duty.attest(tx, edition, clause, staff))
        return reply.see_other(visit.request, f"{PROOF}?done=attested#{clause}")

    def see(self, visit: Visit) -> Response:
        """`POST …/alert/{alert}`: that somebody has seen it."""
        number = _number(visit.request.path_params["alert"])
        staff = visit.session.actor.staff
        self.app.writer.run(lambda tx: alert.see(tx, number, staff))
        return reply.see_other(visit.request, f"{PROOF}?done=seen")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise errors.Missing("There is nothing of this number.", "Look at the page of proof.")
