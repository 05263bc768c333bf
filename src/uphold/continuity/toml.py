# SPDX-License-Identifier: Apache-2.0
"""Change some lines of uphold.toml and leave every other as the operator wrote it (pure)."""

import json
import re
import tomllib
from collections.abc import Mapping

from uphold import errors

Value = str | tuple[str, ...] | None
"""None takes the line out."""

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+)\s*\]")
_ANY_HEADER = re.compile(r"\s*\[")
_NOTED = re.compile(r"""=\s*(?:"(?:[^"\\]|\\.)*"|'[^']*')(\s+#.*)$""")


def put(text: str, changes: Mapping[tuple[str, str], Value]) -> str:
    """Return the text with each (section, key) set.

    Raises `errors.Invalid` for a text that is written so that lines cannot be changed one by one.
    """
    lines = text.splitlines()
    wanted = tomllib.loads(text)
    for (section, key), value in changes.items():
        lines = _set(lines, section, key, value)
        wanted.setdefault(section, {}).pop(key, None)
        if value is not None:
            wanted[section][key] = list(value) if isinstance(value, tuple) else value
    made = "\n".join(lines) + "\n"
    try:
        found = tomllib.loads(made)
    except tomllib.TOMLDecodeError:
        found = {}
    if {name: part for name, part in found.items() if part != {}} != {
        name: part for name, part in wanted.items() if part != {}
    }:
        raise errors.Invalid(
            "uphold.toml is written in a way that cannot be changed line by line.",
            "Write each setting as a line of its own under its [section], in a copy; name it with --config.",
        )
    return made


def _set(lines: list[str], section: str, key: str, value: Value) -> list[str]:
    start = next(
        (at for at, line in enumerate(lines) if _named(line) == section),
        None,
    )
    if start is None:
        return lines if value is None else [*lines, "", f"[{section}]", _line(key, value)]
    end = next(
        (at for at in range(start + 1, len(lines)) if _ANY_HEADER.match(lines[at])), len(lines)
    )
    own = re.compile(rf"\s*{re.escape(key)}\s*=")
    at = next((at for at in range(start + 1, end) if own.match(lines[at])), None)
    if value is None:
        kept = [line for line in lines[start + 1 : end] if not own.match(line)]
        return [*lines[: start + 1], *kept, *lines[end:]]
    if at is None:
        return [*lines[: start + 1], _line(key, value), *lines[start + 1 :]]
    # Where it stands, with what somebody noted behind it.
    noted = _NOTED.search(lines[at])
    return [*lines[:at], _line(key, value) + (noted[1] if noted else ""), *lines[at + 1 :]]


def _named(line: str) -> str:
    match = _HEADER.match(line)
    return match[1] if match else ""


def _line(key: str, value: str | tuple[str, ...]) -> str:
    # A JSON string is a TOML string too.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"
