# SPDX-License-Identifier: Apache-2.0
"""Values with their labels: a form's fields in its order, then what is kept besides."""

from tests import editions
from tests.editions import FORM
from uphold.web import kept_fields


def test_fields_are_named_as_the_form_asks_for_them_and_the_rest_in_words() -> None:
    edition = editions.example()
    values = {"browser": "Browser/1.0", "message": "Hello", "name": "Anna", "x": [1, 2]}
    shown = kept_fields.shown(edition, FORM, values, "en")
    form = edition.form(FORM)
    order = [field.key for field in form.fields if field.key in values]
    assert [value for _, value, _ in shown] == [values[key] for key in order] + [
        "Browser/1.0",
        "1, 2",
    ]
    assert [label for label, _, _ in shown][-2:] == ["Browser", "x"]
    assert [is_long for _, _, is_long in shown] == [key == "message" for key in order] + [False] * 2
    assert kept_fields.label(edition, FORM, "ip", "ru") == "IP-адрес"
    assert kept_fields.label(edition, "no-such-form", "name", "en") == "name"


def test_values_are_written_in_one_line() -> None:
    assert kept_fields.plain({"a": "1", "b": "2"}, is_time=False) == "a 1, b 2"
    assert kept_fields.plain(["a", "b"], is_time=False) == "a, b"
    assert kept_fields.plain(1_767_323_045_000, is_time=True) == "2026-01-02 03:04:05 UTC"
    assert kept_fields.plain(7, is_time=False) == "7"
