# SPDX-License-Identifier: Apache-2.0
"""Fields that nobody reads, done badly: nobody is told, a reading counts for nothing, or for too much."""

from collections.abc import Callable
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.access import use
from uphold.assurance import unused
from uphold.submission import record

_OLD = "UPDATE submission_record SET received_at = received_at - 100 * 86400000"


def report_nothing(ground: Ground) -> None:
    """The report is empty whatever is read."""
    ground.patch.setattr(unused, "reported", lambda _found, _now, _days: ())


def show_nothing(ground: Ground) -> None:
    """Fields have been unread for long, and the page marks none."""
    ground.sql(_OLD)
    ground.template("console/policy.html", ' data-unused="{{ one.name }}"', "")


def report_all(ground: Ground) -> None:
    """Everything is reported, as long as it is asked for: nobody would look at it again."""
    ground.patch.setattr(unused, "reported", lambda found, _now, _days: tuple(found))


def count_nothing(ground: Ground) -> None:
    ground.patch.setattr(use, "note", lambda *_, **__: None)


def count_the_first_field(ground: Ground) -> None:
    """Of what is opened together one field counts."""

    def note(
        before: Callable[..., None], tx: Any, form: str, fields: Any, *rest: Any, **how: Any
    ) -> None:
        before(tx, form, sorted(fields)[:1], *rest, **how)

    ground.wrap(use, "note", note)


def count_exercises(ground: Ground) -> None:
    """What a run of probes reads keeps every field in use: nothing would ever be reported."""

    def note(before: Callable[..., None], *what: Any, exercise: bool) -> None:
        before(*what, exercise=exercise)
        before(*what, exercise=False)

    ground.wrap(use, "note", note)


def know_no_beginning(ground: Ground) -> None:
    """Nobody knows since when a field is asked for, so none is old enough."""
    ground.patch.setattr(record, "first", lambda *_, **__: None)


SABOTAGES = several(
    "minimal.unused-reported",
    ("silent", "The report of unread fields is empty", report_nothing),
    ("unmarked", "Fields are unread for long and the page does not say so", show_nothing),
    ("everything", "Every field is reported, read or not", report_all),
    ("uncounted", "A reading does not count", count_nothing),
    ("one-field", "Of the fields of a reading only one counts", count_the_first_field),
    ("exercises", "What a probe reads counts as use of people's fields", count_exercises),
    ("beginning", "Nobody knows since when a field is asked for", know_no_beginning),
)
