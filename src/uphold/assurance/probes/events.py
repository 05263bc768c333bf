# SPDX-License-Identifier: Apache-2.0
"""The probe of the statistics' store: what lies in it was depersonalised before it came there.

It looks at the files as whoever holds the disk would, and calls nothing of what wrote them. What probes themselves do
on the site makes no event, so what is found is of visitors.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from uphold.assurance import parquet
from uphold.assurance.probe import N_, Cost, Kind, Outcome, Probe, judged, not_applicable, said
from uphold.assurance.scene import Scene
from uphold.enquiry import surplus
from uphold.enquiry.opinion import Opinion
from uphold.visits import layout
from uphold.visits.layout import OTHER, Store

_OFF = N_("This site makes no figures of visits.")
_EVENTS = ("hour", "kind", "item", "device", "first", "hourly", "rank")
_VISITORS = ("device", "browser", "country")
_KNOWN = re.compile(
    r"open/\d{4}-\d\d-\d\d/[0-9]+-[0-9a-f]+\.csv|visits/day=\d{4}-\d\d-\d\d/events\.parquet"
    r"|visitors/day=\d{4}-\d\d-\d\d/visitors\.parquet|released/[0-9a-f]{64}/[0-9W-]+\.json(\.new)?"
    r"|running/[0-9]+-[0-9a-f]+|run\.lock|\.lock|\.import"
)
# What is being written at this moment, in folders of its own, and gone with it.
_WORKING = re.compile(r"\.(closing|import|counting)-")
_FAMILY = re.compile(r"[A-Za-z][A-Za-z0-9 .+_-]{0,39}")
_COUNTRY = re.compile(r"([A-Z]{2})?")
_PAGE = re.compile(r"(//[A-Za-z0-9.:\[\]-]+)?/[^?#@\s]*")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """What lies in the store: files, those nobody knows, lines of open days, columns of closed ones.

    `odd` counts, by column, values that no depersonalised event has; `marks` what this run wrote into forms and
    that stands in the store all the same. `columns` are those of closed days that are not the declared ones.
    """

    is_on: bool
    files: int = 0
    strange: int = 0
    lines: int = 0
    days: int = 0
    columns: tuple[str, ...] = ()
    odd: tuple[tuple[str, int], ...] = ()
    marks: int = 0


def _look(scene: Scene) -> Looked:
    store = Store(scene.settings.path(scene.settings.visits.store))
    if not scene.settings.visits.record:
        return Looked(is_on=False)
    files = [path for path in sorted(store.folder.rglob("*")) if path.is_file()]
    named = {path: path.relative_to(store.folder).as_posix() for path in files}
    strange = [name for name in named.values() if not (_KNOWN.fullmatch(name) or _working(name))]
    distinct: set[tuple[str, ...]] = set()
    lines = marks = 0
    for path in (path for path in files if path.suffix == ".csv"):
        count, seen = _read(path)
        lines, distinct = lines + count, distinct | seen
    for path in (path for path in files if path.suffix in {".csv", ".json"}):
        raw = _bytes(path)
        marks += sum(mark.encode() in raw for mark in set(scene.marks))
    closed = [path for path in files if path.suffix == ".parquet"]
    unknown = {name for path in closed for name in _undeclared(path)}
    return Looked(
        is_on=True,
        files=len(files),
        strange=len(strange),
        lines=lines,
        days=len(store.closed_days()),
        columns=tuple(sorted(unknown)),
        odd=tuple(_odd(distinct, _items(scene))),
        marks=marks,
    )


def _working(name: str) -> bool:
    return bool(_WORKING.match(name))


def _read(path: Path) -> tuple[int, set[tuple[str, ...]]]:
    """Count the whole lines of an open file, and return what they say without hour and visitor, each once."""
    text = _bytes(path).decode("utf-8", "replace")
    rows = list(csv.reader(text[: text.rfind("\n") + 1].splitlines()))
    return len(rows), {_checked(row) for row in rows}


def _bytes(path: Path) -> bytes:
    """Read a file; one that was closed or moved meanwhile holds nothing any more."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _checked(row: list[str]) -> tuple[str, ...]:
    """A line's values from `kind` on, with "columns", "hour" or "visitor" before them if those are odd."""
    if len(row) != len(layout.COLUMNS):
        return ("columns",)
    hour, visitor, *rest = row
    if not (hour.isdigit() and int(hour) < 24):
        return ("hour",)
    if not (visitor.isdigit() and len(visitor) <= 19):
        return ("visitor",)
    return tuple(rest)


def _undeclared(path: Path) -> Iterator[str]:
    wanted = _EVENTS if path.name == "events.parquet" else _VISITORS
    try:
        found = parquet.columns(path)
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        found = ("?",)
    yield from set(found) ^ set(wanted)


def _items(scene: Scene) -> frozenset[str]:
    """The names that forms and their fields had in any edition, and what can be said of an answer."""
    found = {OTHER, *map(str, Opinion)}
    for edition in scene.editions:
        for key, form in edition.forms.items():
            found |= {key, *(f"{key}.{one.key}" for one in form.fields)}
            found |= {f"{key}.consent.{purpose}" for purpose in form.purposes}
            found |= {f"{key}.{name}" for name in ("consent", "form", "token")}
    return frozenset(found)


def _odd(distinct: Iterable[tuple[str, ...]], items: frozenset[str]) -> Iterator[tuple[str, int]]:
    found: dict[str, int] = {}
    for values in distinct:
        for name in _odd_of(values, items):
            found[name] = found.get(name, 0) + 1
    yield from sorted(found.items())


def _odd_of(values: tuple[str, ...], items: frozenset[str]) -> Iterator[str]:
    if len(values) == 1:
        yield values[0]
        return
    kind, item, device, browser, country = values
    if kind not in layout.KINDS:
        yield "kind"
    is_page = bool(_PAGE.fullmatch(item)) and len(item) <= _LONGEST and not surplus.kinds(item)
    if not (item == OTHER or (is_page if kind == "view" else item in items)):
        yield "item"
    if device not in layout.DEVICES:
        yield "device"
    if not _FAMILY.fullmatch(browser) or "/" in browser:
        yield "browser"
    if not _COUNTRY.fullmatch(country):
        yield "country"


def judge_store(trace: Looked) -> Outcome:
    """Judge: only declared files, columns and values, none of which is a person's, and no mark of ours."""
    if not trace.is_on:
        return not_applicable(said(_OFF))
    faults = []
    if trace.strange:
        text = N_("Files in the statistics' store that are not declared: %(count)s.")
        faults.append(said(text, count=trace.strange))
    if trace.columns:
        text = N_("Closed days have other columns than the declared ones: %(names)s.")
        faults.append(said(text, names=", ".join(trace.columns)))
    text = N_("Values in the column %(column)s that no depersonalised event has: %(count)s.")
    faults += [said(text, column=name, count=count) for name, count in trace.odd]
    if trace.marks:
        text = N_("Values that were typed into a form stand in the statistics' store: %(count)s.")
        faults.append(said(text, count=trace.marks))
    seen = N_(
        "Files in the statistics' store: %(files)s; closed days: %(days)s, events of open ones: %(lines)s. Each has"
        " the declared columns alone."
    )
    return judged(faults, said(seen, files=trace.files, days=trace.days, lines=trace.lines))


STORE = Probe(
    id="improvement.depersonalised.store",
    promise="improvement.depersonalised",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads every file of the statistics' store: which columns it has, and whether anything in it is a person's."
    ),
    act=_look,
    oracle=judge_store,
    cost=Cost.HEAVY,
)
PROBES = (STORE,)
