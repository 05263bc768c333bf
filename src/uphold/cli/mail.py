# SPDX-License-Identifier: Apache-2.0
"""`uphold mail export DIR FOLDER`: messages that no relay took, as files to send another way; `uphold mail bounced`."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.config import Settings
    from uphold.policy.problem import Problem


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("mail", help="handle mail that waits or came back")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    export = acts.add_parser("export", help="open waiting messages and write them as .eml files")
    export.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    export.add_argument("folder", type=Path, metavar="FOLDER", help="where the files go")
    export.add_argument("--json", action="store_true", help="print JSON")
    export.set_defaults(func=run_export)
    bounced = acts.add_parser(
        "bounced", help="note from a delivery report that a message came back"
    )
    bounced.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    bounced.add_argument(
        "file", metavar="FILE", help="the report as it came in, - for standard input"
    )
    bounced.add_argument("--json", action="store_true", help="print JSON")
    bounced.set_defaults(func=run_bounced)


def problems(settings: "Settings") -> list["Problem"]:
    """What is wrong in the operator's own letters and in the folder of reports, for `uphold check`."""
    from uphold.mail import template
    from uphold.policy.problem import Problem

    advice = "See docs/how-to/set-up-mail.md."
    found = [
        Problem(f"{template.FOLDER}/{name}", 0, "letter", f"It {what}.", advice)
        for name, what in template.faults(settings.path(template.FOLDER))
    ]
    folder = settings.path(settings.mail.bounces)
    if settings.mail.bounces and not (folder / "new").is_dir():
        message = f"[mail] bounces names {settings.mail.bounces}, which is no Maildir."
        found.append(Problem("uphold.toml", 0, "bounces", message, advice))
    return found


def run_export(arguments: argparse.Namespace) -> int:
    """Write every waiting message to the folder; each opening is journaled first."""
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
            f"{len(written)} message(s) written. They are readable now: send them, then delete the files."
        )
    elif not sealed:
        print("No message waits.")
    if sealed:
        print(f"{sealed} message(s) stay in the outbox; the console's page of mail says why.")
    return 0


def run_bounced(arguments: argparse.Namespace) -> int:
    """Note what a report says; one that speaks of no message of this site changes nothing, and is no fault."""
    from uphold import app
    from uphold.access.canary import Place
    from uphold.assurance import canaries
    from uphold.mail import bounce, dsn

    raw = _report(arguments.file, dsn.LARGEST)
    with app.opened(arguments.dir) as site:
        language = site.shelf.in_force().policy.language
        found = bounce.take(site.writer, site.ring, raw, language)
        canaries.look(site.writer, site.ring, canaries.texts_of(raw), Place.MAIL)
    if arguments.json:
        print(json.dumps({"message": None if found is None else found.number}))
    elif found is None:
        print("This is no report about a message that was sent from here.")
    else:
        print(f"Message {found.number} came back; the console shows it.")
    return 0


def _report(name: str, largest: int) -> bytes:
    import sys

    from uphold import errors

    if name == "-":
        return sys.stdin.buffer.read(largest)
    try:
        with Path(name).open("rb") as file:
            return file.read(largest)
    except OSError as error:
        raise errors.Missing(
            f"The report {name} cannot be read ({error.strerror}).", "Name a file, or - for a pipe."
        ) from None
