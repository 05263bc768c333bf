# SPDX-License-Identifier: Apache-2.0
"""From a threat at the console to its end: found by a fact, answered for, ended by what a person did, on record."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests import cast, site, visitor
from tests.visitor import Visitor
from uphold.access import factor, staff, totp
from uphold.app import App
from uphold.assurance import threatened

pytestmark = pytest.mark.usefixtures("quick_hashing")

PLACE = "/console/threats"


@pytest.fixture
def officer(one_app: App) -> Iterator[Visitor]:
    """Who looks; the first account is the clerk's, who has nothing but a password."""
    visitor.employ(one_app, cast.clerk)
    visitor.employ(one_app, cast.officer)
    with visitor.visiting(one_app) as who:
        assert who.sign_in(cast.officer).status == 303
        yield who


def look(app: App) -> None:
    """What the site does by itself each minute."""
    threatened.look(app.database, app.writer, app.modelled(), app.log.verifier, site.now())


def test_a_threat_is_answered_for_until_a_person_ends_it(one_app: App, officer: Visitor) -> None:
    look(one_app)
    with one_app.database.read() as connection:
        number = staff.accounts(connection)[0].number
    finding = f"password-alone@account:{number}"
    shown = officer.get(f"{PLACE}?only=open").page
    assert finding in shown.text
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    said = {"finding": finding, "until": day, "why": "A key was ordered."}
    token = {"_csrf": shown.fields["_csrf"]}
    assert officer.post(f"{PLACE}/accept", {**token, **said}).status == 303
    assert finding not in officer.get(f"{PLACE}?only=open").page.text
    assert "A key was ordered." in officer.get(f"{PLACE}?only=accepted").page.text

    secret = one_app.writer.run(lambda tx: factor.begin(tx, one_app.ring, number))
    code = totp.code(secret, totp.step(site.now()))
    one_app.writer.run(lambda tx: factor.confirm(tx, one_app.ring, number, code))
    accepted = officer.get(f"{PLACE}?only=accepted")
    assert "There is none." in accepted.page.text
    look(one_app)
    now = officer.get(PLACE).page.text
    assert "staff.factor-set" in now, "the entry that caused the change"
    assert "resolved" in now
    assert cast.leaks(officer.get(f"{PLACE}/file/json").body) == []
    assert cast.officer.login not in officer.get(f"{PLACE}/file/md").html
