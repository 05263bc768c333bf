# SPDX-License-Identifier: Apache-2.0
"""Disclosures as somebody at a terminal meets them: what, to whom, on which ground; nobody's data."""

import json

import pytest

from tests import cast, terminal
from tests.office import quick_hashing, sqlite_office
from tests.releases import DOCUMENT, REQUESTER, Releases, desk
from uphold.access import disclosure
from uphold.access.procedure import Reason, State
from uphold.cli import disclosure as commands

__all__ = ["desk", "quick_hashing", "sqlite_office"]


def test_the_states_to_choose_from_are_those_there_are() -> None:
    assert set(commands.STATES) == set(State)


def test_the_register_is_listed_and_shown_without_anybody_in_it(
    desk: Releases,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = desk.office.app.settings.folder
    assert "No disclosure" in terminal.run(capsys, "disclosure", "list", place).out
    one, other = desk.prepare(), desk.prepare()
    desk.approve(one.number)
    file = desk.sent(one.number)
    desk.office.run(lambda tx: disclosure.refuse(tx, other.number, desk.owner, Reason.NO_GROUND))
    found = terminal.run(capsys, "disclosure", "list", place)
    assert [line.split()[:2] for line in found.out.splitlines()] == [
        ["2", "refused"],
        ["1", "sent"],
    ]
    only = terminal.run(capsys, "disclosure", "list", place, "--state", "sent", "--json")
    (told,) = json.loads(only.out)
    assert (told["recipient"], told["fields"]) == ("authorities", ["email", "name"])
    assert [step["step"] for step in told["history"]] == ["approve", "send"]
    shown = terminal.run(capsys, "disclosure", "show", place, "1")
    assert file.digest in shown.out
    assert "authorities  court-proceedings" in shown.out
    again = terminal.run(capsys, "disclosure", "show", place, "1", "--json")
    assert json.loads(again.out) == told
    for text in (found.out, only.out, shown.out):
        assert not [w for w in (REQUESTER, DOCUMENT, cast.subject.mark) if w in text]
