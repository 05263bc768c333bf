# SPDX-License-Identifier: Apache-2.0
"""`uphold measures DIR`: how each measure stands by its evidence, and the figures on all of them."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.assurance.evaluated import Looked
    from uphold.assurance.headline import Figures


def register(commands: Any) -> None:
    """Add the command of this topic."""
    command = commands.add_parser("measures", help="tell how effective the measures are")
    command.add_argument("folder", metavar="DIR", type=Path, help="the site folder")
    command.add_argument("--json", action="store_true", help="print everything as JSON")
    command.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell the figures and each measure. Exit 1 if one is broken."""
    import time

    from uphold import app
    from uphold.assurance import evaluated, headline
    from uphold.threats.judge import Held

    with app.opened(arguments.folder) as site:
        now = time.time_ns() // 1_000_000
        with site.database.read() as connection:
            looked = evaluated.look(connection, site.modelled(), site.log.verifier, now)
            figures = headline.of(connection, looked, now)
    if arguments.json:
        _print_json(looked, figures)
    else:
        _print_table(looked, figures)
    return 1 if Held.BROKEN in {one.status for one in looked.seen.states.values()} else 0


def _print_json(looked: "Looked", figures: "Figures") -> None:
    import msgspec

    told = {
        "figures": {**msgspec.to_builtins(figures), "alerts_per_person_day": figures.per_day},
        "level": looked.seen.level,
        "people": looked.people,
        "measures": [
            {"id": name, "status": one.status, "expires": one.expires, "evidence": one.evidence}
            for name, one in sorted(looked.seen.states.items())
        ],
        "order21": [
            {"id": line.demanded.id, "status": line.status, "by": [name for name, _ in line.by]}
            for line in looked.seen.order21
        ],
    }
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n")


def _print_table(looked: "Looked", figures: "Figures") -> None:
    from rich.console import Console
    from rich.table import Table

    from uphold.policy.document import pick
    from uphold.threats import measure
    from uphold.threats.judge import Held

    console, known = Console(highlight=False, markup=False), measure.catalogue()
    styles = {Held.KEPT: "green", Held.NOT_APPLICABLE: "dim", Held.BROKEN: "bold red"}
    table = Table(box=None, pad_edge=False)
    table.add_column("state")
    table.add_column("measure")
    for name, one in looked.seen.states.items():
        title = pick(known[name].title, "en") if name in known else name
        style = styles.get(one.status, "yellow")
        table.add_row(str(one.status), title, style=style)
    console.print(table)
    console.print()
    for line in _figures(figures):
        console.print(line)
    level = f"level {looked.seen.level}" if looked.seen.level else "none: no data are declared"
    console.print(f"Level of protection by Decree 1119: {level}.")


def _figures(told: "Figures") -> list[str]:
    lag = "no alert came"
    if told.lag >= 0:
        lag = f"half within {told.lag / 1000:.1f} s, nearly all within {told.lag_most / 1000:.1f} s"
    threats = ", ".join(f"{count} of severity {grade}" for grade, count, _ in told.threats)
    return [
        f"Measures with fresh evidence that they hold: {told.fresh} of {told.measures}.",
        f"Sabotages of this version that were caught: {told.caught} of {told.sabotages}.",
        f"Rules that noticed the attack played to them: {told.noticed} of {told.rules}.",
        f"From an act to its alert, in 30 days: {lag}.",
        f"Alerts for each member of staff and day: {told.per_day:.2f}, of {told.judged} judged {told.false} false.",
        f"Open threats: {threats or 'none'}.",
    ]
