# SPDX-License-Identifier: Apache-2.0
"""Every point of the law is answered, from what the operator declares, in both languages."""

from dataclasses import replace

import pytest

from tests import editions
from tests.editions import PURPOSE
from uphold.rights import points
from uphold.rights.points import Facts

FACTS = Facts(editions.example(), "en", "https://site.example", 2, (PURPOSE, "security"), 3, 0)


def told(facts: Facts = FACTS) -> dict[str, list[str]]:
    return {point.key: point.text for point in points.of(facts)}


def test_each_item_of_both_laws_has_its_point() -> None:
    laws = {law for point in points.of(FACTS) for law in point.law}
    items = [*map(str, range(1, 11)), "9.1"]
    assert {f"152-fz:14.7.{item}" for item in items} <= laws
    assert {f"gdpr:15.1.{letter}" for letter in "abcdefgh"} <= laws
    assert {"gdpr:15.2", "gdpr:15.3", "gdpr:20.1"} <= laws


@pytest.mark.parametrize("language", points.LANGUAGES)
def test_each_point_says_something(language: str) -> None:
    made = points.of(replace(FACTS, language=language))
    assert all(point.title and point.text and all(point.text) for point in made)
    russian = {point.key for point in made if any("а" <= c <= "я" for c in point.title)}
    assert len(russian) == (len(made) if language == "ru" else 0)


def test_the_declared_words_are_used() -> None:
    said = told()
    assert said["operator"][0].startswith("Quiet Harbour LLC")
    assert said["recipients"][-1].startswith("Of the operator's own staff: owner, clerk, data")
    assert [line.partition(":")[0] for line in said["grounds"]] == [
        "answering your message and dealing with your request",
        "keeping the site safe from attack and abuse",
    ]
    assert any("Post Relay LLC, 3 Example" in line for line in said["processors"])
    assert said["abroad"][0] == "Cross-border transfer: none."
    assert "https://site.example/my" in said["rights"][0]
    assert "Roskomnadzor" in said["complaint"][0]


def test_what_is_held_is_confirmed_or_denied() -> None:
    assert "processes" in told()["confirmation"][0]
    assert "any more" in told(replace(FACTS, purposes=()))["confirmation"][0]
    assert "no submission" in told(replace(FACTS, purposes=(), submissions=0))["confirmation"][0]


def test_what_nothing_declares_says_so() -> None:
    policy = replace(FACTS.edition.policy, register={}, profile="eu-gdpr")
    said = told(replace(FACTS, edition=replace(FACTS.edition, policy=policy)))
    assert "The operator has not declared this" in said["methods"][0]
    assert "supervisory authority" in said["complaint"][0]
