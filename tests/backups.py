# SPDX-License-Identifier: Apache-2.0
"""Backups of the tests' sites: an identity, a folder for them, and the words for making and restoring one."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from uphold import config
from uphold.app import App
from uphold.assurance import audit
from uphold.config import FILE, Settings
from uphold.continuity import archive, backup, restore
from uphold.continuity.backup import Made
from uphold.continuity.restore import Restored, Wanted
from uphold.vault import age


@dataclass(frozen=True)
class Kept:
    """A site whose backups are set up: its settings, the identity that opens them, the folder they lie in."""

    settings: Settings
    identity: Path
    folder: Path


def set_up(settings: Settings, root: Path, *, lines: str = "") -> Kept:
    """Write the settings of backups into a site's configuration; `root` gets identity and folder."""
    identity, folder = root / "identity", root / "backups"
    secret, recipient = age.new_identity()
    identity.write_text(f"# of a test\n{secret}\n")
    folder.mkdir(mode=0o700)
    file = settings.folder / FILE
    own = f'\n[backup]\nrecipient = "{recipient}"\nfolder = "{folder}"\nevery_hours = 0\n{lines}'
    file.write_text(file.read_text(encoding="utf-8") + own, encoding="utf-8")
    return Kept(config.load(settings.folder), identity, folder)


def make(app: App, kept: Kept, **more: Any) -> Made:
    """Make a backup into the folder."""
    return backup.Maker(kept.settings, app.ring, app.database, app.writer).make(kept.folder, **more)


def wanted(kept: Kept, file: Path, to: Path, url: str = "") -> Wanted:
    """What restoring a backup takes, with the newest of everything that lies beside the key ring."""
    path, keys = kept.settings.path, kept.settings.keys
    return Wanted(
        file,
        to,
        kept.identity,
        path(keys.ring),
        path(keys.destroyed),
        path(keys.head),
        url or "sqlite:///data/uphold.sqlite",
    )


def bring_back(want: Wanted, **changes: Any) -> Restored:
    """Restore, with the audit that the command runs."""
    return restore.run(replace(want, **changes), audit.run)


def opened(file: Path, identity: Path) -> bytes:
    """What is inside a backup, as whoever holds the identity has it."""
    with file.open("rb") as raw:
        found = age.Opened(raw, age.identities(identity))
        try:
            return b"".join(iter(lambda: found.take(1 << 16), b""))
        finally:
            found.close()


def rows_of(plain: bytes, table: str) -> list[dict[str, Any]]:
    """The rows of a table in an opened backup, by column."""
    at, here, found = 0, archive.Columns("", ()), list[dict[str, Any]]()
    while at < len(plain):
        length = int.from_bytes(plain[at : at + 4], "big")
        member = msgspec.msgpack.decode(plain[at + 4 : at + 4 + length], type=archive.Member)
        at += 4 + length
        if isinstance(member, archive.Columns):
            here = member
        elif isinstance(member, archive.Rows) and here.name == table:
            found += [dict(zip(here.columns, row, strict=True)) for row in member.rows]
    return found


def stranger() -> str:
    """An identity that opens none of them."""
    return age.new_identity()[0]
