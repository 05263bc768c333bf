# SPDX-License-Identifier: Apache-2.0
"""Write a stored journal as files in the layout of C2SP tlog-tiles, so that any tool for it can audit it.

    checkpoint                      the newest signed head
    tile/<L>/<N>[.p/<W>]            hashes
    tile/entries/<N>[.p/<W>]        entries; not public, unlike the rest

The folder is made mode 0700, the files 0600. Nothing is verified on the way: that is the reader's part.
"""

import os
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from uphold.errors import Conflict, Invalid
from uphold.journal import log, store, tile


class Exported(NamedTuple):
    """What was written: the size of the journal in entries, and how many files it took."""

    size: int
    files: int


def write(connection: Connection, folder: Path) -> Exported:
    """Write the journal into `folder`, which is made and must hold nothing.

    Raises Missing when there is no journal yet, Conflict when the folder holds something, Invalid when it
    cannot be written, Broken on damage. The checkpoint comes last, so that a folder without one is a
    part of an export that was interrupted.
    """
    head = log.newest(connection)
    size = head.size
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Conflict(f"{folder} is not empty.", "Name a folder that is not there yet.")
        files = 1
        for address in tile.addresses(size):
            _put(folder / tile.path(address), store.read_tile(connection, size, address))
            files += 1
            if address.level == 0:
                start = address.number * tile.WIDTH
                entries = store.entries(connection, start, start + address.width)
                bundle = tile.bundle([raw for _, raw in entries])
                _put(folder / tile.bundle_path(address.number, address.width), bundle)
                files += 1
        _put(folder / "checkpoint", head.note)
    except OSError as error:
        raise Invalid(
            f"{folder} cannot be written ({error.strerror}).", "Name a folder that you may write."
        ) from None
    return Exported(size, files)


def _put(path: Path, raw: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
