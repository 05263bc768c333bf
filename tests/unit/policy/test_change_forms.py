# SPDX-License-Identifier: Apache-2.0
"""What becomes of forms and of the consent documents that are derived from them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests import editions, orders
from tests.editions import FORM
from uphold.policy import change_forms, compare
from uphold.policy.change import What
from uphold.policy.document import Draft, Edition, Field, Form, Option, Wording

ONE = editions.example().forms[FORM]


def field(at: int, **changed: Any) -> Form:
    fields = list(ONE.fields)
    fields[at] = replace(fields[at], **changed)
    return replace(ONE, fields=tuple(fields))


def named(form: Form | None) -> list[What]:
    after = {FORM: form} if form else {}
    return [one.what for one in change_forms.forms({FORM: ONE}, after)]


MORE = Field("fax", {"en": "Fax"}, "text", False, ("phone",), ("communication",), "", 9, {}, ())
CASES: Mapping[str, tuple[Callable[[], Form | None], What]] = {
    "gone": (lambda: None, What.FORM_REMOVED),
    "title": (lambda: replace(ONE, title={"en": "Ask us"}), What.FORM_TITLE),
    "intro": (lambda: replace(ONE, intro={"en": "Do write."}), What.FORM_HELP),
    "next": (lambda: replace(ONE, next=("https://example.org/",)), What.FORM_HELP),
    "order": (lambda: replace(ONE, fields=ONE.fields[::-1]), What.FORM_HELP),
    "hint": (lambda: field(0, hint={}), What.FORM_HELP),
    "max": (lambda: field(0, max=7), What.FORM_HELP),
    "more": (lambda: replace(ONE, fields=(*ONE.fields, MORE)), What.FIELD_ADDED),
    "fewer": (lambda: replace(ONE, fields=ONE.fields[:-1]), What.FIELD_REMOVED),
    "mandatory": (lambda: field(0, mandatory=True), What.FIELD_CHANGED),
    "label": (lambda: field(0, label={"en": "Full name"}), What.FIELD_CHANGED),
    "category": (lambda: field(0, categories=("email",)), What.FIELD_CHANGED),
    "purpose": (lambda: field(0, purposes=("security",)), What.FIELD_CHANGED),
    "answers": (lambda: field(0, options=(Option("a", {"en": "A"}),)), What.FIELD_CHANGED),
    "unasked": (lambda: replace(ONE, consents=()), What.BOX_REMOVED),
    "free": (
        lambda: replace(ONE, consents=(replace(ONE.consents[0], mandatory=False),)),
        What.BOX_CHANGED,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_difference_has_one_name(case: str) -> None:
    make, what = CASES[case]
    assert named(make()) == [what]


def test_the_same_form_says_nothing() -> None:
    assert named(ONE) == []


def test_forms_and_boxes_that_are_new() -> None:
    found = list(change_forms.forms({FORM: replace(ONE, consents=())}, orders.edition().forms))
    assert [one.what for one in found] == [What.BOX_ADDED, What.FORM_ADDED]


def reprinted(edition: Edition, old: str, new: str) -> Edition:
    """An edition that another version of the program has derived the wordings of."""

    def print_(one: Wording) -> Wording:
        return replace(one, text=one.text.replace(old, new), digest=f"{one.digest[:-1]}x")

    made = [print_(one) for one in edition.wordings.values()]
    return replace(edition, wordings={one.digest: one for one in made})


def test_a_wording_that_nothing_declared_explains_is_named_itself() -> None:
    before = editions.example()
    after = reprinted(before, "freely", "gladly")
    found = compare.compare(before, after).changes
    assert [(one.what, one.form, one.purpose) for one in found] == [
        (What.WORDING, FORM, editions.PURPOSE)
    ]
    assert found[0].material
    assert not found[0].widens


def test_a_clause_that_moved_is_no_other_wording() -> None:
    before = editions.example()
    one = before.policy.purposes[editions.PURPOSE]
    purposes = {**before.policy.purposes, editions.PURPOSE: replace(one, clause="2.2.3")}
    draft = Draft(replace(before.policy, purposes=purposes), before.texts, before.forms)
    found = compare.compare(before, draft)
    assert [one.what for one in found.changes] == [What.PURPOSE_CLAUSE]
    assert not found.material


def test_a_drafts_wordings_are_those_of_its_edition() -> None:
    one = orders.edition()
    derived = change_forms.wordings(Draft(one.policy, one.texts, one.forms))
    assert derived == change_forms.wordings(one)
