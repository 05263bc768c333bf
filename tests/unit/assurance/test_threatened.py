# SPDX-License-Identifier: Apache-2.0
"""A site is judged from what it is to the register in one call; unchanged, nothing is written."""

from collections.abc import Iterator

import pytest

from tests import site
from uphold.app import App
from uphold.assurance import threatened
from uphold.threats import measure, register, rule, stored
from uphold.threats.judge import NOTHING, State


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("threatened"))
    yield opened
    opened.close()


def look(app: App) -> register.Looked:
    """Look at the site as it is."""
    known, verifier = app.modelled(), app.log.verifier
    return threatened.look(app.database, app.writer, known, verifier, site.now())


def test_a_look_stores_what_was_judged_and_the_next_one_nothing(app: App) -> None:
    with app.database.read() as connection:
        judged = threatened.judge(connection, app.modelled(), app.log.verifier, site.now())
    assert set(judged.states) == set(measure.catalogue())
    assert {one.rule for one in judged.findings} <= set(rule.catalogue())
    # Nothing was examined yet: nothing is held.
    assert State.MITIGATED not in {one.state for one in judged.findings}
    looked = look(app)
    assert len(looked.changes) == len(judged.findings) > 0
    with app.database.read() as connection:
        last = stored.newest(connection)
        size = app.log.head(connection).size
    assert last is not None
    assert (last.digest, last.body) == (judged.model.digest, judged.model.canonical())
    assert look(app) == register.Looked(-1, ())
    with app.database.read() as connection:
        assert app.log.head(connection).size == size


def test_before_a_policy_nothing_is_shown(app: App) -> None:
    known = app.modelled()
    nowhere = type(known)(known.settings, known.ring, None, ())
    with app.database.read() as connection:
        judged = threatened.judge(connection, nowhere, app.log.verifier, site.now())
    assert set(judged.states.values()) == {NOTHING}
