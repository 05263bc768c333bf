# SPDX-License-Identifier: Apache-2.0
"""The pages of incidents show what they are given, in both languages, and escape it."""

import pytest

from tests.unit.web import incident_samples
from uphold.web import pages


def rendered(name: str, language: str = "en") -> str:
    return pages.render(*incident_samples.every(language)[name]).decode()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_sample_is_a_page(language: str) -> None:
    for name in incident_samples.every(language):
        assert "</html>" in rendered(name, language), name


def test_the_clocks_stand_before_everything_else() -> None:
    shown = rendered("incident")
    assert shown.index('id="clocks"') < shown.index('id="facts"') < shown.index('id="scope"')
    assert "EXERCISE" in shown


def test_who_only_looks_has_no_form_and_no_words() -> None:
    shown = rendered("incident-looked")
    assert shown.count("<form") == 1
    assert "A password was guessed" not in shown.partition('id="scope"')[0]


def test_a_closed_one_can_only_be_opened_again() -> None:
    shown = rendered("incident-closed")
    assert 'action="/console/incident/4/reopen"' in shown
    assert 'action="/console/incident/4/note"' not in shown
