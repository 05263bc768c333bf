# SPDX-License-Identifier: Apache-2.0
"""Exports at the console: chosen, taken by who made them alone, marked, ended."""

import csv
import io
import json
from collections.abc import Iterator

import pytest

from tests import cast, visitor
from tests.editions import FORM, PURPOSE
from tests.office import quick_hashing
from tests.unit.web.test_search_desk import entries, narrow, signed_in
from tests.visitor import Answer, Visitor
from uphold.access import canary
from uphold.app import App
from uphold.web.export_desk import EXPORTS

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.fixture
def owner(here: App, somebody: Visitor) -> Iterator[Visitor]:
    somebody.send()
    yield from signed_in(here, cast.owner)


def make(who: Visitor, **changed: str) -> Answer:
    fields = {
        "form": FORM,
        "purpose": PURPOSE,
        "format": "csv",
        "reason": "inspection",
        "since": "",
        "until": "",
        "hours": "2",
        **changed,
    }
    return who.act(EXPORTS, **fields)


def paths(who: Visitor) -> list[str]:
    return [one for one in who.get(EXPORTS).page.actions if one.endswith(("/take", "/end"))]


def test_a_csv_is_marked_and_one_row_is_nobodys(owner: Visitor) -> None:
    assert make(owner).location == f"{EXPORTS}?done=export-made"
    take, _ = paths(owner)
    file = owner.act(take)
    assert file.status == 200
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="export-1.csv"'
    assert "no-store" in file.headers["cache-control"]
    head, *rows = csv.reader(io.StringIO(file.body.decode("utf-8-sig"), newline=""))
    assert head == ["number", "received", "name", "email", "phone", "message", "mark"]
    assert len(rows) == 2
    mine = next(row for row in rows if row[3] == cast.subject.email)
    nobodys = next(row for row in rows if row is not mine)
    assert canary.named(owner.app.ring, [nobodys[3]]) == {1}
    assert {row[-1] for row in rows} == {mine[-1]}
    assert mine[-1] in owner.get(EXPORTS).page.text
    # A telephone number begins with a plus: no spreadsheet computes with it.
    assert mine[4].startswith("'+")
    kinds = [one.kind for one in entries(owner.app)]
    assert kinds[-2:] == ["export.taken", "record.opened"]


def test_a_json(owner: Visitor) -> None:
    make(owner, format="json")
    found = json.loads(owner.act(paths(owner)[0]).body)
    assert found["purpose"] == PURPOSE
    assert [one["fields"].get("email") for one in found["records"]].count(cast.subject.email) == 1
    assert len(found["records"]) == 2


def test_the_page_shows_who_made_what_and_no_value(owner: Visitor) -> None:
    make(owner)
    page = owner.get(EXPORTS)
    assert cast.owner.login in page.page.text
    assert "for an inspection" in page.page.text
    assert cast.leaks(page.body) == []


def test_another_sees_it_and_cannot_take_it(here: App, owner: Visitor) -> None:
    make(owner)
    take, end = paths(owner)
    for person, may_knock in ((cast.officer, True), (cast.auditor, False)):
        for who in signed_in(here, person):
            assert cast.owner.login in who.get(EXPORTS).page.text
            assert paths(who) == []
            before = len(entries(here))
            assert who.act(take).status == 404
            assert who.act(end).status == 404
            said = entries(here)[before:]
            assert [one.codes.get("reason") for one in said] == ["not-yours"] * may_knock


def test_it_is_ended_by_hand(owner: Visitor) -> None:
    make(owner)
    take, end = paths(owner)
    assert owner.act(end).location == f"{EXPORTS}?done=export-ended"
    gone = owner.act(take)
    assert gone.status == 410
    assert cast.leaks(gone.body) == []
    assert "This export is over" in gone.page.text
    assert paths(owner) == []


def test_what_is_wrong_is_said_at_its_place(owner: Visitor) -> None:
    before = len(entries(owner.app))
    again = make(owner, purpose="", reason="", since="soon", until="0001-01-01", hours="99")
    assert again.status == 422
    assert again.page.problems == ["since", "until", "purpose", "reason", "hours"]
    assert len(entries(owner.app)) == before


def test_days_choose_and_nothing_is_no_export(owner: Visitor) -> None:
    none = make(owner, until="2001-01-01")
    assert none.status == 422
    assert "nothing that you may take" in none.page.text
    assert make(owner, form="unknown").status == 422
    assert make(owner, since="2001-01-01").status == 303


def test_more_than_the_limit_is_refused(owner: Visitor) -> None:
    narrow(owner.app, export_per_day=1)
    assert make(owner).status == 303
    refused = make(owner)
    assert refused.status == 429
    assert entries(owner.app)[-1].codes["reason"] == "limit-reached"


def test_an_id_of_no_export_is_not_found(owner: Visitor) -> None:
    assert owner.act(f"{EXPORTS}/{'a' * 26}/take").status == 404
    assert owner.act(f"{EXPORTS}/{'a' * 26}/end").status == 404


def test_a_canary_that_came_back_shows_at_its_export(owner: Visitor) -> None:
    make(owner)
    owner.app.writer.run(lambda tx: canary.note(tx, 1, canary.Place.MAIL))
    page = owner.get(EXPORTS).page.text
    assert "came back" in page
    assert cast.owner.login in page


def test_a_form_that_names_a_canary_raises_an_alert(here: App, owner: Visitor) -> None:
    make(owner)
    named = f"I got this from {canary.address(here.ring, 1, 'site.example')}"
    with visitor.visiting(here, address="198.51.100.7") as thief:
        assert thief.send(message=named).status == 303
    kinds = [one.kind for one in entries(here)]
    assert kinds[-2:] == ["canary.seen", "alert.raised"]
    assert "came back" in owner.get(EXPORTS).page.text
    assert "1 alert about the promises has not been seen" in owner.get("/console").page.text
