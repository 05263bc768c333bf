# SPDX-License-Identifier: Apache-2.0
"""The desk of alerts: seen by who may, judged and lifted by another than whom it is about, canaries told to nobody."""

from collections.abc import Iterator

import pytest

from tests import cast, visitor
from tests.office import quick_hashing
from tests.unit.web.test_search_desk import entries, signed_in
from tests.visitor import Visitor
from uphold.access import exercise, hold, lift, restraint, staff
from uphold.access.permission import Role
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.detection import book, counted, respond, store
from uphold.detection.engine import Match
from uphold.detection.event import Value
from uphold.detection.respond import Cause, Ladder
from uphold.detection.rule import Response
from uphold.web.alert_pages import ALERTS, path

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")
HOUR = 60 * restraint.MINUTE


def number(app: App, person: cast.Staff) -> int:
    with app.database.read() as connection:
        return next(n for n, login in staff.names(connection).items() if login == person.login)


def signed(app: App, who: int) -> str:
    """The event of somebody's last sign-in."""
    return f"j{max(at for at, e in enumerate(entries(app)) if e.codes.get('staff') == who)}"


def alert(app: App, who: int, *steps: Response, rule: str = "record-sweep", run: int = 0) -> int:
    """Raise an alert about somebody for their own act, and do what it says."""
    event: dict[str, Value] = {"id": signed(app, who), "at": 1, "staff": who, "exercise": bool(run)}
    event["exercise_run"] = run
    at = entries(app)[-1].at_ms
    match = Match(rule, (("staff", who),), (str(event["id"]),), at, at, 1, event)

    def raised(tx: Transaction) -> int:
        made = store.next_number(tx)
        cause = Cause(made, rule, who, "", match.events, run)
        done = respond.apply(tx, app.ring, cause, Ladder(steps, for_ms=HOUR))
        known = book.pack()[rule]
        store.keep(tx, made, known, match, [one.code for one in done], dry=False)
        return made

    return app.writer.run(raised)


@pytest.fixture
def clerk(here: App, somebody: Visitor) -> Visitor:
    somebody.send()
    visitor.employ(here, cast.clerk)
    assert somebody.sign_in(cast.clerk).status == 303
    return somebody


@pytest.fixture
def owner(here: App, clerk: Visitor) -> Iterator[Visitor]:
    yield from signed_in(here, cast.owner)


def test_an_alert_is_shown_with_what_was_done_and_what_was_behind_it(
    here: App, owner: Visitor
) -> None:
    made = alert(here, number(here, cast.clerk), Response.LOG, Response.STEP_UP)
    home = owner.get("/console")
    assert "1 alert about access has not been judged." in home.page.text
    listed = owner.get(ALERTS).page
    assert "One person opens records in bulk" in listed.text
    assert "new proof asked for" in listed.text
    assert cast.clerk.login in listed.text
    assert path(made) in listed.links
    shown = owner.get(path(made)).page
    assert "Signed in" in shown.text
    assert f"/console/incidents?alert={made}" in shown.links
    assert "A new proof is asked for" in shown.text


def test_whether_it_was_right_is_kept_and_counted(here: App, owner: Visitor) -> None:
    made = alert(here, number(here, cast.clerk), Response.LOG)
    assert owner.act(f"{path(made)}/judge", verdict="maybe").status == 422
    done = owner.act(f"{path(made)}/judge", verdict="false")
    assert done.location == f"{path(made)}?done=judged"
    assert "false alarm" in owner.get(path(made)).page.text
    assert "has not been judged" not in owner.get("/console").page.text
    with here.database.read() as connection:
        assert counted.by_rule(connection)["record-sweep"].false == 1
    rules = owner.get(f"{ALERTS}/rules").page.text
    assert "1 false" in rules
    assert "record-sweep" in rules


