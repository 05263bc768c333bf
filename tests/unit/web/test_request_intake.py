# SPDX-License-Identifier: Apache-2.0
"""Letters typed in: what is wrong is said at its place, whose they are is found, nothing of it is kept."""

import re

import pytest

from tests import cast, desk
from tests.desk import officer
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.app import App
from uphold.rights import request

__all__ = ["officer", "quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.mark.parametrize(
    ("changed", "anchor"),
    [
        ({"kind": "?"}, "kind"),
        ({"channel": "my"}, "channel"),
        ({"received": "2999-01-01"}, "received"),
        ({"received": "yesterday"}, "received"),
        ({"receipts": "nonsense"}, "receipts"),
        ({"contact": ""}, "receipts"),
        ({"contact": "nobody"}, "contact"),
        ({"identity": "contact"}, "identity"),
        ({"representative": "friend"}, "representative"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    here: App, officer: Visitor, changed: dict[str, str], anchor: str
) -> None:
    answer = officer.act(desk.ENTER, **{**desk.BY_ADDRESS, **changed})
    assert (answer.status, answer.page.problems) == (422, [anchor])
    with here.database.read() as connection:
        assert request.open_(connection) == ()


def test_a_receipt_and_an_address_must_fit(here: App, officer: Visitor, somebody: Visitor) -> None:
    theirs = somebody.receipt(**cast.stranger.values()).rpartition("/")[2]
    answer = officer.act(desk.ENTER, **desk.BY_ADDRESS, receipts=theirs)
    assert answer.page.problems == ["contact"]
    mine = somebody.receipt().rpartition("/")[2]
    both = officer.act(desk.ENTER, **desk.LETTER, receipts=f"{theirs}, {mine}")
    assert both.page.problems == ["receipts"]
    spaced = " ".join(re.findall(".{1,4}", mine)).upper()
    assert desk.stored(here, desk.entered(officer, contact="", receipts=spaced)).records == (3,)


def test_who_is_unknown_is_entered_too(here: App, officer: Visitor) -> None:
    path = desk.entered(officer, contact="nobody@nowhere.example")
    assert desk.stored(here, path).records == ()
    assert "Nothing is held" in officer.get(path).html
    assert desk.move(officer, path, "refuse").page.problems == ["ground"]
    assert desk.move(officer, path, "refuse", ground="nothing-held").status == 303
    assert desk.stored(here, path).request.ground == "nothing-held"
