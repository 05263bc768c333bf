# SPDX-License-Identifier: Apache-2.0
"""A throw-away PostgreSQL from Debian's packages, on loopback, durable as in production."""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench import process

UNPRIVILEGED = "postgres"
INITDB = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale")


@dataclass
class Cluster:
    """A running server; every connection is trusted, the data are invented and thrown away."""

    server: process.Server
    port: int

    @property
    def url(self) -> str:
        """The address a client connects to."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


def programs() -> Path:
    """Return the folder of the newest Debian server programs; raise Failed when there is none."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted((path.parent for path in folders), key=lambda folder: int(folder.parent.name))
    if not found:
        raise process.Failed("PostgreSQL is missing: apt-get install postgresql")
    return found[-1]


def version() -> str:
    """Return the version of the server programs, such as `15.18`."""
    command = [str(programs() / "postgres"), "--version"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[2]


def owner() -> str | None:
    """Return the user to run as: None unless root, which initdb refuses."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(UNPRIVILEGED).pw_name
    except KeyError:
        return "nobody"


def start(folder: Path) -> Cluster:
    """Create and start a cluster in a new folder; synchronous_commit and fsync stay on."""
    folder.mkdir(parents=True)
    user = owner()
    if user:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    data, port = folder / "data", process.free_port()
    made = subprocess.run(
        [str(programs() / "initdb"), "-D", str(data), *INITDB],
        cwd=folder,
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise process.Failed(f"initdb failed: {made.stderr.strip()}")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "on",
        "synchronous_commit": "on",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = folder.parent / f"{folder.name}.log"
    server = process.Server(
        [str(programs() / "postgres"), "-D", str(data), *options],
        log,
        user=user,
        stop_signal=signal.SIGINT,
    )
    server.wait_for_port(port)
    return Cluster(server, port)
