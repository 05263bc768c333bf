# SPDX-License-Identifier: Apache-2.0
"""A site that fills forms in for who agreed to it proves that it does so for nobody else."""

from pathlib import Path

import pytest

from tests import personal, site
from uphold.app import open_site
from uphold.assurance import proof, prove
from uphold.assurance.proof import Only
from uphold.assurance.report import Verdict
from uphold.web import run

PROMISE = "personalisation.own-consent"


@pytest.mark.usefixtures("quick_hashing")
def test_it_is_proved_where_the_policy_declares_it(tmp_path: Path) -> None:
    settings = site.make(tmp_path / "site")
    personal.write(settings.folder)
    app = open_site(settings)
    site.publish_policy(app)
    app.shelf.look()
    premises, only = app.premises(), Only(promises=frozenset({PROMISE}))
    with run.serving(app) as target:
        prove.run(premises, target, prove.of_promises(proof.wanted(premises.edition, only)))
    with app.database.read() as connection:
        found = proof.report(connection, app.ground(), site.now(), only)
    app.close()
    line = found.promises[PROMISE]
    assert line.verdict is Verdict.KEPT, line
    assert "'count': 2" in str(line)
