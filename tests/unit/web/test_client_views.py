# SPDX-License-Identifier: Apache-2.0
"""The page of machine clients shows a token once, and offers nothing to who may only look."""

import pytest

from tests.unit.web import client_samples
from uphold.web import pages

SAMPLES = client_samples.every("en")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_token_is_on_no_page_but_its_own(name: str) -> None:
    page = pages.render(*SAMPLES[name]).decode()
    assert (client_samples.TOKEN in page) is (name == "clients-made")


def test_who_only_looks_gets_no_form() -> None:
    page = pages.render(*SAMPLES["clients-seen"]).decode()
    assert 'action="/console/clients"' not in page
    assert "/console/clients/7/revoke" in page


def test_a_scope_has_words() -> None:
    page = pages.render(*SAMPLES["clients"]).decode()
    for scope in client_samples.SCOPES:
        assert page.count(scope.code) == 1, "only as the name of its box"
