# SPDX-License-Identifier: Apache-2.0
"""The local act says what the recipe and the ledger say, in both languages, and leaves nothing open."""

from dataclasses import replace
from datetime import date

import pytest

from uphold.statistics import act, recipe
from uphold.statistics.act import Facts
from uphold.statistics.ledger import Act, Fixed, Line

FIXED = Fixed(3, recipe.parse(recipe.default()), recipe.default(), 0, 0)
FACTS = Facts(
    operator="Quiet Harbour",
    site="https://quiet-harbour.example",
    edition=2,
    store="statistics",
    keep_months=25,
    today=date(2026, 11, 23),
    since=date(2026, 11, 1),
)


def line(atom: str, kind: Act, **report: int) -> Line:
    return Line(1, kind, atom, 3, "aggregated", 0, "", report, 0, 0, 0)


DONE = [
    line("2026-11-21", Act.RELEASED, smallest=7, acts=100, **{"acts-hidden": 4}),
    line("2026-11-22", Act.RELEASED, smallest=0, acts=3, **{"acts-hidden": 3}),
    line("2026-11-20", Act.REFUSED, smallest=2, acts=9, **{"acts-hidden": 0}),
]


@pytest.mark.parametrize("language", act.LANGUAGES)
def test_everything_is_filled_in(language: str) -> None:
    made = act.document(FIXED, DONE, FACTS, language)
    text = "\n".join(act.lines(made))
    assert made.language == language
    assert "%" not in text
    for told in (FIXED.recipe.digest, "Quiet Harbour", "page-devices", "2026-11-01", "25"):
        assert told in text
    for one in recipe.methods().values():
        assert (one.title[language] in text) is (one.id in FIXED.recipe.methods)


def test_what_was_measured_is_told() -> None:
    text = "\n".join(act.lines(act.document(FIXED, DONE, FACTS, "en")))
    assert "released 2, refused 1. The smallest group shown anywhere: 7." in text
    assert "Of 103 acts counted in the tables 7 are hidden." in text
    nothing = "\n".join(act.lines(act.document(FIXED, [], FACTS, "en")))
    assert "released 0, refused 0. The smallest group shown anywhere: -." in nothing


def test_another_language_gives_english() -> None:
    assert act.document(FIXED, [], FACTS, "fr").language == "en"


def test_the_page_is_safe_and_has_all_of_it() -> None:
    facts = replace(FACTS, operator="<b>Harbour</b>")
    made = act.document(FIXED, DONE, facts, "ru")
    page = act.page(made)
    assert "<b>" not in page
    assert "&lt;b&gt;Harbour" in page
    assert page.count("<h2>") == len(made.sections)
    assert '<html lang="ru">' in page
