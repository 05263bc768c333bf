# SPDX-License-Identifier: Apache-2.0
"""Two servers of PostgreSQL: a primary, and a replica that it waits for before it says that anything is stored.

    pair = pair.launch()              the replica confirms every commit
    pair.primary.kill()               as a machine that loses its power
    pair.promote()                    the replica takes over; from now on it stands alone
    pair.follow()                     the other one comes back, as a replica of the one that took over

Each is a server of `tests.postgresql`, on a port of its own.
"""

import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests import postgresql
from tests.postgresql import USER, Server

# Far beyond what anything here takes: only a hang gets there.
PATIENCE = 120.0


@dataclass
class Member:
    """One server of the two, with its name among those that a primary waits for."""

    server: Server
    name: str

    @property
    def data(self) -> Path:
        return self.server.folder / "data"

    @property
    def pid(self) -> int:
        """The number of its first process."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def is_alive(self) -> bool:
        """Whether its first process is there."""
        return (self.data / "postmaster.pid").exists() and Path(f"/proc/{self.pid}").exists()

    def kill(self) -> None:
        """End every process of it at once: those that work for somebody have no time to notice."""
        first = self.pid
        tasks = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for number in (first, *map(int, tasks)):
            os.kill(number, signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{first}").exists())

    def ask(self, statement: str) -> object:
        """Run one statement in the maintenance database and return the first value of its answer, if it has one."""
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return None if row is None else row[0]

    def waits_for(self, name: str) -> None:
        """Have it acknowledge only what `name` has too; nobody with ""."""
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.ask("SELECT pg_reload_conf()")
        eventually(lambda: self.ask("SHOW synchronous_standby_names") == name)


@dataclass
class Pair:
    """The two, and which of them is the primary."""

    primary: Member
    other: Member
    folder: Path

    def url(self, database: str) -> str:
        """Name both, as libpq does, the one that was made first in front whoever is the primary."""
        first, second = sorted((self.primary, self.other), key=lambda member: member.name)
        hosts = f"127.0.0.1:{first.server.port},127.0.0.1:{second.server.port}"
        return f"postgresql://{USER}@{hosts}/{database}"

    def create(self) -> str:
        """Make an empty database and return its name."""
        return self.primary.server.create()

    def promote(self) -> None:
        """Have the replica take over, whatever became of the primary."""
        self.other.ask("SELECT pg_promote(true)")
        self.primary, self.other = self.other, self.primary

    def synchronise(self) -> None:
        """Have the primary acknowledge only what the replica has."""
        self.primary.waits_for(self.other.name)
        eventually(lambda: self.primary.ask(_ATTACHED) == 1)

    def follow(self) -> None:
        """Bring the other one back as a fresh copy of the primary that replicates it, and is waited for."""
        if self.other.data.exists():
            shutil.rmtree(self.other.data)
        at = f"host=127.0.0.1 port={self.primary.server.port} user={USER} application_name={self.other.name}"
        self.other.server.run(
            "pg_basebackup", "-d", at, "-R", "--no-sync", "--checkpoint=fast", "-D", str(self.other.data)
        )  # fmt: skip
        # What the copy brought along of the other's own settings is not this one's: it waits for nobody yet.
        settings = self.other.data / "postgresql.auto.conf"
        lines = settings.read_text().splitlines()
        settings.write_text("\n".join(s for s in lines if "synchronous_standby" not in s) + "\n")
        self.other.server.start()
        self.synchronise()

    def remove(self) -> None:
        """Stop both and delete everything; one that was killed has nothing to stop."""
        for member in (self.primary, self.other):
            if not member.is_alive:
                (member.data / "postmaster.pid").unlink(missing_ok=True)
            postgresql.remove(member.server)
        shutil.rmtree(self.folder, ignore_errors=True)


_ATTACHED = (
    "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
)


def launch() -> Pair:
    """Make a primary and its replica in new temporary folders and start both; the caller calls `remove`."""
    primary = Member(postgresql.launch(), "one")
    folder = Path(tempfile.mkdtemp(prefix=f"uphold-pg-{secrets.token_hex(2)}-"))
    os.chown(folder, primary.server.owner.pw_uid, primary.server.owner.pw_gid)
    server = Server(folder, postgresql.free_port(), primary.server.owner, primary.server.settings)
    pair = Pair(primary, Member(server, "two"), folder)
    try:
        pair.follow()
    except BaseException:
        pair.remove()
        raise
    return pair


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for something that comes by itself; only a hang gets to the end."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
