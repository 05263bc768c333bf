# SPDX-License-Identifier: Apache-2.0
"""Run the rules of detection over months of generated work of 40 people with misuse in it, and print what came of it.

python -m tools.month [MONTHS] [SEED]        seeds are drawn unless one is given, from which the others count on
"""

import secrets
import statistics
import sys
from collections import Counter
from collections.abc import Sequence

from tests.month import measure, misuse
from tests.month.measure import Month
from uphold.detection import book

# So many days of ordinary work are known before a month begins.
BEFORE = 35


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 when recall or false alarms are worse than what the documentation promises."""
    months = int(arguments[0]) if arguments else 20
    first = int(arguments[1]) if len(arguments) > 1 else secrets.randbits(31)
    found = []
    for seed in range(first, first + months):
        found.append(measure.run(book.pack(), seed, before=BEFORE))
        print(f"seed {seed}: {_told(found[-1])}", file=sys.stderr, flush=True)
    print("\n".join(_table(found)))
    return 0 if _recall(found) >= 0.95 and _false(found) <= 1 else 1


def _told(month: Month) -> str:
    return f"{len(month.seen)} of {len(month.staged)} seen, {month.false.total()} false alarms"


def _recall(months: Sequence[Month]) -> float:
    staged = sum(len(month.staged) for month in months)
    return sum(len(month.seen) for month in months) / staged


def _false(months: Sequence[Month]) -> float:
    return sum(month.false.total() for month in months) / len(months) / measure.STAFF


def _table(months: Sequence[Month]) -> list[str]:
    events = sum(month.events for month in months)
    cost = sum(month.cpu for month in months) / events * 1e6
    lines = [
        f"{len(months)} months of {measure.STAFF} staff, {events} events, seeds from {months[0].seed}",
        (
            f"recall {_recall(months):.3f}; false alarms {_false(months):.3f} per staff-month;"
            f" {cost:.0f} microseconds per event for all rules"
        ),
        "",
        "| scenario | seen | seconds from the first act, median (most) | its events until then |",
        "|---|---|---|---|",
    ]
    for name in misuse.SCENARIOS:
        mine = [month for month in months if name in month.seen]
        seconds = sorted(month.seconds[name] for month in mine) or [0]
        acts = sorted(month.acts[name] for month in mine) or [0]
        median = round(statistics.median(seconds))
        lines.append(
            f"| {name} | {len(mine)} of {len(months)} | {median} ({seconds[-1]}) |"
            f" {round(statistics.median(acts))} ({acts[-1]}) |"
        )
    for title, counts in (
        ("false alarms", sum((month.false for month in months), Counter())),
        ("only noted", sum((month.noted for month in months), Counter())),
    ):
        told = ", ".join(f"{rule} {count}" for rule, count in counts.most_common())
        lines += ["", f"{title}: {told or 'none'}"]
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
