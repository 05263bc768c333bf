# SPDX-License-Identifier: Apache-2.0
"""An act of destruction on paper: a PDF/A and one HTML page to print and sign, JSON, lines for a terminal."""

import html
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

import msgspec
from sqlalchemy import Connection

from uphold import typeset
from uphold.config import Settings
from uphold.policy.document import Edition
from uphold.retention import act, document, final
from uphold.retention.document import Document, Ground, Item
from uphold.vault.unlock import KeyRing

_WIDTH = 100
_STYLE = (
    "@page{size:A4;margin:2cm}body{font:12pt/1.4 serif;max-width:48rem;margin:2rem auto;padding:0 1rem;"
    "color:#000;background:#fff}h1,h2{font-size:14pt;text-align:center}h2{break-before:page;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;vertical-align:top;"
    "padding:.3rem .5rem;border:1px solid #555;overflow-wrap:anywhere}th{width:34%;font-weight:600}"
    "thead{display:table-header-group}tr{break-inside:avoid-page}tr.long{break-inside:auto}"
    ".sign th{width:25%}.sign td{height:2.2rem}ul{margin:0;padding-left:1.1rem}.note{font-size:10pt;text-align:center}"
    "@media print{body{max-width:none;margin:0;padding:0}}"
)
_BLANK = {
    "en": "to be filled in and signed by hand, below",
    "ru": "заполняется и подписывается ниже",
}
_SIGNERS = 3


@dataclass(frozen=True, slots=True)
class Site:
    """As much of a site as an act of it names. `edition` gives a published edition by number."""

    settings: Settings
    ring: KeyRing
    edition: Callable[[int], Edition]


def document_of(reader: Connection, site: Site, number: int, language: str = "") -> Document:
    """Print one act, by default in the language of its policy; `errors.Missing` for none of that number."""
    found = act.find(reader, number)
    edition = site.edition(found.kind.edition)
    policy, settings = edition.policy, site.settings
    terms = final.terms(settings.keys, site.ring)
    made = tuple(act.lines(reader, number))
    ground = Ground(found, made, edition, policy.domain, settings.origin, terms)
    return document.of(ground, language or policy.language)


def pdf(printed: Document) -> bytes:
    """Return an act as PDF/A-2b, with a place to sign; raises as `typeset.pdf`."""
    told: dict[str, typeset.Data] = {
        "title": printed.title,
        "language": printed.language,
        "note": printed.note,
        "act": _rows(printed.act, printed.language),
        "log_title": printed.log_title,
        "log": _rows(printed.log, printed.language),
        "sign": printed.sign,
    }
    return typeset.pdf("act", told, printed.at // 1000)


def json(printed: Document) -> bytes:
    """Return an act as JSON."""
    return msgspec.json.format(msgspec.json.encode(asdict(printed)), indent=2)


def lines(printed: Document) -> Iterator[str]:
    """Tell an act, then the export of the log."""
    yield printed.title
    yield printed.note
    yield from _fields(printed.act, printed.language)
    yield ""
    yield printed.log_title
    yield from _fields(printed.log, printed.language)


def page(printed: Document) -> str:
    """Return one page with the act, a place for signatures, and the export of the log; nothing from elsewhere."""
    title = html.escape(printed.title)
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in printed.sign)
    blank = "<tr>" + "<td></td>" * len(printed.sign) + "</tr>"
    return (
        f'<!doctype html><html lang="{printed.language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{_STYLE}</style><main><h1>{title}</h1>"
        f'<p class="note">{html.escape(printed.note)}</p>'
        f"{_table(printed.act, printed.language)}"
        f'<table class="sign"><thead><tr>{heads}</tr></thead><tbody>{blank * _SIGNERS}</tbody></table>'
        f"<h2>{html.escape(printed.log_title)}</h2>{_table(printed.log, printed.language)}"
        "</main></html>\n"
    )


def _rows(items: Iterable[Item], language: str) -> list[typeset.Data]:
    return [
        {
            "name": item.name,
            "place": document.place(item.point, language),
            "values": item.values or (_BLANK[language],),
        }
        for item in items
    ]


def _fields(items: Iterable[Item], language: str) -> Iterator[str]:
    for item in items:
        where = document.place(item.point, language)
        point = f" ({where})" if where else ""
        yield f"{item.name}{point}:"
        for value in item.values or (f"[{_BLANK[language]}]",):
            yield from textwrap.wrap(
                value, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
            )


def _table(items: Iterable[Item], language: str) -> str:
    rows = []
    for item in items:
        where = html.escape(document.place(item.point, language))
        point = f" <small>({where})</small>" if where else ""
        values = [html.escape(value) for value in item.values or (_BLANK[language],)]
        shown = (
            "<ul>" + "".join(f"<li>{value}</li>" for value in values) + "</ul>"
            if len(values) > 1
            else values[0]
        )
        long = ' class="long"' if len(values) > 8 else ""
        rows.append(
            f'<tr{long}><th scope="row">{html.escape(item.name)}{point}</th><td>{shown}</td></tr>'
        )
    return f"<table><tbody>{''.join(rows)}</tbody></table>"
