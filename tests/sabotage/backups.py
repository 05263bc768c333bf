# SPDX-License-Identifier: Apache-2.0
"""Sabotages of backups: what is missing in them, what comes back that must not, and files that are not there."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.continuity import archive, backup, place
from uphold.database import transfer
from uphold.vault.carry import KEYS, Admission


def leave_out_keys(ground: Ground) -> None:
    """Somebody thought that wrapped keys are keys, which no backup holds."""

    def rows(before: Callable[..., Iterator[Any]], connection: Any, table: Any) -> Iterator[Any]:
        yield from () if table.name == KEYS else before(connection, table)

    ground.wrap(transfer, "rows", rows)


def apply_nothing(ground: Ground) -> None:
    """The list of destroyed parts is read and not obeyed."""
    ground.patch.setattr(Admission, "_lives", lambda *_: True)


def believe_anybody(ground: Ground) -> None:
    """The end of a backup is not looked at."""
    ground.patch.setattr(archive, "_check_end", lambda *_: None)


def keep_the_origin(ground: Ground) -> None:
    """The restored journal goes on under the old name and key."""

    def configure(
        before: Callable[..., Any], root: Any, _origin: str, continues: Any, wanted: Any
    ) -> Any:
        return before(root, continues[-1], continues[:-1], wanted)

    ground.wrap(place, "configure", configure)


def take_the_ring(ground: Ground) -> None:
    """Somebody found it handy to have the keys beside what they open."""

    def members(before: Callable[..., Iterator[Any]], maker: Any, *more: Any) -> Iterator[Any]:
        found = before(maker, *more)
        yield next(found)
        ring = (ground.folder / "keys" / "ring.json").read_bytes()
        yield archive.File("letters/keys.json", ring)
        yield from found

    ground.wrap(backup.Maker, "_members", members)


def lose_the_file(ground: Ground) -> None:
    """Somebody tidied up the folder of backups."""
    for file in (ground.folder / "backups").iterdir():
        file.unlink()


def spoil_the_file(ground: Ground) -> None:
    """A disk gave up in the middle of the newest backup."""
    [file] = (ground.folder / "backups").iterdir()
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)


def stop_making_them(ground: Ground) -> None:
    """None has been made for a month."""
    ground.sql("UPDATE continuity_backup SET made_at = made_at - 2592000000")


SABOTAGES = several(
    "backups.restorable",
    ("keys", "Backups leave out the wrapped keys", leave_out_keys),
    ("destroyed", "A restore does not obey the list of destroyed parts", apply_nothing),
    ("signature", "A restore believes any backup, whoever made it", believe_anybody),
    ("origin", "A restored journal goes on under the old name", keep_the_origin),
    ("ring", "The key ring lies in the backup", take_the_ring),
    ("lost", "The file of the newest backup was deleted", lose_the_file),
    ("spoilt", "The file of the newest backup is damaged", spoil_the_file),
    ("old", "No backup has been made for a month", stop_making_them),
)
