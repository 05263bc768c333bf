# SPDX-License-Identifier: Apache-2.0
"""Several processes that serve one site, people who go to any of them, and watchers who keep every head they are shown.

with fleet.serving(tmp_path, postgresql_url, 3) as members:
    story = Story(members, random.Random(1))
    asyncio.run(story.run(posts=300, kills=2))
    story.heads.check(...)
"""

import asyncio
import itertools
import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from tests import site_process
from tests.site_process import Answer, Sent, Site, connected
from uphold import app as apps
from uphold.app import App
from uphold.journal import checkpoint, note, store, tree
from uphold.journal.checkpoint import Checkpoint

CHECKPOINT = b"GET /journal/checkpoint HTTP/1.1\r\nhost: uphold.example\r\n\r\n"
PEOPLE = 12
PAUSE = 0.01
# Pairs of heads, beside those that follow each other, between which consistency is proved outright.
PAIRS = 2000


@dataclass
class Member(Site):
    """One of the processes of a site."""

    name: str = ""

    @property
    def logs(self) -> Path:
        return self.folder.parent / f"logs-{self.name}"


def members(site: Site, count: int) -> list[Member]:
    """As many processes of a site, on a port each; none is started."""
    return [Member(site.settings, site.offer, site.key, name=str(one)) for one in range(count)]


@contextmanager
def ending(members: Sequence[Member]) -> Iterator[None]:
    """End every process whatever happens."""
    with ExitStack() as ends:
        for member in members:
            ends.enter_context(site_process.ending(member))
        yield


@dataclass
class Heads:
    """Every signed head that any process ever showed."""

    key: note.Verifier
    seen: dict[bytes, Checkpoint] = field(default_factory=dict)

    def take(self, raw: bytes) -> None:
        """Keep one; fails when it is not signed by the site."""
        if raw not in self.seen:
            self.seen[raw] = checkpoint.verify(raw, self.key).checkpoint

    def check(self, app: App, chance: random.Random) -> int:
        """Prove that no two of them tell different stories; returns how many proofs that took."""
        heads = sorted(self.seen.values(), key=lambda one: one.size)
        for one, other in itertools.pairwise(heads):
            assert one.size != other.size or one.root == other.root, f"two heads of {one.size}"
        pairs = list(itertools.pairwise(heads))
        pairs += [(one, heads[-1]) for one in heads]
        pairs += [_two(heads, chance) for _ in range(min(PAIRS, len(heads)))]
        with app.database.read() as connection:
            final = _final(app, connection)
            for one, other in [*pairs, (heads[-1], final)]:
                proof = app.log.consistency(connection, one.size, other.size)
                assert tree.verify_consistency(one.size, other.size, proof, one.root, other.root)
        return len(pairs) + 1


def _two(heads: Sequence[Checkpoint], chance: random.Random) -> tuple[Checkpoint, Checkpoint]:
    first, second = sorted(chance.choices(range(len(heads)), k=2))
    return heads[first], heads[second]


def _final(app: App, connection: Connection) -> Checkpoint:
    last = store.last(connection)
    assert last is not None
    return checkpoint.verify(last.note, app.log.verifier).checkpoint


class Story:
    """What people sent to the processes of a site, and what watchers saw meanwhile."""

    def __init__(self, members: Sequence[Member], chance: random.Random) -> None:
        self.members = members
        self.chance = chance
        self.heads = Heads(note.parse_vkey(members[0].get("/journal/key").text.strip()))
        self.sent: list[Sent] = []
        self.killed = 0

    @property
    def acknowledged(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.acknowledged]

    async def run(self, posts: int, kills: int) -> None:
        """Let people post, each time to whomever they come to; kill and start processes meanwhile."""
        over = asyncio.Event()
        watching = [asyncio.create_task(self._watch(member, over)) for member in self.members]
        waiting = iter([Sent(self.members[0].fields()) for _ in range(posts)])
        async with asyncio.TaskGroup() as group:
            for _ in range(PEOPLE):
                group.create_task(self._person(waiting))
            group.create_task(self._kill(posts, kills))
        over.set()
        await asyncio.gather(*watching)

    async def _person(self, waiting: Iterator[Sent]) -> None:
        for sent in waiting:
            self.sent.append(sent)
            # Whoever's connection breaks goes on elsewhere; this one stays without an answer.
            with suppress(OSError, EOFError):
                sent.answer = await ask(self._any().port, site_process.request(sent.body))

    async def _kill(self, posts: int, kills: int) -> None:
        for number in range(kills):
            moment = posts * (number + 1) // (kills + 1)
            while len(self.sent) < moment:  # noqa: ASYNC110 - a list tells nobody
                await asyncio.sleep(PAUSE)
            await asyncio.sleep(self.chance.random() / 20)
            victim = self._any()
            victim.kill()
            await asyncio.to_thread(victim.wait)
            self.killed += 1
            await asyncio.to_thread(victim.start)

    async def _watch(self, member: Member, over: asyncio.Event) -> None:
        while not over.is_set():
            with suppress(OSError, EOFError):
                answer = await ask(member.port, CHECKPOINT)
                if answer.status == 200:
                    self.heads.take(answer.body)
            await asyncio.sleep(PAUSE)

    def _any(self) -> Member:
        return self.chance.choice(self.members)


async def ask(port: int, raw: bytes) -> Answer:
    """Send one request on a connection of its own."""
    async with connected(port) as (reader, writer):
        writer.write(raw)
        return await site_process.read(reader)


@contextmanager
def opened(member: Site) -> Iterator[App]:
    """The site as its own programs see it."""
    with apps.opened(member.folder) as app:
        yield app
