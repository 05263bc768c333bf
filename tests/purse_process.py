# SPDX-License-Identifier: Apache-2.0
"""A process that asks out of the budget and is killed on the way: `main([URL, FOLDER, POINT, FIRST, LAST])`.

It asks question after question, from FIRST to LAST (which is not asked), each with noise of OpenDP, and writes what it
was answered into FOLDER/heard, durably, before it goes on. The points are the moments around each drawing and each
COMMIT: POINT says at which of them, from 1, it dies; 0 is never.
"""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.purse import Purse, question
from uphold.database.batch import Batch
from uphold.statistics import noise
from uphold.statistics.question import Answer, Drawn, Question

HEARD = "heard"


def _draw(asked: Question) -> Drawn:
    return noise.draw({}, asked)


def main(words: list[str]) -> int:
    url, folder = words[0], Path(words[1])
    point, first, last = (int(word) for word in words[2:])
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

    purse = Purse(url, folder)
    for owner, name in ((Batch, "commit"), (noise, "draw")):
        setattr(owner, name, around(getattr(owner, name)))
    with (folder / HEARD).open("a") as heard:
        for number in range(first, last):
            asked = question(number)
            found = purse.ask(asked, drawn=partial(_draw, asked))
            if isinstance(found, Answer):
                heard.write(f"{number} {found.drawn.told.decode()}\n")
                heard.flush()
                os.fsync(heard.fileno())
    purse.close()
    return 0
