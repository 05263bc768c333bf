# SPDX-License-Identifier: Apache-2.0
"""Write opened answers to a folder for another program to send: whole files or none, for their owner only."""

import os
from pathlib import Path

from uphold import errors


def make(folder: Path) -> None:
    """Make the folder (mode 0700) if there is none; `errors.Invalid` when it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(error) from None


def write(folder: Path, name: str, raw: bytes) -> Path:
    """Write a file of mode 0600, durable on return, in place of an earlier one of the same name.

    Raises `errors.Invalid` when the folder cannot be written to.
    """
    path, fresh = folder / name, folder / f".{name}.new"
    try:
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(handle)
        fresh.replace(path)
        _sync(folder)
    except OSError as error:
        raise _unwritable(error) from None
    return path


def _sync(folder: Path) -> None:
    """Make the file's name durable too (fsync(2): the folder needs an fsync of its own)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(error: OSError) -> errors.Invalid:
    return errors.Invalid(
        f"The folder for mail cannot be written to ({error.strerror}).",
        "Name a folder that you may write to.",
    )
