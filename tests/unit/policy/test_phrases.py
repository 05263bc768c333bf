# SPDX-License-Identifier: Apache-2.0
import re
from dataclasses import fields

import pytest

from uphold.policy import document, phrases
from uphold.policy.document import Retention
from uphold.policy.phrases import PHRASES, Phrases

NAMES = [field.name for field in fields(Phrases)]


def gaps(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("name", NAMES)
def test_all_languages_say_the_same_with_the_same_gaps(name: str) -> None:
    english, russian = getattr(PHRASES["en"], name), getattr(PHRASES["ru"], name)
    if isinstance(english, str):
        assert gaps(english) == gaps(russian)
    else:
        assert {k: gaps(v) for k, v in english.items()} == {k: gaps(v) for k, v in russian.items()}


@pytest.mark.parametrize("language", PHRASES)
def test_there_are_words_for_every_choice(language: str) -> None:
    say = PHRASES[language]
    assert set(say.actions_of) == set(document.ACTIONS)
    assert set(say.events) == set(document.EVENTS)
    assert set(say.kinds) == set(document.RECIPIENT_KINDS)
    assert {document.CONSENT, *say.bases} == set(document.BASES)
    assert set(say.law) == set(document.PROFILES)


def test_end() -> None:
    ends = Retention("answered", "P30D", "")
    assert phrases.end(PHRASES["en"], ends, "en") == "30 days after the enquiry is answered"
    ends = Retention("withdrawn", "P1D", "P2Y")
    assert phrases.end(PHRASES["ru"], ends, "ru") == (
        "через 1 день после отзыва согласия, но в любом случае не позже чем через 2 года после получения"
    )
