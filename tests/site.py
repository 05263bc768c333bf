# SPDX-License-Identifier: Apache-2.0
"""A whole site as `uphold demo` makes one: folder, key ring, migrated storage, the example policy in force.

    app = site.build(tmp_path, engine_url)      an open uphold.app.App; close it
    stored = site.submit(app)                   what the subject sent, durably stored
    story = site.live(app)                      a site on which every kind of row exists
    settings = app.settings                     for what opens a site by itself

Modules that ask for the fixture import it: `from tests.site import app`.
"""

import asyncio
import atexit
import functools
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import cast, postgresql
from tests.editions import FORM, PURPOSE
from uphold import config
from uphold.app import App, create_storage, open_site
from uphold.config import Settings
from uphold.enquiry import desk
from uphold.mail import outbox
from uphold.mail.letter import Letter
from uphold.policy import folder, publish, scaffold
from uphold.submission import form, token
from uphold.submission.submit import Post, Received, Technical
from uphold.submission.validate import Accepted
from uphold.vault import records, subject

ORIGIN = "uphold.example/journal"
ADDRESS = "https://uphold.example"
PATTERN = "pattern"


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def make(root: Path, url: str = "") -> Settings:
    """Make the site's folder and storage in `root` (made if need be), without an edition yet."""
    lines = [
        f'[site]\naddress = "{ADDRESS}"\norigin = "{ORIGIN}"\n',
        # Tests post at once and often; what is suspicious is said by the test.
        "[limits]\nfastest_seconds = 0\naside_per_minute = 100000\nrefuse_per_minute = 100000\n",
    ]
    if url:
        lines.append(f'[database]\nurl = "{url}"\n')
    files = {name: raw for name, raw in scaffold.example().items() if name != config.FILE}
    folder.write(root, {**files, config.FILE: "\n".join(lines).encode()})
    settings = config.load(root)
    create_storage(settings)
    return settings


def build(tmp_path: Path, url: str = "") -> App:
    """Give a site in `tmp_path/site` on the database at `url` (SQLite in the folder if empty), open.

    It is a copy of one that was made once for each server in this process: the same keys, journal and edition.
    """
    return open_site(copy(tmp_path / "site", url))


def anew(tmp_path: Path, url: str = "") -> App:
    """As `build`, with keys and a journal of its own: for a test of what two sites know of each other."""
    app = open_site(make(tmp_path / "site", url))
    publish_policy(app)
    return app


def copy(root: Path, url: str = "") -> Settings:
    """Copy the pattern of a site to the folder `root`, and to the empty database at `url` if there is one."""
    server, _, database = url.rpartition("/")
    is_served = url.startswith("postgresql")
    # Where a folder is there already, as a mounted disk is, it is filled.
    shutil.copytree(_pattern(server if is_served else ""), root, dirs_exist_ok=True)
    file = root / config.FILE
    if is_served:
        file.write_text(file.read_text().replace(f"{server}/{PATTERN}", url))
        postgresql.copy(server, PATTERN, database)
    elif url:
        file.write_text(f'{file.read_text()}[database]\nurl = "{url}"\n')
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(mode=0o700, exist_ok=True)
        (root / "data" / database).rename(path)
    return config.load(root)


@functools.cache
def _pattern(server: str) -> Path:
    """Make the site that others are copies of, once for each server ("" for SQLite in files)."""
    root = Path(tempfile.mkdtemp(prefix="uphold-pattern-"))
    atexit.register(shutil.rmtree, root)
    if server:
        postgresql.copy(server, "template0", PATTERN)
    anew(root, f"{server}/{PATTERN}" if server else "").close()
    return root / "site"


def publish_policy(app: App) -> None:
    """Publish what the site's folder says."""
    archive = publish.prepare(folder.read(app.settings.folder))
    app.writer.run(lambda tx: publish.publish(tx, archive))


def post(
    app: App,
    values: Mapping[str, str] | None = None,
    *,
    doubts: tuple[str, ...] = (),
    consents: tuple[str, ...] = (PURPOSE,),
    language: str = "ru",
) -> Post:
    """A valid post of the feedback form: the subject's values, or those given."""
    edition = app.shelf.in_force()
    offer = form.derive(edition, FORM, language)
    at = now()
    technical = Technical("192.0.2.7", "", "Browser/1.0", "2026-01-02T03:04:05Z", "/f/feedback")
    accepted = Accepted(cast.subject.values() if values is None else values, consents)
    return Post(
        offer=offer,
        edition=edition,
        token=token.issue(offer, at),
        accepted=accepted,
        technical=technical,
        at=at,
        doubts=doubts,
    )


def submit(app: App, *, doubts: tuple[str, ...] = (), **values: str) -> Received:
    """Store one submission through the intake; durable on return. `doubts` set it aside."""
    received = asyncio.run(app.intake.take(post(app, values or None, doubts=doubts)))
    assert isinstance(received, Received)
    return received


async def submit_many(app: App, count: int) -> list[Received]:
    """Store many at once, so that they share batches."""
    taken = await asyncio.gather(*[app.intake.take(post(app)) for _ in range(count)])
    return [received for received in taken if isinstance(received, Received)]


@pytest.fixture
def app(tmp_path: Path, engine_url: str) -> Iterator[App]:
    """A site on each engine, closed whatever happens."""
    opened = build(tmp_path, engine_url)
    yield opened
    opened.close()


@dataclass(frozen=True, slots=True)
class Story:
    """What happened on a site: records by number. Two editions are published."""

    plain: int
    aside: int
    """Set aside, then discarded: every part of it is destroyed."""
    answered: int
    """Answered twice; its addresses are in the merged index."""
    narrowed: int
    """Its technical data are destroyed."""


def live(app: App) -> Story:
    """Let some life pass on a site, so that every table of submissions, vault and mail holds rows."""
    answered = submit(app).number
    app.writer.run(lambda tx: subject.merge(tx, 100))
    aside = submit(app, doubts=("too-fast",)).number
    app.writer.run(lambda tx: desk.discard(tx, app.ring, aside, 1))
    plain = submit(app, email=cast.stranger.email, message=cast.stranger.message).number
    narrowed = submit(app).number
    technical = [app.shelf.in_force().policy.technical]
    app.writer.run(lambda tx: records.destroy(tx, app.ring, narrowed, technical, "expired"))
    for staff in (1, 2):
        answer(app, answered, staff)
    file = app.settings.folder / "policy" / "policy.toml"
    file.write_bytes(file.read_bytes() + b"\n# The same in a later edition.\n")
    publish_policy(app)
    return Story(plain, aside, answered, narrowed)


def answer(app: App, record: int, staff: int = 1) -> None:
    """Seal an answer to a submission and queue it."""
    letter = Letter(cast.subject.email, "About your question", "We deliver on Monday.")
    app.writer.run(lambda tx: outbox.put(tx, app.ring, record, PURPOSE, staff, letter, "ru"))
