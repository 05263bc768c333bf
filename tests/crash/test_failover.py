# SPDX-License-Identifier: Apache-2.0
"""The primary is killed under load and its replica takes over, while two processes serve the site.

Nothing acknowledged is lost, each head that anybody ever saw is consistent with each other one, whoever is refused
gets the form back, and no process is started anew. UPHOLD_FAILOVERS says how often, UPHOLD_SEED repeats the choices.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg
import pytest
from sqlalchemy import select

from tests import backups, fleet, pair, postgresql, site as sites, site_process, whole
from tests.fleet import Member, Story
from tests.pair import Pair
from tests.site_process import Answer, Sent
from uphold import config, errors
from uphold.app import App, open_site
from uphold.config import DatabaseSettings
from uphold.continuity import behind
from uphold.journal import proof
from uphold.submission.record import submission_record

FAILOVERS = int(os.environ.get("UPHOLD_FAILOVERS", "1"))
# So many are on their way, or stored, before each of them.
BEFORE = 60
AGAIN = 0.1


class Failover(Story):
    """People who send a form again until it is taken, and a primary that is killed meanwhile."""

    def __init__(self, members: Sequence[Member], chance: random.Random, servers: Pair) -> None:
        super().__init__(members, chance)
        self.servers = servers
        self.refused: list[Answer] = []
        self.pauses: list[float] = []
        self._resumed = asyncio.Event()
        self._is_over = False

    async def _person(self, waiting: Iterator[Sent]) -> None:
        """Write one form after another, until the last primary has been killed and another one goes on."""
        while not self._is_over:
            sent = Sent(self.members[0].fields())
            self.sent.append(sent)
            while not sent.acknowledged:
                sent.answer = await fleet.ask(self._any().port, site_process.request(sent.body))
                if not sent.acknowledged:
                    self.refused.append(sent.answer)
                    await asyncio.sleep(AGAIN)
            self._resumed.set()

    async def _kill(self, posts: int, kills: int) -> None:
        """Kill the primary as often, each time letting the replica take over; between, the other one comes back."""
        for number in range(kills):
            if number:
                await asyncio.to_thread(self.servers.follow)
            moment = len(self.sent) + BEFORE
            while len(self.sent) < moment:  # noqa: ASYNC110 - a list tells nobody
                await asyncio.sleep(fleet.PAUSE)
            await asyncio.sleep(self.chance.random() / 20)
            began = time.monotonic()
            self.servers.primary.kill()
            self.killed += 1
            self._resumed.clear()
            await asyncio.to_thread(self.servers.promote)
            await self._resumed.wait()
            self.pauses.append(time.monotonic() - began)
        self._is_over = True


def is_form_kept(answer: Answer) -> bool:
    """A program gets its token back, and is told when to come again."""
    return (
        answer.status == 503
        and answer.headers["retry-after"].isdigit()
        and bool(answer.json["token"])
    )


def test_a_killed_primary_loses_nothing(
    tmp_path: Path, replicated: Pair, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("UPHOLD_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"UPHOLD_SEED={seed}")
    chance = random.Random(seed)
    name = replicated.create()
    members = fleet.members(site_process.build(tmp_path, replicated.url(name)), 2)
    with site_process.ending(members[0]), site_process.ending(members[1]):
        for member in members:
            member.start()
        story = Failover(members, chance, replicated)
        asyncio.run(story.run(0, FAILOVERS))
        assert story.killed == FAILOVERS
        assert all(is_form_kept(answer) for answer in story.refused)
        receipts = {sent.receipt for sent in story.sent}
        assert len(receipts) == len(story.sent)
        for sent in chance.sample(story.sent, 10):
            held = chance.choice(members).get(f"{sent.receipt}.tlog-proof")
            assert proof.verify(held.body, story.heads.key).entry.kind == "record.stored"
        for member in members:
            assert member.get("/readyz").status == 200
            assert member.stop() == 0
            assert "Traceback" not in member.said()
        settings = members[0].settings
        assert whole.faults(settings) == []
        assert whole.count(settings) == len(receipts)
        with fleet.opened(members[0]) as app:
            proofs = story.heads.check(app, chance)
    replicated.follow()
    replicated.primary.server.drop(name)
    figures = {
        "failovers": story.killed,
        "acknowledged": len(receipts),
        "refused and sent again": len(story.refused),
        "longest pause in seconds": round(max(story.pauses), 1),
        "heads": len(story.heads.seen),
        "proofs": proofs,
    }
    for key, value in figures.items():
        record_property(key, value)
    print(figures)


def taken(app: App) -> None:
    """Somebody's form, sent until it is taken."""

    def is_taken() -> bool:
        try:
            sites.submit(app)
        except errors.Unavailable:
            return False
        return True

    pair.eventually(is_taken)


def cut(server: postgresql.Server, name: str) -> None:
    """End every connection to a database."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def stored(app: App) -> int:
    with app.database.read() as connection:
        return len(connection.execute(select(submission_record.c.number)).all())


def test_an_old_primary_that_comes_back_is_left_alone(tmp_path: Path, replicated: Pair) -> None:
    """Nobody told it that another one took over: it stands first in the URL, and would take what is written."""
    name = replicated.create()
    with closing(sites.build(tmp_path, replicated.url(name))) as app:
        taken(app)
        replicated.primary.kill()
        replicated.promote()
        taken(app)
        old = replicated.other
        old.server.start()
        old.waits_for("")
        # Whoever has to connect anew, and whoever knows of nothing yet, goes to the one that was promoted.
        cut(replicated.primary.server, name)
        taken(app)
        with closing(open_site(app.settings)) as other:
            taken(other)
            assert stored(other) == stored(app) == 4
        assert old.ask(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'") == 0
    # Where it is the only one that is named, the head file knows better.
    settings = msgspec.structs.replace(
        app.settings, database=DatabaseSettings(old.server.url(name))
    )
    with pytest.raises(errors.Broken, match="the head file knows"):
        open_site(settings)
    old.server.stop("immediate")
    replicated.follow()
    replicated.primary.server.drop(name)


def test_a_replica_that_lacks_the_end_is_refused_and_gone_on_from(
    tmp_path: Path, replicated: Pair
) -> None:
    """It was not waited for: what it lacks was acknowledged, and only the old primary has it."""
    name, fresh = replicated.create(), replicated.create()
    with closing(sites.build(tmp_path, replicated.url(name))) as app:
        kept = backups.set_up(app.settings, tmp_path)
        taken(app)
        replicated.primary.waits_for("")
        replicated.other.server.stop("immediate")
        taken(app)
        app.head.flush()
        replicated.primary.kill()
        replicated.other.server.start()
        replicated.promote()
        # Nothing more is signed, by those who were there before as by those who come.
        with pytest.raises((errors.Broken, errors.Unavailable)):
            sites.submit(app)
    with pytest.raises(errors.Broken, match="the head file knows"):
        open_site(kept.settings)
    # What it has is brought back under a journal of another name, which says that something is missing.
    file, to = tmp_path / "left.age", tmp_path / "back"
    behind.run(kept.settings, file, kept.identity)
    done = backups.bring_back(backups.wanted(kept, file, to, replicated.url(fresh)))
    assert done.lost
    with closing(open_site(config.load(to))) as app:
        assert stored(app) == 1
        taken(app)
    replicated.follow()
    for database in (name, fresh):
        replicated.primary.server.drop(database)
