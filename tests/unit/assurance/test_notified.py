# SPDX-License-Identifier: Apache-2.0
"""Every letter is read as it arrives; what gives something away is counted."""

from types import SimpleNamespace
from typing import Any, cast as typed

import pytest

from tests.editions import PURPOSE
from tests.office import Office, office, quick_hashing, sqlite_office
from uphold.assurance import notified
from uphold.assurance.scene import Scene
from uphold.mail import notice
from uphold.mail.notice import Kind

__all__ = ["office", "quick_hashing", "sqlite_office"]


def scene(office: Office) -> Scene:
    made: Any = SimpleNamespace(
        settings=office.app.settings,
        edition=office.edition,
        editions=tuple(office.app.shelf.all()),
        ring=office.ring,
    )
    return typed(Scene, made)


def test_our_own_letters_give_nothing_away(sqlite_office: Office) -> None:
    found = notified.received(scene(sqlite_office))
    assert {(one.kind, one.language) for one in found} == {
        (str(kind), language)
        for kind in Kind
        for language in sqlite_office.edition.policy.languages
    }
    assert {(one.automatic, one.told, one.sides, one.fetches) for one in found} == {
        (True, 0, ("text/plain", "text/html"), 0)
    }


@pytest.mark.parametrize("page", ["<img src='https://x.test/1'>", "<p onload='x()'></p>"])
def test_an_operators_letter_that_fetches_is_counted(
    sqlite_office: Office,
    page: str,
) -> None:
    folder = sqlite_office.app.settings.path("letters")
    folder.mkdir()
    (folder / "erased.en.html").write_text(page)
    found = notified.received(scene(sqlite_office))
    (bad,) = (one for one in found if one.fetches)
    assert (bad.kind, bad.language, bad.fetches) == ("erased", "en", 1)


def test_only_notices_are_listed_and_told_as_the_mailer_tells_them(
    sqlite_office: Office,
) -> None:
    at = sqlite_office
    record = at.submit()
    codes = {"purpose": PURPOSE}
    number = at.run(
        lambda tx: notice.queue(tx, Kind.WITHDRAWN, record=record, language="en", codes=codes)
    )
    (item,) = at.read(lambda c: list(notified.notices(c)))
    assert item.number == number
    ground = notified.ground(scene(at))
    assert ground.edition(at.edition.number) == ground.in_force() == at.edition
