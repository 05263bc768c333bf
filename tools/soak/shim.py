# SPDX-License-Identifier: Apache-2.0
"""A clock that jumps and a disk that drags, for real processes: `shim.c` is built and put before the C library."""

import mmap
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
_TOLD = struct.Struct("<qq")


class Absent(Exception):
    """There is no C compiler; the message says what to install."""


class Shim:
    """What the processes that were started with `environment` are told of the time and the disk."""

    def __init__(self, folder: Path) -> None:
        """Build the library in `folder`, which other accounts must be able to read. Raises `Absent`."""
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            raise Absent("a C compiler is missing; on Debian: apt-get install gcc libc6-dev")
        library, told = folder / "shim.so", folder / "told"
        command = [compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library)]
        subprocess.run([*command, str(SOURCE), "-ldl"], check=True)
        told.write_bytes(bytes(_TOLD.size))
        told.chmod(0o644)
        with told.open("r+b") as file:
            self._told = mmap.mmap(file.fileno(), _TOLD.size)
        self.environment: Mapping[str, str] = {"LD_PRELOAD": str(library), "SOAK_TOLD": str(told)}
        self.ahead = 0.0
        self._drag = 0.0

    def now(self) -> int:
        """What the clock of the processes says, in unix milliseconds."""
        return time.time_ns() // 1_000_000 + round(self.ahead * 1000)

    def jump(self, ahead: float) -> None:
        """Set their clock so many seconds ahead of this process's, or behind it."""
        self.ahead = ahead
        self._tell()

    def drag(self, seconds: float) -> None:
        """Let each fsync take so much longer."""
        self._drag = seconds
        self._tell()

    def _tell(self) -> None:
        # Written at once, as a reader must see no half of it: two aligned words in shared memory.
        self._told[:] = _TOLD.pack(round(self.ahead * 1e9), round(self._drag * 1e6))

    def around(self) -> dict[str, str]:
        """The environment of this process with the shim in it."""
        return {**os.environ, **self.environment}
