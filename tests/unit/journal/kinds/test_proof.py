# SPDX-License-Identifier: Apache-2.0
"""This file of the catalogue keeps to its topic, and its entries are in the catalogue."""

from uphold.journal.catalogue import CATALOGUE
from uphold.journal.kinds import proof

TOPICS = {"exercise", "probe", "duty", "alert", "statement"}


def test_the_kinds_keep_to_their_topic() -> None:
    assert {kind.name.partition(".")[0] for kind in proof.KINDS} == TOPICS


def test_the_kinds_are_in_the_catalogue() -> None:
    assert all(CATALOGUE[kind.name] is kind for kind in proof.KINDS)
