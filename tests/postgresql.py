# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL server for one test run, in a temporary folder, stopped whatever happens.

It listens on a Unix socket in that folder and on a loopback port that was free. Run as root it gives
the server to an unprivileged account, because `initdb` and `postgres` refuse root.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

USER = "uphold"
ADVICE = "PostgreSQL's server is not on this machine. On Debian: apt-get install postgresql"
SETTINGS = (*("-c", "max_connections=200", "-c", "log_min_messages=warning", "-c", "timezone=UTC"),)
# The tests kill Uphold, never this server, so its own fsyncs would only cost time.
HASTY = (*("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_size=128MB"),)


class Absent(Exception):
    """There is no server to start; the message names what to install."""


def programs() -> Path:
    """The folder of the newest server's programs: Debian keeps them out of PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3])
    )
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    if found is None:
        raise Absent(ADVICE)
    return Path(found).resolve().parent


def account() -> pwd.struct_passwd:
    """Whose processes the server's are: ours, or an unprivileged account's when we are root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def free_port() -> int:
    """A loopback port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A running server. `folder` holds its data, its socket and its log."""

    folder: Path
    port: int
    owner: pwd.struct_passwd
    settings: tuple[str, ...] = (*SETTINGS, *HASTY)
    environment: Mapping[str, str] = field(default_factory=dict)
    """Of its programs, beside the little that they have."""

    def start(self) -> None:
        """Start the server and return when it answers; also after `stop` or `kill`."""
        listen = f"-k {self.folder} -h 127.0.0.1 -p {self.port} {' '.join(self.settings)}"
        self.run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self.log), "-o", listen, *self._at)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` disconnects clients, `immediate` is a crash."""
        self.run("pg_ctl", "stop", "-w", "-m", mode, *self._at)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def _at(self) -> tuple[str, str]:
        return "-D", str(self.folder / "data")

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Create an empty database, or a copy of `template`; return its name."""
        name = f"test_{secrets.token_hex(6)}"
        self.command("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database with whoever is still connected to it."""
        self.command("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def command(self, text: str, *names: str) -> None:
        """Run one statement in the maintenance database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            statement = sql.SQL(text)
            connection.execute(statement.format(*map(sql.Identifier, names)))

    def initialise(self) -> None:
        options = ("--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={USER}")
        self.run("initdb", "--no-sync", *options, *self._at)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as whoever the server belongs to. Raises RuntimeError when it fails."""
        command: Sequence[str] = (str(programs() / program), *arguments)
        as_other = os.getuid() == 0
        # pg_ctl's server inherits its output: a pipe here would never close, a file may stay open.
        with (self.folder / f"{program}.out").open("ab") as output:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env={
                    "HOME": str(self.folder),
                    "PATH": os.defpath,
                    "LC_ALL": "C.UTF-8",
                    **self.environment,
                },
                user=self.owner.pw_uid if as_other else None,
                group=self.owner.pw_gid if as_other else None,
                extra_groups=[] if as_other else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            said = "\n".join(p.read_text(errors="replace") for p in self.folder.glob("*.out"))
            log = self.log.read_text(errors="replace") if self.log.exists() else ""
            raise RuntimeError(f"{program} failed with {done.returncode}:\n{said}\n{log}")


def copy(server: str, old: str, new: str) -> None:
    """Make the database `new` a copy of `old`, in the place of the one that has its name; nobody may be in either."""
    url = f"{server}/postgres?target_session_attrs=read-write"
    with psycopg.connect(url, autocommit=True) as connection:
        for text in (
            "DROP DATABASE IF EXISTS {new}",
            "CREATE DATABASE {new} TEMPLATE {old} STRATEGY file_copy",
        ):
            names = {"old": sql.Identifier(old), "new": sql.Identifier(new)}
            connection.execute(sql.SQL(text).format(**names))


def launch(*, durable: bool = False) -> Server:
    """Make a cluster in a new temporary folder and start it; the caller stops it and calls `remove`.

    `durable` has it wait for the disk, as the server of a site must.
    """
    programs()
    owner = account()
    # Not under pytest's own folder: that one is closed to other accounts. Short, for the socket's path.
    folder = Path(tempfile.mkdtemp(prefix="uphold-pg-"))
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    settings = SETTINGS if durable else (*SETTINGS, *HASTY)
    server = Server(folder, free_port(), owner, settings)
    try:
        server.initialise()
        server.start()
    except BaseException:
        remove(server)
        raise
    return server


def remove(server: Server) -> None:
    """Stop the server if it runs, and delete its folder."""
    try:
        if (server.folder / "data" / "postmaster.pid").exists():
            server.stop("immediate")
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)
