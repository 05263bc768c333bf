# SPDX-License-Identifier: Apache-2.0
"""A process that sweeps a site and is killed on the way: `main([FOLDER, POINT, NOW])`, for `tests.forks`.

The points are the moments around each COMMIT, around the note in the file `destroyed`, and around the
overwriting of what was deleted. POINT says at which of them, from 1, it dies; NOW (unix ms) is what the clock says.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uphold import app
from uphold.database.batch import Batch
from uphold.database.engine import Database
from uphold.vault import destroyed


def main(words: list[str]) -> int:
    folder, point, now = Path(words[0]), int(words[1]), int(words[2])
    passed = 0

    def step() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            step()
            found = function(*arguments)
            step()
            return found

        return wrapped

    with app.opened(folder) as site:
        for owner, name in ((Batch, "commit"), (Database, "wipe"), (destroyed, "append")):
            setattr(owner, name, around(getattr(owner, name)))
        done = site.sweep().run(now)
    return 0 if done is not None else 3
