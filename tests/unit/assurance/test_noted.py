# SPDX-License-Identifier: Apache-2.0
"""A run, its evidence, a duty and an alert: what was changed, taken away or made up in their tables is found."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests import purse, site, visitor
from tests.editions import FORM, PURPOSE
from tests.site import Story
from tests.unit.assurance.conftest import Site, copied
from uphold.access import canary, export, glass, hold, lift
from uphold.access.export import Format, Wanted
from uphold.access.gate import Hold
from uphold.access.glass import Glass
from uphold.access.hold import Reason
from uphold.access.permission import Actor, Role
from uphold.access.reading import Question
from uphold.access.volume import Limit
from uphold.app import App
from uphold.assurance import alert, archive, exercise, tables
from uphold.assurance.evidence import Evidence
from uphold.assurance.probe import Kind, Status
from uphold.database.transaction import Transaction
from uphold.incident import store as incidents
from uphold.incident.case import Sent
from uphold.incident.store import Opening
from uphold.journal import entry
from uphold.mail import notice
from uphold.mail.notice import Kind as Letter
from uphold.rights import request
from uphold.rights.machine import Kind as Right, Move, Step
from uphold.rights.stored import Channel, Identity, Intake
from uphold.statistics import budget, ledger, recipe
from uphold.statistics.label import Label

DIGEST = "a" * 64


def seen(app: App, run: int) -> Evidence:
    now = site.now()
    return Evidence(
        v=1,
        run=run,
        probe="form.declared-fields.post",
        promise="form.declared-fields",
        kind=Kind.ATTACK,
        status=Status.BROKEN,
        at=now,
        expires=now + 1,
        did="it was sent",
        saw=(),
        configuration=DIGEST,
        edition=1,
        journal=9,
        uphold="1",
    )


def attest(tx: Transaction) -> None:
    codes: dict[str, entry.Code] = {"clause": "4.2.2", "staff": 1, "until": tx.now // 1000 + 60}
    index = tx.append(entry.encode("duty.attested", tx.now, entry.salt(), codes))
    row = {"clause": "4.2.2", "edition": 1, "staff": 1, "at": tx.now, "until": tx.now + 60_000}
    tx.execute(insert(tables.assurance_attestation).values(**row, entry=index))


def copy(app: App) -> None:
    """Make an export of nobody's records by the journal's own words, and see its canary again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "_opens", lambda *_: True)
        actor, edition = Actor(7, Role.OWNER), app.shelf.in_force()
        wanted = Wanted(PURPOSE, FORM, Format.CSV, export.Reason.CHECK, 60_000)
        asked = [Question(actor, 1, FORM, PURPOSE, edition, edition, exercise=False)]
        limit = Limit(1, 1, 1)
        app.writer.run(
            lambda tx: export.order(tx, actor, wanted, asked, current=edition, limit=limit)
        )
    app.writer.run(lambda tx: canary.note(tx, 1, canary.Place.MAIL))


def broken(tx: Transaction, app: App) -> None:
    """Break the glass of the first record, end it and look at it, as the journal tells it."""
    plea = Glass(0, 7, 1, PURPOSE, glass.Reason.DANGER, False, tx.now, tx.now + 1, 0, 0, 0, 0, 0)
    number = glass.store(tx, app.ring, plea, "")
    glass.end(tx, number, 7)
    glass.see(tx, number, 8)


def happen(tx: Transaction, app: App) -> None:
    """Open an incident, notify and close it, as the journal tells it."""
    made = incidents.open_(tx, app.ring, Opening(tx.now, words="The inbox was read."), 7)
    incidents.give(tx, app.ring, made.number, Sent("ru-152fz-first", tx.now, 1, DIGEST), 7)
    incidents.close(tx, app.ring, made.number, 7)


def pay(tx: Transaction) -> None:
    budget.ask(tx, purse.question(1), purse.GRANTED, purse.draw)


def figure(tx: Transaction) -> None:
    """Make figures, and look at them and take them, as the ledger tells it."""
    ledger.fix(tx, recipe.default(), 7)
    ledger.close(tx, date(2026, 11, 22), 40)
    ledger.release(tx, "2026-W47", 1, 2, b"figures", {"smallest": 5})
    ledger.refuse(tx, "2026-11-22", 1, {"findings": {"small": 1}})
    ledger.run(tx, 1, 1)
    ledger.use(tx, 7, "visits", Label.AGGREGATED)
    ledger.export(tx, 7, "visits", Label.AGGREGATED, b"file")
    ledger.drop(tx, date(2026, 11, 22))


