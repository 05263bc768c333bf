# SPDX-License-Identifier: Apache-2.0
"""From the store to the page of retention; the page itself is followed in `tests/flow/test_retention_desk.py`."""

import pytest

from uphold import typeset
from uphold.retention.orders import Order, Terms
from uphold.web import retention_pages

AT = 1_795_000_000_000


@pytest.mark.parametrize(
    ("until", "lifted", "stands"),
    [(None, 0, True), (AT + 1, 0, True), (AT, 0, False), (None, AT - 1, False)],
)
def test_an_order_stands_until_it_ends_or_is_lifted(
    until: int | None, lifted: int, *, stands: bool
) -> None:
    order = Order(1, Terms(1, None, "Case 7", 0, until), 1, AT, 5, lifted, 0)
    assert retention_pages._stands(order, AT) is stands


def test_an_act_has_its_papers_in_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = list(retention_pages._papers(7))
    assert [language for language, *_ in papers] == ["en", "ru"]
    assert papers[1][1] == "/console/retention/act/7/ru/pdf"
    monkeypatch.setattr(typeset, "typst", None)
    assert [pdf for _, pdf, *_ in retention_pages._papers(7)] == ["", ""]
