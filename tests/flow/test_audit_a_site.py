# SPDX-License-Identifier: Apache-2.0
"""Everything stored is changed, one cell or row at a time, behind the site's back; the audit names the place."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, text

from tests import cast, postgresql, site
from tests.conftest import ENGINES
from tests.house import source
from tests.site import Story
from uphold.app import App, open_site
from uphold.assurance.audit import Audit
from uphold.assurance.finding import Finding
from uphold.database.engine import Database
from uphold.database.schema import metadata
from uphold.vault import tables

AUDITED = (
    "consent_event",
    "mail_outbox",
    "policy_edition",
    "submission_record",
    "vault_destroyed",
    "vault_index",
    "vault_index_tail",
    "vault_key",
    "vault_part",
)
# What no entry of the journal covers, and why that is borne.
UNCOVERED = {
    # Only the order of answers is known.
    ("mail_outbox", "number"),
    # A change can only let the same post be stored twice; another length is found.
    ("submission_record", "nonce"),
    ("submission_record", "tag"),
    # How far an answer is on its way; the journal has mail.sent and mail.failed without naming it.
    ("mail_outbox", "language"),
    ("mail_outbox", "state"),
    ("mail_outbox", "reason"),
    ("mail_outbox", "attempts"),
    ("mail_outbox", "next_at"),
    ("mail_outbox", "sent_at"),
    ("mail_outbox", "bounced_at"),
    # A notice's: what it is about, and to whom. Its kind and its time are in the journal.
    ("mail_outbox", "codes"),
    ("mail_outbox", "sealed"),
    ("mail_outbox", "entry"),
}
COLUMNS = [
    (name, column.name)
    for name in AUDITED
    for column in metadata.tables[name].columns
    if (name, column.name) not in UNCOVERED
]


@dataclass
class Site:
    """A site after some life, closed; its tables are changed by raw statements and put back."""

    app: App
    story: Story
    database: Database

    def audit(self, key: str | None = None) -> list[Finding]:
        return list(Audit(self.app.settings, key).run())

    def rows(self, table: Table) -> list[dict[str, Any]]:
        order = ", ".join(f'"{column.name}"' for column in table.primary_key)
        with self.database.connect() as connection:
            query = text(f'SELECT * FROM "{table.name}" ORDER BY {order}')
            return [dict(row) for row in connection.execute(query).mappings()]

    @contextmanager
    def changed(self, *names: str) -> Iterator[Connection]:
        """Give a connection to do harm with, and undo it in these tables."""
        before = {name: self.rows(metadata.tables[name]) for name in names}
        with self.database.connect() as connection:
            try:
                yield connection
            finally:
                for name, rows in before.items():
                    connection.execute(text(f'DELETE FROM "{name}"'))
                    connection.execute(metadata.tables[name].insert(), rows)


def _open(folder: Path, url: str) -> Site:
    app = site.build(folder, url)
    story = site.live(app)
    app.close()
    database = Database(url)
    with database.connect() as connection:
        _allow_changes(connection)
    return Site(app, story, database)


def _allow_changes(connection: Connection) -> None:
    """Drop the triggers that keep tables append-only: whoever can write to the file can do so too."""
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in names.scalars().all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        return
    for name in metadata.tables:
        connection.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))


@pytest.fixture(scope="module", params=ENGINES)
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site on each engine."""
    folder = tmp_path_factory.mktemp("site")
    if request.param == "sqlite":
        made = _open(folder, f"sqlite:///{folder / 'data' / 'uphold.sqlite'}")
        yield made
        made.database.dispose()
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    name = server.create()
    made = _open(folder, server.url(name))
    yield made
    made.database.dispose()
    server.drop(name)


def other(value: Any) -> Any:
    """The value with the least change that an audit to the second can see."""
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    if isinstance(value, str):
        return "0" + value[1:] if value[:1] != "0" else "1" + value[1:]
    return value + 1000


