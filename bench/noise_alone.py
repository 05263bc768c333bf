# SPDX-License-Identifier: Apache-2.0
"""Count, bound and draw once, and pay nobody: `python -m bench.noise_alone STORE`, which has nothing else to do."""

import sys
from pathlib import Path

from uphold.statistics import asked, noise, noisy, recipe
from uphold.visits.layout import Store

MONTH = "2026-10"
RHO = 1_000


def main(store: Path) -> None:
    """Answer the question of `bench.noise` out of the closed days of a store."""
    made = recipe.parse(recipe.default())
    question = asked.question(made, asked.PAGES, *asked.month(MONTH), RHO)
    noise.draw(noisy.counts(Store(store), question), question)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
