# SPDX-License-Identifier: Apache-2.0
"""Searches, openings of several records and exports, broken."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from tests.sabotage.sabotage import Ground, several
from uphold.access import export, export_file, gate, reading, search, volume
from uphold.access.export import Export
from uphold.access.permission import Actor
from uphold.access.search import Found
from uphold.access.volume import DAY, Limit
from uphold.app import App
from uphold.assurance import canaries
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.vault import subject, tables
from uphold.vault.contact import Contact
from uphold.vault.tables import vault_part
from uphold.vault.unlock import KeyRing
from uphold.web import export_desk, search_desk

# --- who may look whom up ----------------------------------------------------------------------------


def ask_for_no_purpose(ground: Ground) -> None:
    """The purpose that was chosen is noted, and nobody asks whether it is the role's."""
    ground.patch.setattr(gate, "several", lambda *_: None)


def search_without_a_line(ground: Ground) -> None:
    """Straight from the index, as it looks so harmless."""

    def quick(
        writer: Writer,
        ring: KeyRing,
        _actor: Actor,
        _purpose: str,
        contacts: Sequence[Contact],
        **_: object,
    ) -> Found:
        def look(tx: Transaction) -> Found:
            parts = [part for one in contacts for part in subject.find(tx, ring, *one)]
            return Found(tuple({tables.record_of(part) for part in parts}), 0, tx.now)

        return writer.run(look)

    ground.patch.setattr(search, "search", quick)


def search_without_end(ground: Ground) -> None:
    ground.patch.setattr(volume, "used", lambda *_: 0)


def find_something_similar(ground: Ground) -> None:
    """So that a mistyped address finds somebody too."""

    def generous(before: Callable[..., list[int]], *asked: Any) -> list[int]:
        return before(*asked) or list(asked[0].execute(select(vault_part.c.number)).scalars())

    ground.wrap(subject, "find", generous)


def log_the_refusals_no_more(ground: Ground) -> None:
    ground.patch.setattr(
        volume, "refuse", lambda tx, _actor, _what, _purpose, why: volume.Refused(why, 0, tx.now)
    )


# --- copies ------------------------------------------------------------------------------------------


def mark_nothing(ground: Ground) -> None:
    ground.patch.setattr(export_desk, "mark", lambda _app, _made: "")


def leave_the_canary_out(ground: Ground) -> None:
    """It spoils the statistics."""
    ground.patch.setattr(export_file, "with_canary", lambda sheet, _canary: sheet)


def write_cells_as_they_are(ground: Ground) -> None:
    ground.patch.setattr(export_file, "cell", str)


def give_it_to_anybody(ground: Ground) -> None:
    """Who has the address of an export takes it."""

    def lenient(before: Callable[..., Any], tx: Transaction, actor: Actor, number: int) -> Any:
        made = export.find(tx, number)
        return before(tx, replace(actor, staff=made.staff) if made else actor, number)

    ground.wrap(export, "_begin", lenient)


def never_end(ground: Ground) -> None:
    def is_open(_made: Export, _now: int) -> bool:
        return True

    ground.patch.setattr(Export, "is_open", is_open)


def read_without_a_line(ground: Ground) -> None:
    """A line for the export is enough."""

    def journal(before: Callable[..., int], tx: Transaction, ring: KeyRing, *told: Any) -> int:
        return 0 if told[0] == "record.opened" else before(tx, ring, *told)

    ground.wrap(reading, "_journal", journal)


def take_as_many_as_one_likes(ground: Ground) -> None:
    def limit(_app: App, _what: volume.What) -> Limit:
        return Limit(10**6, DAY, 10**6)

    ground.patch.setattr(search_desk, "limit", limit)


def overlook_the_canary(ground: Ground) -> None:
    ground.patch.setattr(canaries, "look", lambda *_: 0)


SABOTAGES = (
    *several(
        "search.for-a-purpose",
        ("no-purpose", "A search is answered whatever purpose was chosen", ask_for_no_purpose),
        ("no-line", "A search leaves no entry in the journal", search_without_a_line),
        ("endless", "Addresses can be tried without end", search_without_end),
        ("similar", "A search for nobody's address shows people", find_something_similar),
        ("no-refusals", "Refused searches leave no entry", log_the_refusals_no_more),
    ),
    *several(
        "export.marked-and-ended",
        ("unmarked", "The rows of an export bear no mark", mark_nothing),
        ("no-canary", "An export has no row that nobody sent", leave_the_canary_out),
        ("formula", "A cell of an export begins a formula", write_cells_as_they_are),
        ("anybody", "Another takes an export by its address", give_it_to_anybody),
        ("endless", "An export is taken after its end", never_end),
        ("no-line", "Readings of an export leave no entry", read_without_a_line),
        ("flood", "As many records are opened at once as one likes", take_as_many_as_one_likes),
        (
            "overlooked",
            "The address of an export comes back and nobody notices",
            overlook_the_canary,
        ),
    ),
)
