# SPDX-License-Identifier: Apache-2.0
"""A month of 40 people's work, drawn anew at each run: the rules see the misuse in it and leave the rest alone.

What is asserted is weaker than what is measured, so that chance alone fails it in less than one of a million runs;
`python -m tools.month` measures over many months, and docs/reference/rules.md says what came of it.
"""

import ast
import secrets
from pathlib import Path

from tests.month import measure, misuse, work
from uphold.access.signal import SHAPES, Kind
from uphold.detection import book
from uphold.detection.event import ADDED, ALWAYS
from uphold.journal import catalogue

MONTH = Path(work.__file__).parent
# One scenario in a hundred is missed on average, so that seven of 24 are about once in fifteen million months.
MOST_MISSED = 6


def test_a_month_of_work_with_misuse_in_it() -> None:
    month = measure.run(book.pack(), secrets.randbits(32))
    told = f"seed {month.seed}: missed {month.missed}, false alarms {dict(month.false)}"
    assert len(month.staged) >= 20, told
    assert len(month.missed) <= MOST_MISSED, told
    assert month.false.total() <= measure.STAFF, told


def test_rules_that_see_nothing_see_nothing() -> None:
    nothing = book.pack().without(rule.name for rule in book.pack().alerting)
    month = measure.run(nothing, 1, days=7)
    assert month.missed == list(misuse.SCENARIOS)


def test_the_same_seed_is_the_same_month() -> None:
    first, second = (measure.run(book.pack(), 5, days=7) for _ in range(2))
    assert (first.seen, first.false, first.acts) == (second.seen, second.false, second.acts)


def test_the_generator_knows_no_rule() -> None:
    for name in ("people", "work", "misuse"):
        tree = ast.parse((MONTH / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            modules = []
            if isinstance(node, ast.Import):
                modules = [one.name for one in node.names]
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            assert not [one for one in modules if one.startswith("uphold")], name


def test_the_events_of_the_month_have_the_documented_fields() -> None:
    known = {one.name for one in (*ALWAYS, *ADDED)}
    signals = {str(kind): {*SHAPES[kind], "staff"} for kind in Kind}
    office = work.month(measure.drawn(3), 7)
    misuse.stage(office)
    events, _ = office.finished()
    unknown = set()
    for event in events:
        fields = signals.get(event["kind"]) or set(catalogue.CATALOGUE[event["kind"]].codes)
        unknown |= {(event["kind"], name) for name in set(event) - known - fields}
    assert unknown == set()
