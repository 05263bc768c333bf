# SPDX-License-Identifier: Apache-2.0
"""What a person does by themself: see, withdraw, correct, suspend, object, complain, take back."""

from typing import Any

import pytest

from tests import cast, person, visitor
from tests.editions import PURPOSE
from tests.visitor import Visitor
from uphold import errors
from uphold.app import App
from uphold.database.writer import Work, Writer
from uphold.journal import entry
from uphold.rights import stored
from uphold.vault import identifier


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def record_of(somebody: Visitor, href: str) -> int:
    found = somebody.app.ring.identifiers.decode(identifier.RECORD, href.rpartition("/")[2])
    assert found is not None
    return found


def test_an_address_does_not_open_what_names_another_person_s_telephone_alone(
    somebody: Visitor,
) -> None:
    """Two submissions bear one telephone number; the e-mail address opens the one that names it."""
    somebody.receipt()
    somebody.receipt(
        email=cast.stranger.email, name=cast.stranger.name, message=cast.stranger.message
    )
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    shown = person.act(somebody, f"{href}/open")
    assert cast.subject.message.splitlines()[0][:20] in shown.page.text
    assert cast.stranger.mark not in shown.html


def test_one_press_withdraws(somebody: Visitor) -> None:
    somebody.receipt()
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    done = person.act(somebody, f"{href}/withdraw", purpose=PURPOSE)
    assert (done.status, done.location) == (303, f"{href}?done=withdrawn")
    page = somebody.get(done.location)
    assert "You have withdrawn this consent" in page.page.text
    assert "withdrawal of consent" in page.page.text
    assert kinds(somebody.app).count("consent.withdrawn") == 1
    with somebody.app.database.read() as connection:
        (asked,) = stored.of_record(connection, record_of(somebody, href))
    assert (str(asked.request.kind), str(asked.request.state)) == ("withdrawal", "fulfilled")
    assert person.act(somebody, f"{href}/withdraw", purpose="nonsense").status == 404


def test_a_correction_shows_before_and_after(somebody: Visitor) -> None:
    somebody.receipt()
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    wrong = person.act(somebody, f"{href}/correct", email="no address", name="Agnia")
    assert wrong.status == 422
    assert wrong.page.problems == ["email"]
    assert wrong.page.fields["name"] == "Agnia"
    done = person.act(somebody, f"{href}/correct", name="Agnia Petrova", phone=cast.subject.phone)
    assert done.status == 200
    assert cast.subject.name in done.page.text
    assert "Agnia Petrova" in done.page.text
    assert kinds(somebody.app).count("record.corrected") == 1
    assert "Agnia Petrova" in person.act(somebody, f"{href}/open").page.text
    same = person.act(somebody, f"{href}/correct", name="Agnia Petrova")
    assert same.location == f"{href}?done=same"
    assert kinds(somebody.app).count("record.corrected") == 1


def out_of_reach(patch: pytest.MonkeyPatch, writer: Writer, after: int) -> None:
    """Let the storage take so many more transactions and no other."""
    run, left = writer.run, iter(range(after))

    def tried(work: Work[Any]) -> Any:
        if next(left, None) is None:
            raise errors.Unavailable("The storage is away.", "Wait.")
        return run(work)

    patch.setattr(writer, "run", tried)


@pytest.mark.parametrize("after", [0, 1], ids=["opening", "storing"])
def test_a_correction_that_cannot_be_stored_costs_nobody_their_words(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    somebody.receipt()
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    typed = {"name": "Agnia", "message": "One line.\nAnother."}
    with monkeypatch.context() as patch:
        out_of_reach(patch, somebody.app.writer, after)
        told = person.act(somebody, f"{href}/correct", **typed)
    assert (told.status, told.headers["retry-after"]) == (503, "5")
    assert f"{href}/correct" in told.page.actions
    assert {name: told.page.fields[name] for name in typed} == typed
    # What was not opened is neither shown nor said to be gone.
    assert (cast.subject.email in told.html) == bool(after)
    assert "destroyed" not in told.page.text
    assert "record.corrected" not in kinds(somebody.app)
    kept = {name: told.page.fields[name] for name in (*typed, "_csrf")}
    assert somebody.post(f"{href}/correct", kept).status == 200


def test_a_correction_that_is_stored_is_done_though_it_cannot_be_shown(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody.receipt()
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    with monkeypatch.context() as patch:
        out_of_reach(patch, somebody.app.writer, 2)
        done = person.act(somebody, f"{href}/correct", name="Agnia Petrova")
    assert (done.status, done.location) == (303, f"{href}?done=corrected")
    assert "Agnia Petrova" in person.act(somebody, f"{href}/open").page.text


def test_suspending_stops_staff_until_the_person_allows_it(
    somebody: Visitor, stranger: Visitor
) -> None:
    visitor.employ(somebody.app, cast.clerk)
    somebody.receipt()
    stranger.sign_in(cast.clerk)
    (row,) = [x for x in stranger.get("/console").page.links if x.startswith("/console/enquiry/")]
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    assert person.act(somebody, f"{href}/restrict").location == f"{href}?done=restricted"
    assert stranger.act(f"{row}/open", purpose=PURPOSE).status == 403
    assert "Use is suspended" in somebody.get(href).page.text
    assert person.act(somebody, f"{href}/release").location == f"{href}?done=released"
    assert stranger.act(f"{row}/open", purpose=PURPOSE).status == 200


def test_objections_and_complaints_are_requests_that_can_be_taken_back(somebody: Visitor) -> None:
    somebody.receipt()
    person.enter(somebody)
    (href,) = person.submissions(somebody)
    assert person.act(somebody, f"{href}/object", purpose="nonsense").status == 400
    assert person.act(somebody, f"{href}/object", purpose=PURPOSE).status == 303
    assert person.act(somebody, "/my/complain").status == 303
    page = somebody.get("/my").page
    retract = [one for one in page.actions if one.endswith("/retract")]
    assert len(retract) == 2
    assert person.act(somebody, retract[0]).location == "/my?done=retracted"
    assert person.act(somebody, retract[0]).status == 409
    assert person.act(somebody, "/my/request/77/retract").status == 404
