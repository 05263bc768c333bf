# SPDX-License-Identifier: Apache-2.0
"""The lease, and which records are to be looked at."""

import pytest

from tests import site
from tests.office import Office
from uphold.retention import due


def test_a_lease_is_one_processs_until_it_runs_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office.run(lambda tx: due.hold(tx, "one"))
    assert office.run(lambda tx: due.hold(tx, "one"))
    assert not office.run(lambda tx: due.hold(tx, "another"))
    office.run(lambda tx: due.release(tx, "another"))
    assert office.read(due.state).is_held(site.now())
    monkeypatch.setattr(due, "LEASE_MS", 0)
    assert office.run(lambda tx: due.hold(tx, "one"))
    assert office.run(lambda tx: due.hold(tx, "another"))


def test_a_fresh_site_knows_nothing(office: Office) -> None:
    assert office.read(due.state) == due.NOTHING
    assert office.read(lambda c: due.ready(c, 2**60, 5)) == []


def test_what_is_ready_comes_longest_due_first(office: Office) -> None:
    office.run(lambda tx: due.put(tx, {1: 30, 2: 10, 3: 20, 4: 40}))
    assert office.read(lambda c: due.ready(c, 30, 10)) == [2, 3, 1]
    assert office.read(lambda c: due.ready(c, 30, 2)) == [2, 3]
    office.run(lambda tx: due.put(tx, {2: None, 3: 50}))
    assert office.read(lambda c: due.ready(c, 30, 10)) == [1]
    assert office.read(lambda c: due.ripe(c, [1, 3, 4], 40)) == [1, 4]
    assert office.read(lambda c: due.noted(c, [1, 2, 3])) == {1, 3}
    assert office.read(lambda c: due.all_above(c, 1, 10)) == [3, 4]


def test_a_note_has_a_record_looked_at_next(office: Office) -> None:
    office.run(lambda tx: due.put(tx, {1: 2**60}))
    office.run(lambda tx: due.note(tx, 1))
    assert office.read(lambda c: due.ready(c, site.now(), 10)) == [1]
