# SPDX-License-Identifier: Apache-2.0
"""All processes that serve one site have one key ring, one list of destroyed parts, one day's salt: one folder.

With a copy each, a rotation on one machine would shut out the others, and what one destroyed could come back with a
restore on another. So a process with a copy of its own is refused.
"""

import time
from pathlib import Path

from uphold import errors
from uphold.database import process
from uphold.database.engine import Database
from uphold.vault import unlock

# So long after a change of the ring another process may take to say that it has seen it.
PATIENCE_SECONDS = 8.0
_PAUSE = 0.2


def require_one(database: Database, ring: Path) -> None:
    """Refuse a key ring that is not the file which the processes that serve the site have; blocks for some seconds.

    Raises `errors.Conflict`. A ring that is away just now is nobody's copy.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _is_one(database, ring):
        if time.monotonic() > deadline:
            raise errors.Conflict(
                "Another process serves this site with another copy of the key ring.",
                "All processes of a site share one folder of keys: docs/how-to/several-processes.md",
            )
        time.sleep(_PAUSE)


def _is_one(database: Database, ring: Path) -> bool:
    mine = unlock.mark(ring)
    with database.read() as connection:
        others = {row.ring for row in process.living(connection)}
    return not mine or others <= {mine, ""}
