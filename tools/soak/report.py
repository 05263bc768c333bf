# SPDX-License-Identifier: Apache-2.0
"""A soak told as a page: what was done, what happened, what held."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_PAGE = """# A soak of {minutes:.0f} minutes

Made by `make soak` on {date}, seed {seed}; the same seed repeats the plan. {machine} {versions}
Load average {load}; other work was done on the machine at the same time, so that the times say little.

**{verdict}**
"""


def grouped(faults: Iterable[str]) -> list[str]:
    """Tell faults that differ in nothing but numbers as one: the first of them, and how many there are like it."""
    found: dict[str, list[str]] = {}
    for one in dict.fromkeys(faults):
        found.setdefault(re.sub(r"\d+", "0", one), []).append(one)
    return [
        like[0] if len(like) == 1 else f"{like[0]} (and {len(like) - 1} like it)"
        for like in found.values()
    ]


def page(told: Mapping[str, Any]) -> str:
    """Write the page (Markdown) of the results as they stand in the JSON file."""
    results = told["results"]
    faults = [f"- {one['engine']}: {fault}" for one in results for fault in one["faults"]]
    minutes = max(one["seconds"] for one in results) / 60
    verdict = "Everything held." if not faults else f"{len(faults)} faults."
    head = _PAGE.format(**{**told, "minutes": minutes, "verdict": verdict})
    return "\n".join([head, *faults, *(line for one in results for line in _engine(one))]) + "\n"


def _engine(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n## {result['engine']}\n"
    yield f"{result['seconds'] / 60:.1f} minutes.\n"
    yield from _table("what was done", result["figures"].items())
    yield ""
    yield from _happened(result["events"])
    yield ""
    yield from _grown(result["lives"])
    yield ""
    yield from _table("answers", result["answers"].items())
    if result["said"]:
        yield ""
        yield from _table("what the site wrote to its log", result["said"].items())


def _table(title: str, rows: Any) -> Iterator[str]:
    yield f"| {title} | |"
    yield "|---|---:|"
    yield from (
        f"| {name} | {value:g} |" if value < 1e6 else f"| {name} | {value:.0f} |"
        for name, value in rows
    )


def _happened(events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    times = Counter(one["kind"] for one in events)
    yield "| what happened | times | until as before, longest |"
    yield "|---|---:|---:|"
    for kind in sorted(times):
        longest = max(one["seconds"] for one in events if one["kind"] == kind)
        yield f"| {kind} | {times[kind]} | {longest:.1f} s |"


def _grown(lives: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| a life of the process, after it warmed up | moments | requests | memory | slope | open files | threads |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for one in lives:
        yield (
            f"| {one['seconds'] / 60:.1f} min | {one['moments']} | {one['requests']} "
            f"| {one['first_kib'] / 1024:.1f} to {one['last_kib'] / 1024:.1f} MiB "
            f"| {one['kib_per_minute']:.0f} KiB a minute, {one['bytes_per_request']:.0f} bytes a request "
            f"| {_span(one['files'])} | {_span(one['threads'])} |"
        )
    for one in lives:
        yield ""
        yield from _way(one["way"])


def _way(moments: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = (
        ("seconds of its life", [f"{one['at']:.0f}" for one in moments]),
        ("private memory, MiB", [f"{one['memory'] / 1024:.1f}" for one in moments]),
        ("requests until then", [f"{one['done']}" for one in moments]),
        ("open files", [f"{one['files']}" for one in moments]),
    )
    for place, (name, cells) in enumerate(rows):
        yield f"| {name} | {' | '.join(cells)} |"
        if not place:
            yield f"|---|{'---:|' * len(cells)}"


def _span(ends: Sequence[int]) -> str:
    return f"{ends[0]} to {ends[1]}"
