# SPDX-License-Identifier: Apache-2.0
"""The shelf of editions: what stands at which time, who is kept waiting, what another process published."""

from dataclasses import replace
from typing import NoReturn

import pytest
from sqlalchemy import text

from tests import site
from tests.site import app as opened
from uphold import errors
from uphold.app import App
from uphold.database.engine import Database
from uphold.journal import entry
from uphold.policy import folder, publish
from uphold.policy.shelf import Shelf
from uphold.web import background

__all__ = ["opened"]
HOUR = 3_600_000


def republish(opened: App, note: str, effective_at: int | None = None) -> int:
    file = opened.settings.folder / "policy" / "policy.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n# {note}\n", encoding="utf-8")
    archive = publish.prepare(folder.read(opened.settings.folder))
    return opened.writer.run(lambda tx: publish.publish(tx, archive, effective_at)).number


def test_the_newest_edition_in_effect_stands(opened: App) -> None:
    now = site.now()
    later = republish(opened, "Later.", now + HOUR)
    shelf = Shelf(opened.database)
    assert shelf.in_force(now).number == 1
    assert shelf.in_force(now + 2 * HOUR).number == later
    sooner = republish(opened, "Sooner.")
    shelf.look(now)
    assert shelf.in_force(now + 2 * HOUR).number == sooner
    assert [edition.number for edition in shelf.all()] == [3, 2, 1]


async def test_the_clock_takes_no_edition_out_of_force_and_puts_none_in_twice(opened: App) -> None:
    start = site.now()
    later = republish(opened, "Later.", start + HOUR)
    # As of a stepped clock: forward, back, forward again, and once more back before everything.
    steps = (0, HOUR - 1, HOUR, 0, 2 * HOUR, -HOUR, HOUR)
    stood = []
    for step in steps:
        await background.editions(opened, start + step)
        stood.append(opened.shelf.in_force(start + step).number)
    assert stood == [1, 1, later, later, later, later, later]
    assert entered(opened) == [1, later]
    assert opened.shelf.since(later) > 0
    # Another process, which starts with its clock behind, believes what is stored.
    assert Shelf(opened.database).in_force(start - HOUR).number == later


def test_a_process_stands_by_what_it_has_served_before_it_is_stored(opened: App) -> None:
    start = site.now()
    later = republish(opened, "Later.", start + HOUR)
    assert opened.shelf.in_force(start + HOUR).number == later
    assert opened.shelf.unstored(start) == later
    assert opened.shelf.in_force(start).number == later
    assert opened.shelf.since(later) == start + HOUR
    assert entered(opened) == [1]


async def test_an_edition_from_before_there_were_rows_is_remembered(opened: App) -> None:
    with opened.database.connect() as connection:
        triggers = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite":
            for name, table in connection.execute(text(triggers)).all():
                if table == "policy_force":
                    connection.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            connection.execute(text("ALTER TABLE policy_force DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM policy_force"))
    shelf = Shelf(opened.database)
    assert shelf.in_force().number == 1
    assert shelf.unstored() == 1
    await background.editions(replace(opened, shelf=shelf))
    assert shelf.unstored() is None
    assert entered(opened) == [1, 1]


def entered(opened: App) -> list[int]:
    """The editions that the journal says came into force, in order."""
    with opened.database.read() as connection:
        said = [entry.decode(raw) for _, raw in opened.log.entries(connection)]
    return [int(one.codes["edition"]) for one in said if one.kind == "policy.in-force"]


def test_an_edition_of_another_process_is_noticed(opened: App) -> None:
    shelf = Shelf(opened.database)
    now = site.now()
    assert shelf.in_force(now).number == 1
    republish(opened, "Elsewhere.")
    # Not at every request ...
    assert shelf.in_force(now + 1).number == 1
    # ... but soon.
    assert shelf.in_force(now + HOUR).number == 2


def test_no_request_looks_where_somebody_does_beside(
    opened: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a look that took long the next request would: in the event loop, which stands still meanwhile."""
    shelf, now = Shelf(opened.database), site.now()
    shelf.follow(now)
    republish(opened, "Elsewhere.")
    with monkeypatch.context() as patched:
        patched.setattr(Database, "read", never)
        assert shelf.in_force(now + HOUR).number == 1
    shelf.follow(now + HOUR)
    assert shelf.in_force(now + HOUR).number == 2


def test_news_may_be_there_until_they_were_looked_at(
    opened: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(opened.database)
    # PostgreSQL is looked at each time.
    is_asked = opened.database.path is None
    assert shelf.may_have_news()
    shelf.follow()
    assert shelf.may_have_news() == is_asked
    republish(opened, "Elsewhere.")
    with monkeypatch.context() as patched:
        patched.setattr(Database, "read", away)
        shelf.follow()
        assert shelf.may_have_news()
    shelf.follow()
    assert shelf.may_have_news() == is_asked


def away(_: Database) -> NoReturn:
    raise errors.Unavailable("The storage is away.")


def never(_: Database) -> NoReturn:
    raise AssertionError("The storage was asked.")


def test_asking_for_an_edition_by_number_looks_for_it(opened: App) -> None:
    shelf = Shelf(opened.database)
    shelf.look()
    republish(opened, "More.")
    assert shelf.edition(2).number == 2
    with pytest.raises(errors.Missing):
        shelf.edition(3)
