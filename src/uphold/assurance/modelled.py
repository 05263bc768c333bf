# SPDX-License-Identifier: Apache-2.0
"""The model of threats with what rooms beside it know: rules of detection, when what was looked at, unread fields."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from uphold import errors
from uphold.assurance import unused
from uphold.assurance.tables import assurance_evidence
from uphold.config import Settings
from uphold.detection import book, store as alerts
from uphold.detection.book import Book
from uphold.detection.rule import Response, Rule, State
from uphold.journal import log as journal
from uphold.policy.document import Edition
from uphold.threats import model
from uphold.threats.element import Model
from uphold.threats.ground import Ground
from uphold.vault.unlock import KeyRing

_TALK = (Response.LOG, Response.NOTIFY)
# So many entries may lie beyond what the rules have noted as seen, while they have seen them.
_UNNOTED = 256


@dataclass(frozen=True, slots=True)
class Site:
    """The site that is modelled. `edition` is the one in force, None before there is one; `ring` while it is away."""

    settings: Settings
    ring: KeyRing | None
    edition: Edition | None
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """A rule of detection as it stands at a site: what the model knows of it (`ground.Rule`)."""

    id: str
    on: bool
    dry_run: bool
    acts: bool
    spoofable: bool
    own: bool
    severity: int


def derive(connection: Connection, site: Site, now: int) -> Model:
    """Derive the model of a site as it is at `now` (unix ms)."""
    ground = Ground(
        settings=site.settings,
        ring=site.ring,
        edition=site.edition,
        now=now,
        rules=rules(site.settings),
        unused=_unused(connection, site, now),
        examined_at=_examined(connection),
        detected_at=_detected(connection, now),
    )
    return model.derive(ground, connection)


def rules(settings: Settings) -> tuple[Stands, ...] | None:
    """Tell how the rules of detection stand that raise alerts; None where the site's own cannot be read."""
    try:
        found = book.of_site(settings)
    except errors.Invalid:
        return None
    shipped = {one.name for one in book.pack().every}
    return tuple(
        _stands(one, found, settings, own=one.name not in shipped) for one in found.rules.alerting
    )


def _stands(one: Rule, found: Book, settings: Settings, *, own: bool) -> Stands:
    return Stands(
        id=one.name,
        on=found.states[one.name] is not State.OFF,
        # Where no rule acts, that is said of the site, and not of each rule again.
        dry_run=one.name in settings.detection.dry_run,
        acts=found.acts(one) and any(each not in _TALK for each in one.respond),
        spoofable=one.spoofable,
        own=own,
        severity=one.severity,
    )


def _detected(connection: Connection, now: int) -> int | None:
    """When the rules last looked: now, where next to nothing came that they have not seen."""
    cursor = alerts.cursor(connection)
    if cursor is None:
        return None
    behind = journal.newest(connection).size - cursor.journal
    return now if behind <= _UNNOTED else cursor.at


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
