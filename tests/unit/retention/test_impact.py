# SPDX-License-Identifier: Apache-2.0
"""What a publication would bring about is counted from what is stored, and nothing is opened for it."""

from dataclasses import replace

from tests import editions, wider
from tests.editions import FORM, PURPOSE
from tests.office import Office
from uphold.consent import ledger, renewal
from uphold.consent.renewal import Judge
from uphold.policy import compare, release
from uphold.policy.change import What
from uphold.policy.document import ConsentBox, Edition
from uphold.retention import impact, sweep
from uphold.retention.impact import Impact
from uphold.retention.sweep import Reason


def proposed(office: Office, files: dict[str, bytes] | None = None) -> Edition:
    made = release.prepare(files or wider.files(editions.files()), office.edition)
    return made.edition


def count(office: Office, new: Edition) -> Impact:
    old = office.edition
    found = compare.compare(old, new)
    known = {**{one.number: one for one in office.app.shelf.all()}, new.number: new}
    before = office.raw()
    counted = office.read(lambda c: impact.of(c, known.__getitem__, found, old, new))
    assert office.raw() == before
    return counted


def test_on_an_empty_site_nobody_is_asked(office: Office) -> None:
    found = count(office, proposed(office))
    assert (found.consents, found.asked) == ((), 0)
    assert [term.records for term in found.terms] == [0]


def test_who_agreed_to_less_is_to_be_asked(office: Office) -> None:
    new = proposed(office)
    for _ in range(3):
        office.submit()
    gone, renewed = office.submit(), office.submit()
    office.run(lambda tx: sweep.destroy(tx, office.ring, gone, Reason.DISCARDED))
    given = renewal.consent(Judge(new), FORM, PURPOSE, "en", 1)
    office.run(lambda tx: ledger.renew(tx, office.ring, renewed, given))
    found = count(office, new)
    (consents,) = found.consents
    assert (consents.keep, consents.ask) == (1, 3)
    assert {one.what for one in consents.why} == {What.RETENTION_LONGER, What.RECIPIENT_ADDED}
    assert found.asked == 3
    # The consent document reads otherwise, so the form does.
    assert [(one.form, one.changes) for one in found.forms] == [(FORM, ())]
    (term,) = found.terms
    assert (term.purpose, term.records, term.applies) == (PURPOSE, 4, False)


def test_a_narrower_edition_asks_nobody_and_ends_data_earlier(office: Office) -> None:
    office.submit()
    files = editions.files()
    files["policy/policy.toml"] = files["policy/policy.toml"].replace(
        b'term = "P30D", at-most = "P1Y"', b'term = "P10D", at-most = "P1Y"'
    )
    found = count(office, proposed(office, files))
    (consents,) = found.consents
    assert (consents.keep, consents.ask, consents.why) == (1, 0, ())
    (term,) = found.terms
    assert (term.records, term.applies) == (1, True)


def test_a_purpose_that_comes_to_need_consent(office: Office) -> None:
    """Whoever wrote while none was needed is counted among those to be asked."""
    old = office.edition
    free = replace(old.policy.purposes["security"], basis="consent")
    asked = replace(
        old,
        number=2,
        policy=replace(old.policy, purposes={**old.policy.purposes, "security": free}),
        forms={FORM: replace(old.forms[FORM], consents=(ConsentBox("security", False),))},
    )
    office.submit()
    known = {1: old, 2: asked}
    found = compare.compare(old, asked)
    told = office.read(lambda c: impact.of(c, known.__getitem__, found, old, asked))
    (consents,) = [one for one in told.consents if one.purpose == "security"]
    assert (consents.keep, consents.ask) == (0, 1)
    assert [one.what for one in consents.why] == [What.BASIS]


def test_a_wider_term_does_not_hold_for_what_rests_on_an_older_consent() -> None:
    assert impact.applies(What.RETENTION_SHORTER, on_consent=True)
    for what in (What.RETENTION_LONGER, What.RETENTION_OTHER):
        assert not impact.applies(what, on_consent=True)
        assert impact.applies(what, on_consent=False)
