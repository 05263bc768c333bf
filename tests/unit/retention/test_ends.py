# SPDX-License-Identifier: Apache-2.0
"""What happened to a record, read together: at the desk, in the ledger, under which edition."""

from tests import editions, site, wider
from tests.editions import PURPOSE
from tests.office import Office
from uphold.consent import ledger, renewal
from uphold.consent.renewal import Judge
from uphold.database.transaction import Transaction
from uphold.enquiry import desk
from uphold.policy import publish
from uphold.retention import ends, schedule
from uphold.retention.ends import Part, Rules
from uphold.retention.schedule import End, Why

EVIDENCE, TECHNICAL = "consent-evidence", "security"


def end(part: Part) -> End:
    assert part.end is not None
    return part.end


def parts(office: Office, record: int) -> dict[str, Part]:
    shelf = office.app.shelf
    rules = Rules(shelf.edition, shelf.in_force(), desk.happened)
    found = office.read(lambda c: ends.of_records(c, rules, [record]))
    return {part.purpose: part for part in found[record]}


def withdraw(office: Office, record: int) -> None:
    """As whoever withdraws leaves it in the ledger."""
    (given,) = office.read(lambda c: ledger.acts(c, record))

    def work(tx: Transaction) -> None:
        row = (given.purpose, ledger.WITHDRAWN, given.wording, given.form, given.edition, "en")
        tx.insert(ledger.consent_event, (record << 8 | 1, *row, tx.now, given.entry))

    office.run(work)


def test_each_part_has_its_end(office: Office) -> None:
    found = parts(office, office.submit())
    assert set(found) == {PURPOSE, EVIDENCE, TECHNICAL}
    assert end(found[TECHNICAL]).at < end(found[PURPOSE]).at < end(found[EVIDENCE]).at
    assert end(found[PURPOSE]).why is Why.LIMIT


def test_a_withdrawal_ends_what_rested_on_it(office: Office) -> None:
    record = office.submit()
    before = parts(office, record)
    withdraw(office, record)
    after = parts(office, record)
    assert end(after[PURPOSE]).why is Why.WITHDRAWAL
    within = schedule.after(site.now(), "P30D")
    assert abs(end(after[PURPOSE]).at - within) < 60_000
    for untouched in (EVIDENCE, TECHNICAL):
        assert after[untouched] == before[untouched]


def test_a_renewed_consent_goes_by_its_own_edition(office: Office) -> None:
    record, other = office.submit(), office.submit()
    app = office.app
    archive = publish.prepare(wider.files(editions.files()))
    app.writer.run(lambda tx: publish.publish(tx, archive))
    app.shelf.look(site.now() + 60_000)
    given = renewal.consent(Judge(app.shelf.edition(2)), "feedback", PURPOSE, "en", 1)
    office.run(lambda tx: ledger.renew(tx, office.ring, record, given))
    renewed, kept = parts(office, record), parts(office, other)
    assert (renewed[PURPOSE].edition, kept[PURPOSE].edition) == (2, 1)
    assert end(renewed[PURPOSE]).at > end(kept[PURPOSE]).at


def test_what_is_not_there_has_no_parts(office: Office) -> None:
    shelf = office.app.shelf
    rules = Rules(shelf.edition, shelf.in_force(), desk.happened)
    assert office.read(lambda c: ends.of_records(c, rules, [999])) == {}
