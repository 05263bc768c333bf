# SPDX-License-Identifier: Apache-2.0
"""This file of the catalogue keeps to its topic, and its entries are in the catalogue."""

from uphold.journal.catalogue import CATALOGUE
from uphold.journal.kinds import site

TOPICS = {"journal", "policy", "keys", "backup", "drill", "egress", "site"}


def test_the_kinds_keep_to_their_topic() -> None:
    assert {kind.name.partition(".")[0] for kind in site.KINDS} == TOPICS


def test_the_kinds_are_in_the_catalogue() -> None:
    assert all(CATALOGUE[kind.name] is kind for kind in site.KINDS)
