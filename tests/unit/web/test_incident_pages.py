# SPDX-License-Identifier: Apache-2.0
"""The pages of incidents have a sentence for every field that can be wrong."""

import pytest

from uphold.web import incident_intake, incident_pages


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("detected-value", "value"),
        ("harm-words", "words"),
        ("ru-152fz-first-sent", "sent"),
        ("lesson-name", "lesson-name"),
        ("of", "of"),
    ],
)
def test_every_field_has_its_sentence(field: str, code: str) -> None:
    assert incident_pages.code_of(field) == code
    assert code in incident_intake.PROBLEMS


def test_an_incident_has_an_address_of_its_own() -> None:
    assert incident_pages.address(7) == "/console/incident/7"