@pytest.fixture(scope="module")
def proving(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Story]:
    """A site on which a run of probes left one of everything."""
    app = site.build(tmp_path_factory.mktemp("noted"))
    copy(app)
    begun = exercise.begin(app.settings, app.writer, app.ring, 0, edition=1, configuration=DIGEST)
    with begun as run:
        with visitor.visiting(app, **{"uphold-exercise": run.mark()}) as somebody:
            somebody.receipt()
        evidence = seen(app, run.run)
        key = archive.signer(app.settings, app.ring)
        app.writer.run(lambda tx: archive.store(tx, key, evidence))
        (number,) = app.writer.run(lambda tx: alert.raise_new(tx, [evidence]))
    app.writer.run(lambda tx: alert.see(tx, number, 7))
    app.writer.run(attest)
    stop = Hold(None, 1, None, hold.UNTIL_LIFTED)
    held = app.writer.run(lambda tx: hold.place(tx, app.ring, stop, Reason.DISPUTE, by=7))
    app.writer.run(lambda tx: hold.lift(tx, held, by=7))
    every = Hold(None, None, None, site.now() + 60_000)
    stopped = app.writer.run(lambda tx: hold.place(tx, app.ring, every, Reason.INCIDENT, by=7))
    app.writer.run(lambda tx: lift.wish(tx, stopped, 7))
    app.writer.run(lambda tx: broken(tx, app))
    asked = Intake(Right.ACCESS, (1,), "A" * 16, Channel.PAPER, Identity.DOCUMENT, "en", staff=7)
    app.writer.run(lambda tx: request.receive(tx, app.ring, "", ("ru-152fz",), asked))
    refused = Move(Step.REFUSE, site.now() + 1, ground="others")
    app.writer.run(lambda tx: request.move(tx, app.ring, 1, refused, 7))
    app.writer.run(lambda tx: notice.queue(tx, Letter.WITHDRAWN, record=1, language="en", codes={}))
    app.writer.run(lambda tx: happen(tx, app))
    app.writer.run(pay)
    app.writer.run(budget.restart)
    app.writer.run(figure)
    story = site.live(app)
    app.close()
    return app.settings.folder, story


@pytest.fixture
def proved(proving: tuple[Path, Story], tmp_path: Path) -> Iterator[Site]:
    with copied(*proving, tmp_path) as found:
        yield found


def test_nothing_is_found_on_an_untouched_site(proved: Site) -> None:
    assert proved.audit() == []
    assert proved.audit(proved.app.log.vkey) == []


CELLS = [
    *[("assurance_run", name) for name in ("number", "began_at", "ended_at", "by", "entry")],
    *[("assurance_evidence", name) for name in ("run", "probe", "status", "note", "entry")],
    *[("assurance_attestation", name) for name in ("clause", "staff", "at", "until", "entry")],
    *[("assurance_alert", name) for name in ("run", "probe", "raised_at", "entry")],
    *[("assurance_alert", name) for name in ("seen_at", "seen_by")],
    *[("access_hold", name) for name in ("number", "staff", "purpose", "until_at", "reason")],
    *[("access_hold", name) for name in ("placed_at", "placed_by", "entry")],
    *[("access_hold", name) for name in ("lifted_at", "lifted_by")],
    *[("access_lift", name) for name in ("hold", "staff", "at", "entry")],
    *[("access_glass", name) for name in ("number", "staff", "purpose", "reason", "entry")],
    *[("access_glass", name) for name in ("began_at", "until_at")],
    *[("access_glass", name) for name in ("ended_at", "ended_by", "seen_at", "seen_by")],
    *[("access_export", name) for name in ("number", "staff", "purpose", "reason", "records")],
    *[("access_export", name) for name in ("made_at", "entry")],
    *[("access_canary", name) for name in ("export", "place", "at", "entry")],
    ("submission_record", "exercise"),
    *[("mail_outbox", name) for name in ("notice", "created_at", "entry")],
    *[("statistics_answer", name) for name in ("question", "account", "rho", "delta")],
    *[("statistics_answer", name) for name in ("asked", "answer", "at", "entry")],
    *[("statistics_recipe", name) for name in ("digest", "body")],
    *[("statistics_act", name) for name in ("act", "what", "count", "output", "report")],
    *[("statistics_budget", name) for name in ("account", "granted", "opened_at", "entry")],
]


# Each cell as another number, and as something of another kind: text and bytes by turns.
CHANGES = [
    (*cell, value)
    for index, cell in enumerate(CELLS)
    for value in ("12345", ("'another'", "X'00FF'")[index % 2])
]


@pytest.mark.parametrize(("table", "column", "value"), CHANGES)
def test_a_changed_cell_is_found(proved: Site, table: str, column: str, value: str) -> None:
    if column in {"number", "hold"} and value != "12345":
        return  # SQLite holds no other kind of number there
    where = "WHERE exercise IS NOT NULL" if column == "exercise" else ""
    where = "WHERE notice IS NOT NULL" if table == "mail_outbox" else where
    where = "WHERE number = 1" if table == "access_hold" else where
    where = "WHERE act = 'exported'" if (table, column) == ("statistics_act", "act") else where
    where = "WHERE granted > 0" if table == "statistics_budget" else where
    proved.harm(f"UPDATE {table} SET {column} = {value} {where}")
    found = proved.audit()
    named = {one.table for one in found if one.table}
    # An answer that costs another account or amount makes that account uneven too.
    named -= {"statistics_budget"} if table == "statistics_answer" else set()
    assert named == {table}, list(map(str, found))


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("assurance_run", "exercise.began: no row has it"),
        ("assurance_evidence", "probe.ran: no row has it"),
        ("assurance_attestation", "duty.attested: no row has it"),
        ("assurance_alert", "alert.raised: no row has it"),
        ("access_export", "export.made: no row has it"),
        ("access_canary", "canary.seen: no row has it"),
        ("access_glass", "glass.broken: no row has it"),
        ("statistics_answer", "budget.spent: no row has it"),
        ("statistics_budget", "budget.opened: no row has it"),
        ("statistics_budget", "budget.closed: no row has it"),
        ("statistics_recipe", "statistics.fixed: no row has it"),
        ("statistics_act", "statistics.released: no row has it"),
    ],
)
def test_a_lost_row_is_found(proved: Site, table: str, what: str) -> None:
    proved.harm(f"DELETE FROM {table}")
    assert what in [one.what for one in proved.audit()]


