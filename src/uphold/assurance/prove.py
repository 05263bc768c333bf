# SPDX-License-Identifier: Apache-2.0
"""Run probes on a site: one exercise, one probe after the other, each with evidence of its own.

    done = prove.run(premises, target, chosen, by=0, told=...)

Evidence is signed, stored and journaled as soon as a probe is done, so that what was found stays found
whatever ends the run. The exercise is ended whatever happens, Ctrl-C included.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from uphold import __version__, errors
from uphold.assurance import archive, configuration, evidence, exercise, probes as registered
from uphold.assurance.evidence import MOST_SEEN, Evidence
from uphold.assurance.probe import (
    N_,
    Cost,
    Outcome,
    Probe,
    Said,
    Status,
    not_shown,
    said,
)
from uphold.assurance.scene import Premises, Scene
from uphold.assurance.visitor import Target
from uphold.policy.promise import Promise

T = TypeVar("T")
_HOUR_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of `total` probes; `status` is None when a probe begins or goes on.

    `step` and `at` tell how far a heavy probe is.
    """

    done: int
    total: int
    probe: str
    status: Status | None = None
    step: str = ""
    at: int = 0
    seconds: float = 0.0


Told = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that came to its end: its number, and what each probe said."""

    run: int
    statuses: dict[str, Status]


def ordered(chosen: Iterable[Probe[Any]]) -> tuple[Probe[Any], ...]:
    """Put probes in the order they run in: light ones, heavy ones, and at the end who judges the others."""
    return tuple(sorted(chosen, key=lambda probe: (probe.is_last, probe.cost is Cost.HEAVY)))


def of_promises(promises: Iterable[Promise]) -> tuple[Probe[Any], ...]:
    """Return the registered probes of some promises."""
    wanted = {name for promise in promises for name in promise.probes}
    return tuple(probe for probe in registered.PROBES if probe.id in wanted)


def run(
    premises: Premises,
    target: Target,
    chosen: Sequence[Probe[Any]],
    *,
    by: int = 0,
    told: Told = nobody,
) -> Ran:
    """Run probes on the site at `target`; `by` is a member of staff, 0 for the site itself.

    Raises `errors.Conflict` while another run is under way. A probe that fails is evidence that its promise
    is not shown, and ends nothing.
    """
    examined = configuration.digest(premises.settings, premises.edition)
    begun = exercise.begin(
        premises.settings,
        premises.writer,
        premises.ring,
        by,
        edition=premises.edition.number,
        configuration=examined,
    )
    statuses: dict[str, Status] = {}
    with begun:
        scene = Scene(premises, target, begun)
        for number, probe in enumerate(ordered(chosen)):
            told(Progress(number, len(chosen), probe.id))
            scene.watch = _watch(told, number, len(chosen), probe)
            started = time.monotonic()
            outcome = examine(probe, scene)
            _store(scene, probe, outcome, examined)
            statuses[probe.id] = outcome.status
            seconds = time.monotonic() - started
            told(Progress(number + 1, len(chosen), probe.id, outcome.status, seconds=seconds))
    return Ran(begun.run, statuses)


def examine(probe: Probe[T], scene: Scene) -> Outcome:
    """Run one probe. Whatever goes wrong in it, the promise is not shown; its revert runs in any case."""
    try:
        try:
            probe.warm_up(scene)
            outcome = probe.oracle(probe.act(scene))
        finally:
            probe.revert(scene)
    except errors.UpholdError as error:
        return not_shown(
            said(
                N_("The probe could not go on: %(why)s"),
                why=f"{type(error).__name__}: {error.message}",
            )
        )
    except Exception as error:  # noqa: BLE001 - a door: a probe that fails must end neither run nor exercise
        # The kind and the place only: the message of a foreign error may quote what it was working on.
        return not_shown(said(N_("The probe failed: %(where)s"), where=_place(error)))
    return outcome


def _watch(told: Told, number: int, total: int, probe: Probe[Any]) -> Callable[[str, int], None]:
    return lambda step, at: told(Progress(number, total, probe.id, step=step, at=at))


def _store(scene: Scene, probe: Probe[Any], outcome: Outcome, examined: str) -> None:
    with scene.read() as connection:
        size = scene.log.head(connection).size
    now = scene.now
    made = Evidence(
        v=evidence.VERSION,
        run=scene.run,
        probe=probe.id,
        promise=probe.promise,
        kind=probe.kind,
        status=outcome.status,
        at=now,
        expires=now + probe.ttl_hours * _HOUR_MS,
        did=probe.does,
        saw=_bounded(outcome.saw),
        edition=scene.edition.number,
        configuration=examined,
        journal=size,
        uphold=__version__,
    )
    key = archive.signer(scene.settings, scene.ring)
    scene.writer.run(lambda tx: archive.store(tx, key, made))


def _bounded(saw: tuple[Said, ...]) -> tuple[Said, ...]:
    """Keep evidence within what a note may hold, and say how much more there was."""
    if len(saw) <= MOST_SEEN:
        return saw
    more = said(N_("And %(count)s more of the kind."), count=len(saw) - MOST_SEEN)
    return (*saw[:MOST_SEEN], more)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
    return f"{type(error).__name__} in {file}:{trace.tb_lineno}"
