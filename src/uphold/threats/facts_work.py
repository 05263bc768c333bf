# SPDX-License-Identifier: Apache-2.0
"""What a site does by itself: jobs, backups, rules of detection."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from uphold.config import Settings
from uphold.continuity import backup, drill
from uphold.retention import due
from uphold.threats import facts_places
from uphold.threats.element import Element, Fact, facts
from uphold.threats.ground import DAY_MS, Ground, Rule

APP, VAULT = "app", "vault"
HOUR_MS: Final = 60 * 60 * 1000
# A job that did nothing for so long, or for twice the time it is to pause, is late.
_LATE_MS: Final = DAY_MS
_DRILL_MS: Final = 90 * DAY_MS
_OPENED: Final = "opened"


def elements(ground: Ground, connection: Connection) -> Iterator[Element]:
    """Go through jobs, the site's backups and the rules of detection."""
    yield from _jobs(ground, connection)
    yield _backup(ground, connection)
    for rule in ground.rules or ():
        yield _rule(rule)


def backs_up(settings: Settings) -> bool:
    """Tell whether backups are made by themselves."""
    own = settings.backup
    return bool(own.recipient and own.folder and own.every_hours)


def _jobs(ground: Ground, connection: Connection) -> Iterator[Element]:
    settings, now = ground.settings, ground.now
    swept = due.state(connection).ended_at
    yield _job(
        "sweep", "program:", on=True, hours=1, late=_late(swept, now, 1), seen="db:retention_state"
    )
    hours = settings.backup.every_hours
    made = backup.newest(connection)
    yield _job(
        "backup",
        "config:backup",
        on=backs_up(settings),
        hours=hours,
        late=backs_up(settings) and made is not None and now - made.made_at > _limit(hours),
        seen="db:continuity_backup",
    )
    every = settings.keys.rotate_every_days
    newest = None if ground.ring is None else ground.ring.newest.created_at
    late = None if newest is None else now - newest > every * DAY_MS + facts_places.LATE_MS
    yield _job(
        "rotation",
        "config:keys.rotate_every_days",
        on=bool(every),
        hours=every * 24,
        late=late if every else False,
        seen="keys:ring",
    )
    proof, proven = settings.proof.schedule, ground.examined_at
    yield _job(
        "examination",
        "config:proof.schedule",
        on=proof,
        hours=24,
        late=_late(proven, now, 24) if proof else False,
        seen="db:assurance_evidence",
    )
    looks, looked = settings.detection.on, ground.detected_at
    yield _job(
        "detection",
        "config:detection.on",
        on=looks,
        hours=0,
        late=_late(looked, now, 0) if looks else False,
        seen="db:detection_cursor",
    )
    # How the outbox and the files of visits stand is told at their own pages, not here.
    mails, visits = bool(settings.mail.host), settings.visits.record
    yield _job(
        "mail", "config:mail.host", on=mails, hours=0, late=None if mails else False, seen=""
    )
    counted = None if visits else False
    yield _job(
        "depersonalisation", "config:visits.record", on=visits, hours=24, late=counted, seen=""
    )


def _job(what: str, source: str, *, on: bool, hours: int, late: bool | None, seen: str) -> Element:
    said = facts(source, what=what, on=on, every_hours=hours)
    return Element(f"job:{what}", "job", APP, {**said, "late": Fact(late, seen or source)})


def _late(last: int | None, now: int, hours: int) -> bool | None:
    """Tell whether what ran last at `last` is late; unknown where it never ran: the site may be new."""
    return now - last > _limit(hours) if last else None


def _limit(hours: int) -> int:
    return max(_LATE_MS, 2 * hours * HOUR_MS)


def _backup(ground: Ground, connection: Connection) -> Element:
    settings, own = ground.settings, ground.settings.backup
    made, tried = backup.newest(connection), drill.newest(connection)
    whole = tried is not None and tried.outcome == drill.WELL
    fresh = tried is not None and ground.now - tried.at <= _DRILL_MS
    said = facts(
        "config:backup",
        on=backs_up(settings),
        encrypted=True,
        keep_days=own.keep_days,
        every_hours=own.every_hours,
    )
    seen = facts(
        "db:continuity_backup",
        made=made is not None,
        opened=made is not None and made.checked == _OPENED,
    )
    drilled = facts("db:continuity_drill", drilled=whole, drill_stale=not fresh)
    place = facts_places.look(settings, settings.path(own.folder)) if own.folder else None
    kept = facts(
        "os:backup.folder",
        # Where there is none, nothing lies open.
        private=True if place is None else place.private,
        same_disk=_same_disk(settings, connection) if own.folder else False,
    )
    return Element("backup:own", "backup", VAULT, {**said, **seen, **drilled, **kept})


def _same_disk(settings: Settings, connection: Connection) -> bool | None:
    """Tell whether backups lie on the database's disk; unknown for a server's, and while their disk is away."""
    kept = facts_places.device(settings, settings.backup.folder)
    if connection.dialect.name != "sqlite" or kept is None:
        return False if facts_places.is_remote(settings) else None
    data = facts_places.device(settings, make_url(settings.database_url).database or "")
    return None if data is None else data == kept


def _rule(rule: Rule) -> Element:
    said = facts(
        "detection:rules",
        on=rule.on,
        dry_run=rule.dry_run,
        acts=rule.acts,
        spoofable=rule.spoofable,
        own=rule.own,
        severity=rule.severity,
    )
    return Element(f"rule:{rule.id}", "rule", APP, said)
