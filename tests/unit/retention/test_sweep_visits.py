# SPDX-License-Identifier: Apache-2.0
"""Raw visits end by their own short term, by an act like everything else; orders keep them like everything else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site, visiting
from uphold.app import App
from uphold.assurance import audit
from uphold.retention import act, orders
from uphold.retention.orders import Terms
from uphold.retention.sweep import Done
from uphold.vault import remains
from uphold.visits import batch
from uphold.visits.batch import Facts

HOUR = 60 * 60 * 1000


@pytest.fixture
def app(tmp_path: Path, engine_url: str) -> Iterator[App]:
    opened = visiting.build(tmp_path, engine_url)
    yield opened
    opened.close()


def stored(app: App, visits: int = 3) -> Facts:
    assert app.visits is not None
    for _ in range(visits):
        app.visits.note(visiting.seen())
    app.keeper.flush()
    with app.database.read() as connection:
        return batch.newest(connection, 1)[0]


def parts(app: App, number: int) -> int:
    with app.database.read() as connection:
        return len(remains.live(connection, number))


def swept(app: App, at: int) -> Done:
    found = app.sweep().run(at)
    assert found is not None
    return found


def test_visits_end_a_day_after_the_first_of_them(app: App) -> None:
    one, posted = stored(app), site.submit(app)
    assert swept(app, one.first_at + 24 * HOUR - 1).parts == {}
    assert app.sweep().preview(one.first_at + 24 * HOUR).records == 1
    done = swept(app, one.first_at + 24 * HOUR)
    assert [(kind.purpose, count) for kind, count in done.parts.items()] == [("security", 1)]
    # Those of a post have the purpose's own term.
    assert (parts(app, one.number), parts(app, posted.number)) == (0, 3)
    [told] = visiting.entries(app, "part.destroyed")
    assert told.codes == {"purpose": "security", "reason": "term-ended"}
    with app.database.read() as connection:
        [closed] = act.every(connection)
        assert closed.parts == 1
        # The row stays: the journal speaks of it.
        assert batch.facts(connection, [one.number]) == {one.number: one}
    assert list(audit.run(app.settings)) == []
    assert swept(app, one.first_at + 48 * HOUR).parts == {}


def test_a_preservation_order_keeps_visits_too(app: App) -> None:
    one = stored(app)
    terms = Terms(None, "security", "court", 0, None)
    number = app.writer.run(lambda tx: orders.place(tx, terms, 1))
    done = swept(app, one.first_at + 24 * HOUR)
    assert (done.parts, parts(app, one.number)) == ({}, 1)
    app.writer.run(lambda tx: orders.lift(tx, number, 1))
    assert sum(swept(app, one.first_at + 25 * HOUR).parts.values()) == 1
