# SPDX-License-Identifier: Apache-2.0
"""The register of threats: look at what was judged, and keep what changed with the entry that caused it.

    register.differs(connection, model, findings, rules, now)     whether there is anything to store; a reading alone
    register.look(tx, model, findings, rules)                     store and journal it; one transaction

A look at an unchanged site writes nothing. Findings are never deleted: what is over is resolved or retired.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from uphold import errors
from uphold.database.transaction import Transaction
from uphold.journal import entry, store as journal
from uphold.journal.store import Reads
from uphold.threats import acceptance, cause, change, element, stored
from uphold.threats.cause import Happened
from uphold.threats.change import Change
from uphold.threats.element import Model
from uphold.threats.judge import Finding

# What happened longer ago than so many entries is not looked for: a cause is near.
_FARTHEST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look stored: the entry on the model, -1 where none was made, and the changes."""

    modelled: int
    changes: tuple[Change, ...]


def look(
    tx: Transaction, model: Model, findings: Iterable[Finding], rules: Collection[str]
) -> Looked:
    """Store what changed since the last look; `rules` are the ids of all rules there are.

    Journals threats.modelled where the model changed, or where nothing else caused a change, and threat.changed for
    each change.
    """
    last = stored.newest(tx)
    changes = _changes(tx, model, findings, rules, tx.now)
    is_same = last is not None and last.digest == model.digest
    if is_same and not changes:
        return Looked(-1, ())
    happened = Happened(
        sources=change.changed(None if last is None else element.read(last.body), model),
        newest=_newest(tx, stored.said_last(tx)),
        modelled=-1 if is_same else stored.remember(tx, model),
        accepted={uid: one.entry for uid, one in acceptance.newest(tx).items()},
    )
    causes = [cause.find(one, happened) for one in changes]
    if -1 in causes:
        # Other rules judge the same model: that it was judged anew is what caused it.
        happened = replace(happened, modelled=stored.remember(tx, model))
    for one, found in zip(changes, causes, strict=True):
        stored.enter(tx, one, happened.modelled if found < 0 else found)
    return Looked(happened.modelled, changes)


def differs(
    reads: Reads, model: Model, findings: Iterable[Finding], rules: Collection[str], now: int
) -> bool:
    """Tell whether a look at `now` (unix ms) would store anything."""
    last = stored.newest(reads)
    if last is None or last.digest != model.digest:
        return True
    return bool(_changes(reads, model, findings, rules, now))


def _changes(
    reads: Reads, model: Model, findings: Iterable[Finding], rules: Collection[str], now: int
) -> tuple[Change, ...]:
    found = acceptance.applied(acceptance.newest(reads), findings, now)
    there = {one.id for one in model.elements}
    return change.diff(stored.findings(reads), found, there, rules)


def _newest(reads: Reads, after: int) -> Mapping[str, int]:
    """Return the newest entry of each kind and topic that was journaled after an entry."""
    last = journal.last(reads)
    size = 0 if last is None else last.size
    entries = journal.entries(reads, max(after + 1, size - _FARTHEST), size)
    return cause.newest((index, kind) for index, raw in entries if (kind := _kind(raw)))


def _kind(raw: bytes) -> str:
    """The kind of an entry; "" of one that cannot be read, which is the audit's business."""
    try:
        return entry.decode(raw).kind
    except errors.Invalid:
        return ""
