# SPDX-License-Identifier: Apache-2.0
"""`uphold`: from words on the command line to one function, and from its errors to an exit code.

Exit codes: 0 well, 1 a promise or check failed, 2 wrong use.
"""

import argparse
import os
import sys
from importlib import import_module

from uphold import __version__, errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

# Each command with the module that has it, and what it is for. One command needs one of the modules; to load all of
# them for `--help` took nine times as long as Python itself.
COMMANDS = {
    "demo": ("serve", "make and serve a demonstration site"),
    "serve": ("serve", "serve a site"),
    "prove": ("prove", "examine and attack the site, clause by clause"),
    "attest": ("prove", "state that the operator's own duty was done"),
    "attack": ("attack", "play attacks against the running site, as a drill"),
    "threats": ("threats", "tell what threatens the site and what holds it off"),
    "detection": ("detection", "list the rules that look for intruders, try them"),
    "measures": ("measures", "tell how effective the measures are"),
    "init": ("policy", "make a site folder from a policy's text"),
    "check": ("policy", "tell every error in a site folder"),
    "policy": ("policy", "import, show and publish the policy"),
    "law": ("law", "look up the terms of a law and count them"),
    "register": ("register", "print the record of processing"),
    "receipt": ("receipt", "verify a receipt"),
    "journal": ("journal", "verify the journal and what is stored beside it"),
    "staff": ("staff", "invite and list staff"),
    "client": ("client", "make, list and revoke machine clients of the API"),
    "canary": ("canary", "lay out what nobody has a reason to touch, and list it"),
    "mail": ("mail", "handle mail that waits or came back"),
    "request": ("request", "what people ask under the law, and what is due"),
    "disclosure": ("disclosure", "what went to somebody outside, and on which ground"),
    "incident": ("incident", "breaches, the law's clocks, drafts of notices"),
    "egress": ("egress", "list whom the site may speak to; what was refused"),
    "retention": ("retention", "destroy what is due; acts, preservation orders"),
    "statistics": ("statistics", "figures of visits, and the ledger of them"),
    "keys": ("keys", "rotate the key of what is stored, burn old ones"),
    "backup": ("backup", "make an encrypted backup of a site that goes on serving"),
    "restore": ("backup", "bring a site back from a backup"),
    "drill": ("backup", "restore the newest backup aside and prove it"),
    "move": ("move", "move a site into another database while it goes on serving"),
    "upgrade": ("upgrade", "bring the database to this version's schema"),
    "visits": ("visits", "visits that are counted"),
}
FAILED = 1
WRONG_USE = 2


class Lines(argparse.HelpFormatter):
    """Help as wide as the terminal; what asks for that in argparse loads every kind of archive first."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdecimal() else os.get_terminal_size().columns
        except (OSError, ValueError):
            width = 0
        super().__init__(prog, width=(width or 80) - 2)


class Parser(argparse.ArgumentParser):
    """Says where help is whenever it refuses; every command's parser is one."""

    def __init__(self, **named: "Any") -> None:
        super().__init__(**{"formatter_class": Lines, **named})

    def error(self, message: str) -> "NoReturn":
        """Print what is wrong and end with the code of wrong use."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USE, f"{self.prog}: {message}\n  See: {self.prog} --help\n")


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """Build the command line; imports no room.

    Whole, or of one `command` alone; where there is none of that name, of the names and what they are for.
    """
    whole = Parser(
        prog="uphold",
        description="Run a website operator's side of its privacy policy, and prove that it is kept.",
        epilog="Start with: uphold demo",
    )
    whole.add_argument("--version", action="version", version=f"uphold {__version__}")
    commands = whole.add_subparsers(
        dest="command", metavar="COMMAND", required=True, prog=whole.prog
    )
    if command is not None and command not in COMMANDS:
        for name, (_, about) in COMMANDS.items():
            commands.add_parser(name, help=about, add_help=False)
        return whole
    wanted = (topic for name, (topic, _) in COMMANDS.items() if command in {None, name})
    for topic in dict.fromkeys(wanted):
        import_module(f"uphold.cli.{topic}").register(commands)
    return whole


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run one command and return its exit code. No error of any kind shows a traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    first = next((word for word in words if not word.startswith("-")), "")
    # Before the command stand no words but `--help` and `--version`.
    chosen = parser(first).parse_args(words)
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
