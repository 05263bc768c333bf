# SPDX-License-Identifier: Apache-2.0
"""`uphold mail export DIR FOLDER`: answers that no relay took, as files to send another way."""

import argparse
import json
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("mail", help="handle answers that wait")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    export = acts.add_parser("export", help="open waiting answers and write them as .eml files")
    export.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    export.add_argument("folder", type=Path, metavar="FOLDER", help="where the files go")
    export.add_argument("--json", action="store_true", help="print JSON")
    export.set_defaults(func=run_export)


def run_export(arguments: argparse.Namespace) -> int:
    """Write every waiting answer to the folder; each opening is journaled first."""
    import time

    from uphold import app
    from uphold.mail import delivery, outbox

    with app.opened(arguments.dir) as site:
        written = delivery.export(
            site.writer,
            site.ring,
            site.judges(),
            arguments.folder,
            sender=site.settings.mail.sender,
            now=time.time_ns() // 1_000_000,
        )
        with site.database.read() as connection:
            left = outbox.counts(connection)
    sealed = left[outbox.State.QUEUED] + left[outbox.State.FAILED]
    if arguments.json:
        told = {"written": [str(path) for path in written], "sealed": sealed}
        print(json.dumps(told, indent=2))
        return 0
    for path in written:
        print(path)
    if written:
        print(
            f"{len(written)} answer(s) written. They are readable now: send them, then delete the files."
        )
    elif not sealed:
        print("No answer waits.")
    if sealed:
        print(f"{sealed} answer(s) stay sealed; the page of the enquiry says why.")
    return 0
