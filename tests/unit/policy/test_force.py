# SPDX-License-Identifier: Apache-2.0
"""An edition comes into force once; neither the clock nor anybody by hand takes it out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from tests import editions
from tests.site import app
from uphold import app as wiring
from uphold.app import App
from uphold.database import engine, upgrade
from uphold.journal import entry
from uphold.policy import force, publish
from uphold.policy.document import Edition
from uphold.policy.force import State, policy_force

__all__ = ["app"]


def test_what_came_into_force_cannot_be_rewritten_by_hand(engine_url: str) -> None:
    database = engine.create(engine_url)
    upgrade.run(database)
    with database.connect() as connection:
        connection.execute(insert(policy_force).values(edition=1, at=2, entry=3))
    for statement in (update(policy_force).values(at=9), policy_force.delete()):
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(statement)
    database.dispose()


def numbered(number: int, effective_at: int) -> Edition:
    return replace(editions.example(), number=number, effective_at=effective_at)


def test_the_last_of_those_whose_time_has_come_stands() -> None:
    first, later, sooner = numbered(1, 10), numbered(2, 100), numbered(3, 20)
    every = [sooner, first, later]
    assert force.standing(every, {}, 9) is None
    assert force.standing(every, {}, 10) == first
    assert force.standing(every, {}, 20) == sooner
    # Superseded before its time came: it never stands.
    assert force.standing(every, {}, 100) == sooner


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=5),
    st.lists(st.integers(0, 60), min_size=1, max_size=20),
)
def test_whatever_the_clock_does_no_edition_is_taken_out_of_force(
    effects: list[int], clock: list[int]
) -> None:
    every = [numbered(at + 1, effect) for at, effect in enumerate(effects)]
    entered: dict[int, int] = {}
    stood: list[int] = []
    for moment in clock:
        found = force.standing(every, entered, moment)
        if found is not None:
            entered.setdefault(found.number, moment)
            stood.append(found.number)
    assert stood == sorted(stood)


def test_where_an_edition_stands() -> None:
    assert [force.state(number, 2) for number in (1, 2, 3)] == [
        State.SUPERSEDED,
        State.IN_FORCE,
        State.PUBLISHED,
    ]
    assert force.state(1, None) is State.PUBLISHED


def test_an_edition_comes_into_force_once(app: App) -> None:
    for number, is_news in ((1, False), (4, True), (4, False), (3, False), (5, True)):
        assert app.writer.run(lambda tx, number=number: force.enter(tx, number)) is is_news  # type: ignore[misc] # a default is no other signature
    with app.database.read() as connection:
        assert list(force.since(connection)) == [1, 4, 5]
        assert [row.number for row in force.rows(connection)] == [1, 4, 5]
        said = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    told = [one.codes["edition"] for one in said if one.kind == "policy.in-force"]
    assert told == [1, 4, 5]


def test_processes_that_see_it_at_the_same_moment_enter_it_once(app: App) -> None:
    # Each with a writer of its own, as processes have.
    with wiring.opened(app.settings.folder) as other:
        writers = [app.writer, other.writer] * 4
        with ThreadPoolExecutor(len(writers)) as pool:
            told = list(pool.map(lambda w: w.run(lambda tx: force.enter(tx, 2)), writers))
    assert told.count(True) == 1
    with app.database.read() as connection:
        kinds = [entry.decode(raw).kind for _, raw in app.log.entries(connection)]
    assert kinds.count("policy.in-force") == 2


def test_where_the_journal_speaks_of_an_edition_is_known(app: App) -> None:
    app.writer.run(lambda tx: force.enter(tx, 1))
    with app.database.read() as connection:
        published, entered = publish.entries(connection), force.entries(connection)
        kinds = [
            entry.decode(app.log.entry(connection, index)).kind
            for index in (published[1], entered[1])
        ]
    assert kinds == ["policy.published", "policy.in-force"]
    assert set(published) == set(entered) == {1}
