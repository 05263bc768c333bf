# SPDX-License-Identifier: Apache-2.0
"""The ledger of consents: rows are added, in order, each with its journal entry."""

import msgspec
import pytest

from tests import site
from tests.editions import PURPOSE
from uphold import errors
from uphold.app import App
from uphold.consent import ledger
from uphold.consent.ledger import Act, Given
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.vault import commitment

GIVEN = Given("communication", "a" * 64, "b" * 64, 3, "ru", 1_767_323_045_000)
SALT, COMMITMENT = bytes(range(16)), "A" * 43


def test_its_entry_says_what_was_agreed_to_and_nothing_of_whom() -> None:
    decoded = entry.decode(ledger.describe(GIVEN, SALT, COMMITMENT))
    assert decoded.kind == "consent.given"
    assert decoded.codes == {
        "purpose": "communication",
        "wording": "a" * 64,
        "form": "b" * 64,
        "edition": 3,
        "language": "ru",
    }
    assert tuple(decoded.commitments) == (COMMITMENT,)


def test_what_is_given_is_listed_with_its_entry(app: App) -> None:
    line = ledger.describe(GIVEN, SALT, COMMITMENT)

    def give(tx: Transaction) -> None:
        ledger.give(tx, 7, 0, GIVEN, line)
        ledger.give(tx, 8, 0, GIVEN, line)
        ledger.give(tx, 7, 1, GIVEN, line)

    app.writer.run(give)
    with app.database.read() as connection:
        acts = ledger.acts(connection, 7)
        assert [app.log.entry(connection, act.entry) for act in acts] == [line, line]
        assert len(ledger.acts(connection, 8)) == 1
        assert ledger.acts(connection, 6) == []
    one = acts[0]
    assert one == Act(
        purpose="communication",
        act=ledger.GIVEN,
        wording="a" * 64,
        form="b" * 64,
        edition=3,
        language="ru",
        at=GIVEN.at,
        entry=one.entry,
    )
    assert acts[1].entry == one.entry + 2


def test_the_newest_acts_are_found_without_knowing_their_records(app: App) -> None:
    with app.database.read() as connection:
        before = ledger.last(connection)
    line = ledger.describe(GIVEN, SALT, COMMITMENT)

    def give(tx: Transaction) -> None:
        for record in (70, 71):
            ledger.give(tx, record, 0, GIVEN, line)

    app.writer.run(give)
    with app.database.read() as connection:
        assert ledger.last(connection) == 71 << ledger.ACTS_BITS
        assert ledger.records_after(connection, before) == {70, 71}
        assert ledger.records_after(connection, ledger.last(connection)) == set()
        [newest] = ledger.latest(connection, ledger.GIVEN, 1)
        assert newest == ledger.acts(connection, 71)[0]
        assert ledger.latest(connection, ledger.WITHDRAWN, 1) == []


@pytest.mark.parametrize("record", [1, 2**20, 2**40])
def test_a_record_has_its_own_acts_and_no_others(app: App, record: int) -> None:
    line = ledger.describe(GIVEN, SALT, COMMITMENT)

    def give(tx: Transaction) -> None:
        for other in (record - 1, record, record + 1):
            for ordinal in (0, (1 << ledger.ACTS_BITS) - 1):
                ledger.give(tx, other, ordinal, GIVEN, line)

    app.writer.run(give)
    with app.database.read() as connection:
        assert len(ledger.acts(connection, record)) == 2


def withdraw(app: App, record: int, purpose: str = PURPOSE) -> int:
    by = ledger.RECEIPT
    return app.writer.run(lambda tx: ledger.withdraw(tx, app.ring, record, purpose, by=by))


def test_the_state_of_a_consent_is_its_last_act(app: App) -> None:
    received = site.submit(app)
    with app.database.read() as connection:
        assert ledger.state(connection, received.number) == {PURPOSE: ledger.GIVEN}
    withdraw(app, received.number)
    with app.database.read() as connection:
        assert ledger.state(connection, received.number) == {PURPOSE: ledger.WITHDRAWN}
        assert ledger.state(connection, received.number + 1) == {}


