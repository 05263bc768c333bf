# SPDX-License-Identifier: Apache-2.0
"""What a section of the benchmark is told: where to work, how long, in which order."""

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

SEED = 20261122


@dataclass(frozen=True)
class Course:
    """One run of one section. Its folder is its own, is there, and is removed afterwards."""

    folder: Path
    say: Callable[[str], None]
    """Shows progress."""
    rounds: int = 5
    seconds: int = 3
    """Of each load over HTTP."""
    seed: int = SEED
    quick: bool = False
    """A look, with less of everything."""
    python: str = sys.executable
    """The interpreter that has Django."""
    variants: Sequence[str] = ()
    """Servers of `submissions`; none means all."""
    clients: Sequence[int] = (1, 16, 64, 256)
    """Concurrencies of `submissions`."""
    opendp: str = ""
    """The interpreter that has OpenDP's front end, for `noise`."""

    def order(self) -> random.Random:
        """Return what draws the order of variants; the same for the same seed."""
        return random.Random(self.seed)  # noqa: S311 - an order, not a secret

    def within(self, name: str) -> "Course":
        """Return the same course in a folder of its own below this one."""
        folder = self.folder / name
        folder.mkdir()
        # PostgreSQL runs as another user, in a folder of its own below this one.
        folder.chmod(0o755)
        return replace(self, folder=folder)
