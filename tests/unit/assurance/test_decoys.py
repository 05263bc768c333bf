# SPDX-License-Identifier: Apache-2.0
"""A record that nobody sent: at its place among the closed ones, in no count, in no export, in nobody's way."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests import site
from tests.editions import FORM
from uphold import errors
from uphold.access import decoy
from uphold.app import App
from uphold.assurance import decoys
from uphold.enquiry import desk
from uphold.enquiry.desk import State


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with closing(site.build(tmp_path_factory.mktemp("decoys"))) as opened:
        yield opened


def plant(app: App, key: str = FORM) -> int:
    edition = app.shelf.in_force()
    return decoys.plant(app.intake, app.writer, app.ring, edition, key, "site.example")


def test_it_stands_among_the_closed_ones_and_is_counted_nowhere(app: App) -> None:
    site.submit(app)
    with app.database.read() as connection:
        before = desk.counts(connection)
    number = plant(app)
    with app.database.read() as connection:
        assert desk.counts(connection) == before
        assert [one.item.record for one in desk.page(connection, State.CLOSED)] == [number]
        assert decoy.records(connection) == {number}


def test_what_stands_in_it_is_nobodys(app: App) -> None:
    fields = app.shelf.in_force().forms[FORM].fields
    first, second = (decoys.values(fields, language, "site.example") for language in ("ru", "en"))
    assert first["email"] != second["email"]
    assert first["email"].endswith("@site.example")
    assert "phone" not in first


def test_a_form_that_asks_for_what_nobody_has_gets_none(app: App) -> None:
    with pytest.raises(errors.Missing):
        plant(app, "nothing")
    edition = app.shelf.in_force()
    form = edition.forms[FORM]
    fields = tuple(replace(one, mandatory=True, type="phone") for one in form.fields)
    asking = replace(edition, forms={FORM: replace(form, fields=fields)})
    with pytest.raises(errors.Invalid, match="nobody has"):
        decoys.plant(app.intake, app.writer, app.ring, asking, FORM, "site.example")
