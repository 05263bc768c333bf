# SPDX-License-Identifier: Apache-2.0
"""What the generator of sites makes is a site like any: all of it is journaled, its people are found and erased."""

from pathlib import Path

import pytest

from bench import growth_site
from tests import site
from uphold.assurance.audit import Audit
from uphold.enquiry import desk
from uphold.enquiry.desk import State
from uphold.retention import due
from uphold.vault import contact, subject

SIZE, MORE = 64, 160


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few to a transaction, and much is closed and erased: a small site has seen everything."""
    monkeypatch.setattr(growth_site, "BATCH", 16)
    monkeypatch.setattr(growth_site, "CLOSED_ONE_IN", 4)
    monkeypatch.setattr(growth_site, "ERASED_ONE_IN", 16)


def test_a_site_grows_and_stays_whole(tmp_path: Path, often: None) -> None:
    told: list[int] = []
    app = site.build(tmp_path / "site")
    try:
        growth_site.grow(app, SIZE, told.append, seed=7)
        growth_site.grow(app, MORE, told.append, seed=7)
        assert growth_site.count(app) == MORE == told[-1]
        with app.database.read() as connection:
            found = [
                len(subject.find(connection, app.ring, contact.EMAIL, address))
                for size in (SIZE, MORE)
                for address in [growth_site.regular(size, 0)]
            ]
            standing = desk.counts(connection)
            noted = due.state(connection)
            assert subject.waiting(connection) == (0, 0)
        # Each of them wrote three times, and the evidence of consent names them.
        assert found == [growth_site.TIMES] * 2
        assert standing[State.CLOSED] > 0
        assert noted.ended_at > 0
        assert growth_site.post(app).look() == ()
    finally:
        app.close()
    audit = Audit(app.settings)
    assert list(audit.run()) == []
    assert audit.counts.submissions == MORE
    assert audit.counts.parts < 3 * MORE


def test_the_same_seed_writes_the_same(tmp_path: Path) -> None:
    app = site.build(tmp_path / "site")
    try:
        first, second = (growth_site.Crowd(app, 0, 10, seed=3) for _ in range(2))
        assert [first._body(n) for n in range(10)] == [second._body(n) for n in range(10)]
    finally:
        app.close()


def test_who_wrote_before_it_broke_off_writes_the_rest(tmp_path: Path) -> None:
    app = site.build(tmp_path / "site")
    try:
        assert growth_site._turns(app, 32) == [0, 1] * growth_site.TIMES
        places = growth_site.Crowd(app, 0, 32, seed=3)
        # The first of three turns is over when it stops.
        places._range = range(10)
        places.come(lambda _done: None)
        assert growth_site._turns(app, 32) == [0, 1] * (growth_site.TIMES - 1)
    finally:
        app.close()