def test_a_withdrawal_says_on_what_it_was_given_and_by_which_way_it_came(app: App) -> None:
    received = site.submit(app)
    index = withdraw(app, received.number)
    with app.database.read() as connection:
        given, gone = ledger.acts(connection, received.number)
        said = entry.decode(app.log.entry(connection, index))
        ties = commitment.openings(
            app.ring, connection, received.number, said.salt, said.commitments
        )
    assert (gone.act, gone.wording, gone.edition) == ("withdrawn", given.wording, given.edition)
    assert (gone.entry, said.kind) == (index, "consent.withdrawn")
    assert said.codes == {
        "purpose": PURPOSE,
        "wording": given.wording,
        "form": given.form,
        "edition": given.edition,
        "language": given.language,
        "by": "receipt",
        "request": 0,
    }
    assert len(ties) == 1


def test_withdrawn_already_is_withdrawn(app: App) -> None:
    received = site.submit(app)
    assert withdraw(app, received.number) == withdraw(app, received.number)
    with app.database.read() as connection:
        assert len(ledger.acts(connection, received.number)) == 2


def test_what_was_never_given_cannot_be_withdrawn(app: App) -> None:
    received = site.submit(app)
    with pytest.raises(errors.Missing):
        withdraw(app, received.number, "news")
    with pytest.raises(errors.Missing):
        withdraw(app, received.number + 1)


def test_given_anew_after_a_withdrawal_it_stands(app: App) -> None:
    received = site.submit(app)
    withdraw(app, received.number)
    anew = Given(PURPOSE, "c" * 64, "d" * 64, 1, "en", site.now())
    app.writer.run(lambda tx: ledger.renew(tx, app.ring, received.number, anew))
    with app.database.read() as connection:
        assert ledger.state(connection, received.number) == {PURPOSE: ledger.GIVEN}
        kinds = [act.act for act in ledger.acts(connection, received.number)]
    assert kinds == [ledger.GIVEN, ledger.WITHDRAWN, ledger.GIVEN]


def test_a_consent_given_anew_follows_the_others(app: App) -> None:
    received = site.submit(app)
    anew = Given(PURPOSE, "c" * 64, "d" * 64, 2, "en", site.now())
    index = app.writer.run(lambda tx: ledger.renew(tx, app.ring, received.number, anew))
    with app.database.read() as connection:
        first, second = ledger.acts(connection, received.number)
        said = entry.decode(app.log.entry(connection, index))
    assert (first.edition, second.edition, second.entry) == (1, 2, index)
    assert said.kind == "consent.given"
    assert said.codes["wording"] == "c" * 64
    # Tied to the record as long as its data live, like the first one.
    with app.database.read() as connection:
        ties = commitment.openings(
            app.ring, connection, received.number, said.salt, said.commitments
        )
    assert len(ties) == 1


def test_a_record_takes_no_more_acts_than_it_has_room_for(app: App) -> None:
    line = ledger.describe(GIVEN, SALT, COMMITMENT)
    received = site.submit(app)

    def fill(tx: Transaction) -> None:
        for ordinal in range(1, (1 << ledger.ACTS_BITS) - 1):
            ledger.give(tx, received.number, ordinal, GIVEN, line)

    app.writer.run(fill)
    with pytest.raises(errors.Conflict):
        app.writer.run(lambda tx: ledger.renew(tx, app.ring, received.number, GIVEN))
    # The last place is kept for the withdrawal, which is never refused.
    withdraw(app, received.number)
    with app.database.read() as connection:
        assert len(ledger.acts(connection, received.number)) == 1 << ledger.ACTS_BITS


def test_records_are_counted_by_their_last_act(app: App) -> None:
    line = ledger.describe(GIVEN, SALT, COMMITMENT)
    news = msgspec.structs.replace(GIVEN, purpose="news", edition=4)

    def give(tx: Transaction) -> None:
        for record in (7, 8, 9):
            ledger.give(tx, record, 0, GIVEN, line)
        ledger.give(tx, 9, 1, msgspec.structs.replace(GIVEN, edition=5), line)
        ledger.give(tx, 7, 1, news, line)

    app.writer.run(give)
    with app.database.read() as connection:
        assert ledger.tallies(connection) == [
            ledger.Tally("communication", ledger.GIVEN, 3, 2),
            ledger.Tally("communication", ledger.GIVEN, 5, 1),
            ledger.Tally("news", ledger.GIVEN, 4, 1),
        ]
        seven = ledger.tallies(connection, lambda record, _purpose: record == 7)
        assert [(one.purpose, one.records) for one in seven] == [("communication", 1), ("news", 1)]
        assert {
            record: len(acts) for record, acts in ledger.of_records(connection, 7, 9).items()
        } == {
            7: 2,
            8: 1,
            9: 2,
        }
        assert ledger.of_records(connection, 10, 20) == {}
