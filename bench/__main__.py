# SPDX-License-Identifier: Apache-2.0
"""`python -m bench`: measure section by section, keep what was found, and write the page from all that is kept."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import kept, machine, process, report
from bench.course import SEED, Course
from bench.sections import NAMED, SECTIONS, Section

PAGE = Path("docs/reference/benchmarks.md")


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog="sections: " + "; ".join(f"{one.NAME} ({one.TITLE})" for one in SECTIONS),
    )
    parser.add_argument(
        "--quick", action="store_true", help="a look, with less of everything; keeps nothing"
    )
    parser.add_argument("--rounds", type=int, help="rounds of every measurement (default 5)")
    parser.add_argument("--seconds", type=int, help="seconds per HTTP load (default 3)")
    parser.add_argument(
        "--only", default=",".join(NAMED), help="sections to run, such as visits,erasure"
    )
    parser.add_argument(
        "--variants", default="", help="servers of submissions, such as uphold-sqlite"
    )
    parser.add_argument("--clients", default="1,16,64,256", help="concurrencies of submissions")
    parser.add_argument("--out", type=Path, help="keep the figures in this file, and write no page")
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page anew")
    parser.add_argument(
        "--opendp", default="", help="interpreter that has opendp[polars], for noise"
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter that has Django")
    chosen = parser.parse_args(given)
    chosen.sections = _words(chosen.only)
    unknown = sorted(set(chosen.sections) - set(NAMED))
    if unknown:
        parser.error(f"--only knows {', '.join(NAMED)}, not {', '.join(unknown)}")
    chosen.rounds = chosen.rounds or (1 if chosen.quick else 5)
    chosen.seconds = chosen.seconds or (1 if chosen.quick else 3)
    return chosen


def course(chosen: argparse.Namespace, folder: Path, say: Callable[[str], None]) -> Course:
    """Return what the sections are told."""
    return Course(
        folder,
        say,
        rounds=chosen.rounds,
        seconds=chosen.seconds,
        quick=chosen.quick,
        python=chosen.python,
        variants=_words(chosen.variants),
        clients=[int(one) for one in _words(chosen.clients)],
        opendp=chosen.opendp,
    )


def _words(listed: str) -> list[str]:
    return [word.strip() for word in listed.split(",") if word.strip()]


def measure(section: Section, told: Course) -> dict[str, Any]:
    """Run one section and return the record of it."""
    load = os.getloadavg()[0]
    # Whoever else uses the processors or the disk moves every figure here.
    rows = section.run(told)
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "revision": kept.revision(),
        "load": load,
        "rounds": told.rounds,
        "seconds": told.seconds,
        "seed": SEED,
        "quick": told.quick,
        "machine": machine.describe(told.python),
        "rows": rows,
    }


def keep(name: str, record: dict[str, Any], chosen: argparse.Namespace) -> str:
    """Keep a record where it belongs, and say where; a quick look is only shown."""
    if chosen.out is not None:
        kept.add(chosen.out, name, record)
        return str(chosen.out)
    if chosen.quick:
        print(report.render({name: record}))
        return ""
    file = kept.RESULTS / f"{record['date']}.json"
    kept.add(file, name, record)
    PAGE.write_text(report.render(kept.newest()), encoding="utf-8")
    return f"{file.name} and {PAGE}"


def main(given: Sequence[str] | None = None) -> int:
    """Run; 0 when every section could be measured without an error, 1 otherwise."""
    chosen = arguments(sys.argv[1:] if given is None else given)
    started, failed = time.monotonic(), 0

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {text}", flush=True)

    if chosen.page:
        PAGE.write_text(report.render(kept.newest()), encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory(prefix="uphold-bench-") as folder:
        Path(folder).chmod(0o755)
        whole = course(chosen, Path(folder), say)
        for section in (NAMED[name] for name in chosen.sections):
            say(section.TITLE)
            try:
                record = measure(section, whole.within(section.NAME))
            except process.Failed as error:
                # The others are worth having without it.
                print(f"bench: {section.NAME}: {error}", file=sys.stderr)
                failed = 1
            else:
                say(f"{section.NAME} is measured. {keep(section.NAME, record, chosen)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
