# SPDX-License-Identifier: Apache-2.0
"""The page of a receipt: one press to withdraw, no box ticked; see test_views for what holds of every view."""

import re
from dataclasses import replace

import pytest

from tests.unit.web import samples
from uphold.web import pages, receipt_views


def rendered(language: str, agreement: receipt_views.Agreement) -> str:
    view, around = samples.public(language)["receipt"]
    assert isinstance(view, receipt_views.Receipt)
    return pages.render(replace(view, agreements=(agreement,)), around).decode()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_consent_that_stands_has_one_button_and_nothing_to_fill_in(language: str) -> None:
    page = rendered(language, samples.agreement(language))
    (form,) = re.findall(r"<form[^>]*/withdraw[^>]*>(.*?)</form>", page, re.DOTALL)
    kinds = re.findall(r'<(?:input|button|select|textarea)[^>]*type="(\w+)"', form)
    assert kinds == ["hidden", "hidden", "submit"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_withdrawn_one_has_an_empty_box_and_no_button_to_withdraw(language: str) -> None:
    page = rendered(language, samples.agreement(language, withdrawn_at=samples.AT))
    assert "/withdraw" not in page
    (box,) = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert "checked" not in box


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_question_after_an_answer_leans_to_no_answer(language: str) -> None:
    view, around = samples.public(language)["receipt-plain"]
    page = pages.render(view, around).decode()
    (form,) = re.findall(r"<form[^>]*/opinion[^>]*>(.*?)</form>", page, re.DOTALL)
    assert re.findall(r'name="opinion" value="(\w+)"', form) == ["yes", "partly", "no"]
    assert "checked" not in form


def test_a_request_is_told_with_its_term() -> None:
    view, around = samples.public("en")["receipt"]
    asked = receipt_views.Asked(7, "erasure", "received", samples.AT, samples.AT + 1, True)
    asking = receipt_views.Asking("/receipt/x/request", "slip", ("erasure",), (asked,))
    assert isinstance(view, receipt_views.Receipt)
    page = pages.render(replace(view, asking=asking), around).decode()
    for text in ("Erase what I wrote", "we answer by", "nobody here can open it", "Request 7"):
        assert text in page
