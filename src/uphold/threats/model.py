# SPDX-License-Identifier: Apache-2.0
"""Derive the model of threats from the running system: settings, policy, database, key ring, operating system.

    derive(ground, connection) -> Model        the same bytes for the same configuration, whenever it is asked

Reads and never writes. Some facts turn when a limit of time is passed, such as that an account is dormant; no other
fact depends on the clock, and none on what people send or staff read, but for the bucket of their number.
"""

from sqlalchemy import Connection

from uphold.threats import (
    element,
    facts_flows,
    facts_people,
    facts_places,
    facts_policy,
    facts_site,
    facts_work,
)
from uphold.threats.element import Model
from uphold.threats.ground import Ground


def derive(ground: Ground, connection: Connection) -> Model:
    """Derive the model of a site, as it is at `ground.now`."""
    people = facts_people.read(connection, ground.now)
    found = [
        facts_site.element(ground, connection, people),
        *facts_policy.elements(ground),
        *facts_people.elements(ground, people),
        *facts_places.elements(ground, connection),
        *facts_work.elements(ground, connection),
    ]
    known = {one.id: one for one in found}
    return element.model([*found, *facts_flows.elements(ground, known)])