def test_nobody_judges_or_lifts_what_is_about_themselves(
    here: App, owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restraint, "PACE_MS", 1)
    made = alert(here, number(here, cast.owner), Response.FREEZE_EXPORT, Response.DELAY)
    # The only owner is spared the first.
    with here.database.read() as connection:
        (bound,) = restraint.in_force(connection, entries(here)[-1].at_ms)
    assert owner.get(path(made)).page.actions == ["/console/logout"]
    assert owner.act(f"{path(made)}/judge", verdict="false").status == 409
    assert owner.act(f"{ALERTS}/restraint/{bound.number}/lift").status == 409
    for officer in signed_in(here, cast.officer):
        lifted = officer.act(f"{ALERTS}/restraint/{bound.number}/lift")
        assert lifted.location == f"{ALERTS}?done=hold-lifted"
        assert "What has ended" in officer.get(ALERTS).page.text


def test_a_stop_of_all_reading_is_lifted_by_two(here: App, owner: Visitor) -> None:
    alert(here, number(here, cast.clerk), Response.FREEZE_VAULT)
    assert "All reading is stopped" in owner.get(ALERTS).page.text
    with here.database.read() as connection:
        (stop,) = hold.in_force(connection, entries(here)[-1].at_ms)
    at = f"{ALERTS}/hold/{stop.number}/lift"
    assert owner.act(at).location == f"{ALERTS}?done=hold-{lift.Step.ASKED}"
    assert owner.act(at).status == 409
    for officer in signed_in(here, cast.officer):
        assert officer.act(at).location == f"{ALERTS}?done=hold-{lift.Step.LIFTED}"
    assert "All reading is stopped" not in owner.get(ALERTS).html.partition("What has ended")[0]


def test_what_is_laid_out_for_nobody_is_shown_to_nobody(here: App, owner: Visitor) -> None:
    made = alert(here, number(here, cast.clerk), Response.LOG, rule="canary-record")
    shown = owner.get(path(made)).page
    assert "told only at the machine" in shown.text
    assert "Signed in" not in shown.text
    assert not [one for one in shown.links if "/console/journal/" in one]


def test_alerts_of_exercises_stand_apart_and_alarm_nobody(here: App, owner: Visitor) -> None:
    account = exercise.open_account(here.writer, 5, Role.CLERK)
    made = alert(here, account.number, Response.LOG, run=5)
    assert path(made) not in owner.get(ALERTS).page.links
    assert "has not been judged" not in owner.get("/console").page.text
    assert path(made) in owner.get(f"{ALERTS}?of=exercises").page.links
    shown = owner.get(path(made))
    assert 'value="drill"' in shown.html
    assert f"/console/incidents?alert={made}" in shown.page.links


def test_an_auditor_sees_and_touches_nothing(here: App, owner: Visitor) -> None:
    made = alert(here, number(here, cast.clerk), Response.LOG, Response.LOCK)
    for auditor in signed_in(here, cast.auditor):
        assert auditor.get(path(made)).page.actions == ["/console/logout"]
        assert auditor.get(ALERTS).page.actions == ["/console/logout"]
        assert auditor.act(f"{path(made)}/judge", verdict="false").status == 404


@pytest.mark.parametrize("name", ["x", "99", "12345678901"])
def test_there_is_nothing_of_an_unknown_number(owner: Visitor, name: str) -> None:
    assert owner.get(f"{ALERTS}/alert/{name}").status == 404
    assert owner.act(f"{ALERTS}/restraint/{name}/lift").status == 404
    assert owner.act(f"{ALERTS}/hold/{name}/lift").status == 404


def test_alerts_are_shown_though_a_rule_of_the_site_cannot_be_read_any_more(
    here: App, owner: Visitor
) -> None:
    made = alert(here, number(here, cast.clerk), Response.LOCK)
    folder = here.settings.path(here.settings.detection.rules)
    folder.mkdir()
    (folder / "own.yml").write_text("name: [")
    pages = (ALERTS, path(made), f"/console/incidents?alert={made}")
    assert [owner.get(page).status for page in pages] == [200, 200, 200]
    assert "One person opens records in bulk" in owner.get(ALERTS).page.text
