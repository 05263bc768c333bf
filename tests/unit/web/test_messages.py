# SPDX-License-Identifier: Apache-2.0
"""Every code that a room may hand out has its sentence, in every language."""

import gettext
import re

import pytest

from uphold.access import export, volume
from uphold.access.gate import Reason
from uphold.access.password import Weakness
from uphold.submission import validate
from uphold.web import messages, pages

ENGLISH = gettext.NullTranslations()


def test_every_refusal_of_the_gate_has_its_sentence() -> None:
    beside = {export.OVER, export.NOTHING, volume.LIMIT, volume.FROZEN}
    assert set(messages.REFUSALS) == {str(reason) for reason in Reason} | beside


def test_every_weak_password_has_its_sentence() -> None:
    assert set(messages.WEAKNESSES) == {str(weakness) for weakness in Weakness} | {"differ"}


def test_every_problem_of_a_post_has_its_sentence() -> None:
    said = (validate.Problem.__doc__ or "").partition("Codes:")[2]
    assert set(messages.PROBLEMS) == set(re.findall(r"[a-z]+(?:-[a-z]+)*", said))


@pytest.mark.parametrize("language", [name for name in pages.LANGUAGES if name != "en"])
def test_every_sentence_is_translated(language: str) -> None:
    catalogue = pages.translations(language)
    for table in (messages.PROBLEMS, messages.REFUSALS, messages.WEAKNESSES):
        assert [text for text in table.values() if catalogue.gettext(text) == text] == []


def test_an_unknown_code_still_says_something() -> None:
    assert messages.problem("new-code", "Name", 0, ENGLISH) == "“Name” cannot be accepted as it is"
    assert messages.refusal("new-code", ENGLISH) == "The policy does not allow it."
    assert messages.weakness("new-code", ENGLISH) == "Choose another password"
    assert messages.weakness("", ENGLISH) == ""


def test_a_problem_names_the_field_and_the_limit() -> None:
    text = pages.problem("too-long", "Сообщение", "ru", 4000)
    assert "«Сообщение»" in text
    assert "4000" in text
