# SPDX-License-Identifier: Apache-2.0
"""The site as an evaluation sees it at this moment: measures, the order's basic set, threats, and the level.

look(connection, site, verifier, now)       what there is to see
told(connection, site, verifier, now, kind)       what a statement says of it
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from uphold import __version__, errors
from uphold.assurance import archive, configuration, evaluation, probes, threatened
from uphold.assurance.evaluation import About, Seen
from uphold.assurance.evidence import Stored
from uphold.assurance.modelled import Site
from uphold.assurance.probe import Status
from uphold.assurance.statement import Kind
from uphold.journal import log as journal, note
from uphold.threats import basic, measure, stored as register
from uphold.threats.element import SITE, Element, Model
from uphold.threats.facts_site import FEW
from uphold.threats.judge import Finding, State
from uphold.threats.stored import Standing

DETECTED: Final = "intrusion.detected."
"""How the ids of probes begin that play an attack to a rule of detection."""
SCORE: Final = Path(__file__).with_name("sabotaged.toml")
_WEAKEST: Final = 4


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to see. `threats` are as `aged` has them; `people` is a bucket; `category` decides the level."""

    model: Model
    seen: Seen
    threats: tuple[tuple[int, int, int], ...]
    people: str
    category: str


def look(connection: Connection, site: Site, verifier: note.Verifier, now: int) -> Looked:
    """Look at a site as it is at `now` (unix ms). Threats that somebody accepted are told as accepted."""
    judged = threatened.judge(connection, site, verifier, now)
    standing = register.findings(connection)
    whole = next(one for one in judged.model.elements if one.id == SITE)
    level = whole.value("level")
    number = level if isinstance(level, int) else 0
    seen = Seen(
        level=number,
        threat_type=site.settings.threats.threat_type,
        states=judged.states,
        order21=basic.lines(number or _WEAKEST, measure.catalogue().values(), judged.states),
        findings=tuple(_as_on_record(one, standing) for one in judged.findings),
        sabotages=score(),
        rules=noticed(archive.newest(connection, verifier)),
    )
    people = str(whole.value("subjects") or FEW)
    threats = aged(seen.findings, standing, now)
    return Looked(judged.model, seen, threats, people, _category(whole))


def told(
    connection: Connection, site: Site, verifier: note.Verifier, now: int, kind: Kind
) -> dict[str, Any]:
    """Say what a statement of a kind says on this site at `now`; a model of threats tells those too that are held.

    Raises `errors.Missing` before a policy is in force.
    """
    edition = site.edition
    if edition is None:
        raise errors.Missing("No policy is in force yet.", "Publish one first.")
    about = About(
        origin=site.settings.origin,
        edition=edition.number,
        edition_digest=edition.digest,
        configuration=configuration.digest(site.settings, edition),
        journal=journal.newest(connection).size,
        uphold=__version__,
    )
    seen = look(connection, site, verifier, now).seen
    return evaluation.told(about, seen, every=kind is Kind.THREATS)


def score() -> tuple[int, int]:
    """Return how many sabotages of this version were caught, and made."""
    read = tomllib.loads(SCORE.read_text(encoding="utf-8"))
    return int(read["caught"]), int(read["made"])


def noticed(newest: Mapping[str, Stored]) -> tuple[int, int]:
    """Return how many attacks on rules of detection were noticed by the newest evidence, and are played (pure)."""
    mine = [one.id for one in probes.PROBES if one.id.startswith(DETECTED)]
    return sum(_is_kept(newest.get(name)) for name in mine), len(mine)


def _is_kept(found: Stored | None) -> bool:
    return found is not None and found.evidence is not None and found.evidence.status is Status.KEPT


def _as_on_record(one: Finding, standing: Mapping[str, Standing]) -> Finding:
    known = standing.get(one.uid)
    if known is None or known.state is not State.ACCEPTED or one.state is not State.OPEN:
        return one
    return replace(one, state=State.ACCEPTED)


def _category(whole: Element) -> str:
    return next((name for name in ("special", "biometric") if whole.value(name) is True), "other")


def aged(
    findings: Iterable[Finding], standing: Mapping[str, Standing], now: int
) -> tuple[tuple[int, int, int], ...]:
    """Return open threats by severity, the worst first: how many, and since when the oldest is open (unix ms; pure).

    One that is not on record yet is open since `now`.
    """
    open_ = [
        (one.severity, _since(standing.get(one.uid), now))
        for one in findings
        if one.state is State.OPEN
    ]
    grave = sorted({severity for severity, _ in open_}, reverse=True)
    return tuple(
        (grade, len(since), min(since))
        for grade in grave
        for since in [[at for severity, at in open_ if severity == grade]]
    )


def _since(known: Standing | None, now: int) -> int:
    return known.since if known is not None and known.state is State.OPEN else now
