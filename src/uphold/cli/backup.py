# SPDX-License-Identifier: Apache-2.0
"""`uphold backup DIR`, `uphold restore FILE`, `uphold drill DIR`: copies that can be restored, and proof of it."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.config import Settings
    from uphold.continuity.restore import Restored


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    backup = commands.add_parser(
        "backup", help="make an encrypted backup of a site that goes on serving"
    )
    backup.add_argument("dir", type=Path, metavar="DIR", nargs="?", help="the site folder")
    backup.add_argument(
        "--to",
        type=Path,
        metavar="PLACE",
        help="a new file or a folder ([backup] folder if left out)",
    )
    backup.add_argument(
        "--identity",
        type=Path,
        metavar="FILE",
        help="open the backup again with this, to check it whole",
    )
    backup.add_argument(
        "--behind",
        action="store_true",
        help="of a database that lacks the end, to restore it at once; needs --to and --identity",
    )
    backup.add_argument(
        "--new-recipient",
        type=Path,
        metavar="FILE",
        help="make an identity in FILE and print its recipient",
    )
    backup.add_argument("--json", action="store_true", help="print JSON")
    backup.set_defaults(func=run_backup)
    _register_restore(commands)
    drill = commands.add_parser("drill", help="restore the newest backup aside and prove it")
    drill.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    drill.add_argument("--identity", type=Path, metavar="FILE", required=True, help="what opens it")
    drill.add_argument("--json", action="store_true", help="print JSON")
    drill.set_defaults(func=run_drill)


def _register_restore(commands: Any) -> None:
    restore = commands.add_parser("restore", help="bring a site back from a backup")
    restore.add_argument("file", type=Path, metavar="FILE", help="the backup")
    restore.add_argument(
        "--to", type=Path, metavar="DIR", required=True, help="a folder that is not there"
    )
    restore.add_argument(
        "--identity", type=Path, metavar="FILE", required=True, help="what opens it"
    )
    restore.add_argument(
        "--keys", type=Path, metavar="RING", required=True, help="the site's newest key ring"
    )
    restore.add_argument(
        "--destroyed",
        type=Path,
        metavar="FILE",
        help="its newest list of destroyed parts (beside the key ring)",
    )
    restore.add_argument(
        "--destroyed-lost",
        action="store_true",
        help="go on without that list: what was erased since the backup comes back",
    )
    restore.add_argument(
        "--head", type=Path, metavar="FILE", help="its newest head file (beside the key ring)"
    )
    restore.add_argument(
        "--database",
        metavar="URL",
        default="",
        help="an empty database in the place of the configured one",
    )
    restore.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="an uphold.toml in the place of the one in the backup",
    )
    restore.add_argument("--json", action="store_true", help="print JSON")
    restore.set_defaults(func=run_restore)


def run_backup(arguments: argparse.Namespace) -> int:
    """Make a backup, or an identity for backups."""
    if arguments.new_recipient is not None:
        return _new_recipient(arguments.new_recipient)
    from uphold import app, errors
    from uphold.continuity import backup

    if arguments.dir is None:
        raise errors.Invalid("Name the site folder.", "uphold backup DIR")
    if arguments.behind:
        return _behind(arguments)
    with app.opened(arguments.dir) as site, _progress("Writing rows", arguments) as watch:
        settings = site.settings
        to = arguments.to or backup.folder_of(settings)
        made = backup.Maker(settings, site.ring, site.database, site.writer).make(
            to, arguments.identity, watch
        )
    if arguments.json:
        told = {
            "file": str(made.path),
            "number": made.number,
            "made_at": _second(made.made_at),
            "sha256": made.digest,
            "bytes": made.bytes,
            "entries": made.entries,
            "checked": made.checked,
            "removed": list(made.removed),
        }
        print(json.dumps(told, indent=2))
        return 0
    how = "opened and compared" if made.checked == "opened" else "read again"
    print(f"Wrote {made.path}: {made.bytes} bytes, {made.entries} journal entries, {how}.")
    for name in made.removed:
        print(f"Removed {name}: its days are over.")
    print("Not in it: the key ring and `destroyed`. Keep newest copies of both elsewhere.")
    return 0


def _behind(arguments: argparse.Namespace) -> int:
    """Write what a database that is behind has, so that a restore can go on from there."""
    from uphold import config, errors
    from uphold.continuity import behind

    if arguments.to is None or arguments.identity is None:
        raise errors.Invalid(
            "--behind needs --to, a new file, and --identity.",
            "Such a backup is for a restore at once, and no folder keeps it.",
        )
    made = behind.run(config.load(arguments.dir), arguments.to, arguments.identity)
    if arguments.json:
        told = {"file": str(arguments.to), "sha256": made.digest, "entries": made.entries}
        print(json.dumps({**told, "bytes": made.bytes, "checked": made.checked}, indent=2))
        return 0
    print(f"Wrote {arguments.to}: {made.bytes} bytes, {made.entries} journal entries.")
    print(
        "Nothing is journaled of it. Restore it now, with the newest key ring, `destroyed` and head file."
    )
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Restore a site; tells what is lost."""
    from uphold.assurance import audit
    from uphold.continuity import restore

    beside = arguments.keys.parent
    listed = arguments.destroyed or beside / "destroyed"
    wanted = restore.Wanted(
        file=arguments.file,
        to=arguments.to,
        identity=arguments.identity,
        keys=arguments.keys,
        destroyed=None if arguments.destroyed_lost else listed,
        head=arguments.head or beside / "head",
        database=arguments.database,
        config=arguments.config,
    )
    with _progress("Restoring rows", arguments) as watch:
        done = restore.run(wanted, audit.run, watch)
    if arguments.json:
        print(json.dumps(_restored(done), indent=2))
        return 0
    _tell_restored(done, listed_lost=arguments.destroyed_lost)
    return 0


