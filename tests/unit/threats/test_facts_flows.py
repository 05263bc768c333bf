# SPDX-License-Identifier: Apache-2.0
"""Which data go from where to where: a flow is there with what makes it, and gone without."""

import msgspec

from tests import editions, modelled
from tests.editions import FORM, PURPOSE
from tests.office import Office
from uphold.config import Mail, Settings, Site, Visits
from uphold.threats.element import Model


def flows(found: Model) -> set[str]:
    return {one.id.removeprefix("flow:") for one in found.of("flow")}


def test_flows_follow_the_settings(sqlite_office: Office) -> None:
    app = sqlite_office.app
    plain = flows(modelled.derive(app))
    assert not {"mail", "notify", "visit", "statistics", "statistics/public"} & plain
    assert {"sign-in", "own-page", "receipt", "journal", f"submit/{FORM}"} <= plain
    settings = changed(
        app.settings,
        mail=Mail(host="relay.example", sender="a@relay.example", security="none"),
        visits=Visits(record=True, public=True),
    )
    found = modelled.derive(app, settings=settings)
    new = {"mail", "notify", "visit", "statistics", "statistics/public"}
    assert flows(found) == plain | new
    assert modelled.value(found, "flow:mail", "encrypted") is False
    assert modelled.value(found, "flow:mail", "personal") is True
    assert modelled.value(found, "flow:statistics/public", "personal") is False


def changed(settings: Settings, **said: object) -> Settings:
    return msgspec.structs.replace(settings, **said)


def test_flows_follow_the_policy(sqlite_office: Office) -> None:
    app = sqlite_office.app
    whole = flows(modelled.derive(app))
    assert {f"read/{PURPOSE}", f"export/{PURPOSE}", "entrust/hosting"} <= whole
    assert "disclose/authorities" in whole
    assert "export/security" not in whole, "no form declares what a request brings"
    narrow = flows(modelled.derive(app, edition=editions.make(roles=("clerk",))))
    assert f"read/{PURPOSE}" in narrow
    assert f"export/{PURPOSE}" not in narrow, "a clerk exports nothing"
    closed = flows(modelled.derive(app, edition=editions.make(roles=("auditor",))))
    assert f"read/{PURPOSE}" not in closed
    nothing = flows(modelled.derive(app, edition=None))
    assert nothing == {"sign-in", "own-page", "receipt", "journal", "unlock"}


def test_what_goes_over_the_network_is_encrypted_only_with_tls(sqlite_office: Office) -> None:
    app = sqlite_office.app
    submit = f"flow:submit/{FORM}"
    assert modelled.value(modelled.derive(app), submit, "encrypted") is True
    for address, safe in (("http://uphold.example", False), ("http://127.0.0.1:8000", True)):
        settings = changed(app.settings, site=Site(address=address, origin="x/journal"))
        found = modelled.derive(app, settings=settings)
        assert modelled.value(found, submit, "encrypted") is safe, address
        assert modelled.value(found, "site", "https") is False


def test_what_leaves_is_told_apart_from_what_crosses(sqlite_office: Office) -> None:
    found = modelled.derive(sqlite_office.app)
    assert modelled.value(found, "flow:disclose/authorities", "leaves") is True
    assert modelled.value(found, "flow:disclose/authorities", "approved") is True
    assert modelled.value(found, f"flow:read/{PURPOSE}", "leaves") is False
    assert modelled.value(found, f"flow:read/{PURPOSE}", "crosses") is True
