# SPDX-License-Identifier: Apache-2.0
"""What a model is derived from: the parts of a running site, and what the rooms above this one know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from uphold.config import Settings
from uphold.policy.document import Edition
from uphold.vault.unlock import KeyRing

DAY_MS = 86_400_000


class Rule(Protocol):
    """A rule of detection as far as the model knows it."""

    @property
    def id(self) -> str:
        """Its id, which no other rule has."""

    @property
    def on(self) -> bool:
        """Whether it is looked at."""

    @property
    def dry_run(self) -> bool:
        """Whether it says only what it would do."""

    @property
    def acts(self) -> bool:
        """Whether it does more than say so."""

    @property
    def spoofable(self) -> bool:
        """Whether a stranger can cause what it looks for."""

    @property
    def own(self) -> bool:
        """Whether it is the site's own, not of the package."""

    @property
    def severity(self) -> int:
        """How bad what it finds is, 1 to 5."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A running site. `now` is unix milliseconds; None stands for what is not known.

    `unused` are fields, as `form.field`, that nobody has read for long; `examined_at` when the newest evidence was
    made, 0 if there is none; `detected_at` when detection last looked.
    """

    settings: Settings
    ring: KeyRing | None
    edition: Edition | None
    now: int
    rules: Sequence[Rule] | None = None
    unused: frozenset[str] | None = None
    examined_at: int | None = None
    detected_at: int | None = None
