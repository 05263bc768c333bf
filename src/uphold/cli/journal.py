# SPDX-License-Identifier: Apache-2.0
"""`uphold journal verify|head|export DIR`: audit a whole site, print its newest signed head, hand it to other tools."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.assurance.audit import Watch

_STEPS = {
    "journal": "entries of the journal",
    "records": "records of the store",
    "store": "entries against the store",
}

# Painting the terminal more often would cost more than the audit itself.
_SECONDS_BETWEEN = 0.2


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("journal", help="verify the journal and what is stored beside it")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="audit every entry, tile, head and row of a site")
    verify.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    verify.add_argument(
        "--key", metavar="VKEY", help="the journal's public key, to audit without the key ring"
    )
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(func=run_verify)
    head = acts.add_parser("head", help="print the newest signed head")
    head.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    head.add_argument("--json", action="store_true", help="print JSON")
    head.set_defaults(func=run_head)
    export = acts.add_parser("export", help="write the journal as C2SP tiles for other tools")
    export.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    export.add_argument("to", type=Path, metavar="FOLDER", help="the folder to make")
    export.set_defaults(func=run_export)


def run_verify(arguments: argparse.Namespace) -> int:
    """Audit the site; every finding says what is wrong and where. Exit 1 if there is any."""
    from uphold import config
    from uphold.assurance.audit import Audit

    settings = config.load(arguments.dir)
    with _progress(show=not arguments.json) as watch:
        audit = Audit(settings, arguments.key, watch)
        found = 0
        listed = []
        for finding in audit.run():
            found += 1
            if arguments.json:
                listed.append(finding.as_json())
            else:
                print(f"WRONG  {finding}", flush=True)
    if arguments.json:
        told = {"well": not found, "findings": listed, "audited": audit.told()}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 1 if found else 0
    print(audit.summary())
    if found:
        print(
            f"{found} finding{'' if found == 1 else 's'}. Stop the site, keep a copy of everything, "
            "and find out who or what did it."
        )
        return 1
    print("All is well.")
    return 0


def run_head(arguments: argparse.Namespace) -> int:
    """Print the newest signed head as served at /journal/checkpoint."""
    from uphold import app
    from uphold.journal import log

    with app.reading(arguments.dir, confirmed=True) as connection:
        head = log.newest(connection)
    if arguments.json:
        told = {"size": head.size, "root": head.root.hex(), "note": head.note.decode()}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        sys.stdout.write(head.note.decode())
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write checkpoint, tiles and entry bundles into a folder."""
    from uphold import app
    from uphold.journal import export

    with app.reading(arguments.dir, confirmed=True) as connection:
        done = export.write(connection, arguments.to)
    print(f"Wrote {done.size} entries in {done.files} files to {arguments.to}/")
    print(
        "The entries under tile/entries are not public: they tell who of the staff did what, and when."
    )
    return 0


@contextmanager
def _progress(*, show: bool) -> "Iterator[Watch | None]":
    """Show on a terminal how far an audit is; anywhere else show nothing."""
    if not show or not sys.stdout.isatty():
        yield None
        return
    import time

    from rich.console import Console

    shown_at = 0.0

    def watch(step: str, at: int) -> None:
        nonlocal shown_at
        now = time.monotonic()
        if now - shown_at > _SECONDS_BETWEEN:
            shown_at = now
            status.update(f"{at} {_STEPS[step]}")

    with Console().status("Opening the database") as status:
        yield watch
