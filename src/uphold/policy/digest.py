# SPDX-License-Identifier: Apache-2.0
"""The canonical bytes of an edition and of a form, and their SHA-256 (pure).

An edition's bytes are its files sorted by name, each as

    length of name (4 bytes, big-endian) | name (UTF-8) | length of bytes (8 bytes) | bytes

after the line `uphold-edition/v1`. Two different sets of files never have the same bytes.
"""

import hashlib
import json
import re
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from uphold.errors import Broken, Invalid
from uphold.policy.document import Form

MAGIC: Final = b"uphold-edition/v1\n"
NAME: Final = re.compile(
    r"policy/policy(?:\.[a-z]{2})?\.md|policy/policy\.toml"
    r"|forms/[a-z0-9-]{1,40}\.toml|wordings/[a-z0-9-]{1,40}\.[a-z0-9-]{1,40}\.[a-z]{2}\.md"
)


def of(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def form(declared: Form) -> str:
    """The digest of a form as declared: of its canonical JSON, all but the digest itself."""
    fields = asdict(declared)
    del fields["digest"]
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return of(text.encode())


def pack(files: Mapping[str, bytes]) -> bytes:
    """The canonical bytes of an edition's files; `errors.Invalid` for a name out of place."""
    out = [MAGIC]
    for name in sorted(files):
        if not NAME.fullmatch(name):
            raise Invalid(f"{name!r} is no file of an edition.", "Leave it out.")
        encoded = name.encode()
        out += [struct.pack(">I", len(encoded)), encoded]
        out += [struct.pack(">Q", len(files[name])), files[name]]
    return b"".join(out)


def unpack(raw: bytes) -> dict[str, bytes]:
    """The files of an edition; `errors.Broken` unless `raw` is exactly what `pack` writes."""
    files: dict[str, bytes] = {}
    try:
        if not raw.startswith(MAGIC):
            raise ValueError
        at = len(MAGIC)
        while at < len(raw):
            name, at = _take(raw, at, ">I")
            body, at = _take(raw, at, ">Q")
            files[name.decode()] = body
        if pack(files) != raw:
            raise ValueError
    except (ValueError, struct.error, Invalid) as cause:
        raise Broken(
            "The stored bytes of an edition are damaged.", "Restore the database from a backup."
        ) from cause
    return files


def _take(raw: bytes, at: int, width: str) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(width, raw, at)
    start = at + struct.calcsize(width)
    if start + length > len(raw):
        raise ValueError
    return raw[start : start + length], start + length
