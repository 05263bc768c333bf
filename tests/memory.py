# SPDX-License-Identifier: Apache-2.0
"""Temporary files of a run of tests, kept in memory where there is room: nothing here waits for a disk then.

What is tested is what survives the end of a process; what survives a loss of power is up to fsync, and that it is
asked for is tested by itself. TMPDIR, where it is set, stays as it is.
"""

import os
import shutil
import tempfile
from multiprocessing.util import Finalize
from pathlib import Path

FOLDER = Path("/dev/shm")
# Several times what the tests have at one time, as each gives back its own when it has passed.
ROOM = 6 << 30


def take() -> None:
    """Have this process and all that it starts keep temporary files in memory, until it ends."""
    if "TMPDIR" not in os.environ and room() >= ROOM:
        made = Path(tempfile.mkdtemp(prefix="uphold-tests-", dir=FOLDER))
        # A database server belongs to another account.
        made.chmod(0o711)
        # Last of all that is removed at the end: multiprocessing's own folder, of priority -100, lies in it.
        Finalize(None, shutil.rmtree, (made,), {"ignore_errors": True}, exitpriority=-200)
        os.environ["TMPDIR"] = tempfile.tempdir = str(made)


def room() -> int:
    """How many bytes of memory files may take: half of what is free; 0 where no files can be kept in it."""
    if not os.access(FOLDER, os.W_OK):
        return 0
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    free = int(told["MemAvailable"].split()[0]) << 10
    return min(shutil.disk_usage(FOLDER).free, free // 2)