def run_drill(arguments: argparse.Namespace) -> int:
    """Try the newest backup; exit 1 if it does not give a whole site."""
    from uphold import app
    from uphold.assurance import audit
    from uphold.continuity import drill

    with app.opened(arguments.dir) as site, _progress("Restoring rows", arguments) as watch:
        done = drill.run(site.settings, site.writer, arguments.identity, audit.run, watch)
    if arguments.json:
        told = {
            "outcome": done.outcome,
            "why": done.why,
            "backup": done.backup,
            "number": done.number,
            "made_at": _second(done.made_at),
            "entries": done.entries,
            "parts": done.parts,
            "opened": done.opened,
        }
        print(json.dumps(told, indent=2))
    elif done.outcome == drill.WELL:
        print(
            f"Backup {done.number} of {_time(done.made_at)} gives a whole site: {done.entries} entries, "
            f"{done.parts} parts, {done.opened} of the latest opened, audited, nothing destroyed came back."
        )
    else:
        print(f"BROKEN  Backup {done.number}: {done.why}")
    return 0 if done.outcome == drill.WELL else 1


def _new_recipient(file: Path) -> int:
    from uphold.vault import age

    recipient = age.write_identity(file)
    print(f'Write into uphold.toml:\n\n[backup]\nrecipient = "{recipient}"\n')
    print(f"Then take {file} off this machine, to two places that are kept apart and locked:")
    print("whoever has it can open every backup; without it no backup can be opened at all.")
    return 0


def _restored(done: "Restored") -> dict[str, Any]:
    return {
        "folder": str(done.folder),
        "origin": done.origin,
        "before": done.before,
        "made_at": _second(done.made_at),
        "entries": done.kept,
        "last_known": done.last,
        "lost": done.lost,
        "erased": done.erased,
        "burned": done.burned,
        "mail": done.mail,
        "moved": done.moved,
    }


def _tell_restored(done: "Restored", *, listed_lost: bool) -> None:
    if not done.before:
        print(f"{done.folder} had been restored but for its last step, which is done now.")
        return
    print(f"Restored {done.folder} as it was at {_time(done.made_at)}; the audit finds it whole.")
    print(f"Its journal goes on as {done.origin} after the {done.kept} entries of {done.before}.")
    for line in _lost(done):
        print(line)
    print(f"Parts that stay destroyed: {done.erased}.")
    if listed_lost:
        print(
            "Warning: without the list of destroyed parts, what was erased since came back. Erase it again."
        )
    if done.burned:
        print(
            f"Parts that nobody can open, their key burned since: {done.burned}; they were left out."
        )
    if done.mail:
        print(
            f"Messages that waited: {done.mail}. They may have been sent since: decide in the console."
        )
    for name in done.moved:
        print(f"{name} lay outside the folder and now lies in it.")
    print("Everybody must sign in again. Secrets such as the relay's password are not in a backup.")


def _lost(done: "Restored") -> Iterator[str]:
    since = f"what came after {_time(done.made_at)}"
    ask = "Ask people who hold receipts of it to send it again; withdrawals and requests too."
    if done.lost is None:
        yield f"Lost: {since}. How much that is cannot be told without the newest head file. {ask}"
    elif done.lost:
        yield f"Lost: {since}, {done.lost} journal entries or a few more. {ask}"
        yield "Receipts of it still verify against the old journal's key (/journal/keys)."
    else:
        yield f"The head file knows of nothing after {_time(done.made_at)}; at most a second is lost."


@contextmanager
def _progress(text: str, arguments: argparse.Namespace) -> "Iterator[Callable[..., None] | None]":
    """Show on a terminal how far it is; anywhere else show nothing."""
    if arguments.json or not sys.stdout.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("rows", total=None)

        def watch(first: int | str, second: int) -> None:
            if isinstance(first, int):
                bar.update(task, completed=first, total=second)
            else:
                bar.advance(task, second)

        yield watch


def warnings(settings: "Settings") -> list[str]:
    """Say that no backup is set up, or that they are kept longer than they can be opened."""
    own = settings.backup
    if not own.recipient or not own.folder:
        return [
            "No backup is set up ([backup] recipient and folder): if the disk is lost, so is all that is stored."
        ]
    if own.keep_days > settings.keys.burn_after_days:
        days = settings.keys.burn_after_days
        note = f"[backup] keep_days is {own.keep_days}, and an epoch key is burned {days} days after a rotation"
        return [f"{note}: older backups may open no more."]
    return []


def _second(at: int) -> str | None:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
