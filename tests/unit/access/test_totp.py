# SPDX-License-Identifier: Apache-2.0
"""One-time codes: the vectors of RFC 6238, appendix B, and RFC 4226, appendix D; and each works once."""

import pytest

from uphold.access import totp

SECRET = b"12345678901234567890"
AT = 1_111_111_109_000


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    step = totp.step(seconds * 1000)
    assert totp.code(SECRET, step, 8) == code
    assert totp.code(SECRET, step) == code[-6:]


def test_the_vectors_of_rfc_4226() -> None:
    told = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split()
    assert [totp.code(SECRET, step) for step in range(10)] == told


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(off: int) -> None:
    step = totp.step(AT) + off
    assert totp.match(SECRET, totp.code(SECRET, step), AT, -1) == step


@pytest.mark.parametrize("off", [-2, 2])
def test_and_no_more(off: int) -> None:
    assert totp.match(SECRET, totp.code(SECRET, totp.step(AT) + off), AT, -1) is None


def test_no_code_is_taken_twice_nor_an_earlier_one() -> None:
    step = totp.step(AT)
    assert totp.match(SECRET, totp.code(SECRET, step), AT, step) is None
    assert totp.match(SECRET, totp.code(SECRET, step - 1), AT, step) is None
    assert totp.match(SECRET, totp.code(SECRET, step + 1), AT, step) == step + 1


@pytest.mark.parametrize("given", ["", "0", "70818040", "0708180", "имя", "\ud800", "٠٨١٨٠٤"])
def test_what_is_no_code_is_none(given: str) -> None:
    assert totp.match(SECRET, given, AT, -1) is None


def test_a_code_may_be_typed_as_it_is_shown() -> None:
    assert totp.match(SECRET, " 081 804 ", AT, -1) is not None


def test_a_secret_is_typed_or_opened() -> None:
    assert totp.written(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert totp.link(SECRET, "anna", "shop.example") == (
        "otpauth://totp/shop.example%3Aanna"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=shop.example"
    )
    assert len({totp.fresh() for _ in range(5)}) == 5
    assert len(totp.fresh()) == totp.SECRET_BYTES


def test_what_was_written_is_read() -> None:
    secret = totp.fresh()
    assert totp.read(totp.written(secret)) == secret
    assert totp.read("0189 not base32") is None
    assert totp.read("") is None
