# SPDX-License-Identifier: Apache-2.0
"""A long journal: what it costs to write, to audit whole, to prove from and to verify.

Writing and checking run in processes of their own, so that the memory of one does not hide in the
other: `python -m bench.history build|check FOLDER ENTRIES` prints figures as JSON.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bench import journal_store, markdown, process
from bench.course import Course
from uphold.journal import audit, proof

NAME, TITLE = "history", "A long journal"
BATCH = 1000
PROOFS = 500
ENTRIES, QUICK = 1_000_000, 100_000
Figures = dict[str, float]


def run(course: Course) -> Figures:
    """Write a journal of a million entries, then check it; return named figures."""
    entries = QUICK if course.quick else ENTRIES
    figures: Figures = {"entries": entries}
    for step in ("build", "check"):
        command = [sys.executable, "-m", "bench.history", step, str(course.folder), str(entries)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        if ended.returncode:
            raise process.Failed(f"the long journal failed to {step}:\n{ended.stderr[-1500:]}")
        figures |= json.loads(ended.stdout)
        course.say(f"a journal of {entries} entries: {step} is done")
    return figures


def resident_mb() -> float:
    """Return the largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(folder: Path, entries: int) -> Figures:
    """Append so many entries in batches."""
    with journal_store.opened(folder) as store:
        before, started = resident_mb(), time.perf_counter()
        left = entries - 1  # the journal's first entry is its opening
        while left > 0:
            store.append(min(BATCH, left))
            left -= BATCH
        seconds = time.perf_counter() - started
        grown = resident_mb() - before
    return {
        "writing, us per entry": seconds / entries * 1e6,
        "writing, growth of memory, MB": grown,
        "database, MB": (folder / "journal.sqlite").stat().st_size / 2**20,
    }


def check(folder: Path, entries: int) -> Figures:
    """Audit the whole journal, make proofs of random entries, verify receipts."""
    with journal_store.opened(folder) as store:
        figures = prove(store, entries)
        figures |= audit_all(store, entries)
    return figures


def prove(store: journal_store.Store, entries: int) -> Figures:
    """Make proofs and receipts of random entries from the tables, and verify them."""
    order = random.Random(entries)  # noqa: S311 - an order, not a secret
    verifier = store.journal.verifier
    making, verifying = [], []
    with store.database.read() as connection:
        for index in order.choices(range(entries), k=PROOFS):
            raw = store.journal.entry(connection, index)
            started = time.perf_counter()
            made = store.journal.proof(connection, index)
            making.append(time.perf_counter() - started)
            receipt = proof.receipt(made, raw, ())
            started = time.perf_counter()
            proof.verify(receipt, verifier)
            verifying.append(time.perf_counter() - started)
    return {
        "inclusion proof from the store, us (median)": statistics.median(making) * 1e6,
        "inclusion proof, us (99 %)": statistics.quantiles(making, n=100)[98] * 1e6,
        "verifying a receipt, us (median)": statistics.median(verifying) * 1e6,
    }


def audit_all(store: journal_store.Store, entries: int) -> Figures:
    """Audit every entry, tile and head."""
    before, started = resident_mb(), time.perf_counter()
    used = time.process_time()
    with store.database.read() as connection:
        findings = list(audit.run(connection, store.journal.verifier))
        size = store.journal.head(connection).size
    seconds, used = time.perf_counter() - started, time.process_time() - used
    if size != entries or findings:
        raise process.Failed(f"the audit of {size} entries found: {findings[:3]}")
    return {
        "audit of the whole journal, us per entry": seconds / entries * 1e6,
        "audit, CPU us per entry": used / entries * 1e6,
        "audit, growth of memory, MB": resident_mb() - before,
    }


def page(figures: Mapping[str, float]) -> str:
    """Show what a long journal costs to check."""
    lines = [(name, markdown.number(value)) for name, value in figures.items()]
    return markdown.table(["", ""], lines)


if __name__ == "__main__":
    step = {"build": build, "check": check}[sys.argv[1]]
    print(json.dumps(step(Path(sys.argv[2]), int(sys.argv[3]))))
