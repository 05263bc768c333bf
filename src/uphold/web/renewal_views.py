# SPDX-License-Identifier: Apache-2.0
"""What a page shows of words that changed, and of a consent that is asked for anew. See `views` for the rest."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words. `mark`: empty where both say it, `+` added, `-` taken away."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """One consent that is asked for anew: its box, always unticked, and what changed in what was agreed to.

    `name` is the name of the input; its value is `yes`. `summary` ends "I agree ...". `why` names each
    change, `pieces` is the wording's text with what changed in it (empty where none was agreed to before).
    """

    name: str
    purpose: str
    summary: str
    why: tuple[str, ...]
    pieces: tuple[Piece, ...]
    language: str
    wording_href: str


@dataclass(frozen=True, slots=True)
class Renewals:
    """What the holder of a receipt is asked anew under `edition`. `problem` is why a post was not taken, or empty."""

    edition: int
    policy_href: str
    compare_href: str
    action_href: str
    token: str
    asked: tuple[Renewal, ...]
    problem: str = ""
