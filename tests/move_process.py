# SPDX-License-Identifier: Apache-2.0
"""A move that is killed on its way: `main([WHERE, "move", ...])`, for `tests.forks`.

WHERE names a step and says whether it dies before it or after it: `mark after`. With another word it is not killed.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from uphold.cli.main import main as command_line
from uphold.continuity import move  # noqa: F401 - imported before the process forks, as the command imports it late
from uphold.database import moved, transfer
from uphold.database.batch import Batch

STEPS = {
    "empty": (transfer, "empty"),
    "mark": (moved, "mark"),
    "say": (Batch, "commit"),
    "finish": (transfer, "finish"),
}


def main(words: list[str]) -> int:
    step, _, when = words[0].partition(" ")
    if step in STEPS:
        owner, name = STEPS[step]
        setattr(owner, name, _deadly(getattr(owner, name), is_after=when == "after"))
    return command_line(words[1:])


def _deadly(function: Callable[..., Any], *, is_after: bool) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        if is_after:
            function(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    return call
