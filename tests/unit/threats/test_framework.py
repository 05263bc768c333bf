# SPDX-License-Identifier: Apache-2.0
"""An id of a rule has one title, its source's own; a code has words in each language."""

import pytest

from uphold.threats import framework, rule


def test_titles_are_found_by_list_id_and_language() -> None:
    assert framework.title("cwe", 319, "ru") == "Cleartext Transmission of Sensitive Information"
    assert (
        framework.title("ubi", 67, "en") == "неправомерного ознакомления с защищаемой информацией"
    )
    assert framework.title("linddun", "U", "ru") == "неосведомлённость"
    assert framework.title("stride", "R", "en") == "repudiation"
    assert framework.title("asvs", "V12.2.1", "en") == ""


def test_what_is_on_no_list_has_no_title() -> None:
    with pytest.raises(KeyError):
        framework.title("cwe", 999999, "en")


def test_each_code_of_a_method_has_words_in_both_languages() -> None:
    for name in ("tactic", "stride", "linddun"):
        for id_ in framework.frameworks()[name].titles:
            both = {framework.title(name, id_, language) for language in ("en", "ru")}
            assert len(both - {""}) == 2, (name, id_)


def test_a_rule_quotes_every_list_it_names() -> None:
    quoted = set(framework.quoted(rule.catalogue()["listens-in-clear"]))
    assert {("cwe", "319"), ("attack", "T1040"), ("ubi", "67"), ("asvs", "V12.2.1")} <= quoted
    assert {
        ("linddun", "Dd"),
        ("stride", "I"),
        ("tactic", "T2"),
    } <= quoted
