# SPDX-License-Identifier: Apache-2.0
"""The drawing of a request's life is the machine's own table."""

import re

from tests.house import source
from uphold.law import clock, profile
from uphold.law.profile import words
from uphold.rights import machine
from uphold.rights.machine import TABLE, Kind, State, Step

PAGE = (source.ROOT / "docs" / "design" / "life-of-a-request.md").read_text(encoding="utf-8")
DAY = 1_795_392_000_000  # 2026-11-23
ARROW = re.compile(r"(?=(?<![a-z-])([a-z-]+) +-- ([a-z-]+) --> +([a-z-]+)(?![a-z-]))")


def steps() -> str:
    """Where each step leads from each state."""
    rows = [
        f"| {state} | {', '.join(f'{step} → {to}' for step, to in leads.items()) or 'nothing'} |"
        for state, leads in TABLE.items()
    ]
    return "\n".join(["| state | what can happen |", "|---|---|", *rows])


def kinds() -> str:
    """What each kind brings with it under each law."""
    names = profile.ids()[::-1]
    head = " | ".join(f"`{name}`" for name in names)
    return "\n".join([f"| kind | {head} |", "|---|---|---|", *(kind_row(k, names) for k in Kind)])


def kind_row(kind: Kind, names: tuple[str, ...]) -> str:
    return f"| {kind} | " + " | ".join(under(kind, name) for name in names) + " |"


def under(kind: Kind, name: str) -> str:
    rules = clock.rules(name, f"request.{kind}", DAY)
    told = []
    for rule in rules:
        more = f" (+{rule.extension.amount})" if rule.extension else ""
        told.append(f"{words(rule.term.amount, rule.term.unit)}{more}" if not rule.blocks else "")
    blocked = ["blocked at once"] if any(rule.blocks for rule in rules) else []
    return ", ".join([*filter(None, told), *blocked]) or "no term"


def test_the_steps_are_those_of_the_machine() -> None:
    assert steps() in PAGE


def test_the_kinds_are_those_of_the_laws() -> None:
    assert kinds() in PAGE


def test_the_drawing_shows_lawful_steps_and_every_state() -> None:
    drawn = ARROW.findall(PAGE)
    assert len(drawn) >= 6
    for state, step, to in drawn:
        assert TABLE[State(state)][Step(step)] is State(to)
    shown = {state for state, _, to in drawn} | {to for _, _, to in drawn}
    assert shown | {end.value for end in machine.ENDS} == {state.value for state in State}
    assert all(re.search(rf"\b{end}\b", PAGE) for end in machine.ENDS)
