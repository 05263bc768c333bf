# SPDX-License-Identifier: Apache-2.0
"""Pages of `/my` hold no value where none is opened, and every form on them carries the visit's token."""

import re

import pytest

from tests.unit.web import my_samples
from uphold.web import pages

# Before an address is proved there is no visit, and so no token.
OUTSIDE = {"my-asked", "my-enter", "my-enter-over"}
ITS_OWN = re.compile(r"/receipt/")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_form_of_a_visit_carries_its_token(language: str) -> None:
    for name, (view, around) in my_samples.every(language).items():
        html = pages.render(view, around).decode()
        forms = re.findall(r'<form method="post" action="([^"]*)".*?</form>', html, re.DOTALL)
        texts = re.findall(r'<form method="post".*?</form>', html, re.DOTALL)
        for action, text in zip(forms, texts, strict=True):
            if name in OUTSIDE or name.startswith("my-ask") or ITS_OWN.search(action):
                continue
            assert 'name="_csrf" value="csrf-token-of-a-sample"' in text, (name, action)


def test_the_page_says_where_to_complain() -> None:
    said = {
        language: pages.render(my_samples.home(language), my_samples.frame(language)).decode()
        for language in ("en", "ru")
    }
    assert "edpb.europa.eu" in said["en"]
    assert "Роскомнадзор" in said["ru"]
