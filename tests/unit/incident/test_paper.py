# SPDX-License-Identifier: Apache-2.0
"""Each draft is a PDF too, in both languages, an exercise's as well."""

import pytest

from tests import incidents
from tests.incidents import drafted
from uphold.incident import paper
from uphold.incident.case import Whose


@pytest.mark.parametrize(
    ("notice", "language", "whose"),
    [
        ("ru-152fz-first", "ru", Whose.DRILL),
        ("eu-gdpr-people", "en", Whose.PEOPLES),
    ],
)
def test_a_draft_is_a_pdf(notice: str, language: str, whose: Whose) -> None:
    made = drafted(incidents.case(whose=whose), notice, language)
    assert paper.pdf(made).startswith(b"%PDF-1.7")
