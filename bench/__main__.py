# SPDX-License-Identifier: Apache-2.0
"""`python -m bench`: measure, show progress, write a Markdown page and the raw figures as JSON."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import (
    appends,
    erasure,
    figures,
    history,
    machine,
    noise,
    process,
    report,
    rules,
    submissions,
    targets,
    variants,
    visits,
)

PAGE = Path("docs/reference/benchmarks.md")
RESULTS = Path(__file__).parent / "results"
SECTIONS = {
    "a": "durable submissions over HTTP",
    "b": "appends to the bare journal",
    "c": "verification and proofs of a long journal",
    "d": "erasing one person among few and among many",
    "e": "visits over HTTP",
    "f": "figures of visits out of closed days",
    "g": "noisy figures",
    "h": "events through the rules of detection",
}
SEED = 20261122


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look in under two minutes")
    parser.add_argument("--rounds", type=int, help="rounds of every measurement (default 5)")
    parser.add_argument("--seconds", type=int, help="seconds per HTTP load (default 3)")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections to run, such as a,c")
    parser.add_argument("--variants", help="servers of section a, such as uphold-sqlite")
    parser.add_argument("--clients", default="1,16,64,256", help="concurrencies of section a")
    parser.add_argument("--out", type=Path, help=f"the page (a whole run writes {PAGE})")
    parser.add_argument(
        "--opendp", default="", help="interpreter that has opendp[polars], for section g"
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter that has Django")
    chosen = parser.parse_args(given)
    chosen.sections = [name.strip() for name in chosen.only.split(",")]
    unknown = sorted(set(chosen.sections) - set(SECTIONS))
    if unknown:
        parser.error(f"--only knows {', '.join(SECTIONS)}, not {', '.join(unknown)}")
    chosen.concurrencies = [int(one) for one in chosen.clients.split(",")]
    chosen.rounds = chosen.rounds or (1 if chosen.quick else 5)
    chosen.seconds = chosen.seconds or (1 if chosen.quick else 3)
    if chosen.out is None and set(chosen.sections) == set(SECTIONS) and not chosen.quick:
        chosen.out = PAGE
    return chosen


def measure(chosen: argparse.Namespace, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the chosen sections in a folder that is removed afterwards."""
    results: dict[str, Any] = {
        "machine": machine.describe(chosen.python),
        "plan": {"rounds": chosen.rounds, "seconds": chosen.seconds, "seed": SEED},
    }
    with tempfile.TemporaryDirectory(prefix="uphold-bench-") as name:
        folder = Path(name)
        # PostgreSQL runs as another user, in a folder of its own below this one.
        folder.chmod(0o755)
        if "a" in chosen.sections:
            with variants.started(folder / "sites", chosen.python, chosen.variants, say) as servers:
                results["submissions"] = submissions.run(
                    servers,
                    folder,
                    rounds=chosen.rounds,
                    seconds=chosen.seconds,
                    seed=SEED,
                    say=say,
                    concurrencies=chosen.concurrencies,
                )
        if "b" in chosen.sections:
            results["appends"] = appends.run(
                folder,
                rounds=chosen.rounds + 2,
                seconds=0.5 if chosen.quick else 1.0,
                seed=SEED,
                say=say,
            )
        if "c" in chosen.sections:
            size = 100_000 if chosen.quick else 1_000_000
            results["history"] = history.run(folder / "history", entries=size, say=say)
        if "d" in chosen.sections:
            large = erasure.QUICK if chosen.quick else erasure.LARGE
            results["erasures"] = erasure.run(
                folder / "erasures",
                sizes=(erasure.SMALL, large),
                rounds=chosen.rounds + 4,
                seed=SEED,
                say=say,
            )
        if "e" in chosen.sections:
            results["visits"] = visits.run(
                folder / "visits",
                chosen.python,
                rounds=chosen.rounds,
                seconds=chosen.seconds,
                seed=SEED,
                say=say,
            )
        if "f" in chosen.sections:
            sizes = figures.QUICK if chosen.quick else figures.SIZES
            results["figures"] = figures.run(
                folder / "figures", sizes=sizes, rounds=chosen.rounds, say=say
            )
        if "g" in chosen.sections:
            results["noise"] = noise.run(
                folder / "noise",
                rounds=chosen.rounds,
                say=say,
                visits=noise.QUICK if chosen.quick else noise.VISITS,
                context=chosen.opendp,
            )
        if "h" in chosen.sections:
            count = rules.QUICK if chosen.quick else rules.EVENTS
            results["rules"] = rules.run(events=count, rounds=chosen.rounds, seed=SEED, say=say)
    return results


def write(results: dict[str, Any], page: Path) -> Path:
    """Write the page and, for anyone who wants to reckon again, every single run."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(report.render(results), encoding="utf-8")
    raw = page.with_suffix(".json")
    if page == PAGE:
        RESULTS.mkdir(exist_ok=True)
        raw = RESULTS / f"{results['machine']['date']}.json"
    raw.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return raw


def main(given: Sequence[str] | None = None) -> int:
    """Run; 0 when everything could be measured without an error, 1 otherwise."""
    chosen = arguments(sys.argv[1:] if given is None else given)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {text}", flush=True)

    try:
        results = measure(chosen, say)
    except process.Failed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if chosen.out is None:
        print(report.render(results))
    else:
        say(f"written: {chosen.out} and {write(results, chosen.out).name}")
    met = targets.outcomes(results.get("submissions", []), results.get("appends", []))
    for outcome in met:
        pair, mark = outcome.target.pair, "reached" if outcome.reached else "MISSED "
        say(
            f"{mark} {pair.over} / {pair.under} at {outcome.target.clients or 'batches of 100'}: "
            f"{report.times(outcome.measured)}, target {report.number(outcome.wanted)}"
        )
    for counted in targets.figures(results.get("figures", [])):
        if counted.reached is not None:
            mark = "reached" if counted.reached else "MISSED "
            say(f"{mark} {counted.table} of {counted.visits} visits: {counted.seconds:.2f} s")
    for way, measured, within in targets.noise(results.get("noise", [])):
        mark = "reached" if measured.median <= within else "MISSED "
        say(f"{mark} noisy figures, {way}: {report.times(measured)} s, target <= {within}")
    for name, measured in targets.erasures(results.get("erasures", [])):
        mark = "reached" if measured.median <= targets.ERASURE else "MISSED "
        say(f"{mark} erasing, {name}: {report.times(measured)}, target <= {targets.ERASURE}")
    for name, measured in targets.visits(results.get("visits", [])):
        say(f"{report.times(measured)} times as many visits as {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
