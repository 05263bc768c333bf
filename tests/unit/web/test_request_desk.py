# SPDX-License-Identifier: Apache-2.0
"""The desk of requests, over HTTP: entered by hand, moved, fulfilled; overdue first; nobody's words shown."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from tests import cast, visitor
from tests.office import now, quick_hashing
from tests.visitor import Answer, Visitor
from uphold.access import hold, reading
from uphold.access.hold import Reason
from uphold.app import App
from uphold.consent import ledger
from uphold.journal import entry
from uphold.rights import correction, request
from uphold.rights.machine import State
from uphold.rights.request import Identity, Representative, Stored
from uphold.vault import remains

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")

LIST, ENTER = "/console/requests", "/console/requests/enter"
LETTER = {"kind": "access", "channel": "paper", "identity": "none"}
LONG_AGO = (datetime.now(UTC) - timedelta(days=60)).date().isoformat()
BY_ADDRESS = {**LETTER, "contact": cast.subject.email}


@pytest.fixture
def officer(here: App, somebody: Visitor) -> Iterator[Visitor]:
    somebody.receipt()
    visitor.employ(here, cast.officer)
    with visitor.visiting(here) as who:
        assert who.sign_in(cast.officer).status == 303
        yield who


def entered(officer: Visitor, **fields: str) -> str:
    """Enter a request; returns the path of its page."""
    answer = officer.act(ENTER, **{**BY_ADDRESS, **fields})
    assert answer.status == 303, answer.html
    return answer.location.partition("?")[0]


def stored(app: App, path: str) -> Stored:
    with app.database.read() as connection:
        return request.find(connection, int(path.rpartition("/")[2]))


def move(officer: Visitor, path: str, step: str, **fields: str) -> Answer:
    return officer.act(f"{path}/move", step=step, **fields)


def in_work(officer: Visitor, **fields: str) -> str:
    path = entered(officer, **{"identity": "document", **fields})
    assert move(officer, path, "take").status == 303
    return path


def test_a_letter_goes_its_way(here: App, officer: Visitor) -> None:
    path = entered(officer, representative="power-of-attorney")
    found = stored(here, path)
    assert (found.records, found.intake.staff > 0) == ((1,), True)
    assert found.intake.representative is Representative.POWER_OF_ATTORNEY
    assert move(officer, path, "verify").status == 422
    for step, fields in (
        ("ask-identity", {}),
        ("verify", {"identity": "called-back"}),
        ("take", {}),
        ("extend", {"profile": "ru-152fz", "told": "yes"}),
    ):
        assert move(officer, path, step, **fields).status == 303
    assert stored(here, path).intake.identity is Identity.CALLED_BACK
    assert "extended" in officer.get(path).html
    assert officer.act(f"{path}/fulfil").status == 303
    assert stored(here, path).request.state is State.FULFILLED
    page = officer.get(path)
    assert "officer-osprey" in page.html
    assert cast.leaks(page.body) == []
    assert f'href="{path}"' in officer.get(f"{LIST}?state=ended").html


def test_what_is_due_is_at_the_top_and_on_every_page(officer: Visitor) -> None:
    calm, late = entered(officer), entered(officer, kind="portability", received=LONG_AGO)
    page = officer.get(LIST).html
    assert page.index("Overdue") < page.index(f'href="{late}"') < page.index(f'href="{calm}"')
    assert "1 request is overdue." in officer.get("/console/proof").html
    move(officer, late, "retract")
    assert "overdue" not in officer.get("/console/proof").html


@pytest.mark.parametrize(
    ("changed", "anchor"),
    [
        ({"kind": "?"}, "kind"),
        ({"channel": "my"}, "channel"),
        ({"received": "2999-01-01"}, "received"),
        ({"received": "yesterday"}, "received"),
        ({"receipts": "nonsense"}, "receipts"),
        ({"contact": ""}, "receipts"),
        ({"contact": "nobody"}, "contact"),
        ({"identity": "contact"}, "identity"),
        ({"representative": "friend"}, "representative"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    here: App, officer: Visitor, changed: dict[str, str], anchor: str
) -> None:
    answer = officer.act(ENTER, **{**BY_ADDRESS, **changed})
    assert (answer.status, answer.page.problems) == (422, [anchor])
    with here.database.read() as connection:
        assert request.open_(connection) == ()


def test_a_receipt_and_an_address_must_fit(here: App, officer: Visitor, somebody: Visitor) -> None:
    theirs = somebody.receipt(**cast.stranger.values()).rpartition("/")[2]
    answer = officer.act(ENTER, **BY_ADDRESS, receipts=theirs)
    assert answer.page.problems == ["contact"]
    mine = somebody.receipt().rpartition("/")[2]
    both = officer.act(ENTER, **LETTER, receipts=f"{theirs}, {mine}")
    assert both.page.problems == ["receipts"]
    spaced = " ".join(re.findall(".{1,4}", mine)).upper()
    assert stored(here, entered(officer, contact="", receipts=spaced)).records == (3,)


def test_who_is_unknown_is_entered_too(here: App, officer: Visitor) -> None:
    path = entered(officer, contact="nobody@nowhere.example")
    assert stored(here, path).records == ()
    assert "Nothing is held" in officer.get(path).html
    assert move(officer, path, "refuse").page.problems == ["ground"]
    assert move(officer, path, "refuse", ground="nothing-held").status == 303
    assert stored(here, path).request.ground == "nothing-held"


def test_an_extension_needs_the_condition(officer: Visitor) -> None:
    path = in_work(officer)
    assert move(officer, path, "extend", profile="ru-152fz").page.problems == ["told"]
    assert move(officer, path, "extend", told="yes").page.problems == ["profile"]


def test_the_same_asked_again_is_joined(officer: Visitor) -> None:
    first = entered(officer)
    again = entered(officer)
    assert f'href="{first}"' in officer.get(again).html


def test_data_are_corrected(here: App, officer: Visitor) -> None:
    path = in_work(officer, kind="rectification")
    with here.database.read() as connection:
        assert [one.record for one in hold.active(connection, 0)] == [1]
    fulfil = f"{path}/fulfil"
    assert officer.act(fulfil).page.problems == ["fulfil"]
    wrong = officer.act(fulfil, **{"new.1.email": "nonsense"})
    assert (wrong.status, wrong.page.problems) == (422, ["new.1.email"])
    assert officer.act(fulfil, **{"new.1.name": "Agnia"}).status == 303
    with here.database.read() as connection:
        (made,) = correction.of_record(connection, 1)
    assert (made.fields, made.request) == (("name",), stored(here, path).number)


def test_data_are_erased_for_good(here: App, officer: Visitor) -> None:
    path = in_work(officer, kind="erasure")
    assert officer.act(f"{path}/fulfil").status == 303
    with here.database.read() as connection:
        assert remains.live(connection, 1) == []
        last = request.history(connection, stored(here, path).number)[-1]
    assert last.before != last.after


def test_everything_held_is_handed_out_on_paper(here: App, officer: Visitor) -> None:
    path = entered(officer, identity="document")
    package = f"{path}/package"
    assert officer.act(package, format="html").status == 409
    move(officer, path, "take")
    assert officer.act(package, format="docx").status == 400
    shown = officer.act(package, format="html")
    assert (shown.status, cast.subject.message in unescape(shown.html)) == (200, True)
    assert officer.act(package, format="pdf").body.startswith(b"%PDF-")
    with here.database.read() as connection:
        readings = reading.history(connection, 1)
    staff = stored(here, path).intake.staff
    assert {one.staff for one in readings} == {staff}


def test_the_person_is_written_to(here: App, officer: Visitor) -> None:
    path = in_work(officer)
    move(officer, path, "extend", profile="ru-152fz", told="yes")
    officer.act(f"{path}/fulfil")
    with here.database.read() as connection:
        raw = [entry.decode(one) for _, one in here.log.entries(connection)]
    sent = [one.codes["notice"] for one in raw if one.kind == "notice.queued"]
    assert sent == ["request-received", "request-extended", "request-done"]


def test_consent_is_withdrawn(here: App, officer: Visitor) -> None:
    path = in_work(officer, kind="withdrawal")
    assert officer.act(f"{path}/fulfil").status == 303
    with here.database.read() as connection:
        assert ledger.acts(connection, 1)[-1].act == ledger.WITHDRAWN


def test_reading_is_suspended_when_asked(here: App, officer: Visitor) -> None:
    path = in_work(officer, kind="restriction")
    assert officer.act(f"{path}/fulfil").status == 303
    with here.database.read() as connection:
        held = hold.of_record(connection, 1, now())
    assert list(held.values()) == [Reason.RESTRICTION]


def test_a_request_of_a_run_of_probes_is_not_shown(here: App, officer: Visitor) -> None:
    path = entered(officer)
    assert officer.get("/console/request/999").status == 404
    assert officer.get("/console/request/x").status == 404
    assert officer.get(path).status == 200
