# SPDX-License-Identifier: Apache-2.0
"""A policy's text as sentences, each with its clause and with what leads it in (pure).

Numbers, headings, marks of lists and mark-up are left out; white space is folded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from uphold.policy import import_
from uphold.policy.document import Clause

LONGEST: Final = 1500
"""Characters; what runs on beyond that without an end is cut between words."""

# A sentence ends before a capital, not after an initial or the short forms that stand before names.
_END: Final = re.compile(
    r"(?<=[.!?;])(?<!\b[А-ЯЁA-Z]\.)(?<!\b[гдцп]\.)(?<!\b(?:ул|им|ст|св|No)\.)(?<!\b(?:Art|наб|пер|стр)\.)"
    r"\s+(?=[\"«„“(A-ZА-ЯЁ])"
)
_PART: Final = re.compile(r"(?<=;)\s+")
_ITEM: Final = re.compile(r"\n\s*(?=[-*+•–—]\s)")
_MARKUP: Final = re.compile(r"\*+|\\(?=[.\-_])|^#+\s+|^\s*[-+•–—]\s+")
_PIECE: Final = re.compile(rf".{{1,{LONGEST}}}(?:\s+|$)|\S{{{LONGEST}}}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a clause, or one item of a list in it."""

    clause: str
    text: str
    lead: str = ""
    """The sentence that leads in the list which this is an item of: "You have the right:"."""
    whole: str = ""
    """The sentence that this is a part of, up to its full stop, where semicolons part it."""


def of(clauses: Sequence[Clause]) -> Iterator[Sentence]:
    """Every sentence of the text; titles, headings and the date line say nothing that binds."""
    leads: dict[str, str] = {}
    for clause in clauses:
        if clause.id in ("title", "date"):
            continue
        lead = leads.get(clause.id.rpartition(".")[0], "")
        for item in _ITEM.split(_body(clause, clauses)):
            folded = fold(item)
            for whole in filter(None, _END.split(folded)):
                parts = [each for part in _PART.split(whole) for each in _PIECE.findall(part)]
                for part in parts:
                    about = whole[:LONGEST] if len(parts) > 1 else ""
                    yield Sentence(clause.id, part.strip(), lead, about)
                if whole.endswith(":"):
                    lead = leads[clause.id] = whole[-LONGEST:]


def fold(text: str) -> str:
    """Text in one line, without mark-up."""
    return " ".join(_MARKUP.sub("", text).replace("\N{NO-BREAK SPACE}", " ").split())


def _body(clause: Clause, clauses: Sequence[Clause]) -> str:
    """A clause without its printed number and its heading."""
    text = import_.printed(clause)[1]
    first, _, rest = text.partition("\n")
    if clause.text.startswith("#"):
        return rest
    section = clause.id[0].isdigit() and "." not in clause.id
    if section and any(other.id.startswith(f"{clause.id}.") for other in clauses):
        return rest
    return rest if section and rest.startswith("\n") and first[-1:] not in ".:;" else text
