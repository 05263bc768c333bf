# SPDX-License-Identifier: Apache-2.0
"""`uphold register DIR`: the record of processing, and the fields of the notice to the regulator."""

import argparse
import html
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import output

if TYPE_CHECKING:
    from uphold.policy.document import Policy
    from uphold.policy.register import Item, Register

_WIDTH = 100
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}table{border-collapse:collapse;width:100%;margin:0 0 2rem}th,td{text-align:left;"
    "vertical-align:top;padding:.4rem .6rem;border:1px solid #8a8a8a}th{width:30%;font-weight:600}"
    ".open{background:#fff3cd}ul{margin:0;padding-left:1.2rem}"
)
_MISSING = {"en": "to be given by the operator", "ru": "должен указать оператор"}
_LEFT = {"en": "Still to be given", "ru": "Осталось указать"}
_WHERE = {"en": "in policy/policy.toml", "ru": "в policy/policy.toml"}


def register(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("register", help="print the record of processing")
    command.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    command.add_argument("--language", default="", metavar="LANG", help="such as ru")
    command.add_argument("--html", type=Path, metavar="FILE", help="write it as a page")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Print both renderings from what the folder declares, and what is still to be given."""
    from uphold.policy import register as registers

    policy = _policy(arguments.dir)
    made = registers.of(policy, arguments.language or policy.language)
    if arguments.html:
        output.write(arguments.html, _page(made))
    if arguments.json:
        told = [{**asdict(one), "open": [item.place for item in one.open]} for one in made]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for one in made:
        print("\n".join(_lines(one)) + "\n")
    if arguments.html:
        print(f"Wrote {arguments.html}.")
    return 0


def _policy(directory: Path) -> "Policy":
    from uphold import errors
    from uphold.policy import check, folder

    draft = check.files(folder.read(directory)).draft
    if draft is None:
        raise errors.Invalid("policy/policy.toml cannot be read.", f"Run: uphold check {directory}")
    return draft.policy


def _lines(one: "Register") -> Iterator[str]:
    yield one.title
    yield "=" * len(one.title)
    for item in one.items:
        yield from _field(item, one.language, "")
    for activity in one.activities:
        yield ""
        yield f"{activity.title}  [{activity.purpose}]"
        for item in activity.items:
            yield from _field(item, one.language, "  ")
    if one.open:
        yield ""
        yield f"{_LEFT[_spoken(one.language)]}, {_WHERE[_spoken(one.language)]}:"
        yield from (f"  {item.name}: {item.place}" for item in one.open)


def _field(item: "Item", language: str, indent: str) -> Iterator[str]:
    short = all(len(value) < 50 for value in item.values)
    values = [", ".join(item.values)] if short else list(item.values)
    for at, value in enumerate(values):
        lead = f"{indent}{f'{item.name}:' if at == 0 else '':<38} "
        yield from textwrap.wrap(
            value or f"({_MISSING[_spoken(language)]})",
            _WIDTH,
            initial_indent=lead,
            subsequent_indent=" " * len(lead),
            break_on_hyphens=False,
        )


def _page(made: "Sequence[Register]") -> str:
    """One page with both renderings; no script, nothing from elsewhere."""
    language = made[0].language
    head = (
        f'<!doctype html><html lang="{html.escape(language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(made[0].title)}</title><style>{_STYLE}</style><main>"
    )
    return "\n".join([head, *(_rendering(one) for one in made), "</main></html>\n"])


def _rendering(one: "Register") -> str:
    parts = [f"<h1>{html.escape(one.title)}</h1>{_table(one.items, one.language)}"]
    parts += [
        f"<h2>{html.escape(activity.title)}</h2>{_table(activity.items, one.language)}"
        for activity in one.activities
    ]
    if one.open:
        left = "".join(f"<li>{html.escape(f'{i.name}: {i.place}')}</li>" for i in one.open)
        parts.append(f"<h2>{_LEFT[_spoken(one.language)]}</h2><ul>{left}</ul>")
    return "\n".join(parts)


def _table(items: "Iterable[Item]", language: str) -> str:
    rows = []
    for item in items:
        values = "".join(f"<li>{html.escape(value)}</li>" for value in item.values)
        shown = (
            f"<td><ul>{values}</ul>"
            if len(item.values) > 1
            else f"<td>{html.escape(''.join(item.values))}"
        )
        if not item.values:
            missing = f"{_MISSING[_spoken(language)]}: {item.place}"
            shown = f'<td class="open">{html.escape(missing)}'
        rows.append(f'<tr><th scope="row">{html.escape(item.name)}</th>{shown}</td></tr>')
    return f"<table>{''.join(rows)}</table>"


def _spoken(language: str) -> str:
    return language if language in _MISSING else "en"
