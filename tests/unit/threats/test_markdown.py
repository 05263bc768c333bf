# SPDX-License-Identifier: Apache-2.0
"""The document for people: the methodology's columns in both languages, whole tables, nothing that breaks out."""

import re
from dataclasses import replace

import pytest

from tests import editions
from tests.unit.threats import reports
from uphold.threats import markdown

COLUMNS = {
    "en": "| Negative consequence | Object of influence | Violator | Way, interface |"
    " Threat, its state and measures | Tactics |",
    "ru": "| Негативное последствие | Объект воздействия | Нарушитель | Способ реализации, интерфейс |"
    " Угроза, состояние и меры | Тактики |",
}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_has_the_columns_and_every_finding_in_its_language(language: str) -> None:
    made = reports.report(editions.example())
    text = markdown.write(made, language)
    assert COLUMNS[language] in text
    for one in made.findings:
        assert f"`{one.uid}`" in text
    assert made.model.digest in text
    assert "`site.journal_watched`" in text
    latin = re.search("[а-яё]", text) is None
    assert latin is (language == "en"), "one language alone, whatever rules are there"
    assert "{" not in text


def test_every_row_has_as_many_cells_as_its_table() -> None:
    lines = markdown.write(reports.report(editions.example()), "ru").splitlines()
    width = 0
    for line in lines:
        cells = len(re.findall(r"(?<!\\)\|", line))
        if not line.startswith("|"):
            width = 0
        elif not width:
            width = cells
        else:
            assert cells == width, line


def test_a_name_of_the_policy_cannot_break_a_row() -> None:
    edition = editions.example()
    policy = replace(edition.policy, domain="a|b\n<script>")
    text = markdown.write(reports.report(replace(edition, policy=policy)), "en")
    assert "a\\|b &lt;script>" in text
    assert "<script>" not in text


def test_without_findings_or_policy_it_says_so() -> None:
    text = markdown.write(reports.report(None, empty=True), "en")
    assert "No threat was found." in text
    assert "edition" not in text.splitlines()[0]
