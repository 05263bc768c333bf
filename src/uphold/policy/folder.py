# SPDX-License-Identifier: Apache-2.0
"""The files of a site folder that make an edition, read and written; nothing else touches them."""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from uphold.errors import Conflict, Invalid, Missing
from uphold.policy import digest

_PLACES: Final = (("policy", ".md"), ("policy", ".toml"), ("forms", ".toml"))
LARGEST: Final = 1 << 20
"""Bytes that one file may hold; a policy is a text that people can read."""


def read(root: Path) -> dict[str, bytes]:
    """The policy's files by name relative to the folder.

    Raises `errors.Missing` if the folder holds no policy, `errors.Invalid` for a file that cannot
    be read or is too large to be meant.
    """
    found: dict[str, bytes] = {}
    for place, ending in _PLACES:
        for path in sorted((root / place).glob(f"*{ending}")):
            name = f"{place}/{path.name}"
            try:
                if path.stat().st_size > LARGEST:
                    raise Invalid(f"{name} is larger than {LARGEST} bytes.", "Shorten it.")
                found[name] = path.read_bytes()
            except OSError as fault:
                raise Invalid(
                    f"{name} cannot be read ({fault.strerror}).", "Mend its mode, or remove it."
                ) from None
    if not found:
        raise Missing(
            f"{root} holds no policy.", "Make a site folder with: uphold init DIR --policy FILE"
        )
    return found


def source(path: Path) -> bytes:
    """The bytes of a policy's text wherever it lies; `errors.Invalid` if it cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid(f"{path} is larger than {LARGEST} bytes.", "Give the policy's text.")
        return path.read_bytes()
    except OSError as fault:
        raise Invalid(
            f"{path} cannot be read ({fault.strerror}).", "Give the file with the policy's text."
        ) from None


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write new files below a folder, which is made if need be.

    Raises `errors.Conflict`, before anything is written, if any of them is there already, and
    `errors.Invalid` where the folder cannot be written.
    """
    taken = sorted(name for name in files if os.path.lexists(root / name))
    if taken:
        raise Conflict(
            f"{root} already has {', '.join(taken)}.", "Choose another folder; nothing was written."
        )
    try:
        for name, raw in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(raw)
    except OSError as fault:
        raise Invalid(
            f"{root} cannot be written ({fault.strerror}).", "Choose a folder that you may write."
        ) from None


def replace(root: Path, name: str, raw: bytes, seen: str) -> None:
    """Put a file in the place of the one with the digest `seen` (empty: of none), durably.

    Whoever reads meanwhile finds the old bytes or the new ones, never a part. Raises `errors.Conflict`,
    with nothing written, if another file stands there, and `errors.Invalid` where the folder cannot be
    written.
    """
    path = root / name
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(exist_ok=True)
        with _alone(path.parent) as place:
            if _digest(path) != seen:
                raise Conflict(f"{name} has changed meanwhile.", "Look at what it says now.")
            mode = path.stat().st_mode & 0o777 if seen else 0o644
            try:
                with beside.open("xb") as file:
                    file.write(raw)
                    file.flush()
                    os.fsync(file.fileno())
                beside.chmod(mode)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
            os.fsync(place)
    except OSError as fault:
        raise Invalid(
            f"{name} cannot be written ({fault.strerror}).",
            "Let the account that serves the site write to policy/ and forms/, or edit the file there.",
        ) from None


@contextmanager
def _alone(place: Path) -> Iterator[int]:
    """Keep every other writer of ours out of a folder, of this process and of others."""
    opened = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield opened
    finally:
        os.close(opened)


def _digest(path: Path) -> str:
    if path.is_symlink():
        raise Invalid(f"{path.name} is a link to another place.", "Edit the file that it leads to.")
    return digest.of(path.read_bytes()) if path.exists() else ""
