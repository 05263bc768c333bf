# SPDX-License-Identifier: Apache-2.0
"""The page and the picture of how costs grow, from the rows that were kept (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench import growth_operations, growth_picture, markdown
from bench.markdown import number, whole

Held = Mapping[str, Any]
# A cost that is at most so many times as large on the largest site as on the smallest is called flat.
FLAT = 2.0
# What looks at so many and no more costs as much on the largest site as on the one before, within what is noise.
BOUNDED = 1.3
# How many lines of each group are drawn: those that cost most on the largest site.
LINES = 7
GROUPS = (
    ("What people do", growth_operations.PEOPLE),
    ("What staff look at", growth_operations.CONSOLE),
    ("What a site does by itself", growth_operations.ITSELF),
)
WORKS = {
    "audit": "`uphold journal verify`: audit of journal and records",
    "backup": "`uphold backup`",
    "restore": "`uphold restore`, audited",
    "rotate": "`uphold keys rotate`",
    "walk": "the sweep's daily look at every record",
    "prove": "`uphold prove`, every probe",
}
TEXT = """# Growth

What each operation costs on sites of different sizes. The sites are made by the product's own code, submission by
submission: sealed, journaled, indexed, people who write several times, some enquiries closed, some people erased;
`uphold journal verify` finds nothing wrong with them. Do it again:

```
python -m bench.growth make SITE 1000        # then cp -r SITE SITE-1000, and make it larger: 100000, 1000000, 5000000
python -m bench.growth measure SITE-1000 SITE-100000 SITE-1000000 SITE-5000000
python -m bench.growth whole SITE-1000 SITE-100000 SITE-1000000
python -m bench.growth page
```

`make` shows a bar, goes on where it stopped, and takes about 0.4 s of CPU and 3 MB for 1000 submissions. Operations
run in one process over all sites, each on all of them one after another in a random order, the first time
uncounted; the median is shown. Pages are whole HTTP requests at the application, without a socket. *Steps* are what
SQLite's own machine did, ten instructions each: they do not depend on how busy the machine is and say how many rows
a query touches. *Flat* is what costs at most twice as much on the largest site as on the smallest, in CPU or in
steps; *bounded* is what looks at so many and no more, and costs as much on the largest site as on the one before.

![Cost in milliseconds of CPU against the number of submissions, both axes logarithmic](growth.svg)
"""
LINEAR = """
## What goes through the whole site

The command as people run it, in a process of its own, each with progress on a terminal. The slope is between the
two largest sites.

"""
NOTES = """
## What is linear, and why

- **Whom to ask anew** is flat as long as no purpose of the edition in force goes beyond an earlier one. Where one
  does, the page counts everybody whom it concerns: a few tenths of a millisecond each.
- **Retention** counts the keys under each epoch between a rotation and the burning of the old one: one look at
  every key row.
- **Publishing an edition** counts the consents that it touches.
- **`uphold prove`** tries what is promised on all that is stored: it audits, backs up and restores, and looks for plain
  text in every file. A site that is served asks each probe by itself before its evidence ends, one after another.
- **Detection, a process that begins** reads again as far back as a rule looks, at most 200 000 entries. These sites
  were written within an hour, so it reads more here than it would of a site that took a year.
- **The sweep** looks at every record once a day, because another process may still give out a number of an older
  block; in between it looks at the last 8192.
- The list of destroyed parts is kept in runs and compared from where it was compared last ([decision
  {decision}](../design/decisions/{file})), so opening a site costs what was destroyed since.
