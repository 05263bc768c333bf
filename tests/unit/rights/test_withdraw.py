# SPDX-License-Identifier: Apache-2.0
"""A withdrawal is one step: the ledger, the journal and the sweep learn of it together."""

from tests import site
from tests.editions import PURPOSE
from tests.site import app
from uphold.app import App
from uphold.consent import ledger
from uphold.retention import due
from uphold.rights import withdraw

__all__ = ["app"]


def test_the_sweep_looks_at_the_record_at_once(app: App) -> None:
    received = site.submit(app)
    index = app.writer.run(lambda tx: withdraw.withdraw(tx, app.ring, received.number, PURPOSE))
    with app.database.read() as connection:
        assert ledger.acts(connection, received.number)[-1].entry == index
        assert due.ready(connection, site.now() + 1, 10) == [received.number]
