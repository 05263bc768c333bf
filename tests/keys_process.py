# SPDX-License-Identifier: Apache-2.0
"""A command about keys that is killed on its way: `main([STEP, TOGETHER, "keys", "rotate", FOLDER])`.

A step is whatever reaches a disk: each fsync and each renaming of the key files and their folders, and each
COMMIT; each of them before it is done, and a COMMIT after it as well. STEP says at which of them, from 1, it
dies; TOGETHER how many rows a page of the rotation has.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uphold.app import App  # noqa: F401 - imported before the process forks, as the command imports it late
from uphold.cli import keys  # noqa: F401 - as above
from uphold.cli.main import main as command_line
from uphold.database.batch import Batch
from uphold.vault import epoch


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
        (Path, "replace", lambda: None),
        (Batch, "commit", step),
    ):
        setattr(owner, name, counted(getattr(owner, name), after))
    epoch.move.__defaults__ = (int(words[1]),)
    return command_line(words[2:])
