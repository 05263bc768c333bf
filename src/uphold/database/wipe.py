# SPDX-License-Identifier: Apache-2.0
"""Have SQLite overwrite what was deleted, and empty its log, which may hold it still, while others read and write.

The log is copied into the file beside whoever writes (sqlite.org/c3ref/wal_checkpoint_v2.html). To empty it keeps every
writer out, for as long as somebody reads what is not copied yet: so that is done only once nobody reads what is old.
"""

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from uphold import errors

_PAUSE = 0.1
_WAIT_MS = 250
_COPY = "PRAGMA wal_checkpoint(PASSIVE)"
_EMPTY = "PRAGMA wal_checkpoint(TRUNCATE)"


def run(
    connection: Connection, turn: Callable[[], AbstractContextManager[None]], seconds: float
) -> None:
    """Wipe a file through a connection that nobody uses afterwards, taking turns at its write lock. Blocks.

    Raises `errors.Unavailable` when somebody reads an older state for all of `seconds`.
    """
    deadline = time.monotonic() + seconds
    connection.detach()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_WAIT_MS}")
    earlier = math.inf
    while True:
        is_busy, frames, copied = connection.exec_driver_sql(_COPY).one()
        # What was in the log at the last look is copied: whoever reads began since, and little is left to copy.
        if not is_busy and copied >= min(frames, earlier) and _empty(connection, turn):
            return
        if time.monotonic() > deadline:
            raise errors.Unavailable(
                "What was deleted cannot be overwritten while somebody reads for so long.",
                "It is tried again by itself.",
            )
        earlier = earlier if is_busy else frames
        time.sleep(_PAUSE)


def _empty(connection: Connection, turn: Callable[[], AbstractContextManager[None]]) -> bool:
    with turn():
        return not connection.exec_driver_sql(_EMPTY).one()[0]
