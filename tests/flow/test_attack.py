# SPDX-License-Identifier: Apache-2.0
"""A drill from end to end, in a process of its own: attack, alert, block; and nothing is left but what ought to be."""

import json
from pathlib import Path

from sqlalchemy import func, select

from tests import site_process
from uphold import app as wiring
from uphold.access import exercise, hold, restraint
from uphold.assurance.tables import assurance_run
from uphold.detection import store
from uphold.vault.tables import vault_part


def test_an_attack_is_noticed_and_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    with site_process.ending(site_process.build(tmp_path)) as site:
        told = site.run("attack", str(site.folder), "export", "--json", "-")
        assert told.returncode == 0, told.stdout + told.stderr
        (played,) = json.loads(told.stdout)["attacks"]
        assert played["well"]
        assert played["alert"]["rule"] in {"export-run", "export-volume"}
        assert "freeze-export" in played["alert"]["responses"]
        assert played["block"]["how"] == "frozen"
        assert played["own_events_only"]
        assert played["colleagues_worked_on"]
        verified = site.run("journal", "verify", str(site.folder))
        assert verified.returncode == 0, verified.stdout
        with wiring.opened(site.folder) as app, app.database.read() as connection:
            run = connection.execute(select(func.max(assurance_run.c.number))).scalar_one()
            (alert,) = [
                one
                for one in store.of_run(connection, run)
                if one.number == played["alert"]["number"]
            ]
            assert alert.exercise == run
            assert store.waiting(connection) == 0
            assert restraint.in_force(connection, alert.raised_at) == ()
            assert hold.in_force(connection, alert.raised_at) == ()
            assert exercise.accounts(connection) == ()
            assert connection.execute(select(func.count()).select_from(vault_part)).scalar() == 0
