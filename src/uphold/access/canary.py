# SPDX-License-Identifier: Apache-2.0
"""An address that stands in one export and nowhere else: who writes from it, or to it, has that export.

Its first part is a public id of the export (`vault.identifier`), so that it is known again without a list, by
nobody without the site's key, and no guess makes one. It is looked for in what people send and in reports of
mail that came back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Connection, Table, Text, insert, select

from uphold.access import export, export_file
from uphold.database import walk
from uphold.database.schema import Number, metadata
from uphold.database.transaction import Transaction
from uphold.journal import entry
from uphold.policy.document import Form
from uphold.vault import identifier
from uphold.vault.unlock import KeyRing

_ID = re.compile(r"(?<![a-z0-9])[a-z2-7]{25}[aeimquy4](?![a-z0-9])", re.IGNORECASE)
_LETTERS = 26
# So many are looked at in one text: each costs a block of the cipher.
_MOST = 64
_WORDS = ("long-text", "text")


class Place(StrEnum):
    """Where a canary came back."""

    SUBMISSION = "submission"
    MAIL = "mail"


access_canary = Table(
    "access_canary",
    metadata,
    Column("number", Number, primary_key=True),
    Column("export", Number, nullable=False),
    Column("place", Text, nullable=False),
    Column("at", Number, nullable=False),
    Column("entry", Number, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A canary that came back: of which export, where and when (unix ms)."""

    export: int
    place: Place
    at: int


def address(ring: KeyRing, number: int, domain: str) -> str:
    """Return the address of an export's canary."""
    return f"{ring.identifiers.encode(identifier.CANARY, number)}@{domain}"


def row(
    ring: KeyRing, made: "export.Export", form: Form | None, domain: str, number: str
) -> "export_file.Row":
    """Make the row that nobody sent; `number` stands for that of a receipt.

    The address stands in every field for one, else in the first of words; a choice or a telephone number stays
    empty, as an invented number may be somebody's.
    """
    text, fields = address(ring, made.number, domain), form.fields if form else ()
    mine = [one.key for one in fields if made.purpose in one.purposes and one.type == "email"]
    words = [one.key for one in fields if made.purpose in one.purposes and one.type in _WORDS]
    return export_file.Row(number, made.made_at - 1, dict.fromkeys(mine or words[:1], text))


def named(ring: KeyRing, texts: Iterable[str]) -> frozenset[int]:
    """Return the numbers of the exports whose canaries stand in these texts (pure but for the key)."""
    found = set()
    for text in texts:
        # Hardly any text has a word as long, and to see that costs a tenth of looking for one that fits.
        if len(text) < _LETTERS or max(map(len, text.split()), default=0) < _LETTERS:
            continue
        for match, _ in zip(_ID.finditer(text), range(_MOST), strict=False):
            number = ring.identifiers.decode(identifier.CANARY, match[0].lower())
            if number is not None:
                found.add(number)
    return frozenset(found)


def note(tx: Transaction, number: int, place: Place) -> "export.Export | None":
    """Remember that an export's canary came back to a place; None if that is known, or there is no such export.

    Journals canary.seen.
    """
    made = export.find(tx, number)
    rows = access_canary.c
    known = select(rows.number).where(rows.export == number, rows.place == place)
    if made is None or tx.execute(known).first() is not None:
        return None
    codes: dict[str, entry.Code] = {
        "export": number,
        "staff": made.staff,
        "place": str(place),
    }
    index = tx.append(entry.encode("canary.seen", tx.now, entry.salt(), codes))
    tx.execute(insert(access_canary).values(export=number, place=place, at=tx.now, entry=index))
    return made


def seen(reader: Connection | Transaction) -> tuple[Seen, ...]:
    """List every canary that came back, oldest first."""
    rows = reader.execute(select(access_canary).order_by(access_canary.c.number))
    return tuple(Seen(one.export, Place(one.place), one.at) for one in rows)


def rows(connection: Connection) -> walk.Rows:
    """Walk through every canary that came back as it lies, for an audit."""
    return walk.rows(connection, access_canary)
