# SPDX-License-Identifier: Apache-2.0
"""The attacks that can be played: each names rules that the package has, and is offered by the command."""

from uphold.assurance import attacks
from uphold.cli import attack as command
from uphold.detection import book


def test_each_attack_is_what_some_rule_is_there_for() -> None:
    known = {rule.name: rule for rule in book.pack().alerting}
    for one in attacks.ATTACKS.values():
        steps = {str(step) for name in one.rules for step in known[name].respond}
        assert one.name in command.NAMES
        assert one.does
        # What refuses is more than a note, and what a stranger causes refuses nobody.
        assert bool(steps - {"log", "notify", "delay"}) is one.blocks


def test_the_command_offers_no_attack_that_there_is_not() -> None:
    assert set(command.NAMES) == set(attacks.ATTACKS)
