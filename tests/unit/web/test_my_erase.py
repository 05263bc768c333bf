# SPDX-License-Identifier: Apache-2.0
"""Erasing is told before, done at once, and proved by its acts."""

from tests import person
from tests.visitor import Visitor
from uphold.app import App
from uphold.journal import entry
from uphold.vault import remains


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def test_erasing_leaves_nothing_and_names_the_acts(somebody: Visitor) -> None:
    somebody.receipt()
    somebody.receipt()
    person.enter(somebody)
    first, _ = person.submissions(somebody)
    told = somebody.get(f"{first}/erase")
    assert "This cannot be undone" in told.page.text
    done = person.act(somebody, f"{first}/erase")
    assert done.status == 200
    assert "Acts of destruction" in done.page.text
    assert len(person.submissions(somebody)) == 1
    assert person.act(somebody, "/my/erase").status == 200
    assert person.submissions(somebody) == []
    assert person.act(somebody, "/my/erase").status == 409
    with somebody.app.database.read() as connection:
        assert remains.live(connection, 1) == []
    # The letters that say so are sealed with their address and no name.
    assert kinds(somebody.app).count("destruction.done") > 0
