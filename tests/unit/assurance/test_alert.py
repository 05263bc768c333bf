# SPDX-License-Identifier: Apache-2.0
import pytest

from tests import cast
from tests.office import Office, office, quick_hashing
from tests.unit.assurance.proofs import AT, evidence, stored
from uphold import errors
from uphold.assurance import alert
from uphold.assurance.probe import Status

__all__ = ["office", "quick_hashing"]

NAME = "form.marked.page"


def test_only_what_was_good_or_unknown_turns_bad() -> None:
    bad, good = evidence(status=Status.BROKEN), evidence()
    lost = evidence(status=Status.NOT_SHOWN)
    assert alert.turned([bad], {NAME: stored(good)}) == (bad,)
    assert alert.turned([lost], {NAME: stored(good)}) == (lost,)
    assert alert.turned([bad], {}) == (bad,)
    assert alert.turned([bad], {NAME: stored(None)}) == (bad,)
    assert alert.turned([bad], {NAME: stored(lost)}) == ()
    assert alert.turned([good], {NAME: stored(bad)}) == ()
    assert alert.turned([evidence(status=Status.NOT_APPLICABLE)], {}) == ()


def test_an_alert_stands_once_until_it_is_seen(office: Office) -> None:
    owner, bad = office.staff(cast.owner), [evidence(status=Status.BROKEN)]
    [number] = office.run(lambda tx: alert.raise_new(tx, bad))
    assert office.run(lambda tx: alert.raise_new(tx, bad)) == ()
    [found] = office.read(alert.standing)
    assert (found.number, found.probe, found.promise) == (number, NAME, "form.marked")
    assert office.kinds().count("alert.raised") == 1

    for _ in range(2):
        office.run(lambda tx: alert.see(tx, number, owner.staff))
    assert office.read(alert.standing) == ()
    [seen] = office.read(alert.latest)
    assert seen.seen_by == owner.staff
    assert seen.seen_at >= seen.raised_at
    assert office.kinds().count("alert.seen") == 1

    [again] = office.run(lambda tx: alert.raise_new(tx, bad))
    assert [one.number for one in office.read(alert.latest)] == [again, number]


def test_what_the_site_saw_at_work_is_alerted_once_too(office: Office) -> None:
    name, promise = "egress.declared-hosts.refused", "egress.declared-hosts"
    raised = [office.run(lambda tx: alert.raise_seen(tx, name, promise)) for _ in range(2)]
    [found] = office.read(alert.standing)
    assert raised == [found.number, 0]
    assert (found.run, found.probe, found.promise) == (0, name, promise)


def test_an_alert_that_is_not_there_cannot_be_seen(office: Office) -> None:
    with pytest.raises(errors.Missing):
        office.run(lambda tx: alert.see(tx, 7, 1))


def test_the_mail_says_that_a_look_is_needed_and_nothing_else() -> None:
    mail = alert.message(
        "Example <office@site.example>", "dpo@site.example", "https://site.example", AT
    )
    assert mail["Subject"] == "Uphold: a look is needed"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content() == (
        "Your site asks for a look:\n\nhttps://site.example/console/proof\n"
    )
    assert mail["Message-ID"].endswith("@site.example>")
    with pytest.raises(errors.Invalid):
        alert.message("nobody", "dpo@site.example", "https://site.example", AT)
