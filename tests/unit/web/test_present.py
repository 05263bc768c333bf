# SPDX-License-Identifier: Apache-2.0
import pytest

from tests import cast, editions, orders
from tests.editions import FORM, PURPOSE
from uphold.policy.document import Edition
from uphold.submission import form
from uphold.submission.form import Offer
from uphold.submission.token import Change
from uphold.submission.validate import Problem
from uphold.web import present, views
from uphold.web.present import Again


def offer(language: str = "en", edition: Edition | None = None, key: str = FORM) -> Offer:
    return form.derive(edition or editions.example(), key, language)


@pytest.fixture
def order() -> Offer:
    return offer(edition=orders.edition(), key=orders.FORM)


def test_a_fresh_form() -> None:
    shown = present.hosted(offer(), "token")
    assert (shown.title, shown.action_href, shown.token) == ("Write to us", "/f/feedback", "token")
    assert [field.key for field in shown.fields] == ["name", "email", "phone", "message"]
    assert [field.kind for field in shown.fields] == ["text", "email", "tel", "textarea"]
    assert [field.mandatory for field in shown.fields] == [False, True, False, True]
    assert all(field.value == field.error == "" for field in shown.fields)
    assert shown.problems == ()
    assert shown.notice is None


def test_values_are_kept_and_boxes_are_not() -> None:
    values = {**cast.subject.values(), "consent.communication": "yes"}
    shown = present.hosted(offer("ru"), "token", Again(values))
    assert {field.key: field.value for field in shown.fields} == cast.subject.values()
    (box,) = shown.consents
    assert not hasattr(box, "checked")
    assert not hasattr(box, "value")


def test_problems_stand_at_their_fields_and_in_the_summary() -> None:
    problems = [
        Problem("email", "not-email"),
        Problem("message", "too-long", 4000),
        Problem("passport" * 20, "undeclared"),
        Problem("consent.communication", "consent-missing"),
    ]
    shown = present.hosted(offer(), "token", Again({}, problems))
    errors = {field.key: field.error for field in shown.fields}
    assert errors["email"] == "“E-mail” must look like name@example.org"
    assert "4000" in errors["message"]
    assert shown.consents[0].error.startswith("Tick the box")
    assert [p.anchor for p in shown.problems] == ["email", "message", "", "consent.communication"]
    # A name that somebody made up is not repeated at length.
    assert len(shown.problems[2].message) < 120


def test_the_box_says_who_what_and_for_which_purpose() -> None:
    (box,) = present.hosted(offer(), "t").consents
    assert box.summary == (
        "that Quiet Harbour LLC (an operator invented for this example) processes my data "
        "(name, e-mail, telephone, message) for this purpose: "
        "answering your message and dealing with your request"
    )
    assert box.name == "consent.communication"
    assert box.mandatory
    assert box.policy_href == "/policy?edition=1"
    digest = box.wording_href.removeprefix("/wording/")
    assert editions.example().wordings[digest].purpose == PURPOSE
    (russian,) = present.hosted(offer("ru"), "t").consents
    assert russian.summary.startswith("на обработку моих данных (имя, электронная почта")


def test_what_has_no_box_has_a_notice(order: Offer) -> None:
    titles = [notice.title for notice in present.notices(order)]
    assert titles[0] == "Delivering what you ordered"
    assert "Keeping the site safe from attack and abuse" in titles
    assert len(titles) == len(order.wordings) - len(order.boxes)
    notice = present.notices(order)[0]
    assert notice.ground == "You order goods, and they cannot be delivered without these data"
    assert notice.term
    assert notice.wording_href.startswith("/wording/")


def test_grounds_in_words() -> None:
    edition = editions.make(basis="request")
    purpose = edition.policy.purpose(PURPOSE)
    for language in ("en", "ru", "tlh"):
        found = present.notice(edition, purpose, language)
        assert found.ground
        assert not found.ground.endswith(".")
    consent = editions.example().policy.purpose(PURPOSE)
    assert present.notice(editions.example(), consent, "en").wording_href == ""


def test_a_short_choice_is_shown_whole(order: Offer) -> None:
    field = next(f for f in present.hosted(order, "t").fields if f.key == "goods")
    assert field.kind == "radio"
    assert [(o.value, o.label) for o in field.options] == [("lamp", "Lamp"), ("chair", "Chair")]


def test_what_changed() -> None:
    found = present.changed(offer(), [Change("form"), Change("wording", PURPOSE)])
    assert found.kind == "stale"
    first, second = found.changes
    assert (first.what, first.title, first.href) == ("form", "Write to us", "")
    assert second.what == "wording"
    assert second.title == "answering your message and dealing with your request"
    assert second.href.startswith("/wording/")


def test_only_an_allowed_address_comes_back() -> None:
    shown = present.hosted(offer(), "t", Again({form.NEXT: "https://evil.example"}))
    assert shown.next == ""
    notice = views.FormNotice("check")
    assert present.hosted(offer(), "t", Again({}, notice=notice)).notice is notice


def test_labels_of_a_purpose() -> None:
    edition = editions.example()
    assert present.labels(edition, FORM, PURPOSE, "ru")[1] == "Электронная почта"
    assert present.labels(edition, FORM, "security", "en") == []
    assert present.title(edition, PURPOSE, "en").startswith("Answering")
