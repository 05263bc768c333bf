# SPDX-License-Identifier: Apache-2.0
"""What is known of a submission without opening it."""

from tests import cast, site
from uphold.app import App
from uphold.submission import record
from uphold.submission.record import Facts, Stored, submission_record
from uphold.submission.submit import Received


def test_facts_are_those_of_the_intake(app: App) -> None:
    received = site.submit(app)
    with app.database.read() as connection:
        found = record.facts(connection, [received.number, 10**9])
    assert found == {
        received.number: Facts(
            number=received.number,
            form="feedback",
            edition=1,
            language="ru",
            state=record.NEW,
            received_at=received.received_at,
            entry=received.entry,
        )
    }


def test_none_asked_none_found(app: App) -> None:
    with app.database.read() as connection:
        assert record.facts(connection, []) == {}
        assert record.of_nonce(connection, bytes(16)) is None


def test_set_aside_is_a_state(app: App) -> None:
    plain, aside = site.submit(app), site.submit(app, doubts=("honeypot",))
    with app.database.read() as connection:
        found = record.facts(connection, [plain.number, aside.number])
    assert found[plain.number].state == record.NEW
    assert found[aside.number].state == record.ASIDE


async def test_a_nonce_finds_its_submission(app: App) -> None:
    post = site.post(app)
    received = await app.intake.take(post)
    assert isinstance(received, Received)
    with app.database.read() as connection:
        stored = record.of_nonce(connection, post.token.nonce)
    assert isinstance(stored, Stored)
    assert (stored.number, stored.received_at) == (received.number, post.at)
    assert len(stored.tag) == 16


def test_the_row_holds_no_personal_data(app: App) -> None:
    site.submit(app)
    with app.database.read() as connection:
        row = connection.execute(submission_record.select()).one()
    content = b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
    assert cast.leaks(content) == []
