# SPDX-License-Identifier: Apache-2.0
"""`uphold statistics`: the recipe of the figures, the daily work on them, and the ledger of both."""

import argparse
import json
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    topic = commands.add_parser("statistics", help="figures of visits, and the ledger of them")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    recipe = acts.add_parser("recipe", help="how the figures are made").add_subparsers(
        metavar="ACT", required=True
    )
    show = recipe.add_parser("show", help="check the recipe of the folder and print it")
    show.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(func=run_show)


def run_show(arguments: argparse.Namespace) -> int:
    """Check the recipe of the folder and print what it declares."""
    from uphold import app, config
    from uphold.statistics import recipe

    with app.reading(arguments.dir):
        body = recipe.load(config.load(arguments.dir).folder)
    made = recipe.parse(body)
    if arguments.json:
        told = {
            "digest": made.digest,
            "source": made.source,
            "columns": made.columns,
            "methods": made.methods,
            "minimum": made.minimum,
            "pages_per_person": made.pages_per_person,
            "budget": str(made.budget),
            "public": made.public,
            "tables": {name: grain.value for name, grain in made.tables.items()},
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print(body.decode())
    print(f"Digest {made.digest}. For the operator's eyes only.")
    for method in recipe.methods().values():
        used = "x" if method.id in made.methods else " "
        told_of = f"point {method.point}, {method.seen}"
        print(f"  [{used}] {method.id:<16} {method.title['en']} ({told_of})")
    return 0
