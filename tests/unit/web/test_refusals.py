# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.site import app  # noqa: F401 - a fixture
from uphold import egress
from uphold.app import App
from uphold.assurance import alert, refused
from uphold.journal import entry
from uphold.web.refusals import Refusals


def told(app: App) -> list[int]:  # noqa: F811 - the fixture's value
    with app.database.read() as connection:
        found = [entry.decode(raw) for _, raw in app.log.entries(connection, 0)]
    return [int(one.codes["times"]) for one in found if one.kind == refused.KIND]


async def test_each_look_journals_what_was_refused_since(app: App) -> None:  # noqa: F811 - as above
    egress.refusals()
    refusals = Refusals(app, mails=False)
    await refusals.look()
    assert told(app) == []
    with egress.guarded(frozenset()):
        for _ in range(3):
            with pytest.raises(PermissionError):
                egress.require("home.example", 443)
    await refusals.look()
    await refusals.look()
    assert told(app) == [3]
    with app.database.read() as connection:
        assert [one.probe for one in alert.standing(connection)] == [refused.ALERT]


async def test_without_a_relay_nobody_is_mailed_and_nothing_fails(
    app: App,  # noqa: F811 - as above
) -> None:
    egress.refusals()
    with egress.guarded(frozenset()), pytest.raises(PermissionError):
        egress.require("home.example", 443)
    await Refusals(app, mails=True).look()
    assert told(app) == [1]
