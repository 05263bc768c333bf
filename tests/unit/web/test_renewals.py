# SPDX-License-Identifier: Apache-2.0
"""What the holder of a receipt is shown before they say yes, and what becomes of a post."""

from collections.abc import Iterator

import pytest

from tests import site, visitor, wider
from tests.editions import PURPOSE
from tests.site import app
from tests.visitor import BOX, Visitor
from uphold.app import App
from uphold.consent import ledger
from uphold.submission import guard, record
from uphold.submission.record import Facts
from uphold.vault import identifier
from uphold.web import renewals

__all__ = ["app"]


@pytest.fixture
def facts(app: App) -> Facts:
    number = site.submit(app).number
    wider.write(app.settings.folder)
    visitor.publish(app)
    with app.database.read() as connection:
        return record.facts(connection, [number])[number]


@pytest.fixture
def anna(app: App) -> Iterator[Visitor]:
    with visitor.visiting(app) as found:
        yield found


def address(app: App, facts: Facts) -> str:
    return f"/receipt/{app.ring.identifiers.encode(identifier.RECEIPT, facts.number)}"


def test_what_changed_is_said_in_the_readers_language(app: App, facts: Facts) -> None:
    shown = renewals.view(app, facts, "x", "en", renewals.UNTICKED)
    assert shown is not None
    assert (shown.edition, shown.compare_href) == (2, "/policy/compare/1/2")
    assert shown.action_href == "/receipt/x"
    (one,) = shown.asked
    assert one.name == BOX
    assert "a new recipient: Asker LLC" in one.why
    assert "Asker LLC" in "".join(piece.text for piece in one.pieces if piece.mark == "+")
    assert shown.problem == renewals.UNTICKED
    russian = renewals.view(app, facts, "x", "ru")
    assert russian is not None
    assert "ООО «Опрос»" in "".join(piece.text for piece in russian.asked[0].pieces)
    assert russian.problem == ""


def test_nothing_is_shown_to_who_is_not_concerned(app: App) -> None:
    number = site.submit(app).number
    with app.database.read() as connection:
        found = record.facts(connection, [number])[number]
    assert renewals.view(app, found, "x", "en") is None
    assert renewals.due(app, found)[1] == ()


def test_a_post_is_taken_once_and_in_the_language_it_was_read_in(
    app: App, anna: Visitor, facts: Facts
) -> None:
    path = address(app, facts)
    page = anna.get(f"{path}?lang=ru").page
    fields = {"_token": page.token, BOX: "yes", "answer": "agree"}
    assert anna.post(f"{path}?lang=ru", fields).location == f"{path}?done=renewed&lang=ru"
    assert anna.post(path, fields).location == f"{path}?done=kept"
    with app.database.read() as connection:
        acts = ledger.acts(connection, facts.number)
    assert [(one.purpose, one.edition, one.language) for one in acts] == [
        (PURPOSE, 1, "ru"),
        (PURPOSE, 2, "ru"),
    ]


def test_posts_are_bounded_like_any_other(app: App, anna: Visitor, facts: Facts) -> None:
    path = address(app, facts)
    long = {"answer": "agree", "more": "x" * (app.settings.limits.body_bytes + 1)}
    assert anna.post(path, long).status == 413
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert anna.ask("POST", path, content=b"a=%FF", headers=headers).status == 400
    assert anna.post("/receipt/nobodys", {"answer": "keep"}).status == 404


def test_too_many_posts_are_told_to_wait(
    app: App, anna: Visitor, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "refused", lambda *_: True)
    answer = anna.post(address(app, facts), {"answer": "keep"})
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
