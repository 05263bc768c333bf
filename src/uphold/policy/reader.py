# SPDX-License-Identifier: Apache-2.0
"""A TOML file read against its schema: values of the right shape, and problems with their lines.

Reading never stops at a fault: a missing or wrong value becomes the empty value of its kind, so
that one run reports everything there is to mend (pure).
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from uphold.policy import locate
from uphold.policy.locate import Path
from uphold.policy.problem import Problem
from uphold.policy.schema import LANGUAGE, SLUG, Key

Table = Mapping[str, Any]

_EMPTY: Mapping[str, Any] = {
    "text": {}, "string": "", "strings": (), "boolean": False, "integer": 0,
    "table": {}, "tables": {}, "array": (),
}  # fmt: skip
_SHAPES = {
    "text": "a text in quotes, or one for each language",
    "string": "a text in quotes",
    "strings": "a list of texts in quotes",
    "boolean": "true or false",
    "integer": "a whole number",
    "table": "a table",
    "tables": "tables, one for each id",
    "array": "an array of tables",
}


@dataclass(slots=True)
class Source:
    """One TOML file: its content, where its keys stand, and what is wrong with it."""

    file: str
    table: Table = field(default_factory=dict)
    lines: locate.Lines = field(default_factory=locate.Lines)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True
    """Whether the file could be read as TOML at all."""

    def report(self, path: Path, code: str, message: str, advice: str) -> None:
        """Note a problem at the line of a key."""
        line = self.lines.line(*path)
        self.problems.append(Problem(self.file, line, code, message, advice))


def load(file: str, raw: bytes) -> Source:
    """Read a file's bytes as TOML. What is no TOML is a problem with a line, never an exception."""
    source = Source(file)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        source.table = tomllib.loads(text)
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        source.problems.append(
            Problem(file, line, "encoding", "This is not UTF-8.", "Save the file in UTF-8.")
        )
    except RecursionError:
        source.problems.append(
            Problem(file, 1, "toml", "Values are nested too deeply.", "Flatten them.")
        )
    except tomllib.TOMLDecodeError as fault:
        source.problems.append(_malformed(file, text, str(fault)))
    else:
        source.lines = locate.keys(text)
        return source
    source.whole = False
    return source


def _malformed(file: str, text: str, fault: str) -> Problem:
    at = re.search(r"\(at line (\d+), column \d+\)", fault)
    line = int(at[1]) if at else text.count("\n") + 1
    what = re.sub(r"\s*\(at .*\)$", "", fault)
    return Problem(file, line, "toml", f"This is not TOML: {what}.",
                   'Mend the line: key = "value", text in quotes, one table per header.')  # fmt: skip


def values(source: Source, table: Table, keys: Sequence[Key], path: Path = ()) -> dict[str, Any]:
    """The values of a table by key; those missing or wrong are empty, and reported."""
    known = {key.name: key for key in keys}
    for name in table:
        if name not in known:
            _unknown(source, (*path, name), name, known)
    found: dict[str, Any] = {}
    for key in keys:
        here = (*path, key.name)
        value = table.get(key.name)
        if value is None:
            if key.required and key.kind != "table":  # its own keys will be missed
                source.report(here, "missing", f"{_name(here)} is missing.", key.advice)
            found[key.name] = _EMPTY[key.kind]
        else:
            found[key.name] = _value(source, here, key, value)
    return found


def _value(source: Source, path: Path, key: Key, value: Any) -> Any:
    read = _KINDS[key.kind]
    taken = read(source, path, key, value)
    if taken is None:
        message = f"{_name(path)} must be {_SHAPES[key.kind]}."
        source.report(path, "type", message, key.advice)
        return _EMPTY[key.kind]
    return taken


def _unknown(source: Source, path: Path, name: str, known: Iterable[str]) -> None:
    near = difflib.get_close_matches(name, list(known), n=1)
    advice = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(sorted(known))}."
    source.report(path, "unknown-key", f"{_name(path)} is not a key that Uphold knows.", advice)


def _name(path: Path) -> str:
    """A path as one would write it: `purpose.security.clause`, `field 2 label`."""
    text = ""
    for piece in path:
        if isinstance(piece, int):
            text += f" {piece + 1} "
        else:
            text += piece if not text or text.endswith(" ") else f".{piece}"
    return text


def _text(source: Source, path: Path, key: Key, value: Any) -> dict[str, str] | None:
    if isinstance(value, str):
        value = {"": value}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        return None
    for language, text in value.items():
        here = (*path, language) if language else path
        if language and not re.fullmatch(LANGUAGE, language):
            source.report(here, "language", f"{language!r} is no language code.", "Use en, ru ...")
        if not text.strip():
            source.report(here, "unfinished", f"{_name(here)} is still empty.", key.advice)
    return {language: text for language, text in value.items() if text.strip()}


def _string(source: Source, path: Path, key: Key, value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if not value.strip():
        source.report(path, "unfinished", f"{_name(path)} is still empty.", _advice(key))
        return ""
    return value if _fits(source, path, key, value) else ""


def _strings(source: Source, path: Path, key: Key, value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    if len(set(value)) < len(value):
        source.report(path, "twice", f"{_name(path)} names something twice.", "Name it once.")
    return tuple(item for item in dict.fromkeys(value) if _fits(source, path, key, item))


def _fits(source: Source, path: Path, key: Key, value: str) -> bool:
    """Whether a string is one of the key's choices or of its pattern; reported if not."""
    if key.choices and value not in key.choices:
        near = difflib.get_close_matches(value, key.choices, n=1)
        advice = f"Did you mean {near[0]!r}?" if near else _advice(key)
        source.report(path, "value", f"{_name(path)} cannot be {value!r}.", advice)
        return False
    if key.pattern and not re.fullmatch(key.pattern, value, re.ASCII):
        source.report(path, "value", f"{_name(path)} cannot be {value!r}.", key.advice)
        return False
    return True


def _advice(key: Key) -> str:
    few = key.choices if len(key.choices) < 15 else ()
    return f"{key.advice} One of: {', '.join(few)}." if few else key.advice


def _boolean(_source: Source, _path: Path, _key: Key, value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(source: Source, path: Path, key: Key, value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    if not 0 < value < 2**53:
        source.report(path, "value", f"{_name(path)} cannot be {value}.", key.advice)
        return 0
    return value


def _table(_source: Source, _path: Path, _key: Key, value: Any) -> Table | None:
    return value if isinstance(value, dict) else None


def _tables(source: Source, path: Path, key: Key, value: Any) -> Table | None:
    if not isinstance(value, dict) or not all(isinstance(t, dict) for t in value.values()):
        return None
    pattern = re.compile(key.pattern or SLUG, re.ASCII)
    advice = key.advice if key.pattern else "Use up to 40 small letters, digits and hyphens."
    for name in value:
        if not pattern.fullmatch(name):
            source.report((*path, name), "value", f"{name!r} cannot be an id.", advice)
    return {name: table for name, table in value.items() if pattern.fullmatch(name)}


def _array(_source: Source, _path: Path, _key: Key, value: Any) -> tuple[Table, ...] | None:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        return None
    return tuple(value)


_KINDS = {
    "text": _text,
    "string": _string,
    "strings": _strings,
    "boolean": _boolean,
    "integer": _integer,
    "table": _table,
    "tables": _tables,
    "array": _array,
}
