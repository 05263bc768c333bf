# SPDX-License-Identifier: Apache-2.0
import dataclasses
from datetime import date

import pytest

from tests import editions, orders
from uphold.errors import Missing
from uphold.policy.document import DateLine, pick


def test_pick() -> None:
    assert pick({"en": "a", "ru": "б"}, "ru") == "б"
    assert pick({"en": "a", "ru": "б"}, "de") == "a"
    assert pick({"ru": "б"}, "de", "en") == "б"
    assert pick({"ru": "", "en": "a"}, "ru") == "a"
    assert pick({}, "ru") == ""


def test_last_date() -> None:
    assert DateLine("", None, ()).last is None
    assert DateLine("", date(2020, 1, 2), ()).last == date(2020, 1, 2)
    assert DateLine("", date(2020, 1, 2), (date(2021, 1, 1),)).last == date(2021, 1, 1)


def test_the_basis_alone_decides_whether_consent_is_asked() -> None:
    purposes = orders.edition().policy.purposes
    asking = {purpose.id for purpose in purposes.values() if purpose.asks_consent}
    assert asking == {"communication", "newsletter"}


def test_a_form_knows_its_purposes_boxes_and_fields() -> None:
    form = orders.edition().form("order")
    assert form.purposes == ("delivery", "newsletter", "communication")
    box = form.box("newsletter")
    assert box is not None
    assert not box.mandatory
    assert form.box("delivery") is None
    field = form.field("goods")
    assert field is not None
    assert [option.value for option in field.options] == ["lamp", "chair"]
    assert form.field("other") is None


def test_look_ups_that_find_nothing_say_so() -> None:
    edition = editions.example()
    with pytest.raises(Missing):
        edition.form("other")
    with pytest.raises(Missing):
        edition.policy.purpose("other")
    with pytest.raises(Missing):
        edition.wording("feedback", "delivery", "en")


def test_a_wording_in_another_language_is_that_of_the_policy() -> None:
    edition = editions.example()
    assert edition.policy.language == "en"
    assert edition.wording("feedback", "communication", "ru").language == "ru"
    assert edition.wording("feedback", "communication", "de").language == "en"


def test_nothing_can_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        editions.example().number = 2  # type: ignore[misc] # that it cannot be assigned is what is shown
