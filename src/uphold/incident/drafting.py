# SPDX-License-Identifier: Apache-2.0
"""Everything that a draft needs beside the incident: one desk for the console and for the command line (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uphold import errors
from uphold.incident import clock, draft
from uphold.incident.case import Case
from uphold.incident.clock import Due
from uphold.incident.draft import Draft, Ground
from uphold.policy.document import Edition, Policy, Text


@dataclass(frozen=True, slots=True)
class Desk:
    """What a site drafts by: `categories` are titles by id, `origin` names the journal, `zone` the operator's time."""

    policy: Policy
    categories: dict[str, Text]
    origin: str
    zone: str

    def dues(self, case: Case, now: int) -> tuple[Due, ...]:
        """The clocks of an incident under the laws of the policy."""
        return clock.dues(case, self.policy.laws, now, self.zone)

    def draft(self, case: Case, dues: Sequence[Due], notice: str, language: str, now: int) -> Draft:
        """Draft a notice; `errors.Missing` for one that no law of the policy asks for."""
        due = find(dues, notice)
        own = [one for one in dues if one.notice.profile == due.notice.profile]
        earlier = own[: own.index(due)]
        first = earlier[-1] if earlier else None
        ground = Ground(case, due, self.policy, self.categories, self.origin, self.zone, now, first)
        return draft.of(ground, language)


def desk(edition: Edition, every: Iterable[Edition], origin: str, zone: str) -> Desk:
    """Make a desk of the edition in force; of every edition the titles of categories, the newest last in `every`."""
    titles: dict[str, Text] = {}
    for one in every:
        titles |= {name: known.title for name, known in one.policy.categories.items()}
    return Desk(edition.policy, titles, origin, zone)


def find(dues: Iterable[Due], notice: str) -> Due:
    """The clock of a notice; `errors.Missing` for one that no law asks for."""
    for one in dues:
        if one.notice.id == notice:
            return one
    raise errors.Missing("There is no such notice.", "Look at the incident's clocks.")
