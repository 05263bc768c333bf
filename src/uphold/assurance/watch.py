# SPDX-License-Identifier: Apache-2.0
"""The site examining itself: run what is due, alert whoever must know."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from uphold.assurance import alert, archive, prove, schedule
from uphold.assurance.probe import Probe
from uphold.assurance.proof import EVERYTHING, Ground, wanted
from uphold.assurance.prove import Told
from uphold.assurance.scene import Premises
from uphold.assurance.visitor import Target
from uphold.mail import send
from uphold.mail.send import Failure


@dataclass(frozen=True, slots=True)
class Found:
    """What a run of its own brought: the run, the alerts raised, what the relay said if it did not take the mail."""

    run: int
    is_well: bool
    alerts: tuple[int, ...] = ()
    failure: Failure | None = None


def due(ground: Ground, premises: Premises) -> tuple[Probe[Any], ...]:
    """Return the probes of built promises that are due now."""
    now = time.time_ns() // 1_000_000
    with premises.database.read() as connection:
        stored = archive.newest(connection, ground.verifier)
    built = [one for one in wanted(ground.edition, EVERYTHING) if one.built]
    return schedule.due(prove.of_promises(built), stored, ground.present(now))


def run(
    premises: Premises,
    target: Target,
    chosen: Sequence[Probe[Any]],
    told: Told = prove.nobody,
) -> Found:
    """Run probes, raise an alert for each that turned bad, and mail the operator if a relay is set.

    Raises as `prove.run`, and `errors.Invalid` for a relay that is set and cannot be used.
    """
    verifier = premises.log.verifier
    with premises.database.read() as connection:
        before = archive.newest(connection, verifier)
    ran = prove.run(premises, target, chosen, told=told)
    with premises.database.read() as connection:
        stored = archive.of_run(connection, verifier, ran.run)
    made = [one.evidence for one in stored if one.evidence is not None]
    bad = alert.turned(made, before)
    is_well = all(status in alert.GOOD for status in ran.statuses.values())
    raised = premises.writer.run(lambda tx: alert.raise_new(tx, bad)) if bad else ()
    return Found(ran.run, is_well, raised, tell(premises) if raised else None)


def tell(premises: Premises) -> Failure | None:
    """Tell the operator by mail that a look is needed; nobody where no relay or no address is declared."""
    relay = send.relay(premises.settings)
    contact = premises.edition.policy.operator.contact
    if relay is None or not contact:
        return None
    now = time.time_ns() // 1_000_000
    address = premises.settings.site.address
    return asyncio.run(send.send(relay, alert.message(relay.sender, contact, address, now)))
