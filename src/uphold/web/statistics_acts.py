# SPDX-License-Identifier: Apache-2.0
"""The ledger of figures as its page shows it: acts in words, what was measured, the recipe that stands (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from uphold.statistics import calibrate, recipe
from uphold.statistics.ledger import Act, Fixed, Line as Noted
from uphold.web import dates, pages, statistics_words
from uphold.web.statistics_views import (
    Around,
    Ledger,
    Line,
    Link,
    Measure,
    RecipeFacts,
    RecipeTable,
)

FEW, MANY = 40, 1000
"""So many acts are shown at first, and at most."""
ACTS: Mapping[str, tuple[Act, ...]] = {
    "released": (Act.RELEASED,),
    "refused": (Act.REFUSED,),
    "used": (Act.USED, Act.EXPORTED),
    "closed": (Act.CLOSED, Act.RAN),
    "dropped": (Act.DROPPED,),
}
"""The acts that can be shown alone, by the code of the link."""
_ALL, PATH = "all", "/console/statistics/ledger"
_FINDINGS = "findings"
# Exact, they would tell how much happened on a day so quiet that its figures are hidden.
_EXACT = ("acts", "acts-hidden")
# How people are hidden, which only who may see the recipe learns.
_OF_RECIPE = ("minimum", "smallest", "narrowest")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads, in which language: logins by number, and whether they may see the recipe."""

    people: Mapping[int, str]
    language: str
    may_see: bool


def ledger(
    around: Around, lines: Sequence[Noted], fixed: Fixed | None, readers: Readers, only: str
) -> Ledger:
    """Show the acts, newest first, and the recipe to who may see it.

    One more than FEW says that there are more.
    """
    shown = lines[:FEW] if len(lines) == FEW + 1 else lines
    chosen = only if only in ACTS else ""
    links = [Link(_ALL, PATH, not chosen)]
    links += [Link(code, f"{PATH}?only={code}", code == chosen) for code in ACTS]
    return Ledger(
        around,
        tuple(_line(one, readers) for one in shown),
        tuple(links),
        chosen,
        f"{PATH}?only={chosen}&more=yes" if len(shown) < len(lines) else "",
        _recipe(fixed, readers) if fixed is not None and readers.may_see else None,
        has_recipe=fixed is not None,
    )


def _line(one: Noted, readers: Readers) -> Line:
    return Line(
        one.number,
        one.at,
        one.act.value,
        one.what,
        readers.people.get(one.staff, "") if one.staff else "",
        one.label,
        one.about,
        one.output,
        one.entry,
        _measures(one, readers),
    )


def _measures(one: Noted, readers: Readers) -> tuple[Measure, ...]:
    """What was measured, as far as there is a number; what the attacks found comes first."""
    catalogue, known = pages.translations(readers.language), statistics_words.MEASURES
    found = [
        Measure(catalogue.gettext(known.get(code, code)), dates.number(value, readers.language))
        for code, value in one.report.items()
        if isinstance(value, int)
        and code not in _EXACT
        and (readers.may_see or code not in _OF_RECIPE)
    ]
    succeeded = one.report.get(_FINDINGS, {})
    attacks = [
        Measure(
            catalogue.gettext(known.get(code.partition(" ")[0], code)),
            " ".join(filter(None, (code.partition(" ")[2], f"({count})"))),
        )
        for code, count in succeeded.items()
    ]
    return (*attacks, *found)


def _recipe(fixed: Fixed, readers: Readers) -> RecipeFacts:
    made, methods = fixed.recipe, recipe.methods()
    return RecipeFacts(
        fixed.number,
        made.digest,
        fixed.at,
        readers.people.get(fixed.staff, "") if fixed.staff else "",
        made.minimum,
        made.pages_per_person,
        calibrate.told(made.micro),
        tuple(methods[name].title.get(readers.language, name) for name in made.methods),
        tuple(RecipeTable(name, grain.value) for name, grain in made.tables.items()),
    )
