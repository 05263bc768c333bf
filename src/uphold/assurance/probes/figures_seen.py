# SPDX-License-Identifier: Apache-2.0
"""Probes of figures as staff see them: every file has the released numbers and no others, and looking is on record.

They go through the console's door as the analyst does, and reckon from the released files by themselves what may
stand in what they are given.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from uphold.access.permission import Role
from uphold.assurance import console
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, said
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer
from uphold.journal import entry
from uphold.statistics import ledger
from uphold.statistics.ledger import Act
from uphold.visits import layout
from uphold.visits.layout import Store

HOME = "/console/statistics"
PAGES = {"visits": HOME, "forms": f"{HOME}/forms", "answers": f"{HOME}/answers"}
EXACT, LEAST, HIDDEN = "exact", "at-least", "hidden"
LABEL = "aggregated"
# What a table that hides nothing does not name.
_ZERO = [0, 0, 0]
_NONE_YET = N_("No figures were released yet.")

Number = tuple[str, tuple[str, ...]]
"""Which number: its table and key; no key for the total."""
Told = tuple[str, str, str]
"""A number as it is told: persons, acts, and how exact; "" for what is hidden."""
Numbers = Mapping[Number, Told]


# --- statistics.depersonalised.files: the same under each format ------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """One page's figures as a file gave them, and as the released files have them.

    `extra` counts numbers that were never released or differ, `absent` those that are shown and not given.
    """

    page: str
    format: str
    status: int
    numbers: int = 0
    extra: int = 0
    absent: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """All that was given; `atoms` is how many days, weeks and months were ever released."""

    atoms: int
    given: tuple[Given, ...] = ()


def _take(scene: Scene) -> Taken:
    atoms = _atoms(scene)
    if not atoms:
        return Taken(0)
    analyst = console.Desk(scene, Role.ANALYST).visitor
    found = []
    for page in PAGES:
        for form, read in (("json", _json), ("csv", _csv)):
            answer = analyst.get(f"{HOME}/file/{page}/{form}")
            found.append(_given(page, form, answer, read, atoms))
    return Taken(len(atoms), tuple(found))


def _given(page: str, form: str, answer: Answer, read: Any, atoms: list[dict[str, Any]]) -> Given:
    if answer.status != 200:
        return Given(page, form, answer.status)
    try:
        label, start, end, numbers = read(answer.text)
        names = {table for table, _ in numbers}
        right = expected(atoms, start, end, names)
    except (KeyError, TypeError, ValueError, IndexError):
        return Given(page, form, answer.status, extra=1)
    extra = sum(right.get(name, ("", "", HIDDEN)) != told for name, told in numbers.items())
    absent = sum(name not in numbers and told[2] != HIDDEN for name, told in right.items())
    return Given(page, form, answer.status, len(numbers), extra, absent, label)


def _atoms(scene: Scene) -> list[dict[str, Any]]:
    store = Store(scene.settings.path(scene.settings.visits.store))
    return [
        json.loads(path.read_bytes()) for path in sorted(store.folder.glob("released/*/*.json"))
    ]


def _json(text: str) -> tuple[str, str, str, Numbers]:
    told = json.loads(text)
    found: dict[Number, Told] = {}
    for table in told["tables"]:
        found[table["name"], ()] = _number(table["total"])
        for cell in table["cells"]:
            key = tuple(cell[dim] for dim in table["dimensions"])
            found[table["name"], key] = _number(cell)
    return told["label"], told["from"], told["to"], found


def _number(told: Mapping[str, Any]) -> Told:
    persons, count = told["persons"], told["count"]
    return ("", "", told["state"]) if persons is None else (str(persons), str(count), told["state"])


def _csv(text: str) -> tuple[str, str, str, Numbers]:
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    found: dict[Number, Told] = {}
    dims = {row["table"]: 2 for row in rows if row["of"] == "cell" and row["value 2"]}
    for row in rows:
        if row["of"] == "time":
            continue
        key = (row["value"], row["value 2"])[: dims.get(row["table"], 1)]
        plain = tuple(value.removeprefix("'") for value in key) if row["of"] == "cell" else ()
        found[row["table"], plain] = (row["persons"], row["count"], row["state"])
    labels = {row["label"] for row in rows}
    first = rows[0]
    return " ".join(sorted(labels)), first["from"], first["to"], found


def expected(
    atoms: Iterable[Mapping[str, Any]], start: str, end: str, names: Iterable[str]
) -> dict[Number, Told]:
    """What may be told of a time: sums of what the released files show of it, reckoned anew (pure)."""
    within = [
        {table["name"]: table for table in atom["tables"]}
        for atom in atoms
        if _lies(atom, start, end)
    ]
    found: dict[Number, Told] = {}
    for name in names:
        tables = [one[name] for one in within if name in one]
        if not tables:
            continue
        found[name, ()] = _summed([table["total"] for table in tables])
        keys = {tuple(key) for table in tables for key, _ in table["cells"]}
        for key in keys:
            found[name, key] = _summed([_cell(table, key) for table in tables])
    return found


def _cell(table: Mapping[str, Any], key: tuple[str, ...]) -> list[int] | None:
    nothing = None if _hides(table) else _ZERO
    cells: Mapping[tuple[str, ...], list[int] | None] = {
        tuple(one): numbers for one, numbers in table["cells"]
    }
    return cells.get(key, nothing)


def _hides(table: Mapping[str, Any]) -> bool:
    lines = [line for margin in table["margins"].values() for line in margin]
    numbers = [table["total"], *(one for _, one in (*table["cells"], *lines))]
    return bool(table["unnamed"]) or None in numbers


def _summed(cells: list[list[int] | None]) -> Told:
    shown = [cell for cell in cells if cell is not None]
    told = [cell for cell in shown if cell is not _ZERO]
    if len(shown) < len(cells) and not told:
        return ("", "", HIDDEN)
    state = EXACT if len(shown) == len(cells) else LEAST
    return (str(sum(one[1] for one in shown)), str(sum(one[0] for one in shown)), state)


def _lies(atom: Mapping[str, Any], start: str, end: str) -> bool:
    first, last = layout.days(atom["atom"])
    return start <= first.isoformat() and last.isoformat() <= end


def judge_taken(trace: Taken) -> Outcome:
    """Judge: every file gives the released numbers, all of them, each under its label."""
    if not trace.atoms:
        return judged((), said(_NONE_YET))
    given = sum(one.numbers for one in trace.given)
    seen = N_("Files of figures gave %(count)s numbers; each is what was released of them.")
    return judged(
        (fault for one in trace.given for fault in _taken_faults(one)), said(seen, count=given)
    )


def _taken_faults(one: Given) -> Iterator[Said]:
    where = {"page": one.page, "format": one.format}
    if one.status == 404:
        return
    if one.status != 200:
        text = N_("The figures of %(page)s as %(format)s were answered %(status)s.")
        yield said(text, status=one.status, **where)
        return
    if one.extra:
        text = N_("Numbers in %(page)s as %(format)s that were not released so: %(count)s.")
        yield said(text, count=one.extra, **where)
    if one.absent:
        text = N_("Released numbers that %(page)s as %(format)s leaves out: %(count)s.")
        yield said(text, count=one.absent, **where)
    if one.numbers and one.label != LABEL:
        yield said(N_("The figures of %(page)s as %(format)s bear no label of their own."), **where)


# --- statistics.ledger.uses: looking is on record ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Used:
    """What the analyst did, and what of it the ledger and the journal have.

    `looked` and `took` count what was answered with figures; `noted` and `exported` the acts that came of that, with
    the digest of what was given; `unjournaled` acts whose entry says otherwise.
    """

    atoms: int
    looked: int = 0
    noted: int = 0
    took: int = 0
    exported: int = 0
    unjournaled: int = 0


def _use(scene: Scene) -> Used:
    atoms = _atoms(scene)
    if not atoms:
        return Used(0)
    desk = console.Desk(scene, Role.ANALYST)
    with scene.read() as connection:
        before = max((one.number for one in ledger.lines(connection, 1)), default=0)
    looked, digests = 0, []
    for page, path in PAGES.items():
        answer = desk.visitor.get(path)
        looked += answer.status == 200 and f"{HOME}/file/{page}/" in answer.text
        file = desk.visitor.get(f"{HOME}/file/{page}/json")
        if file.status == 200:
            digests.append(hashlib.sha256(file.body).hexdigest())
    with scene.read() as connection:
        mine = [
            one
            for one in ledger.lines(connection, 100, (Act.USED, Act.EXPORTED))
            if one.number > before and one.staff == desk.staff
        ]
        entries = {
            index: entry.decode(raw)
            for index, raw in scene.log.entries(
                connection, min((one.entry for one in mine), default=0)
            )
        }
    noted = [one for one in mine if one.act is Act.USED]
    given = [one.output for one in mine if one.act is Act.EXPORTED]
    wrong = sum(not _says(entries.get(one.entry), one) for one in mine)
    exported = sum(digest in given for digest in digests)
    return Used(len(atoms), looked, len(noted), len(digests), exported, wrong)


def _says(found: entry.Entry | None, line: ledger.Line) -> bool:
    if found is None or found.kind != f"statistics.{line.act}":
        return False
    codes = found.codes
    return (codes["staff"], codes["page"], codes["label"]) == (line.staff, line.what, line.label)


def judge_used(trace: Used) -> Outcome:
    """Judge: each look and each file has its act, and each act its entry."""
    if not trace.atoms:
        return judged((), said(_NONE_YET))
    faults = []
    if trace.noted < trace.looked:
        text = N_("Of %(looked)s looks at figures %(noted)s are in the ledger.")
        faults.append(said(text, looked=trace.looked, noted=trace.noted))
    if trace.exported < trace.took:
        text = N_("Of %(took)s files of figures %(exported)s are in the ledger.")
        faults.append(said(text, took=trace.took, exported=trace.exported))
    if not trace.looked:
        faults.append(said(N_("The analyst is shown no figures, though some were released.")))
    if trace.unjournaled:
        text = N_("Acts in the ledger that the journal does not say so: %(count)s.")
        faults.append(said(text, count=trace.unjournaled))
    seen = N_("Looks at figures: %(looked)s, files of them: %(took)s; the ledger has each.")
    return judged(faults, said(seen, looked=trace.looked, took=trace.took))


FILES = Probe(
    id="statistics.depersonalised.files",
    promise="statistics.depersonalised",
    kind=Kind.EXAMINE,
    does=N_(
        "Takes the figures as the analyst, in each format, and reckons from the released ones what may stand there."
    ),
    act=_take,
    oracle=judge_taken,
)
USES = Probe(
    id="statistics.ledger.uses",
    promise="statistics.ledger",
    kind=Kind.EXAMINE,
    does=N_(
        "Looks at figures and takes them as the analyst, and reads in the ledger and the journal that it did."
    ),
    act=_use,
    oracle=judge_used,
)

PROBES = (FILES, USES)
