# SPDX-License-Identifier: Apache-2.0
"""Errors: what is wrong, then what to do."""

import pytest

from uphold import errors
from uphold.errors import UpholdError

KINDS = [errors.Invalid, errors.Missing, errors.Conflict, errors.Unavailable, errors.Broken]


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_is_wrong_and_what_to_do(kind: type[UpholdError]) -> None:
    error = kind("The key ring is open to others.", "Run: chmod 600 keys/ring.json")
    assert isinstance(error, UpholdError)
    assert error.message == "The key ring is open to others."
    assert error.advice == "Run: chmod 600 keys/ring.json"
    assert str(error) == "The key ring is open to others. Run: chmod 600 keys/ring.json"
    assert error.args == (error.message,)


def test_without_advice_the_message_stands_alone() -> None:
    assert str(errors.Missing("There is no edition 7.")) == "There is no edition 7."


def test_doors_can_tell_the_kinds_apart() -> None:
    for kind in KINDS:
        assert [other for other in KINDS if issubclass(kind, other)] == [kind]
