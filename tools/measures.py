# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/measures.md from the catalogue of measures: `make promises`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from uphold.threats import measure, rule
from uphold.threats.measure import ACCIDENTAL, HARMS, Measure

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "measures.md"
HEAD = """# Measures

What stands against the harms of clause 4.1 of a policy, as data in `src/uphold/threats/measures/*.toml` and, for
detection, in the rules of `src/uphold/detection/pack`. This page is written by `make promises`.

A measure is shown by **probes**: `uphold prove` runs them on the site, and while their evidence is fresh and good the
measure holds. What only people can do is shown by their word: the **duty** of that name, attested for a term. A
[threat](threats.md) is closed by its measures and by nothing else. The codes are those of FSTEC Order No. 21, as far
as an application can do what they ask for; whether the order is met is for the operator to say.

## Against which harm

`●` the measure stands against it; `◐` against mishaps and mistakes too.

"""
MARKS = {False: "●", True: "◐"}


def page() -> str:
    """The whole page."""
    every = measure.catalogue().values()
    rows = "\n".join(_row(one) for one in every)
    count = (
        f"\n\n{len(every)} measures, {sum(bool(one.probes) for one in every)} of them probed.\n\n"
    )
    return HEAD + _head() + rows + count + "## One by one\n\n" + "\n".join(_every())


def _head() -> str:
    return f"| measure | {' | '.join(HARMS)} |\n|---|{'---|' * len(HARMS)}\n"


def _row(one: Measure) -> str:
    marks = (MARKS[one.accidental] if harm in one.harms else "" for harm in HARMS)
    return f"| [{one.id}](#{one.id}) | {' | '.join(marks)} |"


def _every() -> Iterator[str]:
    named: dict[str, list[str]] = {}
    for threat in rule.catalogue().values():
        for name in threat.names:
            named.setdefault(name, []).append(threat.id)
    for one in measure.catalogue().values():
        yield from _measure(one, named.get(one.id, []))


def _measure(one: Measure, threats: list[str]) -> Iterator[str]:
    yield f"### `{one.id}`\n"
    yield f"**{one.title['en']}** ({one.title['ru']})\n"
    yield f"{one.does['en']}\n"
    harms = [harm for harm in (*HARMS, ACCIDENTAL) if harm in one.harms]
    yield f"- Against: {', '.join(harms)}."
    if one.probes:
        yield f"- Shown by: {', '.join(f'`{name}`' for name in one.probes)}."
    if one.duty:
        yield f"- Attested by people as `{one.duty}`."
    if one.drill:
        yield f"- Drill: `{one.drill}`."
    if one.order21:
        yield f"- Order No. 21: {', '.join(one.order21)}."
    if threats:
        yield f"- Closes: {', '.join(f'[{name}](threats.md#{name})' for name in threats)}."
    yield ""


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
