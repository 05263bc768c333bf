# SPDX-License-Identifier: Apache-2.0
"""Probes of figures: what they are made of names nobody, what is shown withstands the attacks, all of it is on record.

They look at the statistics' store as it lies, and at what is shown, and judge both by attacks (`statistics.attack`)
and by the ledger. What probes themselves do on the site is in no figure.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from uphold import errors
from uphold.assurance import reach
from uphold.assurance.probe import (
    N_,
    Cost,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    said,
)
from uphold.assurance.scene import Scene
from uphold.statistics import attack, ledger, recipe, released
from uphold.statistics.attack import Page
from uphold.statistics.label import Label
from uphold.visits.layout import Store

# What makes figures, and what it must not lead to.
MAKERS = ("uphold.statistics", "uphold.visits.layout", "uphold.visits.compact")
KEYS = ("uphold.vault", "uphold.access", "uphold.submission", "uphold.rights", "uphold.enquiry")
LEAST = 3
_EPOCH = date(1970, 1, 1)


# --- statistics.depersonalised: no key, no small group ----------------------------------------------


def _reach(_scene: Scene) -> tuple[str, ...]:
    return reach.between(MAKERS, KEYS)


def judge_reach(ways: tuple[str, ...]) -> Outcome:
    """Judge: nothing that makes figures leads to a key, an index or anybody's data."""
    text = N_("What makes figures leads to personal data: %(way)s.")
    return judged(
        [said(text, way=way) for way in ways],
        said(N_("Nothing that makes figures leads to a key or to anybody's data.")),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be looked at: atoms, cells, how many of them hidden; and what attacks on it found, by code.

    `labels` are those of files that hold exact figures and say otherwise. `today` counts atoms whose time is not
    over; `damaged` says that a file cannot be read.
    """

    atoms: int = 0
    cells: int = 0
    hidden: int = 0
    findings: tuple[tuple[str, str, str], ...] = ()
    labels: tuple[str, ...] = ()
    early: int = 0
    damaged: bool = False


def _store(scene: Scene) -> Store:
    return Store(scene.settings.path(scene.settings.visits.store))


def _attack(scene: Scene) -> Shown:
    with scene.read() as connection:
        known = {one.recipe.digest: one.recipe.minimum for one in ledger.recipes(connection)}
    try:
        atoms = released.read(_store(scene))
    except errors.Broken:
        return Shown(damaged=True)
    findings, cells, hidden = [], 0, 0
    for atom in atoms:
        tables = tuple(atom.tables.values())
        minimum = max(LEAST, known.get(atom.recipe, LEAST))
        report = attack.report(tables, minimum)
        findings += [(one.code, one.table, atom.atom) for one in report.findings]
        cells += report.measured["cells"]
        hidden += report.measured["hidden"]
    pages = [
        Page(frozenset(map(str, recipe.days_of(atom.atom))), table)
        for atom in atoms
        for table in atom.tables.values()
    ]
    # Times that overlap could be taken from one another; of others every difference is one of the atoms.
    crossed = _crossed(pages)
    findings += [(one.code, one.table, "") for one in attack.difference(crossed, LEAST)]
    early = sum(_ends(atom.atom) > scene.now for atom in atoms)
    wrong = tuple(sorted({str(one.label) for one in atoms if one.label is not Label.AGGREGATED}))
    return Shown(len(atoms), cells, hidden, tuple(dict.fromkeys(findings)), wrong, early)


def _crossed(pages: list[Page]) -> list[Page]:
    """Pages of the same table that have days in common with another and are not the same days."""
    found = []
    for name in dict.fromkeys(page.shown.name for page in pages):
        mine = [page for page in pages if page.shown.name == name]
        days: dict[str, int] = {}
        for page in mine:
            for day in page.covers:
                days[day] = days.get(day, 0) + 1
        found += [page for page in mine if any(days[day] > 1 for day in page.covers)]
    return found


def _ends(atom: str) -> int:
    """The earliest moment (unix ms) at which an atom may be over anywhere on earth."""
    last = recipe.days_of(atom)[-1]
    midnight = int((last + timedelta(days=1) - _EPOCH).total_seconds() * 1000)
    return midnight - 14 * 60 * 60 * 1000


def judge_shown(trace: Shown) -> Outcome:
    """Judge: no attack finds anything, each file says what it is, and no day is shown before it ends."""
    faults = []
    if trace.damaged:
        faults.append(said(N_("Released figures cannot be read.")))
    text = N_("The attack %(code)s on the figures %(table)s of %(atom)s succeeds.")
    faults += [
        said(text, code=code, table=table, atom=atom or "-") for code, table, atom in trace.findings
    ]
    text = N_("Exact figures are labelled %(label)s.")
    faults += [said(text, label=label) for label in trace.labels]
    if trace.early:
        text = N_("Figures of a time that is not over: %(count)s.")
        faults.append(said(text, count=trace.early))
    seen = N_(
        "Attacks on %(atoms)s released days, weeks and months with %(cells)s cells, %(hidden)s of them hidden: none"
        " succeeded."
    )
    return judged(faults, said(seen, atoms=trace.atoms, cells=trace.cells, hidden=trace.hidden))


# --- statistics.ledger: what there is, is on record -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """What there is and what the ledger has of it.

    `unknown` are released atoms that the ledger does not have with this digest, `unfixed` those whose recipe was not
    fixed before, `missing` those of the ledger that are no more, `unclosed` closed days without an act. `is_changed`:
    a recipe is not the one that was fixed, so that nothing else was looked at.
    """

    atoms: int = 0
    days: int = 0
    unknown: tuple[str, ...] = ()
    unfixed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unclosed: tuple[str, ...] = ()
    is_changed: bool = False


def _record(scene: Scene) -> Recorded:
    store = _store(scene)
    # Figures may be released meanwhile, on record first: what was there is on record after, what was on record there.
    with scene.read() as connection:
        before = {line.what for line in ledger.done(connection) if line.output}
    found = {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.folder.glob("released/*/*.json"))
    }
    days = store.closed_days()
    try:
        with scene.read() as connection:
            lines = ledger.done(connection)
            fixed = {one.number: one for one in ledger.recipes(connection)}
            closed = ledger.days(connection, ledger.Act.CLOSED)
    except errors.Broken:
        return Recorded(is_changed=True)
    outputs = {(line.what, line.output): line for line in lines if line.output}
    unknown, unfixed = [], []
    for path, digest in found.items():
        line = outputs.get((path.stem, digest))
        if line is None:
            unknown.append(path.stem)
            continue
        its = fixed.get(line.recipe)
        if its is None or its.at > line.at or its.recipe.digest != path.parent.name:
            unfixed.append(path.stem)
    there = {path.stem for path in found}
    missing = sorted(before - there)
    # A day that is being closed at this moment is put on record next.
    unclosed = [day.isoformat() for day in days if day not in closed]
    return Recorded(
        atoms=len(there),
        days=len(days),
        unknown=tuple(unknown),
        unfixed=tuple(unfixed),
        missing=tuple(missing),
        unclosed=tuple(unclosed),
    )


def judge_record(trace: Recorded) -> Outcome:
    """Judge: nothing there without its act, and no act without what it says."""
    text_of = (
        (trace.unknown, N_("Figures of %(what)s are there that the ledger does not have.")),
        (trace.unfixed, N_("The recipe of the figures of %(what)s was not fixed before them.")),
        (trace.missing, N_("The ledger has figures of %(what)s that are not there.")),
        (trace.unclosed, N_("The events of %(what)s were depersonalised without an act.")),
    )
    faults: list[Said] = [said(text, what=one) for those, text in text_of for one in those]
    if trace.is_changed:
        faults.append(said(N_("A recipe in the ledger is not the one that was fixed.")))
    seen = N_("Released figures: %(atoms)s, closed days: %(days)s; the ledger has each of them.")
    return judged(faults, said(seen, atoms=trace.atoms, days=trace.days))


MAKES = Probe(
    id="improvement.depersonalised.reach",
    promise="improvement.depersonalised",
    kind=Kind.EXAMINE,
    does=N_(
        "Follows from what makes figures everything that it can lay hands on in the running process."
    ),
    act=_reach,
    oracle=judge_reach,
)
REACH = Probe(
    id="statistics.depersonalised.reach",
    promise="statistics.depersonalised",
    kind=Kind.EXAMINE,
    does=N_("Looks for a way from what makes figures to a key, an index or anybody's data."),
    act=_reach,
    oracle=judge_reach,
)
SHOWN = Probe(
    id="statistics.depersonalised.shown",
    promise="statistics.depersonalised",
    kind=Kind.ATTACK,
    does=N_(
        "Attacks all released figures: looks for small groups, for hidden ones that follow from totals, for those that"
        " another table shows or a difference leaves."
    ),
    act=_attack,
    oracle=judge_shown,
    cost=Cost.HEAVY,
)
RECORD = Probe(
    id="statistics.ledger.files",
    promise="statistics.ledger",
    kind=Kind.EXAMINE,
    does=N_(
        "Compares the released figures and the closed days with the ledger, by digest, and with their recipes."
    ),
    act=_record,
    oracle=judge_record,
)

PROBES = (MAKES, REACH, SHOWN, RECORD)
