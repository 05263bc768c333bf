# SPDX-License-Identifier: Apache-2.0
"""From closed days to a noisy answer: count, bound, draw, pay. Nobody sees the counts in between.

Loads DuckDB and OpenDP; for the daily work and the command line, never for a serving process.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.statistics import asked, budget, ledger, noise, store
from uphold.statistics.budget import Refused
from uphold.statistics.label import Label
from uphold.statistics.question import Answer, Question
from uphold.statistics.recipe import Recipe
from uphold.visits.layout import OTHER, Store

QUERY, PUBLIC = "noisy-query", "noisy-public"
"""How the ledger names the use of an answer."""
DAYS_AT_ONCE = 8

Watch = Callable[[int], None]
"""Told how many more days were counted."""


def _nobody(_days: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are answered. `is_public`: part of each month's budget is kept for what is published."""

    writer: Writer
    store: Store
    recipe: Recipe
    today: date
    is_public: bool = False

    def query(self, question: Question, watch: Watch = _nobody) -> Answer | Refused:
        """Answer a question of the operator's, and note the use; what is stored is given again.

        Raises `errors.Invalid` for days that are not over, `errors.Missing` for days before the first that was
        counted, `errors.Unavailable` where they cannot be counted.
        """
        asked.require_over(question.start, question.end, self.store.open_days(), self.today)
        stored = self.writer.run(partial(_stored, question))
        if stored is None:
            asked.require_counted(question.end, self.store.closed_days())
        return stored or self._ask(question, QUERY, watch)

    def allowance(self, day: date) -> int:
        """Return what the month of a day may cost in all, in millionths of rho."""
        return self.writer.run(lambda tx: budget.allowance(tx, day, self.recipe.micro))

    def publish(self) -> tuple[Answer | Refused, ...]:
        """Ask what is published of each month that is over and was not answered yet. May be run again at any time."""
        months = asked.over(self.store.closed_days(), self.store.open_days(), self.today)
        wanted = [one for month in months for one in self.writer.run(partial(self._open, month))]
        return tuple(self._ask(one, PUBLIC) for one in wanted)

    def _ask(self, question: Question, use: str, watch: Watch = _nobody) -> Answer | Refused:
        draw = partial(noise.draw, counts(self.store, question, watch), question)

        def kept(tx: Transaction) -> int:
            return self._kept(tx, question) if self.is_public and use == QUERY else 0

        def work(tx: Transaction) -> Answer | Refused:
            found = budget.ask(tx, question, self.recipe.micro, draw, kept)
            if isinstance(found, Answer):
                ledger.use(tx, ledger.SITE, use, Label.NOISY)
            return found

        return self.writer.run(work)

    def _open(self, month: str, tx: Transaction) -> tuple[Question, ...]:
        """Return what is to be published of a month and has no answer yet."""
        first = date.fromisoformat(f"{month}-01")
        allowance = budget.allowance(tx, first, self.recipe.micro)
        wanted = asked.wanted(self.recipe, month, allowance)
        return asked.missing(wanted, budget.answers(tx, month))

    def _kept(self, tx: Transaction, question: Question) -> int:
        others = self._open(f"{question.start:%Y-%m}", tx)
        return sum(one.rho for one in others if one.digest != question.digest)


def counts(folder: Store, question: Question, watch: Watch = _nobody) -> Mapping[str, int]:
    """Return the true counts that a question is about, each visitor's day in at most `l0` of them.

    For the noise alone: nothing may show them. Raises `errors.Unavailable` where the days cannot be counted.
    """
    found: Counter[str] = Counter()
    days = [day for day in folder.closed_days() if question.start <= day <= question.end]
    for start in range(0, len(days), DAYS_AT_ONCE):
        some = days[start : start + DAYS_AT_ONCE]
        found.update(_bounded(folder, some, question))
        watch(len(some))
    if question.keys is None:
        # What is in it hangs on how many others there are, so one visitor could change it by more than one.
        found.pop(OTHER, None)
    return found


def _bounded(folder: Store, days: Sequence[date], question: Question) -> Mapping[str, int]:
    if question.table == asked.PAGES:
        return store.bounded(folder, days, question.l0)
    is_all = question.table == asked.VISITORS
    (table,) = store.tables(folder, days, [asked.DEVICES if is_all else question.table])
    persons = {key[0]: cell.persons for key, cell in table.cells.items()}
    return {asked.ALL: sum(persons.values())} if is_all else persons


def _stored(question: Question, tx: Transaction) -> Answer | None:
    found = budget.find(tx, question)
    if found is not None:
        ledger.use(tx, ledger.SITE, QUERY, Label.NOISY)
    return found
