# SPDX-License-Identifier: Apache-2.0
"""Every probe that looks from inside is green on a sound site, on each engine; and the site is as it was before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgresql, site
from tests.office import quick_hashing
from tests.site import app
from uphold.app import App
from uphold.assurance import audit, prove
from uphold.assurance.archive import of_run
from uphold.assurance.probe import Status
from uphold.assurance.probes import (
    access,
    answering,
    destruction,
    inventory,
    judging,
    leaks,
    outward,
    reading,
    signin,
    storage,
)
from uphold.enquiry import desk
from uphold.vault import seal
from uphold.web import run

__all__ = ["app", "quick_hashing"]

TOPICS = (
    *(access, answering, destruction, inventory, judging, leaks, outward, reading, signin, storage),
)
# Judges the evidence of all others, those from outside too, which do not run here.
EVALUATED = judging.EVALUATED.id
INSIDE = tuple(probe for topic in TOPICS for probe in topic.PROBES if probe.id != EVALUATED)


@pytest.fixture
def durable_url(engine: str) -> Iterator[str]:
    """An empty database on a server that waits for the disk, as a site's must; none for SQLite."""
    if engine == "sqlite":
        yield ""
        return
    server = postgresql.launch(durable=True)
    yield server.url(server.create())
    postgresql.remove(server)


@pytest.fixture
def sound(tmp_path: Path, durable_url: str, quick_hashing: None) -> Iterator[App]:
    app = site.build(tmp_path, durable_url)
    yield app
    app.close()


def test_a_sound_site_is_green_and_left_as_it_was(sound: App) -> None:
    site.submit(sound)
    with run.serving(sound) as target:
        done = prove.run(sound.premises(), target, INSIDE)
    with sound.database.read() as connection:
        told = of_run(connection, sound.log.verifier, done.run)
        counts = desk.counts(connection)
    saw = {one.probe: [str(said) for said in one.evidence.saw] for one in told if one.evidence}
    assert {name: saw[name] for name, s in done.statuses.items() if s is not Status.KEPT} == {}
    assert set(saw) == {probe.id for probe in INSIDE}
    # What was there before is there, alone, and the store is still what the journal says.
    assert (counts[desk.State.NEW], sum(counts.values())) == (1, 1)
    assert list(audit.run(sound.settings)) == []


def test_what_lies_open_is_found(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a server's tables as in a file: parts that were never sealed."""
    plain = lambda _cipher, nonce, text, _place: seal.FORMAT + nonce + text + bytes(16)  # noqa: E731 - said in one line
    monkeypatch.setattr(seal, "seal", plain)
    monkeypatch.setattr(seal, "unseal", lambda _cipher, blob, _place: blob[13:-16])
    with run.serving(app) as target:
        done = prove.run(app.premises(), target, [leaks.STORAGE])
    assert done.statuses == {leaks.STORAGE.id: Status.BROKEN}


def test_a_server_that_does_not_wait_for_the_disk_is_seen(
    tmp_path: Path, postgresql_url: str, quick_hashing: None
) -> None:
    hasty = site.build(tmp_path, postgresql_url)
    try:
        with run.serving(hasty) as target:
            done = prove.run(hasty.premises(), target, [storage.DURABLE])
        assert done.statuses == {storage.DURABLE.id: Status.BROKEN}
    finally:
        hasty.close()
