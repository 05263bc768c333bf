# SPDX-License-Identifier: Apache-2.0
"""The desk of disclosures, over HTTP: prepared by one, looked at and approved by another, handed out, told."""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests import cast, visitor
from tests.office import quick_hashing
from tests.visitor import Answer, Visitor
from uphold.access import disclosure, hold
from uphold.access.gate import Hold
from uphold.access.hold import Reason
from uphold.access.procedure import State
from uphold.app import App
from uphold.journal import entry
from uphold.rights import telling
from uphold.vault import age, identifier

__all__ = ["quick_hashing"]

LIST, NEW, DECLINE = (
    "/console/disclosures", "/console/disclosures/new", "/console/disclosures/decline",
)  # fmt: skip
SECRET, KEY = age.new_identity()
REQUESTER, DOCUMENT = "Distrikt-Zyuzya Court", "Ruling No. 2-Qyzylja/2026"

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.fixture
def people(here: App, somebody: Visitor) -> Iterator[tuple[Visitor, Visitor]]:
    """An officer who prepares and an owner who approves, on a site with one submission."""
    somebody.receipt()
    visitor.employ(here, cast.officer)
    visitor.employ(here, cast.owner)
    with visitor.visiting(here) as officer, visitor.visiting(here) as owner:
        assert officer.sign_in(cast.officer).status == 303
        assert owner.sign_in(cast.owner).status == 303
        yield officer, owner


def asked(here: App, **changes: str) -> dict[str, str]:
    """What the form posts for one submission's name and address."""
    return {
        "recipient": "authorities",
        "purpose": "communication",
        "ground": "court-proceedings",
        "requester": REQUESTER,
        "document": DOCUMENT,
        "receipts": here.ring.identifiers.encode(identifier.RECEIPT, 1),
        "field.name": "yes",
        "field.email": "yes",
        "key": KEY,
        **changes,
    }


def prepared(here: App, who: Visitor, **changes: str) -> str:
    """Prepare one; returns the path of its page."""
    answer = who.act(NEW, **asked(here, **changes))
    assert answer.status == 303, answer.html
    return str(answer.location.partition("?")[0])


def approve(who: Visitor, path: str) -> Answer:
    seen = who.act(f"{path}/look").page.fields["seen"]
    return who.act(f"{path}/approve", seen=seen)


def state(here: App, path: str) -> State:
    with here.database.read() as connection:
        return disclosure.find(connection, int(path.rpartition("/")[2])).state


def kinds(here: App) -> list[str]:
    with here.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in here.log.entries(connection)]


def test_a_disclosure_goes_its_way(
    here: App, people: tuple[Visitor, Visitor], tmp_path: Path
) -> None:
    officer, owner = people
    first = officer.get(NEW)
    assert "recipient" in first.page.text.lower()
    second = officer.get(f"{NEW}?recipient=authorities&purpose=communication")
    assert "field-phone" in second.html
    path = prepared(here, officer)
    page = officer.get(path)
    assert REQUESTER in page.html
    assert "/approve" not in officer.act(f"{path}/look").html
    shown = owner.act(f"{path}/look")
    assert cast.subject.email in shown.html
    assert cast.subject.phone not in shown.html
    assert shown.headers["cache-control"] == "no-store"
    assert officer.act(f"{path}/approve", seen=shown.page.fields["seen"]).status == 400
    assert approve(owner, path).status == 303
    file = officer.act(f"{path}/send")
    assert file.headers["content-disposition"] == 'attachment; filename="disclosure-1.age"'
    assert cast.leaks(file.body) == []
    (tmp_path / "identity").write_text(SECRET)
    opened = age.Opened(io.BytesIO(file.body), age.identities(tmp_path / "identity"))
    told = msgspec.json.decode(opened.take(1 << 20))
    opened.close()
    assert {one["key"] for one in told["records"][0]["fields"]} == {"name", "email"}
    assert state(here, path) is State.SENT
    assert owner.act(f"{path}/confirm", outcome="received").status == 303
    assert state(here, path) is State.CLOSED
    assert f'href="{path}"' in officer.get(f"{LIST}?state=ended").html
    assert [one for one in kinds(here) if one.startswith("disclosure.")] == [
        "disclosure.prepared", *["disclosure.opened"] * 3, "disclosure.approved",
        "disclosure.opened", "disclosure.sent", "disclosure.closed",
    ]  # fmt: skip
    pages = [
        officer.get(path).body,
        officer.get(LIST).body,
        officer.get(f"{LIST}?state=ended").body,
    ]
    assert cast.leaks(b"".join(pages)) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ground": "because"}, "ground"),
        ({"ground": "police-request"}, "ground"),
        ({"requester": " "}, "requester"),
        ({"document": "x" * 1001}, "document"),
        ({"receipts": "abc"}, "receipts"),
        ({"receipts": ""}, "receipts"),
        ({"field.name": "", "field.email": ""}, "fields"),
        ({"field.shape": "yes"}, "fields"),
        ({"key": "age1nobody"}, "key"),
        ({"silence": "2001-01-01"}, "silence"),
        ({"silence": "soon"}, "silence"),
        ({"silence": "2030-01-01"}, "silence"),
    ],
)
def test_what_is_wrong_is_said_at_its_input(
    here: App, people: tuple[Visitor, Visitor], changes: dict[str, str], problem: str
) -> None:
    answer = people[0].act(NEW, **asked(here, **changes))
    assert (answer.status, answer.page.problems) == (422, [problem])
    assert cast.leaks(answer.body) == []


