# SPDX-License-Identifier: Apache-2.0
"""OpenDP's own front end on the same question, for an interpreter that has it: `pip install 'opendp[polars]==0.16.0'`.

    PYTHON bench/opendp_context.py ROWS ROUNDS      prints each round's seconds, by the clock and of processors, as JSON

Counts the visitors of each of 500 pages, each visitor on five pages at most, behind a threshold, for a rho of 0.1. The
first rows of each visitor are kept, which is the way that works in this version. The interpreter need not have Uphold.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import opendp.prelude as dp
import polars as pl

PAGES, PAGES_PER_PERSON, RHO, DELTA = 500, 5, 0.1, 1e-9

dp.enable_features("contrib")


def made(rows: int, file: Path) -> None:
    """Write made-up visits: one visitor for every five rows."""
    chance = random.Random(20261123)  # noqa: S311 - made-up visits, not secrets
    visitors = [chance.randrange(max(1, rows // 5)) for _ in range(rows)]
    pages = [f"/page-{int(PAGES * chance.random() ** 3)}" for _ in range(rows)]
    pl.DataFrame({"visitor": visitors, "page": pages}).write_parquet(file)


def ask(file: Path) -> int:
    """Answer the question once; returns how many pages passed."""
    context = dp.Context.compositor(
        data=pl.scan_parquet(file),
        privacy_unit=dp.unit_of(contributions=1, identifier="visitor"),
        privacy_loss=dp.loss_of(rho=RHO, delta=DELTA),
        split_evenly_over=1,
    )
    query = (
        context.query()
        .truncate_per_group(1, by=["page"])
        .truncate_num_groups(PAGES_PER_PERSON, by=["page"], keep="first")
        .group_by("page")
        .agg(dp.len(signed=True))  # type: ignore[attr-defined]  # it is there, and not among the exports
    )
    return len(query.release().collect())


def main() -> None:
    """Make the visits, then ask."""
    rows, rounds = (int(word) for word in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "visits.parquet"
        made(rows, file)
        found = []
        for _ in range(rounds):
            started, used = time.perf_counter(), time.process_time()
            ask(file)
            found.append((time.perf_counter() - started, time.process_time() - used))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
