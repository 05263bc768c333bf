# SPDX-License-Identifier: Apache-2.0
"""Acts of destruction and preservation orders: what was changed, taken away or made up is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site
from tests.site import Story
from tests.unit.assurance.conftest import Site, copied
from uphold.retention import act, orders
from uphold.retention.orders import Terms

DAY = 24 * 60 * 60 * 1000


@pytest.fixture(scope="module")
def ending(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Story]:
    """Some parts are destroyed for their term; one order stands, another was lifted."""
    app = site.build(tmp_path_factory.mktemp("ended"))
    story = site.live(app)
    until = site.now() + 400 * DAY
    kept = Terms(story.plain, "communication", "Case 7", 0, until)
    for terms in (kept, Terms(None, "security", "Case 8", 0, None)):
        app.writer.run(lambda tx, terms=terms: orders.place(tx, terms, 3))  # type: ignore[misc] # mypy infers no lambda with a default
    app.writer.run(lambda tx: orders.lift(tx, 2, 3))
    assert app.sweep().run(site.now() + 15 * DAY)
    app.close()
    return app.settings.folder, story


@pytest.fixture
def ended(ending: tuple[Path, Story], tmp_path: Path) -> Iterator[Site]:
    with copied(*ending, tmp_path) as found:
        yield found


def test_nothing_is_found_on_an_untouched_site(ended: Site) -> None:
    assert ended.audit() == []
    assert ended.audit(ended.app.log.vkey) == []


CELLS = [
    *[("retention_act", name) for name in ("number", "purpose", "edition", "reason", "opened_at")],
    *[("retention_act", name) for name in ("entry", "done_at", "parts", "done_entry")],
    *[("retention_order", name) for name in ("number", "record", "purpose", "ground", "staff")],
    *[("retention_order", name) for name in ("starts_at", "until_at", "placed_at", "entry")],
    *[("retention_order", name) for name in ("salt", "lifted_at", "lifted_by")],
]


@pytest.mark.parametrize(("table", "column"), CELLS)
@pytest.mark.parametrize("value", ["12345", "'another'", "X'00FF'"])
def test_a_changed_cell_is_found(ended: Site, table: str, column: str, value: str) -> None:
    if column == "number" and value != "12345":
        return  # SQLite holds no other kind of number there
    one = "lifted_at IS NOT NULL" if column.startswith("lifted") else "entry > 0"
    chosen = f"(SELECT max(number) FROM {table} WHERE {one})"
    ended.harm(f"UPDATE {table} SET {column} = {value} WHERE number = {chosen}")
    found = ended.audit()
    assert {one.table for one in found if one.table} == {table}, list(map(str, found))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE retention_line SET subject = 'SOMEBODY'",
        "UPDATE retention_line SET destroyed_at = 5",
        "UPDATE retention_line SET act = act + 7",
        "DELETE FROM retention_line",
        "UPDATE retention_act SET done_at = NULL",
    ],
)
def test_a_changed_line_is_found(ended: Site, statement: str) -> None:
    ended.harm(statement)
    assert ended.audit() != []


def test_a_part_that_an_act_says_is_gone_is_found(ended: Site) -> None:
    living = ended.story.plain << 8
    one = "(SELECT min(number) FROM retention_line)"
    ended.harm(f"UPDATE retention_line SET number = {living} WHERE number = {one}")
    what = {one.what for one in ended.audit()}
    assert "an act says that it was destroyed" in what


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("retention_act", {"destruction.requested: no act has it", "destruction.done: no act was closed by it"}),
        ("retention_order", {"order.placed: no order has it", "order.lifted: no row says so"}),
    ],
)  # fmt: skip
def test_a_lost_row_is_found(ended: Site, table: str, what: set[str]) -> None:
    ended.harm(f"DELETE FROM {table}")
    assert what == {one.what for one in ended.audit()}


def test_an_act_is_not_missed_after_three_years(
    ended: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended.harm("DELETE FROM retention_act")
    monkeypatch.setattr(act, "kept_until", lambda _moment: 0)
    assert ended.audit() == []
