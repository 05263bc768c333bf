# SPDX-License-Identifier: Apache-2.0
"""The desk of requests, over HTTP: moved, fulfilled, extended, refused; nobody's words shown."""

import pytest

from tests import cast, desk
from tests.desk import officer
from tests.office import now, quick_hashing
from tests.visitor import Visitor
from uphold.access import hold
from uphold.access.hold import Reason
from uphold.app import App
from uphold.consent import ledger
from uphold.journal import entry
from uphold.rights import correction, request
from uphold.rights.machine import Kind, State
from uphold.rights.stored import Channel, Identity, Intake, Representative
from uphold.vault import remains

__all__ = ["officer", "quick_hashing"]

DAY = 24 * 3_600_000

pytestmark = pytest.mark.usefixtures("quick_hashing")


def test_a_letter_goes_its_way(here: App, officer: Visitor) -> None:
    path = desk.entered(officer, representative="power-of-attorney")
    found = desk.stored(here, path)
    assert (found.records, found.intake.staff > 0) == ((1,), True)
    assert found.intake.representative is Representative.POWER_OF_ATTORNEY
    assert desk.move(officer, path, "verify").status == 422
    for step, fields in (
        ("ask-identity", {}),
        ("verify", {"identity": "called-back"}),
        ("take", {}),
        ("extend", {"profile": "ru-152fz", "told": "yes"}),
    ):
        assert desk.move(officer, path, step, **fields).status == 303
    assert desk.stored(here, path).intake.identity is Identity.CALLED_BACK
    assert "extended" in officer.get(path).html
    assert officer.act(f"{path}/fulfil").status == 303
    assert desk.stored(here, path).request.state is State.FULFILLED
    page = officer.get(path)
    assert "officer-osprey" in page.html
    assert cast.leaks(page.body) == []
    assert f'href="{path}"' in officer.get(f"{desk.LIST}?state=ended").html


def test_an_extension_needs_the_condition(officer: Visitor) -> None:
    path = desk.in_work(officer)
    assert desk.move(officer, path, "extend", profile="ru-152fz").page.problems == ["told"]
    assert desk.move(officer, path, "extend", told="yes").page.problems == ["profile"]


def test_the_same_asked_again_is_joined(officer: Visitor) -> None:
    first = desk.entered(officer)
    again = desk.entered(officer)
    assert f'href="{first}"' in officer.get(again).html


def test_data_are_corrected(here: App, officer: Visitor) -> None:
    path = desk.in_work(officer, kind="rectification")
    with here.database.read() as connection:
        assert [one.record for one in hold.active(connection, 0)] == [1]
    fulfil = f"{path}/fulfil"
    assert officer.act(fulfil).page.problems == ["fulfil"]
    wrong = officer.act(fulfil, **{"new.1.email": "nonsense"})
    assert (wrong.status, wrong.page.problems) == (422, ["new.1.email"])
    assert officer.act(fulfil, **{"new.1.name": "Agnia"}).status == 303
    with here.database.read() as connection:
        (made,) = correction.of_record(connection, 1)
    assert (made.fields, made.request) == (("name",), desk.stored(here, path).number)


def test_data_are_erased_for_good(here: App, officer: Visitor) -> None:
    path = desk.in_work(officer, kind="erasure")
    assert officer.act(f"{path}/fulfil").status == 303
    with here.database.read() as connection:
        assert remains.live(connection, 1) == []
        last = request.history(connection, desk.stored(here, path).number)[-1]
    assert last.before != last.after


def test_the_person_is_written_to(here: App, officer: Visitor) -> None:
    path = desk.in_work(officer)
    desk.move(officer, path, "extend", profile="ru-152fz", told="yes")
    officer.act(f"{path}/fulfil")
    with here.database.read() as connection:
        raw = [entry.decode(one) for _, one in here.log.entries(connection)]
    sent = [one.codes["notice"] for one in raw if one.kind == "notice.queued"]
    assert sent == ["request-received", "request-extended", "request-done"]


def test_consent_is_withdrawn(here: App, officer: Visitor) -> None:
    path = desk.in_work(officer, kind="withdrawal")
    assert officer.act(f"{path}/fulfil").status == 303
    with here.database.read() as connection:
        assert ledger.acts(connection, 1)[-1].act == ledger.WITHDRAWN


def test_reading_is_suspended_when_asked(here: App, officer: Visitor) -> None:
    path = desk.in_work(officer, kind="restriction")
    assert officer.act(f"{path}/fulfil").status == 303
    with here.database.read() as connection:
        held = hold.of_record(connection, 1, now())
    assert list(held.values()) == [Reason.RESTRICTION]


def test_a_request_of_a_run_of_probes_is_not_shown(here: App, officer: Visitor) -> None:
    asked = Intake(Kind.ACCESS, (), "A" * 16, Channel.PAPER, Identity.NONE, "en", exercise=True)
    made = here.writer.run(
        lambda tx: request.receive(tx, here.ring, "", ("ru-152fz",), asked, now() - 60 * DAY)
    )
    path = f"/console/request/{made.number}"
    assert officer.get(path).status == 404
    assert path not in officer.get(desk.LIST).html
    assert "overdue" not in officer.get("/console/proof").html
    for unknown in ("999", "x", "0", "12345678901"):
        assert officer.get(f"/console/request/{unknown}").status == 404
