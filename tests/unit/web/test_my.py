# SPDX-License-Identifier: Apache-2.0
"""The way in: the same answer for everybody, a link that opens once and only when somebody presses, and out again."""

from tests import cast, person, visitor
from tests.visitor import Visitor
from uphold.rights import identity
from uphold.web import holder


def test_a_known_address_and_an_unknown_one_are_answered_alike(somebody: Visitor) -> None:
    somebody.receipt()
    seen = []
    for address in (cast.subject.email, "nobody@nowhere.example"):
        before = visitor.stored(somebody.app)
        answer = person.ask(somebody, address)
        after = visitor.stored(somebody.app)
        grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        headers = {name: text for name, text in answer.headers.items() if name != "date"}
        shown = somebody.get(answer.location)
        seen.append((answer.status, answer.location, headers, answer.body, grown, shown.body))
    assert seen[0] == seen[1]
    # What the journal's size says is public, too.
    assert seen[0][4] == {"rights_link": 1, "mail_outbox": 1, "journal": 1, "journal_batch": 1}


def test_looking_at_a_link_does_not_use_it_up_and_entering_does(somebody: Visitor) -> None:
    somebody.receipt()
    person.ask(somebody)
    link = f"/my/enter?token={person.newest_link(somebody.app)}"
    for _ in range(3):
        looked = somebody.get(link)
        assert looked.status == 200
        assert "set-cookie" not in looked.headers
        assert looked.headers["cache-control"] == "no-store"
        assert looked.headers["referrer-policy"] == "same-origin"
    token = looked.page.fields["token"]
    entered = somebody.post("/my/enter", {"token": token})
    assert (entered.status, entered.location) == (303, "/my")
    cookie = entered.headers["set-cookie"].lower()
    for said in ("httponly", "samesite=lax", "path=/my", "uphold_my="):
        assert said in cookie
    assert somebody.get(link).status == 410
    assert somebody.post("/my/enter", {"token": token}).status == 410


def test_a_telephone_number_gets_no_link_but_the_other_way_in(somebody: Visitor) -> None:
    before = visitor.stored(somebody.app)
    answer = person.ask(somebody, cast.subject.phone)
    assert answer.status == 422
    assert "#phone" in answer.page.links
    assert person.ask(somebody, "no address").status == 422
    assert visitor.stored(somebody.app) == before
    assert cast.leaks(answer.body) == []


def test_guessing_is_slowed_down(somebody: Visitor) -> None:
    tries = [person.ask(somebody, "anna@example.org").status for _ in range(5)]
    assert tries == [303] * 4 + [429]
    assert person.ask(somebody, "boris@example.org").status == 303
    many = [person.ask(somebody, "no address") for _ in range(20)]
    assert many[0].status == 422
    assert many[-1].status == 429
    assert int(many[-1].headers["retry-after"]) > 0


def test_leaving_ends_the_visit(somebody: Visitor) -> None:
    person.enter(somebody)
    cookie = somebody.cookies["uphold_my"]
    gone = person.act(somebody, "/my/leave")
    assert (gone.status, gone.location) == (303, "/my?done=left")
    assert "uphold_my" not in somebody.cookies
    with somebody.app.database.read() as connection:
        assert identity.claim(connection, somebody.app.ring, cookie, holder.now()) is None
