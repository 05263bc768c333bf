# SPDX-License-Identifier: Apache-2.0
"""A form comes in over HTTP: what is taken, what is refused, and that what is refused leaves nothing."""

from itertools import chain, combinations
from urllib.parse import urlencode

import pytest

from tests import cast, visitor
from tests.visitor import BOX, JSON, Visitor
from uphold.submission import form

OPTIONAL = ("name", "phone")
SUBSETS = tuple(chain.from_iterable(combinations(OPTIONAL, n) for n in range(len(OPTIONAL) + 1)))


def test_from_the_form_to_the_receipt(anna: Visitor) -> None:
    sent = anna.send()
    assert sent.status == 303
    receipt = anna.get(sent.location)
    assert receipt.status == 200
    assert receipt.page.title.startswith("Receipt")
    assert cast.leaks(receipt.body) == []


def test_a_program_gets_201(anna: Visitor) -> None:
    sent = anna.program()
    assert sent.status == 201
    told = sent.json
    assert told["receipt_url"] == f"/receipt/{told['id']}" == sent.headers["location"]
    assert told["proof_url"] == f"{told['receipt_url']}.tlog-proof"
    assert anna.get(told["next"]).status == 200


def test_an_undeclared_field_is_refused_by_its_name(anna: Visitor) -> None:
    before = visitor.stored(anna.app)
    sent = anna.send(passport="4509 123456")
    assert sent.status == 422
    assert "passport" in sent.page.summary
    assert b"4509" not in sent.body
    told = anna.program(passport="4509 123456").json
    assert [(e["field"], e["code"]) for e in told["errors"]] == [("passport", "undeclared")]
    assert visitor.stored(anna.app) == before


def test_the_query_neither_ticks_nor_fills(one: Visitor) -> None:
    query = urlencode({BOX: "yes", "consent": "yes", "email": "a@b.example", "message": "hello"})
    shown = one.form(f"/f/feedback?{query}")
    assert shown.ticked == []
    assert shown.fields["email"] == shown.fields["message"] == ""
    fields = {**shown.fields, **cast.subject.values()}
    assert one.post(f"/f/feedback?{query}", fields).status == 422


def test_without_the_tick_nothing_is_kept(anna: Visitor) -> None:
    before = visitor.stored(anna.app)
    page = anna.form()
    for value in ("", "no", "0", "false", "off"):
        sent = anna.send(page, **{BOX: value})
        assert sent.status == 422
        assert sent.page.problems == [BOX]
    fields = {**page.fields, **cast.subject.values()}
    told = anna.post("/f/feedback", fields, JSON).json
    assert [e["code"] for e in told["errors"]] == ["consent-missing"]
    assert visitor.stored(anna.app) == before


@pytest.mark.parametrize("given", SUBSETS, ids=lambda given: "+".join(given) or "none")
def test_every_set_of_optional_fields_is_taken(anna: Visitor, given: tuple[str, ...]) -> None:
    left = {name: "" for name in OPTIONAL if name not in given}
    assert anna.send(**left).status == 303
    shown = anna.form()
    told = {k: v for k, v in cast.subject.values().items() if k not in left}
    assert anna.post("/f/feedback", {form.TOKEN: shown.token, BOX: "on", **told}).status == 303


@pytest.mark.parametrize("name", ["email", "message"])
def test_every_mandatory_field_is_demanded(one: Visitor, name: str) -> None:
    before = visitor.stored(one.app)
    for value in ("", "   ", "\r\n"):
        sent = one.send(**{name: value})
        assert sent.status == 422
        assert sent.page.problems == [name]
    assert visitor.stored(one.app) == before


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(one: Visitor) -> None:
    shown = one.form()
    sent = one.send(shown, email="nobody", phone="call me", **{BOX: "yes"})
    page = sent.page
    assert page.title.startswith("Error: ")
    assert page.problems == ["email", "phone"]
    assert "must look like name@example.org" in page.summary
    assert page.fields["email"] == "nobody"
    assert page.fields["name"] == cast.subject.name
    assert page.fields["message"] == cast.subject.message
    assert page.ticked == []
    # The same token: sent right afterwards it is stored, and can never be stored twice.
    assert page.token == shown.token
    assert one.send(page, email="a@b.example", phone="").status == 303


def test_the_russian_form_speaks_russian(one: Visitor) -> None:
    sent = one.send(one.form("/f/feedback?lang=ru"), email="nobody")
    assert sent.page.title.startswith("Ошибка: ")
    assert "Электронная почта" in sent.page.summary
    sent = one.send(sent.page)
    assert sent.location.endswith("?lang=ru")
    assert "Расписка" in one.get(sent.location).page.title


def test_labels_say_what_is_mandatory(one: Visitor) -> None:
    labels = one.form().labels
    assert labels["name"] == "Name (optional)"
    assert labels["email"] == "E-mail (mandatory)"
    assert "(mandatory)" in labels[BOX]
    assert "(обязательно)" in one.form("/f/feedback?lang=ru").labels["email"]


def test_the_box_links_to_its_wording_and_to_the_policy(one: Visitor) -> None:
    links = [link for link in one.form().links if link.startswith(("/wording/", "/policy?"))]
    assert links[0].startswith("/wording/")
    assert links[1] == "/policy?edition=1"
    wording = one.get(links[0]).page.text
    for said in ("Quiet Harbour LLC", "answering your message", "e-mail", "withdraw"):
        assert said in wording


def test_a_post_without_a_token_gets_the_hosted_form(one: Visitor) -> None:
    """As from an operator's own HTML: values kept, the box empty, nothing stored yet."""
    before = visitor.stored(one.app)
    sent = one.post("/f/feedback", {**cast.subject.values(), BOX: "yes"})
    assert sent.status == 200
    page = sent.page
    assert page.title.startswith("Not sent yet: ")
    assert page.fields["message"] == cast.subject.message
    assert page.ticked == []
    assert visitor.stored(one.app) == before
    assert one.send(page).status == 303


def test_a_program_without_a_token_is_given_one(one: Visitor) -> None:
    told = one.post("/f/feedback", {**cast.subject.values(), BOX: "yes"}, JSON)
    assert told.status == 422
    assert [e["code"] for e in told.json["errors"]] == ["token-missing"]
    fields = {**cast.subject.values(), BOX: "yes", form.TOKEN: told.json["token"]}
    assert one.post("/f/feedback", fields, JSON).status == 201


def test_a_form_that_there_is_not(one: Visitor) -> None:
    assert one.get("/f/nothing").status == 404
    assert one.post("/f/nothing", cast.subject.values()).status == 404
    assert one.post("/f/feedback/more", cast.subject.values()).status == 404
