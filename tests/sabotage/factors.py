# SPDX-License-Identifier: Apache-2.0
"""Proofs of who one is, and openings in an emergency, taken too lightly."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.sabotage.sabotage import Ground, several
from uphold import config
from uphold.access import emergency, factor, glass, password, second, standing, totp
from uphold.access.glass import access_glass
from uphold.access.standing import Standing
from uphold.web import staffed


def take_a_code_twice(ground: Ground) -> None:
    """The step that was used last is not looked at, and two requests within half a minute both go through."""

    def match(secret: bytes, given: str, now: int, _after: int) -> int | None:
        return before(secret, given, now, -1)

    before = totp.match
    ground.patch.setattr(totp, "match", match)

    def accept(tx: Any, ring: Any, staff: int, given: str) -> bool:
        rows = factor.access_factor
        tx.execute(rows.update().where(rows.c.staff == staff).values(used=-1))
        return bool(accepted(tx, ring, staff, given))

    accepted = factor.accept
    ground.patch.setattr(factor, "accept", accept)


def never_lock(ground: Ground) -> None:
    def lenient(before: Callable[..., Standing], *asked: Any) -> Standing:
        stands = before(*asked)
        return Standing.READY if stands is Standing.LOCKED else stands

    ground.wrap(standing, "of", lenient)


def lock_the_pages_alone(ground: Ground) -> None:
    """What is shown is locked, what is done is not: acts have addresses of their own."""

    def lenient(before: Callable[..., bool], path: str, stands: Standing) -> bool:
        shown = path == staffed.HOME or path.count("/") == 2
        return before(path, stands) or not shown

    ground.wrap(staffed, "is_open", lenient)


def demand_in_words_alone(ground: Ground) -> None:
    """The file says that a second factor is required, and the door does not look."""
    file = ground.folder / config.FILE
    more = '\n[console]\nsecond_factor = "required"\n'
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    ground.patch.setattr(standing, "_is_spared", lambda _known: True)


def let_guess_codes(ground: Ground) -> None:
    """Passwords are throttled, the six digits are not."""
    ground.patch.setattr(second, "_admit", lambda *_: 0)


def know_no_list(ground: Ground) -> None:
    """Length is all that is asked of a password."""
    ground.patch.setattr(password, "_is_common", lambda _plain: False)


def open_every_record(ground: Ground) -> None:
    """Whoever has broken the glass of one record reads them all."""

    def running(
        before: Callable[..., int | None],
        reader: Any,
        staff: int,
        record: int,
        purpose: str,
        at: int,
    ) -> int | None:
        row = access_glass.c
        last = select(row.record).where(row.staff == staff).order_by(row.number.desc()).limit(1)
        return before(reader, staff, reader.execute(last).scalar() or record, purpose, at)

    ground.wrap(glass, "running", running)


def alarm_nobody(ground: Ground) -> None:
    ground.patch.setattr(glass, "unseen", lambda _connection, **_: 0)


def ask_for_no_reason(ground: Ground) -> None:
    """An empty field of words will do."""
    ground.patch.setattr(emergency, "fault", lambda _plea: "")


SABOTAGES = (
    *several(
        "access.sessions-safe",
        ("code-twice", "A one-time code works more than once", take_a_code_twice),
        ("unlocked", "A session that does nothing is never locked", never_lock),
        ("lock-of-pages", "A locked session shows no page, and acts", lock_the_pages_alone),
        (
            "undemanded",
            "A second factor is required by the file alone",
            demand_in_words_alone,
        ),
    ),
    *several(
        "access.guessing-throttled",
        ("codes", "One-time codes can be guessed without a wait", let_guess_codes),
        ("no-list", "Leaked passwords are taken", know_no_list),
    ),
    *several(
        "access.role-limits",
        ("glass-of-all", "An emergency for one record opens them all", open_every_record),
        ("glass-silent", "An opening in an emergency alarms nobody", alarm_nobody),
        ("glass-unsaid", "An emergency needs no reason", ask_for_no_reason),
    ),
)
