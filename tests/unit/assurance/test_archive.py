# SPDX-License-Identifier: Apache-2.0
import pytest
from sqlalchemy import text

from tests.site import app
from tests.unit.assurance import proofs
from uphold import errors
from uphold.app import App
from uphold.assurance import archive, evidence
from uphold.assurance.evidence import Evidence, Stored
from uphold.assurance.probe import Status
from uphold.journal import entry

__all__ = ["app"]


def store(app: App, made: Evidence) -> int:
    signer = archive.signer(app.settings, app.ring)
    return app.writer.run(lambda tx: archive.store(tx, signer, made))


def newest(app: App) -> dict[str, Stored]:
    with app.database.read() as connection:
        return dict(archive.newest(connection, app.log.verifier))


@pytest.fixture
def lawless(app: App) -> App:
    """A site whose database lets evidence be changed, as whoever owns the server can make it."""
    kind = app.database.dialect
    with app.database.connect() as connection:
        if kind == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.execute(text(query)).scalars().all():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            connection.execute(text("ALTER TABLE assurance_evidence DISABLE TRIGGER ALL"))
    return app


def change(app: App, assignment: str, **values: object) -> None:
    with app.database.connect() as connection:
        statement = text(f"UPDATE assurance_evidence SET {assignment}")
        assert connection.execute(statement, values).rowcount > 0


def test_the_newest_evidence_of_each_probe_is_read_back(app: App) -> None:
    old, other = proofs.evidence(status=Status.BROKEN), proofs.evidence("policy.reachable.page")
    new = proofs.evidence(run=2)
    numbers = [store(app, made) for made in (old, other, new)]
    found = newest(app)
    assert {name: one.evidence for name, one in found.items()} == {
        "form.marked.page": new,
        "policy.reachable.page": other,
    }
    with app.database.read() as connection:
        every = list(archive.every(connection, app.log.verifier))
        assert [one.evidence for one in every] == [old, other, new]
        run = archive.of_run(connection, app.log.verifier, 2)
        assert [one.number for one in run] == numbers[2:]
        assert archive.find(connection, app.log.verifier, numbers[0]).evidence == old
        with pytest.raises(errors.Missing):
            archive.find(connection, app.log.verifier, 99)


def test_what_ran_is_in_the_journal(app: App) -> None:
    made = proofs.evidence()
    store(app, made)
    index = newest(app)["form.marked.page"].entry
    with app.database.read() as connection:
        told = entry.decode(app.log.entry(connection, index))
    assert told.kind == "probe.ran"
    assert told.codes["status"] == "kept"


def test_the_database_itself_refuses_to_change_evidence(app: App) -> None:
    store(app, proofs.evidence())
    with pytest.raises(Exception, match="append-only"), app.database.connect() as connection:
        connection.execute(text("UPDATE assurance_evidence SET status = 'kept'"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "kept"),
        ("expires_at", proofs.AT + 1_000_000 * proofs.HOUR),
        ("promise", "policy.reachable"),
        ("run", 7),
        ("entry", 0),
    ],
)
def test_a_row_edited_by_hand_is_not_believed(lawless: App, column: str, value: object) -> None:
    store(lawless, proofs.evidence(status=Status.BROKEN))
    change(lawless, f"{column} = :value", value=value)
    [found] = newest(lawless).values()
    assert found.evidence is None
    assert found.problem


def test_a_note_put_in_its_place_is_not_believed(lawless: App) -> None:
    signer = archive.signer(lawless.settings, lawless.ring)
    store(lawless, proofs.evidence(status=Status.BROKEN))
    forged = proofs.evidence(status=Status.KEPT)
    for key in (signer, type(signer)(signer.name, bytes(32))):
        change(lawless, "status = 'kept', note = :note", note=key.sign(evidence.text(forged)))
        [found] = newest(lawless).values()
        assert found.evidence is None