@pytest.mark.parametrize(
    "table",
    ["assurance_run", "assurance_evidence", "assurance_attestation", "assurance_alert"],
)
def test_an_invented_row_is_found(proved: Site, table: str) -> None:
    with proved.database.read() as connection:
        names = [c[1] for c in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    columns = ", ".join(f'"{name}"' for name in names)
    chosen = columns.replace('"number"', '"number" + 7', 1)
    proved.harm(f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table}")
    assert table in {one.table for one in proved.audit()}


REQUESTS = [
    *[("rights_request", name) for name in ("kind", "channel", "profiles", "state", "entry")],
    *[("rights_move", name) for name in ("request", "from_state", "to_state")],
    *[("rights_move", name) for name in ("staff", "ground", "entry")],
]


@pytest.mark.parametrize(("table", "column"), REQUESTS)
def test_a_request_that_was_changed_is_found(proved: Site, table: str, column: str) -> None:
    proved.harm(f"UPDATE {table} SET {column} = 'another'")
    assert table in {one.table for one in proved.audit()}


def test_an_incident_that_was_changed_is_found(proved: Site) -> None:
    cells = [
        *[("incident_case", name) for name in ("alert", "detected_at", "opened_at", "opened_by")],
        *[("incident_line", name) for name in ("incident", "what", "value", "seal", "at", "staff")],
    ]
    for table, column in cells:
        with proved.database.read() as connection:
            chosen = f"SELECT {column} FROM {table} WHERE number = 1"
            was = connection.exec_driver_sql(chosen).scalar_one()
        for value in (12345, b"\x00\xff")[: 2 if column == "value" else 1]:
            proved.harm(f"UPDATE {table} SET {column} = :value WHERE number = 1", value=value)
            found = [one for one in proved.audit() if "incident" in f"{one.table} {one.what}"]
            assert found, (table, column, value)
        proved.harm(f"UPDATE {table} SET {column} = :value WHERE number = 1", value=was)
    assert proved.audit() == []
    for table in ("incident_line", "incident_case"):
        proved.harm(f"DELETE FROM {table}")
    lost = {one.what for one in proved.audit()}
    kinds = ("opened", "noted", "notified", "closed")
    assert lost >= {f"incident.{one}: no row has it" for one in kinds}


def test_a_request_that_was_lost_or_set_back_is_found(proved: Site) -> None:
    proved.harm("DELETE FROM rights_move")
    found = {one.what for one in proved.audit()}
    assert {"request.moved: no row has it", "`state` is not what its entry says"} <= found
    proved.harm("DELETE FROM rights_request")
    assert "request.received: no row has it" in {one.what for one in proved.audit()}


def test_a_mark_that_was_taken_away_is_found(proved: Site) -> None:
    proved.harm("UPDATE submission_record SET exercise = NULL WHERE exercise IS NOT NULL")
    (found,) = proved.audit()
    assert found.what == "exercise.marked: no submission of an exercise has it"


def test_a_persons_record_given_to_a_run_is_found(proved: Site) -> None:
    number = proved.story.plain
    proved.harm("UPDATE submission_record SET exercise = 1 WHERE number = :n", n=number)
    (found,) = proved.audit()
    assert (found.table, found.number) == ("submission_record", number)
    assert found.what == "it is marked as an exercise's, and no entry says so"


def test_a_run_that_was_opened_again_is_found(proved: Site) -> None:
    proved.harm("UPDATE assurance_run SET ended_at = NULL")
    assert [one.what for one in proved.audit()] == ["exercise.ended: no row says so"]


def test_an_alert_that_was_unseen_again_is_found(proved: Site) -> None:
    proved.harm("UPDATE assurance_alert SET seen_at = NULL, seen_by = NULL")
    assert [one.what for one in proved.audit()] == ["alert.seen: no row says so"]


@pytest.mark.parametrize("column", ["spent", "delta"])
def test_a_budget_that_was_given_back_is_found(proved: Site, column: str) -> None:
    proved.harm(f"UPDATE statistics_budget SET {column} = 7 - {column} % 7 WHERE granted > 0")
    (found,) = proved.audit()
    assert str(found).startswith("statistics_budget visits.2026-10")
