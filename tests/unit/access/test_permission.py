# SPDX-License-Identifier: Apache-2.0
"""Who holds which permission, and that the reference page says the same."""

import re
from pathlib import Path

import pytest

from uphold.access import permission
from uphold.access.permission import HELD, Actor, Permission, Role
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
        Permission.STAFF_CLOSE,
        Permission.OUTBOX_EXPORT,
        Permission.HOLD_PLACE,
    }
    assert not beyond & HELD[Role.CLERK]
    assert HELD[Role.CLERK] < HELD[Role.OWNER]


def test_a_role_without_a_row_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission, "HELD", {})
    assert not any(permission.holds(Role.OWNER, name) for name in Permission)


def test_an_officer_neither_works_on_enquiries_nor_gives_power_to_others() -> None:
    beyond = {
        Permission.ENQUIRY_MOVE,
        Permission.ENQUIRY_ANSWER,
        Permission.ENQUIRY_RELEASE,
        Permission.ENQUIRY_DISCARD,
        Permission.STAFF_INVITE,
        Permission.STAFF_CLOSE,
        Permission.OUTBOX_EXPORT,
        Permission.POLICY_PUBLISH,
        Permission.CONSENT_ASK,
    }
    assert not beyond & HELD[Role.OFFICER]
    assert HELD[Role.OFFICER] < HELD[Role.OWNER]


def test_no_act_of_an_exercise_reaches_beyond_it() -> None:
    person, account = Actor(1, Role.OWNER), Actor(1, Role.OWNER, exercise=True)
    beyond = {name for name in Permission if not permission.within(account, name)}
    assert all(permission.within(person, name) for name in Permission)
    # It may read what its role reads, and work on its own enquiries; nothing else.
    rooms = {name.partition(":")[0] for name in set(Permission) - beyond}
    acts = {name.rpartition(":")[2] for name in set(Permission) - beyond}
    of_records = {"access", "enquiry", "mail", "policy", "assurance", "rights", "retention"}
    assert rooms == of_records | {"statistics", "detection", "incident"}
    worked = {"open", "move", "answer", "release", "discard", "enter", "fulfil", "own"}
    # A disclosure of its own records, to a key of its own.
    worked |= {"prepare", "approve", "send"}
    # Its own records searched, and exported for itself alone.
    worked |= {"search", "make"}
    # The glass broken before a record of its own; the letter about it never leaves.
    worked |= {"break", "see"}
    # An incident of its own, apart from people's, whose drafts say what they are.
    worked |= {"write"}
    # Figures as a file: they are nobody's.
    worked |= {"export"}
    assert acts == {"list", "read"} | worked


def test_the_owner_holds_every_permission() -> None:
    assert HELD[Role.OWNER] == set(Permission)


def test_the_reference_page_says_the_same() -> None:
    page = PAGE.read_text()
    head = re.search(r"^\| permission \|(.*)\| for \|$", page, re.MULTILINE)
    assert head is not None
    roles = [Role(name.strip()) for name in head[1].split("|")]
    assert set(roles) == set(Role)
    rows = re.findall(r"^\| `([a-z:]+)` \|" + r"([^|]*)\|" * len(roles), page, re.MULTILINE)
    said = {row[0]: [cell.strip() == "yes" for cell in row[1:]] for row in rows}
    assert said == {
        str(name): [permission.holds(role, name) for role in roles] for name in Permission
    }


def test_only_readers_of_a_policy_may_open_records() -> None:
    may_open = {role for role in Role if permission.holds(role, Permission.RECORD_OPEN)}
    assert may_open == set(document.READERS)


def test_an_auditor_looks_and_an_analyst_sees_figures_and_their_own_account() -> None:
    own = {Permission.ACCOUNT_OWN}
    assert {name.rpartition(":")[2] for name in HELD[Role.AUDITOR] - own} == {"read", "list"}
    assert HELD[Role.ANALYST] == own | {Permission.STATISTICS_READ, Permission.STATISTICS_EXPORT}
    assert Permission.STATISTICS_READ not in HELD[Role.CLERK] | HELD[Role.AUDITOR]
