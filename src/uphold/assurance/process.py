# SPDX-License-Identifier: Apache-2.0
"""Look at the process that serves a site from outside: its connections, open files and where its output goes.

    found = process.serving(8000)       by its listening port, in /proc (Linux, proc(5))
    found.connections()                 whom it has reached out to
    found.files()                       every regular file that it has open

Nothing is asked of the process itself, so what it does cannot hide from what it says. Where there is no
/proc, or the process belongs to another user, that is said as `Unseen` and never taken for an empty list.
"""

import ipaddress
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_LISTEN = "0A"
_TIME_WAIT = "06"
_TABLES = ("tcp", "tcp6", "udp", "udp6")


@dataclass(frozen=True, slots=True)
class Unseen:
    """The process cannot be looked at, and why: `no-proc`, `nobody-listens`, `other-user`, `gone`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Socket:
    """One line of a socket table: both ends; `remote_port` 0 where there is no other end."""

    protocol: str
    local: str
    local_port: int
    remote: str
    remote_port: int
    is_listening: bool


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A regular file that a process has open. `number` is its descriptor, by which it can be read once unlinked."""

    number: int
    path: str
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Process:
    """A running process by its number, seen through a /proc."""

    pid: int
    proc: Path = PROC

    def sockets(self) -> tuple[Socket, ...] | Unseen:
        """Every internet socket that the process has open."""
        inodes = self._links("socket:[")
        if isinstance(inodes, Unseen):
            return inodes
        own = {target[len("socket:[") : -1] for _, target in inodes}
        return tuple(
            found for inode, found in sockets(self.proc / str(self.pid) / "net") if inode in own
        )

    def connections(self) -> tuple[Socket, ...] | Unseen:
        """The sockets by which it has reached out: without its clients', and without those to itself."""
        found = self.sockets()
        if isinstance(found, Unseen):
            return found
        listening = {one.local_port for one in found if one.is_listening}
        own = {(one.local, one.local_port) for one in found}
        return tuple(
            one
            for one in found
            if one.remote_port
            and one.local_port not in listening
            and (one.remote, one.remote_port) not in own
        )

    def files(self) -> tuple[OpenFile, ...] | Unseen:
        """Every regular file that it has open, deleted ones included."""
        links = self._links("/")
        if isinstance(links, Unseen):
            return links
        return tuple(self._files(links))

    def readable(self, file: OpenFile) -> Path:
        """Where the content of an open file can be read, whatever became of its name."""
        return self.proc / str(self.pid) / "fd" / str(file.number)

    def outputs(self) -> tuple[Path, ...] | Unseen:
        """The files that its standard output and error go to; empty where they go to none."""
        found = self.files()
        if isinstance(found, Unseen):
            return found
        return tuple(sorted({self.readable(one) for one in found if one.number in (1, 2)}))

    def _files(self, links: list[tuple[int, str]]) -> Iterator[OpenFile]:
        for number, target in links:
            try:
                is_regular = self.readable(OpenFile(number, target, is_deleted=False)).is_file()
            except OSError:
                continue  # closed while we looked
            # What is kept in memory, in /dev/shm, is a file like any.
            if is_regular and not target.startswith("/proc/"):
                deleted = target.endswith(" (deleted)")
                yield OpenFile(number, target.removesuffix(" (deleted)"), deleted)

    def _links(self, prefix: str) -> list[tuple[int, str]] | Unseen:
        folder = self.proc / str(self.pid) / "fd"
        try:
            entries = list(folder.iterdir())
        except PermissionError:
            return Unseen("other-user")
        except OSError:
            return Unseen("gone")
        found = []
        for entry in entries:
            try:
                target = str(entry.readlink())
            except OSError:
                continue  # closed while we looked
            if target.startswith(prefix):
                found.append((int(entry.name), target))
        return found


def serving(port: int, proc: Path = PROC) -> Process | Unseen:
    """Find the process that listens on a TCP port of this machine."""
    if not (proc / "net" / "tcp").exists():
        return Unseen("no-proc")
    wanted = {
        inode
        for inode, found in sockets(proc / "net")
        if found.is_listening and found.local_port == port
    }
    if not wanted:
        return Unseen("nobody-listens")
    for pid in _numbers(proc):
        links = Process(pid, proc)._links("socket:[")  # noqa: SLF001 - of the same module
        if isinstance(links, Unseen):
            continue
        if any(target[len("socket:[") : -1] in wanted for _, target in links):
            return Process(pid, proc)
    return Unseen("other-user")


def sockets(net: Path) -> Iterator[tuple[str, Socket]]:
    """Yield inode and socket of each line of the tables in a folder `net`; a missing table has none."""
    for table in _TABLES:
        try:
            lines = (net / table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            if found := _line(table, line.split()):
                yield found


def _line(table: str, columns: list[str]) -> tuple[str, Socket] | None:
    """Read a line `sl local remote state ... uid timeout inode`; None for one that nobody owns."""
    if len(columns) < 10 or columns[3] == _TIME_WAIT:
        return None
    local, local_port = _end(columns[1])
    remote, remote_port = _end(columns[2])
    listening = table.startswith("tcp") and columns[3] == _LISTEN
    return columns[9], Socket(table.rstrip("6"), local, local_port, remote, remote_port, listening)


def _end(text: str) -> tuple[str, int]:
    """Read `0100007F:1F90`: words of 32 bits, each printed as a number of this machine's byte order."""
    words, _, port = text.partition(":")
    raw = b"".join(
        int(words[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(words), 8)
    )
    address = ipaddress.ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address), int(port, 16)


def _numbers(proc: Path) -> list[int]:
    names = (path.name for path in proc.iterdir())
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())
