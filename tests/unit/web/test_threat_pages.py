# SPDX-License-Identifier: Apache-2.0
"""The page of threats: what needs a decision first, under what would close it; the rest apart."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests import cast, site
from tests.office import Office, quick_hashing, sqlite_office
from uphold.app import open_site
from uphold.assurance import threatened
from uphold.detection import book
from uphold.threats import acceptance, attestation
from uphold.threats.judge import State
from uphold.web import threat_pages, threat_views as views
from uphold.web.threat_pages import May

__all__ = ["quick_hashing", "sqlite_office"]
DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def looked(sqlite_office: Office) -> Office:
    """An office whose register has looked once, with an owner who has no second factor."""
    sqlite_office.staff(cast.owner)
    look(sqlite_office)
    return sqlite_office


def look(office: Office) -> None:
    app = office.app
    threatened.look(app.database, app.writer, app.modelled(), app.log.verifier, site.now())


ALL = May(accept=True, attest=True)


def page(office: Office, only: str = "", may: May = ALL) -> views.Threats:
    return threat_pages.page(office.app, "en", site.now(), may, only)


def shown(found: views.Threats) -> list[views.Finding]:
    return [one for group in found.groups for one in group.findings]


def test_a_site_that_was_never_tried_shows_a_few_of_its_open_threats(looked: Office) -> None:
    found = page(looked)
    opened = next(one for one in found.counts if one.state == State.OPEN)
    assert len(shown(found)) == threat_pages.MOST
    assert found.hidden == opened.total - threat_pages.MOST
    # Nothing was tried, so no threat is held, and none is open for another reason.
    assert found.untried == opened.total
    worst = [max(one.level for one in group.findings) for group in found.groups]
    assert worst == sorted(worst, reverse=True)
    for group in found.groups:
        assert group.measure is not None
        for one in group.findings:
            assert group.measure.title in [each.title for each in one.measures]


def test_one_state_alone_is_shown_whole(looked: Office) -> None:
    found = page(looked, State.OPEN)
    opened = next(one for one in found.counts if one.state == State.OPEN)
    assert len(shown(found)) == opened.total
    assert found.hidden == 0
    unknown = page(looked, State.UNKNOWN)
    assert {one.state for one in shown(unknown)} <= {State.UNKNOWN}
    assert page(looked, "no-such-state").only == ""


def test_who_may_not_accept_is_not_offered_to(looked: Office) -> None:
    assert all(one.accept_href for one in shown(page(looked)))
    assert not any(
        one.accept_href for one in shown(page(looked, may=May(accept=False, attest=False)))
    )


def test_before_the_register_has_looked_nobody_can_answer_for_anything(
    sqlite_office: Office,
) -> None:
    found = page(sqlite_office)
    assert shown(found)
    assert not any(one.accept_href for one in shown(found))
    assert found.changes == ()


def test_what_somebody_answers_for_leaves_the_open_ones_and_says_who(looked: Office) -> None:
    first = shown(page(looked))[0]
    until = site.now() + 30 * DAY
    looked.run(lambda tx: acceptance.accept(tx, first.uid, 1, "A token is on its way.", until))
    assert first.uid not in [one.uid for one in shown(page(looked, State.OPEN))]
    (given,) = shown(page(looked, State.ACCEPTED))
    assert (given.uid, given.accepted_by) == (first.uid, cast.owner.login)
    assert (given.words, given.until) == ("A token is on its way.", until)
    change = page(looked).changes[0]
    assert (change.kind, change.what) == ("accepted", "threat.accepted")


def test_the_drawing_and_its_rows_say_the_same(looked: Office) -> None:
    for language in ("en", "ru"):
        found = threat_pages.page(looked.app, language, site.now(), ALL)
        drawn = str(found.drawing.drawn)
        for row in found.drawing.flows:
            assert f">{row.number}</text>" in drawn
            assert row.whats
        assert [row.number for row in found.drawing.flows] == list(
            range(1, len(found.drawing.flows) + 1)
        )


def test_what_only_people_can_do_is_attested_for_its_term(looked: Office) -> None:
    found = {one.duty: one for one in page(looked).duties}
    assert {one.state for one in found.values()} == {"never"}
    until = looked.run(lambda tx: attestation.attest(tx, "media", 1))
    one = next(one for one in page(looked).duties if one.duty == "media")
    assert (one.state, one.by, one.until) == ("attested", cast.owner.login, until)
    later = threat_pages.page(looked.app, "en", until, ALL)
    assert next(one for one in later.duties if one.duty == "media").state == "overdue"
    assert not any(
        one.attest_href for one in page(looked, may=May(accept=True, attest=False)).duties
    )


def test_a_rule_that_only_talks_stands_by_its_title(looked: Office) -> None:
    app, name = looked.app, next(iter(book.pack().alerting)).name
    detection = msgspec.structs.replace(app.settings.detection, disabled=(name,))
    settings = msgspec.structs.replace(app.settings, detection=detection)
    found = threat_pages.page(replace(app, settings=settings), "ru", site.now(), ALL, State.OPEN)
    (one,) = [each for each in shown(found) if each.element_id == f"rule:{name}"]
    assert one.element == book.pack()[name].title["ru"]


def test_before_there_is_a_policy_the_page_says_what_is_known(tmp_path: Path) -> None:
    app = open_site(site.make(tmp_path / "new"))
    found = threat_pages.page(app, "en", site.now(), ALL)
    app.close()
    assert found.level == 0
    assert "special" in next(one.facts for one in found.unknown if one.element_id == "site")
    assert shown(found)


def test_unknown_facts_stand_by_their_elements(looked: Office) -> None:
    found = {one.element_id: one.facts for one in page(looked).unknown}
    assert "journal_watched" in found["site"]
