# SPDX-License-Identifier: Apache-2.0
"""The page says what the evidence says, and offers acts only to who may do them."""

import re

import pytest

from tests import cast, visitor
from tests.office import quick_hashing
from uphold.app import App
from uphold.law import basic
from uphold.threats import measure

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")

AT = "/console/proof/evaluation"


def shown(app: App, person: cast.Staff) -> str:
    visitor.employ(app, person)
    with visitor.visiting(app) as who:
        assert who.sign_in(person).status == 303
        return who.get(AT).html


def test_the_figures_and_the_basic_set_are_those_of_the_site(here: App) -> None:
    page = shown(here, cast.owner)
    assert f"0 of {len(measure.catalogue())}" in page
    codes = re.findall(r'<th scope="row">([А-Я]{3}\.\d+) ', page)
    # A contact, a name and a message of fewer than 100,000 people, threats of type 3: level 4.
    assert codes == [one.id for one in basic.of_level(4)]
    assert "Level 4" in page


def test_who_only_looks_is_offered_no_act(here: App) -> None:
    page = shown(here, cast.auditor)
    assert page.count("never signed") == 3
    assert "/make/" not in page
    assert f"{AT}/harm" not in page
