# SPDX-License-Identifier: Apache-2.0
"""The site examining itself, with a real relay where the operator is told."""

from dataclasses import replace
from typing import Any

import msgspec

from tests import relay
from tests.site import app
from tests.unit.assurance.proofs import probe
from uphold.app import App
from uphold.assurance import alert, probes, watch
from uphold.assurance.probe import Probe, Said, broken
from uphold.assurance.watch import Found
from uphold.config import Mail
from uphold.web import run

__all__ = ["app"]

GOOD = probe("policy.reachable.page")
BAD = probe("policy.reachable.page", outcome=broken(Said("no")))


def examine(app: App, *chosen: Probe[Any]) -> Found:
    with run.serving(app) as target:
        return watch.run(app.premises(), target, chosen)


def test_all_is_due_at_first_and_nothing_right_after(app: App) -> None:
    due = watch.due(app.ground(), app.premises())
    assert {one.id for one in due} == {one.id for one in probes.PROBES}
    examine(app, *[probe(one.id) for one in due])
    assert watch.due(app.ground(), app.premises()) == ()


def test_a_probe_that_turns_bad_raises_one_alert(app: App) -> None:
    assert examine(app, GOOD).alerts == ()
    turned = examine(app, BAD)
    assert len(turned.alerts) == 1
    assert not turned.is_well
    assert examine(app, BAD).alerts == ()
    with app.database.read() as connection:
        [found] = alert.standing(connection)
    assert (found.run, found.probe) == (turned.run, BAD.id)


def test_the_operator_is_told_by_mail_where_a_relay_is_set(app: App) -> None:
    box = relay.Box()
    with relay.running(box) as port:
        mail = Mail("127.0.0.1", port, "none", sender=relay.SENDER)
        told = replace(app, settings=msgspec.structs.replace(app.settings, mail=mail))
        assert examine(told, BAD).failure is None
        assert examine(told, BAD).alerts == ()
    [message] = box.messages()
    assert message["Subject"] == alert.SUBJECT
    assert message["To"] == app.shelf.in_force().policy.operator.contact
    assert "policy" not in message.get_content()


def test_a_relay_that_does_not_answer_changes_nothing_else(app: App) -> None:
    mail = Mail("127.0.0.1", relay.free_port(), "none", sender=relay.SENDER)
    told = replace(app, settings=msgspec.structs.replace(app.settings, mail=mail))
    found = examine(told, BAD)
    assert found.failure is not None
    assert len(found.alerts) == 1
