# SPDX-License-Identifier: Apache-2.0
"""The operator's local act on depersonalisation, put together from the recipe that stands and the ledger (pure).

Order No. 140 of Roskomnadzor (annex 1, point 2.1) wants one on the procedure and on its sufficiency. It tells how
people are kept from being found, so it is for the operator's eyes only. What it says is in `act.toml`.
"""

import html
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from uphold.statistics import calibrate, recipe
from uphold.statistics.ledger import Act, Fixed, Line

FILE: Final = Path(__file__).parent / "act.toml"
LANGUAGES: Final = ("en", "ru")
_GRAINS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"day": "by day", "week": "by week", "month": "by month"},
    "ru": {"day": "по дням", "week": "по неделям", "month": "по месяцам"},
}
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}p{margin:.4rem 0}"
)
_POINT: Final = {"en": "point", "ru": "пункт"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the act is about, beside the recipe and the ledger: of the site as it is declared."""

    operator: str
    site: str
    edition: int
    store: str
    keep_months: int
    today: date
    since: date


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The act in one language."""

    language: str
    title: str
    sections: tuple[Section, ...]


def document(fixed: Fixed, done: Sequence[Line], facts: Facts, language: str) -> Document:
    """Put the act together; a language that it is not written in gives English.

    `done` are the atoms that were released and refused (`ledger.done`).
    """
    spoken = language if language in LANGUAGES else "en"
    values = {**_of_recipe(fixed, spoken), **_measured(done), **_of_site(facts)}
    words = _words()
    sections = tuple(
        Section(one["heading"][spoken], tuple(text % values for text in one["text"][spoken]))
        for one in words["section"]
    )
    return Document(spoken, words["title"][spoken], sections)


def lines(made: Document) -> Iterable[str]:
    """The act as plain text, a paragraph a line."""
    yield made.title
    for section in made.sections:
        yield ""
        yield section.heading
        yield from section.text


def page(made: Document) -> str:
    """The act as one page to print; nothing of it is from elsewhere."""
    body = "".join(
        f"<h2>{html.escape(one.heading)}</h2>"
        + "".join(f"<p>{html.escape(text)}</p>" for text in one.text)
        for one in made.sections
    )
    return (
        f'<!doctype html><html lang="{made.language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(made.title)}</title><style>{_STYLE}</style>"
        f"<main><h1>{html.escape(made.title)}</h1>{body}</main></html>\n"
    )


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _of_recipe(fixed: Fixed, language: str) -> Mapping[str, object]:
    made, known = fixed.recipe, recipe.methods()
    methods = (known[name] for name in made.methods)
    return {
        "number": fixed.number,
        "digest": made.digest,
        "sources": ", ".join(made.source),
        "columns": ", ".join(made.columns),
        "tables": ", ".join(
            f"{name} ({_GRAINS[language][grain]})" for name, grain in made.tables.items()
        ),
        "methods": "; ".join(
            f"{one.title[language]} ({_POINT[language]} {one.point})" for one in methods
        ),
        "minimum": made.minimum,
        "pages": made.pages_per_person,
        "budget": calibrate.told(made.micro),
    }


def _measured(done: Sequence[Line]) -> Mapping[str, object]:
    shown = [one for one in done if one.act is Act.RELEASED]
    smallest = [int(one.report.get("smallest", 0)) for one in shown]
    return {
        "released": len(shown),
        "refused": len(done) - len(shown),
        "smallest": min(filter(None, smallest), default="-"),
        "acts": sum(int(one.report.get("acts", 0)) for one in shown),
        "hidden": sum(int(one.report.get("acts-hidden", 0)) for one in shown),
    }


def _of_site(facts: Facts) -> Mapping[str, object]:
    return {
        "operator": facts.operator,
        "site": facts.site,
        "edition": facts.edition,
        "store": facts.store,
        "months": facts.keep_months,
        "today": facts.today.isoformat(),
        "since": facts.since.isoformat(),
    }
