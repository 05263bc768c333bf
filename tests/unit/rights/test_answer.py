# SPDX-License-Identifier: Apache-2.0
"""The package has everything: the values as corrected, consents with their wording, who read what, what is gone."""

from tests import cast, site
from tests.editions import PURPOSE
from tests.office import Office
from tests.unit.rights import packages
from tests.unit.rights.test_fulfil import correct, erase
from uphold.access import reading
from uphold.retention import orders, sweep
from uphold.retention.orders import Terms
from uphold.vault import records

EVIDENCE, TECHNICAL = "consent-evidence", "security"


def test_values_are_there_as_they_stand_now(sqlite_office: Office) -> None:
    office = sqlite_office
    record = office.submit()
    correct(office, record, name="Agnia N.")
    site.answer(office.app, record)
    made = packages.of(office)
    (one,) = made.submissions
    held = {purpose.purpose: purpose for purpose in one.purposes}
    assert {f.key: f.value for f in held[PURPOSE].values} == {
        **cast.subject.values(),
        "name": "Agnia N.",
    }
    assert [answer.text for answer in held[PURPOSE].answers] == ["We deliver on Monday."]
    assert [held[name].source for name in (PURPOSE, EVIDENCE, TECHNICAL)] == [
        "person",
        "site",
        "request",
    ]
    assert all(purpose.ends_at and purpose.term for purpose in one.purposes)
    (fixed,) = one.corrections
    assert (fixed.fields, fixed.by) == (["Name"], "person")


def test_consents_stand_with_their_wording(sqlite_office: Office) -> None:
    office = sqlite_office
    office.submit()
    ((act,),) = [one.consents for one in packages.of(office).submissions]
    assert (act.purpose, act.act, act.language) == (PURPOSE, "given", "ru")
    assert act.wording_text == office.edition.wordings[act.wording].text


def test_readings_refusals_orders_and_destructions_are_told(sqlite_office: Office) -> None:
    office = sqlite_office
    clerk, record = office.staff(cast.clerk), office.submit()
    reading.open_record(office.writer, office.ring, office.question(clerk, record))
    reading.open_record(office.writer, office.ring, office.question(clerk, record, TECHNICAL))
    terms = Terms(record, PURPOSE, "A claim in court.", 0, None)
    office.run(lambda tx: orders.place(tx, terms, 1))
    reason = str(sweep.Reason.ENDED)
    office.run(lambda tx: records.destroy(tx, office.ring, record, [TECHNICAL], reason))
    (one,) = packages.of(office).submissions
    assert [(read.by, read.purpose, read.denied) for read in one.readings] == [
        ("clerk", PURPOSE, ""),
        ("clerk", TECHNICAL, "role-refused"),
    ]
    assert [order.ground for order in one.orders] == ["A claim in court."]
    assert [gone.purpose for gone in one.destroyed] == [TECHNICAL]
    again = packages.of(office)
    later = again.submissions[0].readings[2:]
    assert {read.by for read in later} == {"person"}


def test_after_an_erasure_nothing_is_found(sqlite_office: Office) -> None:
    office = sqlite_office
    erase(office, office.submit())
    made = packages.of(office)
    assert made.submissions == []
    assert "no submission" in made.points[0].text[0]


def test_nobody_elses_data_are_in_it(sqlite_office: Office) -> None:
    office = sqlite_office
    office.submit()
    office.submit(cast.stranger)
    assert cast.stranger.mark not in repr(packages.of(office))
