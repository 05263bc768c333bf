# SPDX-License-Identifier: Apache-2.0
"""Sabotages of ends: what lies beside the vault outlives its time, and keys outlive what was destroyed."""

import json
from collections.abc import Callable
from typing import Any

from tests.sabotage import stage
from tests.sabotage.sabotage import Ground, several
from uphold.continuity import stores
from uphold.continuity.rotate import DAY_MS, Keeper
from uphold.retention import sweep
from uphold.rights import identity
from uphold.vault import unlock
from uphold.web.rotation import Rotator

_NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000"


def old(statement: str, spoil: Callable[[Ground], None]) -> Callable[[Ground], None]:
    """Leave a row that is long over, and see to it that nobody ends it."""

    def change(ground: Ground) -> None:
        ground.sql(statement)
        spoil(ground)

    return change


def nothing(module: Any, name: str) -> Callable[[Ground], None]:
    """A function is there, is called, and does nothing."""
    return lambda ground: ground.patch.setattr(module, name, lambda *_: None)


A_LINK = (
    "INSERT INTO rights_link (digest, sealed, language, asked_at, expires_at)"
    f" VALUES (x'01', x'01', 'en', 0, {_NOW} - {DAY_MS})"
)
AN_INVITATION = (
    'INSERT INTO access_invite (staff, digest, "by", created_at, expires_at)'
    f" VALUES (1, x'01', 0, 0, {_NOW} - {40 * DAY_MS})"
)
AN_ACT = (
    "INSERT INTO retention_act (number, purpose, edition, reason, opened_at, entry, done_at, parts, done_entry)"
    f" VALUES (1000, 'security', 1, 'term-ended', 0, 1, {_NOW} - {4 * 366 * DAY_MS}, 0, 1)"
)


def aged(ground: Ground, number: int, days: int) -> None:
    """Make an epoch of the key ring older than it is."""
    file = ground.folder / "keys" / "ring.json"
    ring = json.loads(file.read_text(encoding="utf-8"))
    for one in ring["epochs"]:
        if one["number"] == number:
            one["created_at"] -= days * DAY_MS
    file.write_text(json.dumps(ring), encoding="utf-8")


def rotate_nothing(ground: Ground) -> None:
    """The loop that rotates is there and does nothing."""

    async def rest(_rotator: Rotator) -> None:
        return

    aged(ground, 1, 40)
    ground.patch.setattr(Rotator, "look", rest)


def never_find_it_due(ground: Ground) -> None:
    aged(ground, 1, 40)
    ground.patch.setattr(Keeper, "is_time", lambda *_: False)


def two_epochs(ground: Ground) -> None:
    """Rotate some days ago, on a site whose old keys are burned at once."""
    file = ground.folder / "uphold.toml"
    text = file.read_text(encoding="utf-8")
    assert "[keys]" not in text
    file.write_text(f"{text}\n[keys]\nburn_after_days = 0\n", encoding="utf-8")
    with stage.opened(ground.folder) as app:
        Keeper(app.settings, app.ring, app.log, app.database, app.writer).rotate()
    aged(ground, 2, 5)


def burn_on_paper(ground: Ground) -> None:
    """The journal says that the old key was burned; the key ring still has it."""
    two_epochs(ground)
    ground.patch.setattr(unlock, "burn", lambda *_: None)


def burn_nothing(ground: Ground) -> None:
    two_epochs(ground)
    ground.patch.setattr(Keeper, "_burn_ripe", lambda *_: [])


SABOTAGES = (
    *several(
        "inventory.complete",
        (
            "links",
            "Links of people are kept when they are over",
            old(A_LINK, nothing(identity, "forget")),
        ),
        (
            "beside",
            "Nothing ends what lies beside the vault",
            old(AN_INVITATION, nothing(stores, "forget")),
        ),
        (
            "acts",
            "Acts are kept beyond their three years",
            old(AN_ACT, nothing(sweep.Sweep, "_drop_acts")),
        ),
    ),
    *several(
        "destruction.key-destroyed",
        ("unrotated", "Nothing rotates the keys any more", rotate_nothing),
        ("undue", "A rotation is never found to be due", never_find_it_due),
        ("paper", "An old key is burned in the journal only", burn_on_paper),
        ("unburned", "Old keys are kept for ever", burn_nothing),
    ),
)
