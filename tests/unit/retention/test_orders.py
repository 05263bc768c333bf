# SPDX-License-Identifier: Apache-2.0
"""Orders bar what they name for as long as they say, and tell the journal no ground."""

import pytest

from tests import site
from tests.office import Office
from uphold import errors
from uphold.enquiry import desk
from uphold.enquiry.desk import State
from uphold.retention import orders, sweep
from uphold.retention.orders import Order, Terms
from uphold.retention.sweep import Reason
from uphold.vault import remains


def terms(record: int | None = None, purpose: str | None = None, until: int | None = None) -> Terms:
    return Terms(record, purpose, "Decision of the court", 0, until)


def place(office: Office, given: Terms) -> int:
    return office.run(lambda tx: orders.place(tx, given, 1))


@pytest.mark.parametrize(
    ("given", "barred"),
    [
        (terms(7), {(7, "a"), (7, "b")}),
        (terms(None, "a"), {(7, "a"), (8, "a")}),
        (terms(7, "a"), {(7, "a")}),
        (Terms(7, None, "x", 100, None), set()),
        (Terms(7, None, "x", 0, 50), set()),
    ],
)
def test_an_order_bars_what_it_names(given: Terms, barred: set[tuple[int, str]]) -> None:
    order = Order(1, given, 1, 0, 0, 0, 0)
    found = {
        (record, purpose)
        for record in (7, 8)
        for purpose in ("a", "b")
        if orders.barring([order], record, purpose, 50)
    }
    assert found == barred


def test_the_journal_has_no_ground(office: Office) -> None:
    record = office.submit()
    number = place(office, terms(record, "security", site.now() + 10_000_000))
    entry = office.entries()[-1]
    assert entry.kind == "order.placed"
    assert (entry.codes["order"], entry.codes["purpose"]) == (number, "security")
    assert not any(b"court" in raw for raw in office.raw())
    (order,) = office.read(orders.every)
    assert order.terms.ground == "Decision of the court"


def test_what_is_barred_is_not_discarded(office: Office) -> None:
    record = office.submit(aside=True)
    place(office, terms(record))
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: desk.discard(tx, office.ring, record, 1))
    assert office.read(lambda c: desk.find(c, record)).state == State.ASIDE
    assert len(office.read(lambda c: remains.live(c, record))) == 3
    # What a run of probes sent is nobody's, and goes.
    assert office.run(lambda tx: sweep.destroy(tx, office.ring, record, Reason.EXERCISE))


def test_a_lifted_order_is_told_and_bars_no_more(office: Office) -> None:
    record = office.submit(aside=True)
    number = place(office, terms(record))
    office.run(lambda tx: orders.lift(tx, number, 2))
    assert office.entries()[-1].codes == {"order": number, "staff": 2}
    assert office.read(lambda c: orders.in_force(c, site.now())) == ()
    office.run(lambda tx: desk.discard(tx, office.ring, record, 1))
    with pytest.raises(errors.Conflict):
        office.run(lambda tx: orders.lift(tx, number, 2))
    with pytest.raises(errors.Missing):
        office.run(lambda tx: orders.lift(tx, 99, 2))


@pytest.mark.parametrize(
    "given",
    [
        Terms(1, None, " ", 0, None),
        Terms(1, None, "x" * 1001, 0, None),
        Terms(1, None, "x", 0, 1),
        Terms(1, None, "x", 10**14, 10**14),
    ],
    ids=["no ground", "too long", "in the past", "ends as it begins"],
)
def test_an_order_that_cannot_be_meant_is_refused(office: Office, given: Terms) -> None:
    with pytest.raises(errors.Invalid):
        place(office, given)
    assert office.read(orders.every) == ()
