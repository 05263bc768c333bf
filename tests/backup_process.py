# SPDX-License-Identifier: Apache-2.0
"""A backup or a restore that is killed on its way: `main([STEP, "backup", ...])`, for `tests.forks`.

A step is whatever reaches a disk: each fsync, each renaming, each table that is filled, each COMMIT of the writer;
each of them before it is done, and a COMMIT and a renaming after it as well. STEP says at which of them, from 1, it
dies.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uphold.app import App  # noqa: F401 - imported before the process forks, as the command imports it late
from uphold.assurance import audit  # noqa: F401 - as above
from uphold.cli.main import main as command_line
from uphold.continuity import drill  # noqa: F401 - as above
from uphold.continuity.load import Loader
from uphold.database import transfer
from uphold.database.batch import Batch


def main(words: list[str]) -> int:
    left = int(words[0])

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(
        function: Callable[..., Any], after: Callable[[], None] = lambda: None
    ) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            step()
            found = function(*arguments)
            after()
            return found

        return call

    for owner, name, after in (
        (os, "fsync", lambda: None),
        (Path, "rename", step),
        (Path, "replace", lambda: None),
        (Batch, "commit", step),
        (Loader, "begin", lambda: None),
        (transfer, "finish", step),
    ):
        setattr(owner, name, counted(getattr(owner, name), after))
    return command_line(words[1:])
