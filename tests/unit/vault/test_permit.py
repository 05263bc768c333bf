# SPDX-License-Identifier: Apache-2.0
"""A permit cannot be widened after the gate has given it."""

from dataclasses import FrozenInstanceError

import pytest

from tests import rings


def test_a_permit_is_frozen() -> None:
    permit = rings.permit(1)
    with pytest.raises(FrozenInstanceError):
        permit.purpose = "technical"  # type: ignore[misc]  # what is tried is what mypy forbids
    with pytest.raises(AttributeError):
        permit.fields.add("name")  # type: ignore[attr-defined]  # a frozenset has no add
    assert hash(permit) == hash(rings.permit(1))
