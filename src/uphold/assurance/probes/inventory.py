# SPDX-License-Identifier: Apache-2.0
"""The probes of the inventory: nothing that the running site keeps stands outside of it, or beyond its end."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnClause, column, func, inspect, select, table

from uphold.access.permission import Role
from uphold.assurance import inventory
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_shown, said
from uphold.assurance.process import Unseen
from uphold.assurance.scene import Scene
from uphold.policy import term
from uphold.retention import due

_PAGES = ("/", "/policy", "/policy/editions", "/journal/checkpoint", "/console/login")
_BESIDE = ("", "-wal", "-shm", "-journal")
# What is over is looked for by the hour.
GRACE = 3 * 60 * 60 * 1000
_STORE = "statistics"
_PATIENCE_SECONDS = 5.0
_PAUSE = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """What there is: columns by table, files of the data and keys by their role, cookies by name."""

    tables: Mapping[str, frozenset[str]]
    files: frozenset[str]
    cookies: frozenset[str]


def _look(scene: Scene) -> Found:
    with scene.read() as connection:
        looked = inspect(connection)
        names = [*looked.get_table_names(), *looked.get_view_names()]
        tables = {
            str(name): frozenset(str(one["name"]) for one in looked.get_columns(name))
            for name in names
        }
    stranger = scene.stranger()
    shown = (scene.offer().path, scene.submission().receipt) if scene.edition.forms else ()
    for path in (*_PAGES, *shown):
        stranger.get(path)
    staff = [scene.staff(role) for role in (Role.CLERK, Role.OWNER)]
    cookies = {name for visitor in (stranger, *staff) for name in visitor.cookies}
    return Found(tables, frozenset(_files(scene)), frozenset(cookies))


def _files(scene: Scene) -> Iterator[str]:
    """Every file of the folders of data and keys, and what the process has open below the site's folder."""
    files = scene.files
    roles = {files.ring: "ring", files.head: "head", files.destroyed: "destroyed"}
    folders = {path.parent for path in roles}
    if files.database is not None:
        roles |= {
            files.database.with_name(files.database.name + ending): f"database{ending}"
            for ending in _BESIDE
        }
        folders.add(files.data)
    named = {path.resolve(): role for path, role in roles.items()}
    store = (files.folder / scene.settings.visits.store).resolve()
    # What the operator has put there by hand and named in the configuration is the operator's own.
    mine = {files.folder / name for name in _configured(scene)}
    for folder in {*folders, store} - {files.folder}:
        for path in folder.rglob("*"):
            if path.is_file() and path not in mine:
                yield stored(store, path.resolve()) or _role(path, named)
    process = scene.process()
    opened = process if isinstance(process, Unseen) else process.files()
    if not isinstance(opened, Unseen):
        for one in opened:
            path = Path(one.path)
            if path.is_relative_to(files.folder.resolve()) and path not in mine:
                yield stored(store, path) or _role(path, named)


def stored(store: Path, path: Path) -> str:
    """The role of a file of the statistics' store: the folder in it, or what is worked on; "" for another (pure)."""
    if not path.is_relative_to(store):
        return ""
    first, *rest = path.relative_to(store).parts
    if not rest and (first.startswith(".") or first.endswith(".lock")):
        first = "lock"
    elif first.startswith("."):
        first = "working"
    return f"{_STORE}/{first}"


def _role(path: Path, named: Mapping[Path, str]) -> str:
    """The role of a file; one that is being put in place of another at this moment has the other's."""
    for known, role in named.items():
        if path.resolve() == known or path.name.startswith(f".{known.name}."):
            return role
    return path.name


def _configured(scene: Scene) -> tuple[str, ...]:
    settings = scene.settings
    names = (
        settings.mail.password_file,
        settings.database.url_file,
        settings.serve.tls_key,
        settings.serve.tls_certificate,
    )
    return tuple(name for name in names if name)


def judge_found(found: Found) -> Outcome:
    """Judge: every column, file and cookie stands in the inventory."""
    if not found.tables:
        return not_shown(said(N_("The database shows no table.")))
    known = inventory.inventory()
    text = N_("%(name)s is in the database and not in the inventory.")
    faults = [said(text, name=name) for name in inventory.unlisted(found.tables, known)]
    text = N_("The file %(name)s is not in the inventory.")
    faults += [said(text, name=name) for name in sorted(found.files - set(known.files))]
    text = N_("The cookie %(name)s is not in the inventory.")
    faults += [said(text, name=name) for name in sorted(found.cookies - set(known.cookies))]
    return judged(
        faults,
        said(
            N_(
                "All is listed. Tables: %(tables)s, columns: %(columns)s, files: %(files)s, cookies: %(cookies)s."
            ),
            columns=sum(map(len, found.tables.values())),
            tables=len(found.tables),
            files=len(found.files),
            cookies=len(found.cookies),
        ),
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """Tables whose rows have a term of their own, how many rows they hold, and how many are beyond it, by table."""

    tables: int
    rows: int
    overdue: Mapping[str, int]


def _outlived(scene: Scene) -> Ended:
    """Count; a site that is served for this alone has only just begun to look for what is over."""
    began = time.monotonic()
    while True:
        found, looked = _counted(scene)
        is_new = not (scene.target.is_configured or looked)
        if not (found.overdue and is_new) or time.monotonic() - began > _PATIENCE_SECONDS:
            return found
        time.sleep(_PAUSE)


def _counted(scene: Scene) -> tuple[Ended, bool]:
    rows = tables = 0
    overdue: dict[str, int] = {}
    with scene.read() as connection:
        looked = due.state(connection).ended_at >= scene.target.since
        for one in inventory.inventory().tables.values():
            if isinstance(one.ends, inventory.Term):
                moment: ColumnClause[int] = column(one.ends.column)
                count = select(func.count()).select_from(table(one.name, moment))
                is_over = moment <= scene.now - GRACE - _length(one.ends.length)
                late = connection.execute(count.where(is_over)).scalar_one()
                rows += connection.execute(count).scalar_one()
                overdue |= {one.name: late} if late else {}
                tables += 1
    return Ended(tables, rows, overdue), looked


def _length(text: str) -> int:
    """The longest that a term can be, in milliseconds."""
    found = term.parse(text) or {}
    days = 366 * found.pop("years", 0) + 31 * found.pop("months", 0) + found.pop("days", 0)
    return int(timedelta(days=days, **found).total_seconds()) * 1000


def judge_ended(found: Ended) -> Outcome:
    """Judge: nothing is beyond its end by more than the hour in which it is looked for, and some grace."""
    if not found.tables:
        return not_shown(said(N_("The inventory says of no table when its rows end.")))
    text = N_("Rows of %(name)s that should have ended: %(count)s.")
    faults = [said(text, name=name, count=count) for name, count in sorted(found.overdue.items())]
    seen = N_("Of %(rows)s rows in %(tables)s tables that have a term none is beyond it.")
    return judged(faults, said(seen, rows=found.rows, tables=found.tables))


COMPLETE = Probe(
    id="inventory.complete.places",
    promise="inventory.complete",
    kind=Kind.EXAMINE,
    does=N_(
        "Lists every column, file and cookie of the running site and compares them with the inventory."
    ),
    act=_look,
    oracle=judge_found,
)

ENDED = Probe(
    id="inventory.complete.ends",
    promise="inventory.complete",
    kind=Kind.EXAMINE,
    does=N_("Counts what is still stored beyond the end that the inventory says."),
    act=_outlived,
    oracle=judge_ended,
)

PROBES = (COMPLETE, ENDED)
