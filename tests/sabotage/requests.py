# SPDX-License-Identifier: Apache-2.0
"""Requests, broken: terms counted wrong, lists that are silent, representatives who are let through or forgotten."""

from dataclasses import replace
from typing import Any

from tests.sabotage.sabotage import Ground, several
from tests.sabotage.store import raw
from uphold.app import App
from uphold.law import calendar, clock
from uphold.law.clock import Clock
from uphold.rights import machine, request, stored
from uphold.rights.machine import Kind, State, Step
from uphold.rights.stored import Channel, Identity, Intake
from uphold.web import request_desk, request_intake

LAWS = ("ru-152fz", "eu-gdpr")
DAY = 24 * 3_600_000
# Noon in Moscow on 29 December 2025: ten working days from there go over the holidays of January.
BEFORE_NEW_YEAR = 1_766_998_800_000


def letter(app: App) -> None:
    """A person's letter, under two laws, lies open at the desk."""
    asked = Intake(Kind.ACCESS, (), "A" * 16, Channel.PAPER, Identity.NONE, "en")
    app.writer.run(lambda tx: request.receive(tx, app.ring, "", LAWS, asked, BEFORE_NEW_YEAR))


def work_at_weekends(ground: Ground) -> None:
    """Somebody counts Saturdays and Sundays as worked."""
    ground.patch.setattr(calendar.Year, "working", lambda year, day: day not in year.off)


def forget_moved_days(ground: Ground) -> None:
    """Days off of the year's decree are forgotten: a week has five days, all year."""
    ground.patch.setattr(calendar.Year, "working", lambda year, day: day.isoweekday() < 6)
    ground.later.append(letter)


def keep_one_law(ground: Ground) -> None:
    """Of two laws only the first one's clock is stamped."""
    before = clock.under
    ground.patch.setattr(clock, "under", lambda names, *more: before(tuple(names)[:1], *more))
    ground.later.append(letter)


def move_a_day(ground: Ground) -> None:
    """Whoever holds the database gives the operator a week more."""

    def later(app: App) -> None:
        letter(app)
        raw(app, f"UPDATE rights_clock SET due_at = due_at + {7 * DAY}")

    ground.later.append(later)


def hush_a_row(ground: Ground) -> None:
    """Whoever holds the database takes a late request off the lists."""

    def later(app: App) -> None:
        letter(app)
        raw(app, "UPDATE rights_request SET due_at = NULL, soon_at = NULL")

    ground.later.append(later)


def extend_what_has_ended(ground: Ground) -> None:
    """A notice of extension is taken whenever it comes."""

    def extend(one: Clock, _asked: int) -> Clock:
        return replace(one, due=one.due + 7 * DAY, extended=True)

    def extendable(asked: machine.Request, _now: int) -> tuple[str, ...]:
        return asked.profiles if Step.EXTEND in machine.TABLE[asked.state] else ()

    ground.patch.setattr(clock, "extend", extend)
    ground.patch.setattr(machine, "extendable", extendable)


def silence_soon(ground: Ground) -> None:
    """The list of what is due soon is empty, whatever there is."""
    ground.patch.setattr(stored, "soon", lambda *_, **__: ())
    ground.patch.setattr(request, "soon", lambda *_, **__: ())


def silence_late(ground: Ground) -> None:
    """Nothing says any more that a term has ended."""
    ground.patch.setattr(stored, "count_late", lambda *_, **__: 0)


def stop_the_clock(ground: Ground) -> None:
    """Letters are stamped with the day they are typed in."""
    before = request_intake._came
    ground.patch.setattr(request_intake, "_came", lambda *given: before(*given) and 0)


def leave_no_place(ground: Ground) -> None:
    """The form of intake offers the person alone."""
    ground.template(
        "console/request_enter.html",
        "{% for code in page.representatives %}",
        "{% for code in () %}",
    )


def forget_who(ground: Ground) -> None:
    """Who asks for whom is thrown away with the envelope."""

    def bare(before: Any, *given: Any) -> Intake:
        intake: Intake = before(*given)
        return replace(intake, representative=None)

    ground.wrap(request_intake, "_intake", bare)


def ask_for_nothing(ground: Ground) -> None:
    """Any request may be taken into work at once."""
    table = {state: dict(leads) for state, leads in machine.TABLE.items()}
    table[State.RECEIVED][Step.TAKE] = State.IN_WORK
    ground.patch.setattr(machine, "TABLE", table)


def wave_through(ground: Ground) -> None:
    """Nobody has to say how it was checked who asks."""
    ground.wrap(request_desk, "_step", lambda before, *given: (before(*given)[0], ""))
    ground.patch.setattr(request_desk, "Identity", lambda _said: Identity.DOCUMENT)


def let_nobody_in(ground: Ground) -> None:
    """A letter of a representative is refused at the counter."""

    def refuse(before: Any, app: Any, visit: Any) -> Any:
        if visit.posted.get("representative"):
            return request_intake.Wrong(request_intake._entered(visit), ())
        return before(app, visit)

    ground.wrap(request_intake, "read", refuse)


SABOTAGES = (
    *several(
        "law.deadlines",
        ("weekends", "Saturdays and Sundays are counted as worked", work_at_weekends),
        ("holidays", "Holidays are counted as worked", forget_moved_days),
        ("one-law", "Under two laws only the first one's clock is stamped", keep_one_law),
        ("moved", "The day that a request is due is moved in the database", move_a_day),
        ("hushed", "A late request is taken off the lists in the database", hush_a_row),
        ("extended", "A term is extended after it has ended", extend_what_has_ended),
        ("soon", "The list of what is due soon is silent", silence_soon),
        ("late", "No page says that a request is overdue", silence_late),
        ("typed", "A letter's terms run from the day it is typed in", stop_the_clock),
    ),
    *several(
        "representative.way-in",
        ("form", "The form of intake offers the person alone", leave_no_place),
        ("forgotten", "The ground of a representative is not kept", forget_who),
        ("unproven", "A request is taken into work before anybody is verified", ask_for_nothing),
        ("unsaid", "Verification does not ask how it was done", wave_through),
        ("refused", "Letters of representatives are refused", let_nobody_in),
    ),
)
