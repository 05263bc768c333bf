# SPDX-License-Identifier: Apache-2.0
"""Alerts that nobody stores, responses that no door feels, and intruders who are let off."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tests.sabotage.sabotage import Ground, Sabotage, several
from uphold.access import hold, restraint, session, signal
from uphold.access.restraint import Bonds, Wanted, What
from uphold.assurance import attacks
from uphold.database.transaction import Transaction
from uphold.detection import engine, respond, store
from uphold.detection.respond import Applied, Done
from uphold.detection.rule import Response
from uphold.web import background, detecting, turns

PROMISE = "intrusion.detected"


def look_nowhere(ground: Ground) -> None:
    """The loop runs, and its looks come to nothing: a thread that died would look like this."""
    ground.patch.setattr(detecting.Detector, "_look", lambda _: None)


def start_no_loop(ground: Ground) -> None:
    """Whoever put the loops in order left one out."""
    ground.patch.setattr(background, "watching", lambda *_, **__: [])


def store_without_an_entry(ground: Ground) -> None:
    """The alert is stored, and the journal has another one's number."""

    def keep(
        before: Callable[..., int], tx: Transaction, number: int, *more: Any, **named: Any
    ) -> int:
        class Mute:
            """A transaction whose journal takes nothing down."""

            def __getattr__(self, name: str) -> Any:
                return getattr(tx, name)

            def append(self, _: bytes) -> int:
                return 1

        return before(Mute(), number, *more, **named)

    ground.wrap(store, "keep", keep)


def respond_with_words(ground: Ground) -> None:
    """Every rule says what it does, and does nothing: a dry run that somebody forgot."""

    def apply(_: Any, __: Any, ___: Any, ladder: Any) -> tuple[Applied, ...]:
        return tuple(Applied(step, Done.APPLIED) for step in ladder.steps)

    ground.patch.setattr(respond, "apply", apply)


def let_exercises_off(ground: Ground) -> None:
    """Probes set off alerts, and somebody put them on a list of those that are let off."""
    before = engine.Engine.feed

    def feed(rules: Any, event: Any) -> Any:
        return () if event.get("exercise") else before(rules, event)

    ground.patch.setattr(engine.Engine, "feed", feed)


def keep_no_signals(ground: Ground) -> None:
    """What the doors notice is dropped for its volume."""
    ground.patch.setattr(signal, "note", lambda *_: None)


def forget(what: What, ground: Ground) -> None:
    """One kind of restraint is left out where the doors and the gate ask, as a changed name would do."""
    for name in ("_IN_FORCE", "_STOPPING", "_BINDING", "_DELAYING"):
        others = getattr(restraint, name).where(restraint.access_restraint.c.what != what)
        ground.patch.setattr(restraint, name, others)


def let_frozen_exports_through(ground: Ground) -> None:
    def bonds(before: Callable[..., Any], *asked: Any) -> Any:
        found = before(*asked)
        return Bonds() if found.is_export_frozen else found

    ground.wrap(restraint, "bonds", bonds)


def ask_no_proof(ground: Ground) -> None:
    """A session that an alert asks for a new proof is taken as it is."""
    ground.patch.setattr(session, "_bound", lambda _, found, __: found)


def let_everybody_jump_the_line(ground: Ground) -> None:
    ground.patch.setattr(turns, "_take", lambda *_: None)


def end_no_session(ground: Ground) -> None:
    """Sessions are ended by a query that matches none."""
    ground.patch.setattr(session, "end_all", lambda *_: 0)


def forget_stops_of_staff(ground: Ground) -> None:
    def active(before: Callable[..., Any], *asked: Any) -> Any:
        return tuple(one for one in before(*asked) if one.staff is None)

    ground.wrap(hold, "active", active)


def bind_a_colleague(ground: Ground) -> None:
    """The response goes to the account made last before, and not to whose act it was."""

    def place(before: Callable[..., int], tx: Transaction, wanted: Wanted) -> int:
        return before(tx, replace(wanted, staff=max(0, wanted.staff - 1)))

    ground.wrap(restraint, "place", place)


def bind_outside_drills(ground: Ground) -> None:
    """Alerts of exercises act whomever they are about."""
    ground.patch.setattr(restraint, "is_drilled", lambda *_: True)


def respond_gently(ground: Ground) -> None:
    """Every step beyond a note became a note, so that nobody complains."""
    ground.patch.setattr(respond, "_QUIET", frozenset(Response))


def live(probe: str, *told: tuple[str, str, Callable[[Ground], None]]) -> tuple[Sabotage, ...]:
    """Ways to break what one live probe looks at: it alone is run, and waits no longer than it must."""

    def soon(do: Callable[[Ground], None], ground: Ground) -> None:
        ground.patch.setattr(attacks, "PATIENCE_MS", 2_500)
        do(ground)

    prompt = ((slug, title, partial(soon, do)) for slug, title, do in told)
    return tuple(replace(one, only=probe) for one in several(PROMISE, *prompt))


SABOTAGES = (
    *live(
        f"{PROMISE}.live-sweep",
        ("loop-dead", "The loop of detection looks nowhere", look_nowhere),
        ("exercise-let-off", "Acts of exercises are let off by the rules", let_exercises_off),
        ("alert-unwritten", "An alert leaves no entry in the journal", store_without_an_entry),
        ("step-up-ignored", "The doors forget that a proof is asked for", ask_no_proof),
    ),
    *live(
        f"{PROMISE}.live-guess",
        ("loop-missing", "The loop of detection is never started", start_no_loop),
        ("signals-dropped", "What the doors notice is kept nowhere", keep_no_signals),
        ("words-alone", "Responses are said and not done", respond_with_words),
    ),
    *live(
        f"{PROMISE}.live-export",
        ("export-not-frozen", "A stop of exports stops none", let_frozen_exports_through),
        ("gentle", "Every step beyond a note became a note", respond_gently),
        ("colleague-bound", "What an alert does befalls a colleague", bind_a_colleague),
    ),
    *live(
        f"{PROMISE}.live-response",
        ("lock-forgotten", "Doors and gate forget locks", partial(forget, What.LOCK)),
        ("line-jumped", "Nobody takes turns under a delay", let_everybody_jump_the_line),
        ("sessions-stay", "Sessions that are ended go on", end_no_session),
        ("gate-blind", "The gate forgets whom it may not serve", forget_stops_of_staff),
        ("drill-leaks", "An exercise's alert binds who is in no drill", bind_outside_drills),
    ),
)
