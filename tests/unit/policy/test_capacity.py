# SPDX-License-Identifier: Apache-2.0
from urllib.parse import urlencode

import pytest

from tests import editions, orders
from uphold.policy import capacity, check
from uphold.policy.document import Form
from uphold.submission import form, token
from uphold.vault import tables

FORM = "forms/feedback.toml"
FIELD = """
[[field]]
key = "{key}"
label = "More"
type = "{type}"
mandatory = false
categories = ["{type}"]
purposes = ["communication"]
"""


def test_the_limit_is_the_vaults() -> None:
    assert capacity.ADDRESSES == tables.SLOTS


@pytest.mark.parametrize("key", ["feedback", "order"])
def test_a_post_weighs_no_more_than_foreseen(key: str) -> None:
    """The longest answers in a script of three bytes to the character, posted as a browser does."""
    edition = orders.edition()
    offer = form.derive(edition, key, "ru")
    signed = token.write(b"k" * 32, token.issue(offer, 0))
    fields = {field.key: _longest(offer.form, field.key) for field in offer.form.fields}
    boxes = dict.fromkeys(offer.boxes, "yes")
    posted = urlencode({**fields, **boxes, form.TOKEN: signed, form.HONEYPOT: "", form.NEXT: ""})
    assert len(posted) <= capacity.weight(offer.form) <= len(posted) * 1.25


def _longest(declared: Form, key: str) -> str:
    field = declared.field(key)
    assert field is not None
    return field.options[0].value if field.type == "choice" else "語" * field.max


def test_a_form_that_the_site_could_not_take_is_told_with_a_way_out() -> None:
    draft = check.files(editions.files()).draft
    assert draft is not None
    weight = capacity.weight(draft.forms["feedback"])
    assert list(capacity.overweight(draft, weight)) == []
    (problem,) = capacity.overweight(draft, weight - 1)
    assert (problem.file, problem.code) == (FORM, "form-too-heavy")
    assert str(weight) in problem.advice


@pytest.mark.parametrize(("more", "problems"), [(2, 0), (3, 1), (5, 1)])
def test_more_addresses_than_a_part_has_room_for(more: int, problems: int) -> None:
    """The form asks an e-mail address and a telephone number already."""
    files = editions.files()
    text = files[FORM].decode()
    head, _, box = text.partition("[[consent]]")
    extra = "".join(
        FIELD.format(key=f"more-{n}", type="email" if n % 2 else "phone") for n in range(more)
    )
    files[FORM] = f"{head}{extra}\n[[consent]]{box}".encode()
    found = [p for p in check.files(files).problems if p.code == "addresses"]
    assert len(found) == problems
    if found:
        rows = files[FORM].decode().split("\n")
        assert rows[found[0].line - 1] == "[[field]]"
        assert rows[found[0].line] == 'key = "more-2"'


def test_a_purpose_without_consent_counts_what_the_evidence_does_not_name() -> None:
    files = orders.files()
    text = files["forms/order.toml"].decode()
    extra = "".join(FIELD.format(key=f"more-{n}", type="email") for n in range(4))
    extra = extra.replace("communication", "delivery")
    files["forms/order.toml"] = text.replace("\n[[consent]]", f"{extra}\n[[consent]]", 1).encode()
    found = [p for p in check.files(files).problems if p.code == "addresses"]
    assert len(found) == 1
    assert "'delivery'" in found[0].message
