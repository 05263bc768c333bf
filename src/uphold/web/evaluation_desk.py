# SPDX-License-Identifier: Apache-2.0
"""The desk of evaluation: figures on the measures, and the statements that people make and sign about them."""

from typing import Final

import msgspec
from starlette.responses import Response

from uphold import errors
from uphold.access import staff
from uphold.access.permission import Permission
from uphold.app import App
from uphold.assurance import assessed, evaluated, modelled, sheet, statement, written
from uphold.assurance.statement import Kind, Statement
from uphold.web import evaluation_pages, reply
from uphold.web.evaluation_pages import EVALUATION, HARM
from uphold.web.staffed import Handler, Visit

_KINDS: Final = {"pdf": "application/pdf", "json": "application/json"}


def guarded(app: App) -> list[tuple[str, str, Permission, Handler]]:
    """List the routes with the permission that each asks for."""
    desk = EvaluationDesk(app)
    return [
        ("GET", EVALUATION, Permission.PROOF_READ, desk.look),
        ("GET", HARM, Permission.DUTY_ATTEST, desk.ask),
        ("POST", HARM, Permission.DUTY_ATTEST, desk.assess),
        ("POST", f"{EVALUATION}/make/{{kind}}", Permission.DUTY_ATTEST, desk.make),
        ("POST", f"{EVALUATION}/{{number}}/sign", Permission.STATEMENT_SIGN, desk.sign),
        (
            "GET",
            f"{EVALUATION}/{{number}}/{{language}}/{{paper}}",
            Permission.PROOF_READ,
            desk.paper,
        ),
    ]


class EvaluationDesk:
    """The handlers, for who has passed the console's door."""

    def __init__(self, app: App) -> None:
        """Serve the statements of `app`."""
        self.app = app

    def look(self, visit: Visit) -> Response:
        """`GET /console/proof/evaluation`: figures, what is to be signed, the level and its measures."""
        around = visit.frame(path=EVALUATION)
        return reply.page(evaluation_pages.page(visit, around.language), around)

    def ask(self, visit: Visit) -> Response:
        """`GET …/harm`: a question for each ground."""
        around = visit.frame(path=HARM)
        return reply.page(evaluation_pages.harm_page(visit, around.language), around)

    def assess(self, visit: Visit) -> Response:
        """`POST …/harm`: what is not answered is said at its ground, and nothing is stored."""
        try:
            answers = assessed.answers(visit.posted)
        except errors.Invalid:
            around = visit.frame(path=HARM)
            view = evaluation_pages.harm_page(visit, around.language, visit.posted)
            return reply.page(view, around, 422)
        with self.app.database.read() as connection:
            model = modelled.derive(connection, self.app.modelled(), visit.now)
        proposed = assessed.propose(model)
        return self._make(visit, Kind.HARM, assessed.told(answers, proposed))

    def make(self, visit: Visit) -> Response:
        """`POST …/make/{kind}`: from the evidence of this moment."""
        kind = visit.request.path_params["kind"]
        if kind not in (Kind.EVALUATION, Kind.THREATS):
            raise errors.Missing("There is no such statement.", "Look at the list of them.")
        with self.app.database.read() as connection:
            site, verifier = self.app.modelled(), self.app.log.verifier
            told = evaluated.told(connection, site, verifier, visit.now, Kind(kind))
        return self._make(visit, Kind(kind), told)

    def sign(self, visit: Visit) -> Response:
        """`POST …/{number}/sign`: by who has just proved themself; it attests the duty of the clause."""
        number, by = _number(visit), visit.session.actor.staff
        edition = self.app.shelf.in_force()
        self.app.writer.run(lambda tx: statement.sign(tx, number, by, edition))
        return reply.see_other(visit.request, f"{EVALUATION}?done=statement-signed#papers")

    def paper(self, visit: Visit) -> Response:
        """`GET …/{number}/{language}/{paper}`: one statement to print, sign and keep."""
        chosen = visit.request.path_params
        language, kind = chosen["language"], chosen["paper"]
        if language not in written.LANGUAGES or kind not in _KINDS:
            raise errors.Missing("There is no such paper.", "Follow a link of the list.")
        with self.app.database.read() as connection:
            made = statement.find(connection, _number(visit))
            about = written.About(self.app.shelf.in_force(), staff.names(connection))
        name = f"{made.kind}-{made.number}-{language}.{kind}"
        headers = {**reply.NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
        body = _written(made, about, language, kind)
        return Response(body, headers=headers, media_type=_KINDS[kind])

    def _make(self, visit: Visit, kind: Kind, told: dict[str, object]) -> Response:
        by = visit.session.actor.staff
        self.app.writer.run(lambda tx: statement.make(tx, kind, told, by))
        return reply.see_other(visit.request, f"{EVALUATION}?done=statement-made#{kind}")


def _written(made: Statement, about: written.About, language: str, kind: str) -> bytes:
    if kind == "pdf":
        return sheet.pdf(written.sheet(made, about, language))
    return msgspec.json.format(msgspec.json.encode(written.as_json(made)), indent=2)


def _number(visit: Visit) -> int:
    text = visit.request.path_params["number"]
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise errors.Missing("There is nothing of this number.", "Look at the page of evaluation.")
