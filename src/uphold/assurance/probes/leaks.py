# SPDX-License-Identifier: Apache-2.0
"""Probes that look for what the exercise wrote, in every form, where it must not be: storage, journal, logs."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from uphold import errors
from uphold.assurance import filling, plaintext, trail
from uphold.assurance.filling import STEM
from uphold.assurance.plaintext import Needles
from uphold.assurance.probe import (
    N_,
    Cost,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.process import Unseen
from uphold.assurance.scene import JSON, Scene
from uphold.assurance.tables import assurance_run
from uphold.journal import entry

_PAGE = 512
_FEW = 2


@dataclass(frozen=True, slots=True)
class Searched:
    """How much was looked through, and what was found: the place and the form it was in.

    `unread` are places that could not be read, `unseen` why there was none to look at ("" where there was).
    """

    marks: int
    places: int
    found: tuple[tuple[str, str], ...]
    unread: tuple[str, ...] = ()
    unseen: str = ""


def _written(scene: Scene) -> list[str]:
    """Everything secret that this run has written or been given so far, and the id of its own submission."""
    own = [scene.submission().id] if scene.edition.forms else []
    tokens = [cookie for visitor in scene.signed_in() for cookie in visitor.cookies.values()]
    return [*dict.fromkeys([*scene.marks, *tokens, *own])]


def sought(written: Sequence[str]) -> list[str]:
    """What to look for, to find any of it: the stem of all marks, and of what has no stem the first and last few.

    A telephone number can bear no stem, and one of several that went the same way stands for the others.
    """
    others = [text for text in written if STEM not in text]
    chosen = others if len(others) <= 2 * _FEW else [*others[:_FEW], *others[-_FEW:]]
    return [STEM, *chosen] if len(others) < len(written) else chosen


# --- storage.sealed ---------------------------------------------------------------------------------


def _search_storage(scene: Scene) -> Searched:
    marks = _written(scene)
    needles = Needles(sought(marks))
    found: list[tuple[str, str]] = []
    unread = []
    places = 0
    for name, path in _files(scene):
        try:
            if not _is_new(path, scene):
                continue  # what was not written to since holds nothing of this run
            scene.watch(name, places)
            found += [(name, trace.form) for trace in needles.in_file(path)]
            places += 1
        except FileNotFoundError:
            continue  # gone while we looked
        except OSError:
            unread.append(name)
    if scene.files.database is None:
        with scene.read() as connection:
            for table in inspect(connection).get_table_names():
                scene.watch(table, places)
                places += 1
                traces = needles.in_pieces(_rows(connection, table, scene.run))
                found += [(str(table), trace.form) for trace in traces]
    return Searched(len(marks), places, tuple(sorted(set(found))), tuple(unread))


def _files(scene: Scene) -> Iterator[tuple[str, Path]]:
    """What the site keeps beside its keys, what its process has open, and temporary files."""
    files = scene.files
    hidden = {files.ring.parent, files.head.parent} - {files.folder}
    known = set()
    for path in plaintext.files(files.folder, hidden):
        known.add(path.resolve())
        yield str(path.relative_to(files.folder)), path
    if not files.data.is_relative_to(files.folder):
        for path in plaintext.files(files.data):
            known.add(path.resolve())
            yield f"{files.data.name}/{path.name}", path
    yield from _open_files(scene, known)
    for path in Path(tempfile.gettempdir()).iterdir():
        if path.is_file() and not path.is_symlink():
            yield f"tmp/{path.name}", path


def _open_files(scene: Scene, known: set[Path]) -> Iterator[tuple[str, Path]]:
    process = scene.process()
    opened = process if isinstance(process, Unseen) else process.files()
    if isinstance(process, Unseen) or isinstance(opened, Unseen):
        return
    logs = {path for path in (scene.outputs(),) if not isinstance(path, Unseen)}
    skipped = known | {path.resolve() for group in logs for path in group}
    for one in opened:
        path = process.readable(one)
        is_code = one.path.endswith((".so", ".py", ".pyc", ".mo"))
        if not is_code and path.resolve() not in skipped:
            yield f"open/{Path(one.path).name}", path


def _is_new(path: Path, scene: Scene) -> bool:
    """Tell a file that was written to since the run began; clocks and file systems are given two seconds."""
    return path.stat().st_mtime * 1000 >= scene.began_at - 2_000


def _rows(connection: Connection, table: str, run: int) -> Iterator[bytes]:
    """The rows of a table written since the run began, some at a time, each value as its bytes (PostgreSQL).

    Every row names the transaction that wrote it (`xmin`, PostgreSQL 5.6): the run's own row is the first.
    """
    quoted = connection.dialect.identifier_preparer.quote(table)
    query = text(
        f"SELECT * FROM {quoted} WHERE age(xmin) <= "  # noqa: S608 - both names are the database's own
        f"(SELECT age(xmin) FROM {assurance_run.name} WHERE number = :run)"
    )
    options = {"stream_results": True, "yield_per": _PAGE}
    found = connection.execute(query, {"run": run}, execution_options=options)
    for page in found.partitions(_PAGE):
        yield b"\0".join(_bytes(value) for row in page for value in row)


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value)
    return str(value).encode("utf-8", "surrogatepass")


def judge_storage(searched: Searched) -> Outcome:
    """Judge: nothing that was written stands anywhere in the open."""
    faults = [
        said(N_("What a person wrote stands in %(place)s (%(form)s)."), place=place, form=form)
        for place, form in searched.found
    ]
    if not faults and searched.unread:
        return not_shown(said(N_("%(place)s cannot be read."), place=searched.unread[0]))
    if not faults and not searched.marks:
        return not_shown(said(N_("Nothing was written that could be looked for.")))
    seen = N_(
        "Values that were looked for in every form: %(marks)s; places: %(places)s; found: none."
    )
    return judged(faults, said(seen, marks=searched.marks, places=searched.places))


# --- journal.no-personal-data -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """The journal since the run began: how many entries, which cannot be read by the catalogue, which hold a mark."""

    entries: int
    strange: tuple[int, ...]
    leaking: tuple[tuple[int, str], ...]


def _read_journal(scene: Scene) -> Read:
    needles = Needles(sought(_written(scene)))
    strange, leaking = [], []
    entries = trail.raw(scene, trail.began(scene))
    for index, raw in entries:
        try:
            entry.decode(raw)
        except errors.Invalid:
            strange.append(index)
        leaking += [(index, trace.form) for trace in needles.within(raw)]
    return Read(len(entries), tuple(strange), tuple(leaking))


def judge_journal(read: Read) -> Outcome:
    """Judge: every entry follows the closed catalogue, and none holds what was written."""
    if not read.entries:
        return not_shown(said(N_("The journal has no entry of this run.")))
    faults = [
        said(N_("Entry %(index)s says what the catalogue of entries does not allow."), index=index)
        for index in read.strange
    ]
    text_ = N_("Entry %(index)s holds what a person wrote (%(form)s).")
    faults += [said(text_, index=index, form=form) for index, form in read.leaking]
    seen = N_("Entries that follow the catalogue and hold nothing that was written: %(count)s.")
    return judged(faults, said(seen, count=read.entries))


# --- logs.no-personal-data --------------------------------------------------------------------------


def _search_logs(scene: Scene) -> Searched:
    _provoke(scene)
    marks = sought(_written(scene))
    outputs = scene.outputs()
    if isinstance(outputs, Unseen):
        return Searched(len(marks), 0, (), unseen=outputs.reason)
    if not outputs:
        return Searched(len(marks), 0, (), unseen="no-file")
    needles, found, unread = Needles(marks), [], []
    for number, path in enumerate(outputs, 1):
        try:
            found += [(f"log {number}", trace.form) for trace in needles.in_file(path)]
        except OSError:
            unread.append(f"log {number}")
    return Searched(len(marks), len(outputs), tuple(sorted(set(found))), tuple(unread))


def _provoke(scene: Scene) -> None:
    """Send what makes programs complain: addresses, headers and bodies that are none, each with a mark."""
    marks = [filling.mark() for _ in range(4)]
    scene.marks += marks
    visitor = scene.stranger({"referer": f"{scene.address}/{marks[0]}"})
    visitor.get(f"/receipt/{marks[1]}?{marks[1]}")
    if not scene.edition.forms:
        return
    offer = scene.offer()
    broken = f'{{"name": "{marks[2]}"'.encode()
    visitor.post(offer.path, broken, {**JSON, "content-type": "application/json"})
    visitor.post(offer.path, b"x", {"content-type": marks[3]})


_WHY = {
    "no-proc": N_("This machine has no /proc, so the process that serves cannot be looked at."),
    "nobody-listens": N_(
        "The process that serves runs elsewhere, so its logs cannot be read from here."
    ),
    "other-user": N_(
        "The process that serves belongs to another user, so its logs cannot be read."
    ),
    "gone": N_("The process that served has ended."),
    "no-file": N_("The process that serves logs into no file that could be read."),
}


def judge_logs(searched: Searched) -> Outcome:
    """Judge: nothing that was written stands in a log; without a log that can be read there is nothing to judge."""
    if searched.unseen:
        return not_applicable(Said(_WHY[searched.unseen]))
    return judge_storage(searched)


STORAGE = Probe(
    id="storage.sealed.plaintext",
    promise="storage.sealed",
    kind=Kind.ATTACK,
    does=N_(
        "Looks like a thief through every file, table and temporary file for what the exercise wrote, in every form."
    ),
    act=_search_storage,
    oracle=judge_storage,
    cost=Cost.HEAVY,
)
JOURNAL = Probe(
    id="journal.no-personal-data.entries",
    promise="journal.no-personal-data",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads every entry since the run began by the catalogue and looks in it for what the exercise wrote."
    ),
    act=_read_journal,
    oracle=judge_journal,
)
LOGS = Probe(
    id="logs.no-personal-data.outputs",
    promise="logs.no-personal-data",
    kind=Kind.ATTACK,
    does=N_(
        "Sends what makes programs complain, and looks in the site's logs for what the exercise wrote."
    ),
    act=_search_logs,
    oracle=judge_logs,
)

PROBES = (JOURNAL, LOGS, STORAGE)
