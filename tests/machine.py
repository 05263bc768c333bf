# SPDX-License-Identifier: Apache-2.0
"""Programs at the API: clients of a site by role, and what they ask.

api = machine.Api(app)
clerk = api.client(Role.CLERK)                  every scope of the role, the purpose of the form
api.get(clerk, "/enquiries").json
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tests import cast, site, visitor
from tests.editions import PURPOSE
from tests.visitor import Answer, Visitor
from uphold.access import client
from uphold.access.client import Made, Terms
from uphold.access.permission import Permission, Role
from uphold.app import App
from uphold.rights import request
from uphold.rights.machine import Kind
from uphold.rights.stored import Channel, Identity, Intake
from uphold.vault import identifier

BASE = "/api/v1"
PROBLEM = "application/problem+json"


class Api:
    """One site, asked by programs."""

    def __init__(self, app: App, visitor: Visitor) -> None:
        self.app = app
        self.visitor = visitor

    def client(
        self,
        role: Role = Role.CLERK,
        scopes: Iterable[Permission] | None = None,
        purposes: Iterable[str] | None = None,
        *,
        exercise: int | None = None,
    ) -> Made:
        """Make a client; unless told otherwise with all that its role can be given."""
        edition = self.app.shelf.in_force()
        readable = {name for name, one in edition.policy.purposes.items() if str(role) in one.roles}
        terms = Terms(
            f"client-{uuid.uuid4().hex[:12]}",
            role,
            frozenset(client.offered(role) if scopes is None else scopes),
            frozenset(readable & {PURPOSE} if purposes is None else purposes),
            30,
            exercise,
        )
        return self.app.writer.run(lambda tx: client.make(tx, terms, edition, 0))

    def ask(
        self,
        who: Made | None,
        method: str,
        path: str,
        sent: Any = None,
        **headers: str,
    ) -> Answer:
        """Send one request; an act gets a key of its own unless one is told."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            told.setdefault("idempotency-key", uuid.uuid4().hex)
        if who is not None:
            told.setdefault("authorization", f"Bearer {who.token}")
        options = {} if sent is None else {"json": sent}
        return self.visitor.ask(method, f"{BASE}{path}", headers=told, **options)

    def get(self, who: Made | None, path: str, **headers: str) -> Answer:
        return self.ask(who, "GET", path, **headers)

    def post(self, who: Made | None, path: str, sent: Any, **headers: str) -> Answer:
        return self.ask(who, "POST", path, sent, **headers)

    def submit(self, *, doubts: tuple[str, ...] = ()) -> str:
        """Store a submission of the subject's; the id of its enquiry."""
        number = site.submit(self.app, doubts=doubts, **cast.subject.values()).number
        return self.app.ring.identifiers.encode(identifier.ENQUIRY, number)

    def record(self, id_: str) -> int:
        """The number behind an enquiry's id."""
        number = self.app.ring.identifiers.decode(identifier.ENQUIRY, id_)
        assert number is not None
        return number

    def request(self, id_: str, kind: Kind = Kind.ACCESS) -> int:
        """Enter a request of the subject's about an enquiry; its number."""
        intake = Intake(
            kind, (self.record(id_),), uuid.uuid4().hex[:16], Channel.PAPER, Identity.NONE, "en"
        )
        laws = self.app.shelf.in_force().policy.laws
        return self.app.writer.run(
            lambda tx: request.receive(tx, self.app.ring, "", laws, intake)
        ).number


@contextmanager
def asked(app: App) -> Iterator[Api]:
    """Programs that ask a site, until the end."""
    with visitor.visiting(app) as somebody:
        yield Api(app, somebody)
