# SPDX-License-Identifier: Apache-2.0
"""`uphold`: from words on the command line to one function, and from its errors to an exit code.

Exit codes: 0 well, 1 a promise or check failed, 2 wrong use.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from uphold import __version__, errors
from uphold.cli import (
    attack,
    backup,
    canary,
    client,
    detection,
    disclosure,
    egress,
    incident,
    journal,
    keys,
    law,
    mail,
    measures,
    move,
    policy,
    prove,
    receipt,
    register,
    request,
    retention,
    serve,
    staff,
    statistics,
    threats,
    upgrade,
    visits,
)

TOPICS = (
    serve,
    prove,
    attack,
    threats,
    detection,
    measures,
    policy,
    law,
    register,
    receipt,
    journal,
    staff,
    client,
    canary,
    mail,
    request,
    disclosure,
    incident,
    egress,
    retention,
    statistics,
    keys,
    backup,
    move,
    upgrade,
    visits,
)
FAILED = 1
WRONG_USE = 2


class Parser(argparse.ArgumentParser):
    """Says where help is whenever it refuses; every command's parser is one."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and end with the code of wrong use."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USE, f"{self.prog}: {message}\n  See: {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Build the whole command line; imports no room."""
    whole = Parser(
        prog="uphold",
        description="Run a website operator's side of its privacy policy, and prove that it is kept.",
        epilog="Start with: uphold demo",
    )
    whole.add_argument("--version", action="version", version=f"uphold {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for topic in TOPICS:
        topic.register(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. No error of any kind shows a traceback."""
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.func(chosen))
    except errors.UpholdError as error:
        print(f"uphold: {error.message}", file=sys.stderr)
        if error.advice:
            print(f"  {error.advice}", file=sys.stderr)
        return FAILED if isinstance(error, errors.Broken | errors.Unavailable) else WRONG_USE
    except KeyboardInterrupt:
        print("\nuphold: stopped", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has had enough; the interpreter must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        # The kind and the place only: the message of a foreign error may quote what it was working on.
        print(f"uphold: a fault in Uphold itself: {_place(error)}", file=sys.stderr)
        print(
            "  Please report it with this line; nothing that was acknowledged is lost.",
            file=sys.stderr,
        )
        return FAILED


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    file = code.co_filename.rpartition("/")[2]
    return f"{type(error).__name__} in {file}:{trace.tb_lineno}"
