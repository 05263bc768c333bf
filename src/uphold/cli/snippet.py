# SPDX-License-Identifier: Apache-2.0
"""`uphold visits snippet DIR`: what a page of any of the operator's sites needs to say that it was looked at."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def register(acts: Any) -> None:
    """Add the command to those on visits."""
    told = acts.add_parser("snippet", help="print what a page on another host needs to be counted")
    told.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    told.add_argument("--json", action="store_true", help="print JSON")
    told.set_defaults(func=run_snippet)


def run_snippet(arguments: argparse.Namespace) -> int:
    """Print the lines for the page; what else is needed goes to standard error."""
    from uphold import app, config

    settings = config.load(arguments.dir)
    with app.reading(arguments.dir):
        lines = _lines(settings.site.address.rstrip("/"))
    hosts = settings.visits.hosts
    if arguments.json:
        found = {"snippet": lines, "hosts": list(hosts), "record": settings.visits.record}
        print(json.dumps(found, indent=2))
        return 0
    print(lines)
    if not settings.visits.record:
        print("Nothing is recorded yet: set record = true in [visits].", file=sys.stderr)
    known = ", ".join(hosts) or "none yet"
    print(f"Pages on these hosts may send ([visits] hosts): {known}.", file=sys.stderr)
    return 0


def _lines(address: str) -> str:
    """Return the lines: a script, and a picture where there is none. The site's own pages have both already."""
    picture = f'<img src="{address}/visit" alt="" width="1" height="1" referrerpolicy="no-referrer-when-downgrade">'
    return (
        f'<script src="{address}/static/visit.js" defer></script>\n<noscript>{picture}</noscript>'
    )
