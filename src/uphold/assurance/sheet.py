# SPDX-License-Identifier: Apache-2.0
"""What a statement's paper is made of, in one language: facts, tables and places to sign (pure but for the PDF)."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold import typeset


@dataclass(frozen=True, slots=True)
class Fact:
    """One line above the tables."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table. `widths` are shares of the page, one for each column of `head`."""

    title: str
    note: str
    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper. `at` is when its statement was made (unix ms); `signed` are rows of the columns `sign`."""

    language: str
    at: int
    title: str
    note: str
    foot: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    sign_title: str
    sign_note: str
    sign: tuple[str, ...]
    signed: tuple[tuple[str, ...], ...]


def pdf(sheet: Sheet) -> bytes:
    """Return a paper as PDF/A-2b, with places to sign by hand; raises as `typeset.pdf`."""
    told: dict[str, typeset.Data] = {
        "title": sheet.title,
        "language": sheet.language,
        "note": sheet.note,
        "foot": sheet.foot,
        "facts": [{"name": one.name, "values": one.values} for one in sheet.facts],
        "sections": [_section(one) for one in sheet.sections],
        "sign_title": sheet.sign_title,
        "sign_note": sheet.sign_note,
        "sign": sheet.sign,
        "signed": sheet.signed,
    }
    return typeset.pdf("statement", told, sheet.at // 1000)


def _section(one: Section) -> dict[str, typeset.Data]:
    widths: Sequence[int] = one.widths
    return {
        "title": one.title,
        "note": one.note,
        "head": one.head,
        "widths": list(widths),
        "rows": [list(row) for row in one.rows],
    }
