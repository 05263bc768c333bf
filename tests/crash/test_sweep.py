# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every point of a sweep: the next one finishes it, and nothing is half gone or told twice."""

from pathlib import Path

import pytest

from tests import forks, site
from uphold import app as wiring
from uphold.app import App
from uphold.assurance.audit import Audit
from uphold.retention import act, due
from uphold.vault import destroyed, remains

DAY = 24 * 60 * 60 * 1000
KILLED, WELL = -9, 0
# More points than a sweep has; it ends by the first that it does not come to.
MOST = 200


def let_the_lease_run_out(app: App) -> None:
    app.writer.run(lambda tx: due.keep(tx, until_at=0))


def technical(app: App, records: list[int]) -> int:
    with app.database.read() as connection:
        return sum(
            purpose == "security"
            for record in records
            for _, purpose in remains.live(connection, record)
        )


def check(app: App, records: list[int]) -> None:
    """What was due is gone, each part once, in acts that are closed and listed, and the audit is content."""
    assert technical(app, records) == 0
    with app.database.read() as connection:
        acts = act.every(connection)
        lines = [line for one in acts for line in act.lines(connection, one.number)]
        assert act.under_way(connection) == []
    assert {line.part >> 8 for line in lines} == set(records)
    assert len(lines) == len(records)
    assert app.ring.destroyed is not None
    assert {line.part for line in lines} <= destroyed.read(app.ring.destroyed)
    assert [str(found) for found in Audit(app.settings).run()] == []


@pytest.mark.slow
def test_killed_at_every_point_a_sweep_is_finished_by_the_next(
    tmp_path: Path, engine_url: str
) -> None:
    app = site.build(tmp_path, engine_url)
    settings, records, point = app.settings, list[int](), 0
    now = site.now() + 15 * DAY
    code = KILLED
    with forks.of("tests.sweep_process") as sweep:
        while code == KILLED:
            point += 1
            assert point < MOST
            records += [site.submit(app).number for _ in range(2)]
            app.close()
            code = sweep(settings.folder, point, now)
            app = wiring.open_site(settings)
            if code == KILLED:
                let_the_lease_run_out(app)
                assert app.sweep().run(now) is not None
            check(app, records)
    assert code == WELL
    # Around each commit, the note in the list, and the overwriting: far more than a handful.
    assert point > 20
    app.close()
    print(f"killed at {point - 1} points; {len(records)} records")
