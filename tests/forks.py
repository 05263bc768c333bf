# SPDX-License-Identifier: Apache-2.0
"""Run something many times, each time in a process of its own that may be killed; what it imports is imported once.

    with forks.of("tests.sweep_process") as run:
        code = run(folder, 3)                   exit code, negative where a signal ended it

`python -m tests.forks MODULE` imports the module, which has `main(words) -> int`, and forks for each line of
words. No thread is there yet when it forks; whatever a run changes is gone with it.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

Run = Callable[..., int]
ROOT = Path(__file__).parents[1]


@contextlib.contextmanager
def of(module: str) -> Iterator[Run]:
    """Give what runs a module's `main` with words; the process behind it is ended in the end."""
    command = [sys.executable, "-m", "tests.forks", module]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def run(*words: object) -> int:
            asked.write(json.dumps([str(word) for word in words]) + "\n")
            asked.flush()
            return int(told.readline())

        yield run
        asked.close()


def main() -> None:
    module = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            os.dup2(2, 1)  # only the answer may stand where the answers are read
            sys.exit(module.main(json.loads(line)))
        _, status = os.waitpid(number, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
