# SPDX-License-Identifier: Apache-2.0
"""Who holds which permission, and that the reference page says the same."""

import re
from pathlib import Path

import pytest

from uphold.access import permission
from uphold.access.permission import HELD, Permission, Role
from uphold.policy import document

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "roles.md"


@pytest.mark.parametrize("name", list(Permission))
def test_a_name_follows_the_grammar(name: Permission) -> None:
    assert re.fullmatch(r"[a-z]+:[a-z]+:[a-z]+", name)


def test_every_role_has_a_row_and_is_a_word_of_the_policy() -> None:
    assert set(HELD) == set(Role)
    assert {str(role) for role in Role} <= set(document.ROLES)


def test_a_clerk_cannot_what_cannot_be_undone() -> None:
    beyond = {
        Permission.ENQUIRY_DISCARD,
        Permission.STAFF_INVITE,
        Permission.OUTBOX_EXPORT,
        Permission.HOLD_PLACE,
    }
    assert not beyond & HELD[Role.CLERK]
    assert HELD[Role.CLERK] < HELD[Role.OWNER]


def test_a_role_without_a_row_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission, "HELD", {})
    assert not any(permission.holds(Role.OWNER, name) for name in Permission)


def test_the_reference_page_says_the_same() -> None:
    rows = re.findall(r"^\| `([a-z:]+)` \|([^|]*)\|([^|]*)\|", PAGE.read_text(), re.MULTILINE)
    said = {name: (owner.strip() == "yes", clerk.strip() == "yes") for name, owner, clerk in rows}
    true = {
        str(name): (permission.holds(Role.OWNER, name), permission.holds(Role.CLERK, name))
        for name in Permission
    }
    assert said == true
