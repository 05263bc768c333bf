# SPDX-License-Identifier: Apache-2.0
"""A database with the journal and the privacy budget alone, for tests of the budget.

purse = purses.make(url, folder)            empty; close it
purse.ask(question(1))                      an answer, or a refusal
purse.spent                                 by month, as the accounts say, in the unit of the questions
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from uphold.database import engine, schema
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.journal import entry, log, note
from uphold.journal.entry import Entry
from uphold.journal.head import HeadFile
from uphold.statistics import budget
from uphold.statistics.budget import Refused
from uphold.statistics.question import Answer, Drawn, Question

ORIGIN = "uphold.example/journal"
UNIT = 1_000
"""What each question here costs, in millionths of rho."""
GRANTED = 37 * UNIT + UNIT // 2
"""What a month is given: enough for 37 questions, and half of one more."""
DRAWN = Drawn({"/": 12}, 10)


def question(number: int, month: int = 10) -> Question:
    """One question of many, each with a name of its own."""
    first = date(2026, month, 1)
    return Question("pages", first, first, 5, UNIT, keys=(f"/{number}",))


def draw() -> Drawn:
    """Figures without OpenDP, where only the budget matters."""
    return DRAWN


class Purse:
    """A writer on a database that has the journal and the budget."""

    def __init__(self, url: str, folder: Path) -> None:
        """Open what `make` has made."""
        self.database = engine.Database(url)
        signer = note.Signer(ORIGIN, bytes(range(32)))
        self.log = log.Log(ORIGIN, signer, HeadFile(folder / "head", interval=0))
        self.writer = Writer(self.database, self.log)

    def ask(
        self, asked: Question, granted: int = GRANTED, drawn: Callable[[], Drawn] = draw
    ) -> Answer | Refused:
        """Ask, in a transaction of its own."""
        return self.writer.run(lambda tx: budget.ask(tx, asked, granted, drawn))

    def restart(self) -> None:
        """Do what a restore does."""
        self.writer.run(budget.restart)

    @property
    def spent(self) -> dict[str, int]:
        """What was spent of each month."""
        with self.database.read() as connection:
            return {one.month: one.spent for one in budget.accounts(connection)}

    def entries(self) -> list[Entry]:
        """Everything that the journal says after its beginning."""
        with self.database.read() as connection:
            return [entry.decode(raw) for _, raw in self.log.entries(connection)][1:]

    def faults(self) -> list[str]:
        """What does not fit: accounts, answers and the journal, each reckoned by itself."""
        with self.database.read() as connection:
            self.log.verify_head(connection)
            spent = {f"visits.{one.month}": one.spent for one in budget.accounts(connection)}
            answered = _sums([(a.question.account, a.question.rho) for a in _answers(connection)])
            granted = {one.month: one.granted for one in budget.accounts(connection)}
        told = [one for one in self.entries() if one.kind == "budget.spent"]
        journaled = _sums([(str(e.codes["account"]), int(e.codes["rho"])) for e in told])
        whole = {name: units for name, units in spent.items() if units}
        return [
            *(["answers"] if answered != whole else []),
            *(["journal"] if journaled != whole else []),
            *(
                ["overspent"]
                if any(spent[f"visits.{m}"] > most for m, most in granted.items())
                else []
            ),
        ]

    def close(self) -> None:
        """Finish the queue."""
        self.writer.close()
        self.database.dispose()


def make(url: str, folder: Path) -> Purse:
    """Make an empty budget, of the tables that it needs."""
    database = engine.create(url)
    names = ("journal_", budget.BUDGETS, budget.ANSWERS)
    with database.connect() as connection:
        tables = [one for one in schema.metadata.sorted_tables if one.name.startswith(names)]
        schema.metadata.create_all(connection, tables=tables)
    database.dispose()
    purse = Purse(url, folder)
    purse.writer.run(_open)
    return purse


def _open(tx: Transaction) -> None:
    log.open_journal(tx, ORIGIN)


def _answers(connection: Connection) -> tuple[Answer, ...]:
    return budget.answers(connection)


def _sums(pairs: list[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, units in pairs:
        found[name] = found.get(name, 0) + units
    return found
