# SPDX-License-Identifier: Apache-2.0
"""Several processes serve one site and write one journal: restarted one after another, and killed at it.

UPHOLD_PROCESSES says how many they are, UPHOLD_KILLS how often one is killed, UPHOLD_POSTS how many people write
meanwhile, UPHOLD_SEED repeats a run's choices.
"""

import asyncio
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import fleet, fronts, postgresql, site_process, whole
from tests.fleet import Member, Story
from tests.flow import test_deploy as deploy
from uphold.app import App
from uphold.database import lease, process
from uphold.journal import proof
from uphold.web import duty

PROCESSES = int(os.environ.get("UPHOLD_PROCESSES", "2"))
KILLS = int(os.environ.get("UPHOLD_KILLS", "1"))
POSTS = int(os.environ.get("UPHOLD_POSTS", "200"))


@pytest.fixture(scope="module")
def members(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: postgresql.Server
) -> Iterator[list[Member]]:
    """The processes of a site on PostgreSQL, behind a proxy that is to be told when one leaves."""
    name = postgresql_server.create()
    site = site_process.build(tmp_path_factory.mktemp("several"), postgresql_server.url(name))
    file = site.folder / "uphold.toml"
    address = f'address = "https://{deploy.NAME}"'
    text, count = re.subn(r'(?m)^address = ".*"$', address, file.read_text())
    assert count == 1
    file.write_text(
        f'{text}\n[serve]\nproxies = ["{site_process.HOST}"]\ndrain_seconds = {fronts.DRAIN}\n'
    )
    made = fleet.members(site, PROCESSES)
    with fleet.ending(made):
        for member in made:
            member.start()
        yield made
    postgresql_server.drop(name)


def test_nobody_notices_that_all_are_restarted(members: list[Member], tmp_path: Path) -> None:
    """Behind nginx, which finds that a process is away, and behind HAProxy, which asks each."""

    def restart() -> None:
        for member in members:
            time.sleep(fronts.DRAIN)
            assert member.stop() == 0
            member.start()
            # As long as a proxy may take to see that it is back.
            time.sleep(2 * fronts.DRAIN)

    with fronts.standing(members, tmp_path) as standing:
        crowd = fronts.Crowd(standing, members[0])
        asyncio.run(crowd.run(restart))
    assert crowd.failed == []
    assert len(crowd.sent) > len(standing) * fronts.PEOPLE
    assert len({sent.receipt for sent in crowd.sent}) == len(crowd.sent)
    assert "Traceback" not in "".join(member.said() for member in members)
    print({"asked": crowd.asked, "acknowledged": len(crowd.sent)})


def serving(app: App) -> set[str]:
    """The processes that say that they serve."""
    with app.database.read() as connection:
        return {row.name for row in process.living(connection)}


def followed(app: App) -> None:
    """Wait until all serve again and one has the lease: whoever was killed with it is followed within moments."""
    holder = ""
    while not (holder and holder in serving(app) and len(serving(app)) == PROCESSES):
        time.sleep(0.1)
        with app.database.read() as connection:
            holder = lease.holder(connection, duty.NAME)


def test_no_head_is_split(
    members: list[Member], record_property: Callable[[str, object], None]
) -> None:
    """Each head that any process ever showed belongs to one journal, and whatever was acknowledged is in it."""
    seed = int(os.environ.get("UPHOLD_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"UPHOLD_SEED={seed}")
    chance = random.Random(seed)
    before = whole.count(members[0].settings)
    story = Story(members, chance)
    asyncio.run(story.run(POSTS, KILLS))
    assert story.killed == KILLS
    unanswered = [sent for sent in story.sent if not sent.acknowledged]
    # What got no answer is sent again, to another process: it is one submission, whatever became of it.
    for sent in unanswered:
        while not sent.acknowledged:
            sent.answer = chance.choice(members).post(sent.fields)
            assert sent.answer.status in {201, 503}
    assert len({sent.receipt for sent in story.sent}) == len(story.sent) == POSTS
    for sent in chance.sample(story.sent, 20):
        held = chance.choice(members).get(f"{sent.receipt}.tlog-proof")
        shown = proof.verify(held.body, story.heads.key)
        assert shown.entry.kind == "record.stored"
    settings = members[0].settings
    with fleet.opened(members[0]) as app:
        followed(app)
    for member in members:
        assert member.stop() == 0
        assert "Traceback" not in member.said()
    assert whole.faults(settings) == []
    assert whole.count(settings) == before + POSTS
    with fleet.opened(members[0]) as app:
        # Whoever stopped well has given all back.
        assert serving(app) == set()
        proofs = story.heads.check(app, chance)
    figures = {
        "processes": PROCESSES,
        "kills": story.killed,
        "acknowledged": len(story.sent),
        "sent again": len(unanswered),
        "heads": len(story.heads.seen),
        "proofs": proofs,
    }
    for name, value in figures.items():
        record_property(name, value)
    print(figures)