def test_somebody_is_turned_away_and_that_is_kept(
    here: App, people: tuple[Visitor, Visitor]
) -> None:
    officer, _ = people
    lacks = officer.act(DECLINE, requester=REQUESTER, reason="why")
    assert (lacks.status, lacks.page.problems) == (422, ["document", "reason"])
    said = {"requester": REQUESTER, "document": DOCUMENT, "reason": "not-entitled"}
    path = officer.act(DECLINE, **said).location.partition("?")[0]
    assert state(here, path) is State.REFUSED
    assert REQUESTER in officer.get(path).html
    assert path in officer.get(f"{LIST}?state=ended").html
    assert REQUESTER not in officer.get(f"{LIST}?state=ended").html


def test_what_is_prepared_can_be_refused_for_a_reason(
    here: App, people: tuple[Visitor, Visitor]
) -> None:
    officer, owner = people
    path = prepared(here, officer)
    assert owner.act(f"{path}/refuse", reason="exercise").status == 422
    assert owner.act(f"{path}/refuse", reason="too-much").status == 303
    assert state(here, path) is State.REFUSED
    assert owner.act(f"{path}/refuse", reason="too-much").status == 409
    assert owner.act(f"{path}/send").status == 409


def test_a_hold_stops_it_and_the_journal_knows(here: App, people: tuple[Visitor, Visitor]) -> None:
    officer, owner = people
    path = prepared(here, officer)
    assert approve(owner, path).status == 303
    stop = Hold(None, 1, None, hold.UNTIL_LIFTED)
    here.writer.run(lambda tx: hold.place(tx, here.ring, stop, Reason.INCIDENT, by=1))
    for act in ("look", "send"):
        answer = officer.act(f"{path}/{act}")
        assert answer.status == 403
        assert "refused" in answer.page.text
        assert cast.leaks(answer.body) == []
    assert kinds(here)[-1] == "access.denied"
    assert state(here, path) is State.APPROVED


def test_the_recipient_is_told_of_what_became_of_it(
    here: App, people: tuple[Visitor, Visitor]
) -> None:
    officer, owner = people
    path = prepared(here, officer)
    assert approve(owner, path).status == 303
    assert officer.act(f"{path}/send").status == 200
    here.writer.run(lambda tx: telling.corrected(tx, 1, "communication", {"name"}, 0))
    assert f'href="{path}#notices"' in officer.get(LIST).html
    letter = officer.get(f"{path}/notice/1")
    assert "Submission 1 of that file was corrected" in letter.html
    assert "SHA-256" in letter.html
    assert officer.act(f"{path}/tell", notice="1", channel="pigeon").status == 400
    assert officer.act(f"{path}/tell", notice="1", outcome="done").status == 409
    assert officer.act(f"{path}/tell", notice="7", channel="letter").status == 404
    assert officer.act(f"{path}/tell", notice="x", channel="letter").status == 404
    assert officer.act(f"{path}/tell", notice="1", channel="letter").status == 303
    assert officer.act(f"{path}/tell", notice="1", outcome="done").status == 303
    assert "has done the same" in officer.get(path).page.text
    assert "#notices" not in officer.get(LIST).html
    other = prepared(here, officer)
    assert officer.act(f"{other}/tell", notice="1", channel="letter").status == 404
    assert officer.get(f"{other}/notice/1").status == 404


def test_an_auditor_sees_the_register_and_not_who_asked(
    here: App, people: tuple[Visitor, Visitor]
) -> None:
    path = prepared(here, people[0])
    visitor.employ(here, cast.auditor)
    with visitor.visiting(here) as auditor:
        assert auditor.sign_in(cast.auditor).status == 303
        page = auditor.get(path)
        assert page.status == 200
        assert REQUESTER not in page.html
        assert auditor.act(f"{path}/look").status == 404
        assert auditor.get(NEW).status == 404


def test_there_is_no_other(people: tuple[Visitor, Visitor]) -> None:
    officer, _ = people
    for path in (
        "/console/disclosure/1",
        "/console/disclosure/x",
        "/console/disclosure/1/notice/1",
    ):
        assert officer.get(path).status == 404
    assert officer.get(f"{NEW}?recipient=hosting&purpose=communication").status == 200
