# SPDX-License-Identifier: Apache-2.0
"""The files of a site folder that make an edition, read and written; nothing else touches them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from uphold.errors import Conflict, Invalid, Missing

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
