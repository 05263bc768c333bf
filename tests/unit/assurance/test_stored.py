# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from tests import site, visitor
from tests.site import app
from uphold.app import App
from uphold.assurance import stored
from uphold.consent.ledger import ACTS_BITS, GIVEN, consent_event
from uphold.vault.unlock import KeyRing

__all__ = ["app"]


@dataclass(frozen=True)
class Opened:
    """As much of a scene as is asked for here."""

    app: App

    @property
    def ring(self) -> KeyRing:
        return self.app.ring

    def read(self) -> AbstractContextManager[Connection]:
        return self.app.database.read()


@pytest.fixture
def anna(app: App) -> Iterator[visitor.Visitor]:
    with visitor.visiting(app) as found:
        yield found


def test_what_became_of_a_token(app: App, anna: visitor.Visitor) -> None:
    scene = Opened(app)
    taken, doubtful, refused = anna.form(), anna.form(), anna.form()
    anna.send(taken)
    anna.send(doubtful, _gotcha="x")
    anna.send(refused, email="")
    assert stored.state(scene, taken.token) == "new"
    assert stored.state(scene, doubtful.token) == "aside"
    assert stored.state(scene, refused.token) == ""
    assert stored.state(scene, "no token of ours") == ""


def test_a_consent_that_nobody_gave(app: App) -> None:
    with app.database.read() as connection:
        assert stored.last_consent(connection) == 0
    first = site.submit(app).number
    with app.database.read() as connection:
        assert stored.last_consent(connection) == first << ACTS_BITS
        assert stored.stray_consents(connection, 0) == 0
    row = (first + 7 << ACTS_BITS, "communication", GIVEN, "w", "f", 1, "en", 1, 0)
    app.writer.run(lambda tx: tx.insert(consent_event, row))
    with app.database.read() as connection:
        assert stored.stray_consents(connection, 0) == 1
        assert stored.stray_consents(connection, stored.last_consent(connection)) == 0
