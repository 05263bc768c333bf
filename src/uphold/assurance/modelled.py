# SPDX-License-Identifier: Apache-2.0
"""The model of threats with what only this room knows: when it was last examined, and which fields nobody reads."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from uphold.assurance import unused
from uphold.assurance.tables import assurance_evidence
from uphold.config import Settings
from uphold.policy.document import Edition
from uphold.threats import model
from uphold.threats.element import Model
from uphold.threats.ground import Ground
from uphold.vault.unlock import KeyRing


@dataclass(frozen=True, slots=True)
class Site:
    """The site that is modelled. `edition` is the one in force, None before there is one; `ring` while it is away."""

    settings: Settings
    ring: KeyRing | None
    edition: Edition | None
    editions: tuple[Edition, ...]


def derive(connection: Connection, site: Site, now: int) -> Model:
    """Derive the model of a site as it is at `now` (unix ms)."""
    ground = Ground(
        settings=site.settings,
        ring=site.ring,
        edition=site.edition,
        now=now,
        unused=_unused(connection, site, now),
        examined_at=_examined(connection),
    )
    return model.derive(ground, connection)


def _unused(connection: Connection, site: Site, now: int) -> frozenset[str] | None:
    if site.edition is None:
        return None
    found = unused.fields(connection, site.editions, site.edition)
    days = site.settings.minimal.unused_days
    return frozenset(f"{one.form}.{one.field}" for one in unused.reported(found, now, days))


def _examined(connection: Connection) -> int:
    evidence = assurance_evidence.c
    newest = select(evidence.at).order_by(evidence.number.desc()).limit(1)
    return int(connection.execute(newest).scalar() or 0)