def ends(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first and the last row: of the vault, one part of a submission and one of an answer or a note."""
    return rows if len(rows) < 3 else [rows[0], rows[-1]]


def where(table: Table, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A condition on the primary key."""
    keys = {f"k_{column.name}": row[column.name] for column in table.primary_key}
    return " AND ".join(f'"{name[2:]}" = :{name}' for name in keys), keys


def record(name: str, row: dict[str, Any]) -> int:
    """The record that a row of a table belongs to."""
    match name:
        case "submission_record":
            return int(row["number"])
        case "mail_outbox":
            return int(row["record"])
        case "vault_index_tail":
            return int(row["number"]) >> 10
        case "vault_index":
            return tables.record_of(row["part"])
        case _:
            return int(row["number"]) >> 8


def is_there(found: list[Finding], name: str, row: dict[str, Any]) -> bool:
    """Whether a finding names the row, or its record in the table where it is missed."""
    key = row["part"] if name == "vault_index" else row["number"]
    if any((finding.table, finding.number) == (name, key) for finding in found):
        return True
    if name == "policy_edition":
        return False
    places = [f for f in found if f.number is not None and f.table not in (None, "mail_outbox")]
    return any(
        record(name, row) == record(str(f.table), {"number": f.number, "part": f.number})
        for f in places
    )


def test_nothing_is_found_on_an_untouched_site(lived: Site) -> None:
    assert lived.audit() == []
    assert lived.audit(lived.app.log.vkey) == []


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_a_changed_cell_is_found(lived: Site, name: str, column: str) -> None:
    table = metadata.tables[name]
    for row in ends([row for row in lived.rows(table) if row[column] is not None]):
        value = other(row[column])
        with lived.changed(name) as connection:
            condition, keys = where(table, row)
            statement = f'UPDATE "{name}" SET "{column}" = :value WHERE {condition}'
            connection.execute(text(statement), {**keys, "value": value})
            found = lived.audit()
        places = (row, {**row, column: value})
        assert any(is_there(found, name, place) for place in places), list(map(str, found))


@pytest.mark.parametrize("name", AUDITED)
def test_a_lost_row_is_found(lived: Site, name: str) -> None:
    table = metadata.tables[name]
    for row in lived.rows(table):
        with lived.changed(name) as connection:
            condition, keys = where(table, row)
            connection.execute(text(f'DELETE FROM "{name}" WHERE {condition}'), keys)
            found = lived.audit()
        is_named = any(finding.entry == row.get("entry", -1) for finding in found)
        assert is_named or is_there(found, name, row), list(map(str, found))


@pytest.mark.parametrize("name", AUDITED)
def test_an_inserted_row_is_found(lived: Site, name: str) -> None:
    table = metadata.tables[name]
    for row in lived.rows(table):
        with lived.changed(name) as connection:
            foreign = {**row, **_elsewhere(name, row)}
            connection.execute(table.insert(), foreign)
            found = lived.audit()
        assert any(finding.table == name for finding in found), (row, list(map(str, found)))


def _elsewhere(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """What makes a row a second one: another key, and another nonce where it must be its own."""
    match name:
        case "vault_index":
            return {"value": other(row["value"])}
        case "submission_record":
            return {"number": 900, "nonce": other(row["nonce"])}
        case "policy_edition":
            return {"number": 9}
        case "mail_outbox":
            return {"number": 900}
        case "vault_index_tail":
            return {"number": row["number"] + 2}
        case _:
            return {"number": row["number"] + 7}


def test_exchanged_parts_are_found(lived: Site) -> None:
    one, two = lived.story.plain << 8, lived.story.narrowed << 8
    for name, column in (("vault_part", "sealed"), ("vault_key", "wrapped")):
        with lived.changed(name) as connection:
            _exchange(connection, name, column, one, two)
            found = lived.audit()
        assert {finding.number for finding in found if finding.table == name} == {one, two}


def test_exchanged_entries_are_found(lived: Site) -> None:
    one, two = lived.story.plain, lived.story.narrowed
    with lived.changed("submission_record") as connection:
        _exchange(connection, "submission_record", "entry", one, two)
        found = lived.audit()
    named = {f.number for f in found if f.what == "it names an entry of another record"}
    assert named == {one, two}


def _exchange(connection: Connection, name: str, column: str, one: int, two: int) -> None:
    query = text(f'SELECT "{column}" FROM "{name}" WHERE "number" = :number')
    first, second = (connection.execute(query, {"number": n}).scalar() for n in (one, two))
    statement = text(f'UPDATE "{name}" SET "{column}" = :value WHERE "number" = :number')
    connection.execute(statement, {"number": one, "value": second})
    connection.execute(statement, {"number": two, "value": first})


def test_a_changed_byte_of_the_journal_is_found(lived: Site) -> None:
    batch = lived.rows(metadata.tables["journal_batch"])[2]
    with lived.changed("journal_batch") as connection:
        statement = text("UPDATE journal_batch SET entries = :value WHERE number = :number")
        raw = batch["entries"].replace(b'"state":"new"', b'"state":"old"')
        assert raw != batch["entries"]
        connection.execute(statement, {"number": batch["number"], "value": raw})
        found = lived.audit()
    assert any(finding.batch == batch["number"] for finding in found)
    assert any(f.table == "submission_record" and f.what.startswith("`state`") for f in found)


def test_findings_hold_no_personal_data(lived: Site) -> None:
    with lived.changed("submission_record", "consent_event") as connection:
        for name, column in (("submission_record", "form"), ("consent_event", "purpose")):
            statement = text(f'UPDATE "{name}" SET "{column}" = :value')
            connection.execute(statement, {"value": cast.subject.email})
        found = lived.audit()
    assert found
    assert cast.leaks("\n".join(map(str, found)).encode()) == []


@pytest.mark.parametrize("name", AUDITED)
def test_no_damage_is_too_much(lived: Site, name: str) -> None:
    if lived.database.dialect != "sqlite":
        return  # a server keeps its types
    table = metadata.tables[name]
    for column in table.columns:
        if column.primary_key and name != "vault_index":
            continue
        for value in ("X'FF00'", "1e300", str(2**63 - 1), "CAST(X'FF80' AS TEXT)"):
            with lived.changed(name) as connection:
                row = lived.rows(table)[0]
                condition, keys = where(table, row)
                statement = f'UPDATE "{name}" SET "{column.name}" = {value} WHERE {condition}'
                connection.execute(text(statement), keys)
                found = lived.audit()
            assert found or (name, column.name) in UNCOVERED, (column.name, value)


def test_a_site_is_audited_while_two_processes_write(tmp_path: Path, engine_url: str) -> None:
    """Each opens the site for itself, as a second process would, and has its own block of numbers."""
    one = site.build(tmp_path, engine_url)
    two = open_site(one.settings)
    found: list[Finding] = []

    def audit() -> None:
        for _ in range(4):
            found.extend(Audit(one.settings).run())

    auditor = threading.Thread(target=audit)
    auditor.start()
    rounds = 0
    # At least so many: on a busy machine the auditor may be done before the writers had a turn.
    while auditor.is_alive() or rounds < 3:
        for app in (one, two):
            site.answer(app, site.submit(app).number)
        rounds += 1
    auditor.join()
    two.close()
    one.close()
    last = Audit(one.settings)
    assert found + list(last.run()) == []
    assert last.counts.submissions == 2 * rounds


def test_the_guide_says_what_works(tmp_path: Path) -> None:
    """The commands of the guide, run as they are printed."""
    app = site.build(tmp_path)
    site.submit(app)
    app.close()
    (tmp_path / "journal.key").write_text(app.log.vkey + "\n")
    guide = (source.ROOT / "docs" / "how-to" / "audit-a-site.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env={"PATH": path, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("All is well.") == 2
    assert (tmp_path / "exported" / "checkpoint").exists()


def test_findings_read_as_the_guide_shows_them(lived: Site) -> None:
    with lived.changed("vault_part") as connection:
        number = lived.story.plain << 8
        statement = "UPDATE vault_part SET sealed = :raw WHERE number = :n"
        connection.execute(text(statement), {"raw": b"x", "n": number})
        [found] = lived.audit(lived.app.log.vkey)
    pattern = (
        rf"vault_part {number}, entry \d+: its sealed content is not what its entry committed to"
    )
    assert re.fullmatch(pattern, str(found))
