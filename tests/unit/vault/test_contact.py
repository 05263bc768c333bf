# SPDX-License-Identifier: Apache-2.0
"""Version 1 of the normalisation. These pairs never change; a better rule is version 2."""

import pytest

from uphold.vault import contact
from uphold.vault.contact import EMAIL, PHONE, Contact

ADDRESSES = {
    "anna@example.org": "anna@example.org",
    "  Anna@Example.ORG \n": "anna@example.org",
    "Anna.Petrova+news@example.org": "anna.petrova+news@example.org",
    "ANNA@example.org": "anna@example.org",
    "анна@почта.рф": "анна@xn--80a1acny.xn--p1ai",
    "АННА@ПОЧТА.РФ": "анна@xn--80a1acny.xn--p1ai",
    "anna@xn--80a1acny.xn--p1ai": "anna@xn--80a1acny.xn--p1ai",
    "anna@почта。рф": "anna@xn--80a1acny.xn--p1ai",
    "straße@straße.de": "strasse@strasse.de",
    '"a@b"@example.org': None,
    "anna": None,
    "anna@": None,
    "@example.org": None,
    "anna@localhost": None,
    "anna@example.": None,
    "an na@example.org": None,
    "anna@exam ple.org": None,
    "anna@@example.org": None,
    "anna\0@example.org": None,
    "анна\ud800@example.org": None,
    "": None,
    "a" * 320 + "@example.org": None,
}
NUMBERS = {
    "+7 912 345-67-89": "+79123456789",
    "8 (912) 345-67-89": "+79123456789",
    "7.912.345.67.89": "+79123456789",
    "912 345 67 89": "+79123456789",
    "8\u00a0912\u00a0345\u201367\u201389": "+79123456789",
    "\uff0b\uff17\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19": "+79123456789",
    "+44 20 7946 0173": "+442079460173",
    "0044 20 7946 0173": "+442079460173",
    "+49 (0) 30 901820": "+4930901820",
    "495 123-45-67": "4951234567",
    "123-45-67": "1234567",
    "0012345": "0012345",
    "12345": None,
    "+7 912": None,
    "1234567890123456": None,
    "+7912345678x": None,
    "++79123456789": None,
    "7+9123456789": None,
    "call me": None,
    "": None,
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_has_one_spelling(text: str) -> None:
    assert contact.normalise(Contact(EMAIL, text)) == ADDRESSES[text]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_has_one_spelling(text: str) -> None:
    assert contact.normalise(Contact(PHONE, text)) == NUMBERS[text]


def test_an_unknown_kind_is_no_address() -> None:
    assert contact.normalise(Contact(9, "anna@example.org")) is None
