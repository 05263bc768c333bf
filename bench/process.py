# SPDX-License-Identifier: Apache-2.0
"""Servers under test: start them, wait until they answer, end exactly what was started."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import proc

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Failed(Exception):
    """A benchmark cannot go on; the message says what is missing or what went wrong."""


def end_with_parent() -> None:
    """Ask the kernel to terminate this child when the harness is gone (prctl(2))."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One started process with its log file; `stop` ends it and what it left behind."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.log = log
        self.stop_signal = stop_signal
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                user=user,
                group=user,
                extra_groups=[] if user else None,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - the harness starts servers from its only thread
            )

    @property
    def pid(self) -> int:
        """The process id of the root of the tree."""
        return self.process.pid

    def wait_for_port(self, port: int, seconds: float = 30.0) -> None:
        """Return when the port accepts connections; raise Failed with the log's end otherwise."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise Failed(f"a server did not start; its log ends with:\n{self.log_end()}")

    def log_end(self, characters: int = 1500) -> str:
        """Return the last characters of the log."""
        return self.log.read_text(errors="replace")[-characters:]

    def stop(self) -> None:
        """End the process; after ten seconds kill it and its remaining children by their ids."""
        if self.process.poll() is not None:
            return
        now = {pid: stat.parent for pid, stat in proc.stats().items()}
        members = proc.tree([self.pid], now)
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in members:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            self.process.wait(10)
