# SPDX-License-Identifier: Apache-2.0
"""What a form may be filled in with: the newest submission that the person agreed to for that, of like fields only."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cast, personal, site
from tests.editions import FORM, PURPOSE
from uphold.app import App
from uphold.rights import prefill, withdraw
from uphold.rights.prefill import Filled
from uphold.submission import form
from uphold.submission.submit import Received
from uphold.vault.contact import EMAIL, Contact

BOTH = (PURPOSE, personal.PURPOSE)
ANNA = Contact(EMAIL, cast.subject.email)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = site.build(tmp_path)
    personal.write(opened.settings.folder)
    site.publish_policy(opened)
    opened.shelf.look()
    yield opened
    opened.close()


def submit(app: App, **changed: str) -> int:
    """Store a submission with both boxes ticked."""
    post = site.post(app, {**cast.subject.values(), **changed}, consents=BOTH)
    received = asyncio.run(app.intake.take(post))
    assert isinstance(received, Received)
    return received.number


def fill(app: App, contact: Contact = ANNA) -> Filled | None:
    offer = form.derive(app.shelf.in_force(), FORM, "en")
    return prefill.fill(app.writer, app.holdings(), contact, offer)


def test_the_newest_that_may_be_used_is(app: App) -> None:
    first = submit(app, name="A. P.")
    second = submit(app)
    site.submit(app)
    filled = fill(app)
    assert filled is not None
    assert (filled.record, filled.values["name"]) == (second, cast.subject.name)
    assert cast.subject.email not in repr(filled)
    app.writer.run(lambda tx: withdraw.withdraw(tx, app.ring, second, personal.PURPOSE))
    filled = fill(app)
    assert filled is not None
    assert (filled.record, filled.values["name"]) == (first, "A. P.")


def test_nobody_else_s_is_used(app: App) -> None:
    submit(app)
    assert fill(app, Contact(EMAIL, cast.stranger.email)) is None


def test_a_field_of_another_kind_is_left_out(app: App) -> None:
    submit(app)
    file = app.settings.folder / "forms" / "feedback.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('type = "text"', 'type = "long-text"', 1), encoding="utf-8")
    site.publish_policy(app)
    app.shelf.look()
    filled = fill(app)
    assert filled is not None
    assert set(filled.values) == {"email"}