- Counts on the console end at 10 000 of each state and at 100 000 ends, and say so with a plus.
"""
DECISION = ("73", "0073-what-was-destroyed-is-listed-in-runs.md")


def page(held: Held) -> str:
    """Return the whole page."""
    rows = held.get("operations", [])
    text = TEXT + f"\n{_where(held)}\n"
    for title, operations in GROUPS:
        text += f"\n## {title}\n\n{_table(rows, list(operations))}"
    if held.get("whole"):
        text += LINEAR + _whole(held["whole"])
    decision, file = DECISION
    return text + NOTES.replace("{decision}", decision).replace("{file}", file)


def picture(held: Held) -> str:
    """Return the picture: of each group the operations that cost most."""
    rows = held.get("operations", [])
    return growth_picture.draw(
        [(title, growth_picture.lines(rows, names, LINES)) for title, names in GROUPS]
    )


def sizes(rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Every size that something was measured at, smallest first."""
    return sorted({one["submissions"] for one in rows})


def verdict(known: Sequence[Mapping[str, Any]]) -> tuple[float, float, str]:
    """How many times as much CPU and steps the largest takes as the smallest, and how it grows: flat, bounded, no."""
    cpu, steps = _ratios(known[0], known[-1])
    if min(cpu, steps) <= FLAT:
        return cpu, steps, "flat"
    is_bounded = len(known) > 2 and min(_ratios(known[-2], known[-1])) <= BOUNDED
    return cpu, steps, "bounded" if is_bounded else "**grows**"


def _ratios(first: Mapping[str, Any], last: Mapping[str, Any]) -> tuple[float, float]:
    cpu = last["cpu_ms"] / first["cpu_ms"] if first["cpu_ms"] else 1.0
    return cpu, (last["steps"] + 1) / (first["steps"] + 1)


def _where(held: Held) -> str:
    known = held.get("machine", {})
    rows = held.get("operations", [])
    dates = sorted({one["date"] for one in rows}) or ["-"]
    loads = [one["load"] for one in rows] or [0.0]
    return (
        f"Measured {dates[-1]} on {known.get('processor', '-')}, {known.get('memory', '-')}, Python"
        f" {known.get('Python', '-')}, SQLite {known.get('SQLite of Uphold', '-')}; load average"
        f" {min(loads):.1f} to {max(loads):.1f}. Milliseconds of CPU, those of the wall clock in parentheses."
    )


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    every = sizes(rows)
    found = {(one["operation"], one["submissions"]): one for one in rows}
    head = ["", *(whole(size) for size in every), "CPU", "steps", "growth"]
    lines = []
    for name in names:
        cells = [found.get((name, size)) for size in every]
        known = [one for one in cells if one is not None]
        if len(known) < 2:
            continue
        cpu, steps, grows = verdict(known)
        told = [_cost(one) for one in cells]
        lines.append([name, *told, f"{cpu:.2f}x", f"{steps:.2f}x", grows])
    return markdown.table(head, lines)


def _cost(one: Mapping[str, Any] | None) -> str:
    return "-" if one is None else f"{number(one['cpu_ms'])} ({number(one['wall_ms'])})"


def _whole(rows: Sequence[Mapping[str, Any]]) -> str:
    every = sizes(rows)
    found = {(one["operation"], one["submissions"]): one for one in rows}
    head = ["CPU s (wall s), MB", *(whole(size) for size in every), "slope, us of CPU each"]
    lines = []
    for name, said in WORKS.items():
        known = [found[name, size] for size in every if (name, size) in found]
        if not known:
            continue
        cells = [found.get((name, size)) for size in every]
        told = [_through(one) for one in cells]
        lines.append([said, *told, _slope(known)])
    return markdown.table(head, lines)


def _through(one: Mapping[str, Any] | None) -> str:
    if one is None:
        return "-"
    # 0 where it was not looked at.
    memory = f", {one['memory_mb']}" if one["memory_mb"] else ""
    return f"{number(one['cpu_s'])} ({number(one['wall_s'])}){memory}"


def _slope(known: Sequence[Mapping[str, Any]]) -> str:
    if len(known) < 2:
        return "-"
    small, large = known[-2:]
    more = large["submissions"] - small["submissions"]
    return number((large["cpu_s"] - small["cpu_s"]) / more * 1e6)
