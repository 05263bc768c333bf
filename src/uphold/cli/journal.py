# SPDX-License-Identifier: Apache-2.0
"""`uphold journal verify|head DIR`: audit the whole store, or print its newest signed head."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("journal", help="verify the journal")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="audit every entry, tile and head of a site")
    verify.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(func=run_verify)
    head = acts.add_parser("head", help="print the newest signed head")
    head.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    head.set_defaults(func=run_head)


def run_verify(arguments: argparse.Namespace) -> int:
    """Audit the store; every finding says what is wrong and where. Exit 1 if there is any."""
    from uphold import config
    from uphold.assurance import audit

    settings = config.load(arguments.dir)
    found = 0
    if arguments.json:
        listed = [str(finding) for finding in audit.run(settings)]
        print(json.dumps({"well": not listed, "findings": listed}, ensure_ascii=False, indent=2))
        return 1 if listed else 0
    for finding in audit.run(settings):
        found += 1
        print(f"WRONG  {finding}")
    if found:
        print(
            f"{found} finding(s). Stop the site, keep a copy of everything, and find out who or what did it."
        )
        return 1
    print(audit.summary(settings))
    return 0


def run_head(arguments: argparse.Namespace) -> int:
    """Print the newest signed head as served at /journal/checkpoint."""
    from uphold import config
    from uphold.database.engine import Database
    from uphold.journal import log, note
    from uphold.vault import unlock

    settings = config.load(arguments.dir)
    ring = unlock.load(settings.path(settings.keys.ring))
    journal = log.Log(settings.origin, note.Signer(settings.origin, ring.signing_seed), None)
    with Database(settings.database_url).read() as connection:
        sys.stdout.write(journal.head(connection).note.decode())
    return 0
