# SPDX-License-Identifier: Apache-2.0
"""`make break PROMISE=...`: a demonstration site with one control broken, to watch `uphold prove` find it.

PROMISE is a promise's id, or the whole id of a sabotage; without one, all of them are listed. The site is made in
a temporary folder and gone with the server.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec

from tests.sabotage import sabotage, stage, table
from tests.sabotage.sabotage import Ground, Sabotage
from uphold import app as wiring, config
from uphold.cli import demo, serve
from uphold.policy.document import Edition
from uphold.web import run

HOST = "127.0.0.1"
# What a proof of a demonstration from another process cannot see: it has settings, a driver and a way out of its
# own, no TLS and no domain; it takes an address that answers with another key for somebody else's, and will not
# even open a key ring that others may read, or that lies beside the data.
INSIDE = frozenset(
    {
        "policy.names-operator/domain",
        "transport.protected/downgrade",
        "access.sessions-safe/plain",
        "receipt.verifiable/handed-out",
        "storage.key-files/ring",
        "storage.key-files/together",
        "storage.durable/asynchronous",
        "storage.durable/no-log",
        "egress.declared-hosts/door",
        "egress.declared-hosts/net",
        "egress.declared-hosts/log",
    }
)
SETTINGS = """[site]
address = "http://{host}:{port}"
origin = "uphold.example/journal"
demo = true
[serve]
port = {port}
"""


def main() -> int:
    """Serve one sabotage until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make break", description=__doc__)
    parser.add_argument("promise", nargs="?", default="")
    parser.add_argument("--port", type=serve.port, default=8000)
    arguments = parser.parse_args()
    chosen = table.by_id().get(arguments.promise) or next(iter(table.of(arguments.promise)), None)
    if chosen is None:
        print(f"There is no sabotage of {arguments.promise!r}. These are there:\n", file=sys.stderr)
        for one in table.SABOTAGES:
            print(f"  make break PROMISE={one.id:45} {one.title}", file=sys.stderr)
        return 2
    root = Path(tempfile.mkdtemp(prefix="uphold-broken-"))
    try:
        if chosen.id in INSIDE:
            print("\n".join(prove_broken(chosen, root)))
        else:
            serve_broken(chosen, root, arguments.port)
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(root)
    return 0


def serve_broken(one: Sabotage, root: Path, port: int) -> None:
    """Make the site, break it, say so, and serve it."""
    serve.require_free(HOST, port)
    folder = stage.make(root)
    (folder / config.FILE).write_text(SETTINGS.format(host=HOST, port=port), encoding="utf-8")
    told = demo.make(folder, port).told
    with sabotage.laid(folder, one.apply) as ground:
        _serve(ground, one, told, port)


def prove_broken(one: Sabotage, root: Path) -> list[str]:
    """Break a site and prove it in this very process, where alone it shows; returns what there is to say."""
    with sabotage.laid(stage.make(root), one.apply) as ground:
        report = sabotage.examined(ground, frozenset({one.promise}))
    line = report.promises[one.promise]
    return [
        f"BROKEN ON PURPOSE: {one.promise}: {one.title}.",
        "It shows only where the proof serves the site itself, so this is such a proof:",
        "",
        *(f"  clause {clause.id:12} {clause.verdict}" for clause in report.clauses),
        *(f"  {probe.id}: {probe.verdict}: {said}" for probe in line.probes for said in probe.saw),
    ]


def _serve(ground: Ground, one: Sabotage, told: tuple[str, ...], port: int) -> None:
    settings = config.load(ground.folder)
    # Whatever the sabotage made of the configuration: nobody but this machine gets to see a broken site.
    here = msgspec.structs.replace(settings.serve, host=HOST, port=port)
    app = wiring.open_site(msgspec.structs.replace(settings, serve=here))
    try:
        ground.open(app)
        # Without the demonstration's first and last words: this one does not stay.
        print("\n".join([*told[2:-2], *said(one, ground.folder, app.shelf.in_force())]), flush=True)
        run.serve(app)
    finally:
        app.close()


def said(one: Sabotage, folder: Path, edition: Edition) -> list[str]:
    """What is broken, and how to watch it being found."""
    uphold = Path(sys.executable).with_name("uphold")
    clauses = [n for n, bound in edition.policy.bindings.items() if one.promise in bound.promises]
    return [
        "",
        f"  BROKEN ON PURPOSE: {one.promise}: {one.title}. The site is gone when this stops.",
        f"  The policy says it in: {', '.join(f'clause {name}' for name in clauses) or 'no clause'}.",
        "",
        "  Watch it being found, at another terminal:",
        f"  {uphold} prove {folder} --promise {one.promise}",
        *(f"  {uphold} prove {folder} --clause {name}" for name in clauses[:1]),
    ]


if __name__ == "__main__":
    sys.exit(main())
