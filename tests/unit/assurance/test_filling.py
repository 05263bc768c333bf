# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from tests import editions
from uphold.assurance import filling
from uphold.policy.document import FIELD_TYPES, Field, Option
from uphold.submission import validate

BASE = Field(
    key="it",
    label={"en": "It"},
    type="text",
    mandatory=True,
    categories=(),
    purposes=(),
    autocomplete="",
    max=0,
    hint={},
    options=(Option("a", {"en": "A"}), Option("b", {"en": "B"})),
)


@pytest.mark.parametrize("kind", FIELD_TYPES)
@pytest.mark.parametrize("longest", [0, 16, 200])
def test_a_value_is_one_that_the_form_takes(kind: str, longest: int) -> None:
    field = replace(BASE, type=kind, max=longest)
    text = filling.value(field)
    assert text
    assert validate._wrong(field, text) is None


def test_no_two_values_are_the_same_and_each_has_a_mark_in_it() -> None:
    fields = [replace(BASE, key=kind, type=kind) for kind in ("text", "email", "phone")]
    first, second = filling.values(fields), filling.values(fields)
    assert set(first.values()).isdisjoint(second.values())
    marks = filling.marks(fields, first)
    assert len(marks) == 3
    assert all(any(mark in text for text in first.values()) for mark in marks)
    assert not any(mark in text for mark in marks for text in second.values())


def test_a_form_of_the_example_is_filled_whole() -> None:
    form = editions.example().forms[editions.FORM]
    assert set(filling.values(form.fields)) == {field.key for field in form.fields}


def test_a_choice_without_options_stays_empty_and_a_choice_is_no_mark() -> None:
    choice = replace(BASE, type="choice")
    assert filling.values([replace(choice, options=())]) == {}
    assert filling.marks([choice], {"it": "a"}) == ()


def test_every_mark_begins_alike_and_is_no_hexadecimal() -> None:
    first, second = filling.mark(), filling.mark()
    assert first != second
    assert first.startswith(filling.STEM)
    assert second.startswith(filling.STEM)
    assert set(first + second).isdisjoint("0123456789abcdef")
    text = filling.value(replace(BASE, max=12))
    assert filling.STEM in text
