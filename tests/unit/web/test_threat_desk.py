# SPDX-License-Identifier: Apache-2.0
"""The desk of threats over HTTP: looked at, taken as files, answered for; the auditor reads and no more."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests import cast, site, visitor
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.app import App
from uphold.assurance import threatened
from uphold.threats import element

__all__ = ["quick_hashing"]
pytestmark = pytest.mark.usefixtures("quick_hashing")

PLACE = "/console/threats"


@pytest.fixture
def looked(here: App) -> App:
    threatened.look(here.database, here.writer, here.modelled(), here.log.verifier, site.now())
    return here


@pytest.fixture
def officer(looked: App) -> Iterator[Visitor]:
    visitor.employ(looked, cast.officer)
    with visitor.visiting(looked) as who:
        assert who.sign_in(cast.officer).status == 303
        yield who


def test_it_shows_what_needs_a_decision_and_names_nobody(officer: Visitor, looked: App) -> None:
    site.submit(looked)
    answer = officer.get(PLACE)
    assert answer.status == 200
    assert "What needs a decision" in answer.page.text
    assert '<svg class="wide"' in answer.html
    assert cast.leaks(answer.body) == []
    alone = officer.get(f"{PLACE}?only=unknown")
    assert "Shown alone: unknown" in alone.page.text


def test_a_threat_is_answered_for_until_the_end_of_a_day(officer: Visitor) -> None:
    shown = officer.get(PLACE).page
    finding = shown.fields["finding"]
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    said = {"_csrf": shown.fields["_csrf"], "finding": finding, "until": day.isoformat()}
    answer = officer.post(f"{PLACE}/accept", {**said, "why": "A token is on its way."})
    assert answer.status == 303
    assert "You answer for this threat" in officer.get(answer.location).page.text
    listed = officer.get(f"{PLACE}?only=accepted").page.text
    assert "A token is on its way." in listed
    assert finding in listed
    again = officer.post(f"{PLACE}/accept", {**said, "why": " "})
    assert again.status in {400, 422}
    never = officer.post(f"{PLACE}/accept", {**said, "why": "x", "until": "9999-12-31"})
    assert never.status in {400, 422}


def test_a_duty_is_attested_by_who_did_it(officer: Visitor) -> None:
    token = {"_csrf": officer.get(PLACE).page.fields["_csrf"]}
    answer = officer.post(f"{PLACE}/attest", {**token, "duty": "media"})
    assert answer.status == 303
    assert "Last attested: " in officer.get(answer.location).page.text
    assert officer.post(f"{PLACE}/attest", {**token, "duty": "no-such"}).status == 404


def test_both_files_are_whole(officer: Visitor) -> None:
    told = json.loads(officer.get(f"{PLACE}/file/json").body)
    again = json.dumps(told["model"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert element.read(again.encode()).digest == told["digest"]
    assert told["findings"]
    paper = officer.get(f"{PLACE}/file/md?lang=ru")
    assert paper.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "Негативное последствие" in paper.body.decode()
    assert officer.get(f"{PLACE}/file/pdf").status == 404


def test_an_auditor_reads_and_accepts_nothing(looked: App) -> None:
    visitor.employ(looked, cast.auditor)
    with visitor.visiting(looked) as who:
        assert who.sign_in(cast.auditor).status == 303
        shown = who.get(PLACE)
        assert shown.status == 200
        assert "finding" not in shown.page.fields
        refused = who.post(f"{PLACE}/accept", {"_csrf": shown.page.fields["_csrf"]})
        assert refused.status == 404
