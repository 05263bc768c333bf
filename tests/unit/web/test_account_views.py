# SPDX-License-Identifier: Apache-2.0
"""The pages of accounts show what they are given, and no secret where none is waiting."""

from tests.unit.web import account_samples
from uphold.web import pages


def shown(name: str) -> str:
    return pages.render(*account_samples.every("en")[name]).decode()


def test_a_secret_is_shown_while_it_waits_and_no_longer() -> None:
    assert "GEZD GNBV GY3T QOJQ" in shown("account-pending")
    assert "otpauth://totp/" in shown("account-pending")
    assert "otpauth" not in shown("account-set")


def test_ones_own_session_is_ended_by_signing_out_alone() -> None:
    assert shown("account").count("/console/account/session/") == 1


def test_what_cannot_be_done_has_no_button() -> None:
    assert "/console/staff/y/factor" not in shown("colleague-own")
    assert "/console/staff/y/sessions" not in shown("colleague-last")


def test_a_password_is_typed_unseen_and_a_code_is_not() -> None:
    assert 'type="password"' in shown("again")
    assert 'type="password"' not in shown("code")
