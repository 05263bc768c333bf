# SPDX-License-Identifier: Apache-2.0
"""One clause bound in policy.toml, and not a byte changed elsewhere, comments included (pure).

The file is edited as text and read again: what does not come out as meant is refused, with the lines to
write by hand. So a file may be written in any way that TOML allows.
"""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from uphold.errors import Conflict, Invalid
from uphold.policy import locate
from uphold.policy.document import Binding, Duty, Text
from uphold.policy.locate import Path

HEADING: Final = (
    "# --- What keeps each clause: promises, a duty of the operator, or nothing, as a fact"
)
_OURS: Final = ("promises", "fact")


def bind(raw: bytes, wanted: Sequence[Binding], order: Sequence[str], language: str) -> bytes:
    """The file with these clauses bound; what a table says of promises and fact is replaced.

    A duty is added where the clause has none. `order` are the clauses of the text, beside whose tables new
    ones are put; a text without language is written in `language`. Raises `errors.Invalid` for a file that
    is no TOML in UTF-8, and `errors.Conflict` where it cannot be edited.
    """
    try:
        text = raw.decode("utf-8")
        before = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise Invalid(
            "policy.toml cannot be read.", "Mend what `uphold check` tells of it."
        ) from None
    rows = text.replace("\r\n", "\n").split("\n")
    for one in wanted:
        rows = _bind(rows, one, order, language)
    ending = "\r\n" if "\r\n" in text else "\n"
    after = "\n".join(rows).replace("\n", ending)
    if not _as_meant(before, after, wanted, language):
        lines = "\n".join(row for one in wanted for row in _table(one, language))
        raise Conflict(
            "policy.toml is written in a way that cannot be edited safely; nothing was changed.",
            f"Write this into it by hand:\n{lines}",
        )
    return after.encode()


def _bind(rows: list[str], one: Binding, order: Sequence[str], language: str) -> list[str]:
    found = locate.keys("\n".join(rows))
    path: Path = ("clause", one.clause)
    here = next((at for at, name in found.headers if name == path), None)
    if here is None:
        at = _place(rows, found.headers, one.clause, order)
        first = not any(name[0] == "clause" for _, name in found.headers)
        lead = ["", HEADING] if first else []
        return [*rows[:at], *lead, "", *_table(one, language), *rows[at:]]
    duty = []
    if one.duty and (*path, "duty") not in found.at:
        duty = ["", *_duty(one.clause, one.duty, language)]
    end = _end(rows, found.headers, here)
    gone = {line for key in _OURS if (*path, key) in found.at
            for line in range(found.at[*path, key], found.ends.get((*path, key), 0) + 1)}  # fmt: skip
    kept = [row for number, row in enumerate(rows[here:end], here + 1) if number not in gone]
    return [*rows[:here], *_values(one), *kept, *duty, *rows[end:]]


def _place(
    rows: list[str], headers: list[tuple[int, Path]], clause: str, order: Sequence[str]
) -> int:
    """The row before which a new table stands: after the tables of the nearest clause above it."""
    above = order[: order.index(clause)] if clause in order else order
    for name in reversed(above):
        mine = [at for at, path in headers if path[:2] == ("clause", name)]
        if mine:
            return _end(rows, headers, mine[-1])
    below = [at for at, path in headers if path[0] == "clause"]
    if below:
        return _lead(rows, min(below) - 1)
    return len(rows) - 1 if rows and not rows[-1] else len(rows)


def _end(rows: list[str], headers: list[tuple[int, Path]], here: int) -> int:
    """The row after the last one that belongs to the table whose header is row `here` (from 1)."""
    after = min((at for at, _ in headers if at > here), default=len(rows) + 1)
    return _lead(rows, after - 1)


def _lead(rows: list[str], at: int) -> int:
    """Go up from row `at` over comments and blank rows: they lead in what follows."""
    while at and (not rows[at - 1].strip() or rows[at - 1].lstrip().startswith("#")):
        at -= 1
    return at


def _table(one: Binding, language: str) -> list[str]:
    duty = ["", *_duty(one.clause, one.duty, language)] if one.duty else []
    return [f"[clause.{_quoted(one.clause)}]", *_values(one), *duty]


def _values(one: Binding) -> list[str]:
    rows = []
    if one.promises:
        rows.append(f"promises = [{', '.join(map(_quoted, one.promises))}]")
    if one.fact:
        rows.append("fact = true")
    return rows


def _duty(clause: str, duty: Duty, language: str) -> list[str]:
    rows = [f"[clause.{_quoted(clause)}.duty]"]
    for key, text in (("who", duty.who), ("what", duty.what)):
        rows += [f"{key}.{name or language} = {_quoted(words)}" for name, words in text.items()]
    return [*rows, f"every = {_quoted(duty.every)}"]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _as_meant(before: dict[str, Any], after: str, wanted: Sequence[Binding], language: str) -> bool:
    """Whether the new file says what the old one said, with these clauses bound, and nothing else."""
    try:
        found = tomllib.loads(after.removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        return False
    clauses = dict(before.get("clause", {}))
    for one in wanted:
        table = {k: v for k, v in clauses.get(one.clause, {}).items() if k not in _OURS}
        if one.promises:
            table["promises"] = list(one.promises)
        if one.fact:
            table["fact"] = True
        if one.duty:
            table.setdefault("duty", _plain(one.duty, language))
        clauses[one.clause] = table
    return found == {**before, "clause": clauses}


def _plain(duty: Duty, language: str) -> Mapping[str, Any]:
    def named(text: Text) -> dict[str, str]:
        return {name or language: words for name, words in text.items()}

    return {"who": named(duty.who), "what": named(duty.what), "every": duty.every}
