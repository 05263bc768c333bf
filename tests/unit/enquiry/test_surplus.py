# SPDX-License-Identifier: Apache-2.0
"""What a message holds beyond what was asked for: told by kind, with check digits, and never a value."""

import pytest
from hypothesis import given, strategies as st

from uphold.enquiry import surplus
from uphold.enquiry.surplus import Surplus

PASSPORT, SNILS, INN = Surplus.PASSPORT, Surplus.SNILS, Surplus.INN
CARD, PHONE, EMAIL = Surplus.CARD, Surplus.PHONE, Surplus.EMAIL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Мой паспорт 4510 123456", (PASSPORT,)),
        ("45 10 № 123456", (PASSPORT,)),
        ("серия и номер паспорта:4510123456", (PASSPORT,)),
        ("112-233-445 95", (SNILS,)),
        ("СНИЛС 11223344595", (SNILS,)),
        ("112-233-445\u2009\u2013 95", (SNILS,)),
        ("ИНН 7707083893", (INN,)),
        ("500100732259", (INN,)),
        ("card 4111 1111 1111 1111, thanks", (CARD,)),
        ("2200-0000-0000-0004", (CARD,)),
        ("+7 (921) 123-45-67", (PHONE,)),
        ("8 921 123 45 67", (PHONE,)),
        ("call +49 (0) 30 1234567", (PHONE,)),
        ("９２１１２３４５６７", (PHONE,)),
        ("write to anna@example.com.", (EMAIL,)),
        (
            "89211234567 89211234568 4111 1111 1111 1111 anna@example.com 4510 123456",
            (PASSPORT, CARD, PHONE, EMAIL),
        ),
        ("паспорт 4510 123456 112-233-445 95", (PASSPORT, SNILS)),
    ],
)
def test_each_kind_is_told(text: str, expected: tuple[Surplus, ...]) -> None:
    assert surplus.kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Are you open on Sunday, 22.11.2026 at 10:00?",
        "Order 1234567890 of 2026-11-22",
        "112-233-445 96",
        "ИНН 7707083894",
        "500100732258",
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "1111 1111 1111 1111",
        "001-001-998 00",
        "https://example.com/@anna",
        "it costs 12 000 000 roubles",
    ],
)
def test_what_is_none_is_not_told(text: str) -> None:
    assert surplus.kinds(text) == ()


def test_one_digit_wrong_is_no_number_with_check_digits() -> None:
    for good, kind in (("11223344595", SNILS), ("7707083893", INN), ("500100732259", INN)):
        for at, digit in enumerate(good):
            wrong = good[:at] + str((int(digit) + 1) % 10) + good[at + 1 :]
            assert kind not in surplus.kinds(wrong)


def test_an_address_that_the_form_asked_for_is_not_more_than_was_asked() -> None:
    text = "Answer to Anna@Example.com or to 8 (921) 123-45-67"
    assert surplus.kinds(text, ["anna@example.com", "+79211234567"]) == ()
    assert surplus.kinds(text, ["anna@example.com", ""]) == (PHONE,)
    assert surplus.kinds(text, ["boris@example.com", "+79211234567"]) == (EMAIL,)


@given(st.text(alphabet="0123456789 ()-+.@aИНн\n", max_size=400))
def test_no_text_is_too_strange(text: str) -> None:
    found = surplus.kinds(text)
    assert list(found) == [kind for kind in Surplus if kind in found]
    assert set(found) <= set(surplus.kinds(text + "\n4510 123456")) | {PASSPORT}


@pytest.mark.parametrize("piece", ["1 ", "1-(", "+", "(", "a@", "a.", "1"])
def test_the_longest_text_is_looked_through_to_its_limit(piece: str) -> None:
    """A hostile text ends in a small number of steps: this would not come back otherwise."""
    assert set(surplus.kinds(piece * 60_000)) <= set(Surplus)
