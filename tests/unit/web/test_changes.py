# SPDX-License-Identifier: Apache-2.0
"""Differences in the words of a page: every kind has its sentence, and every sentence its values."""

from dataclasses import replace

import pytest

from tests import editions
from uphold.policy import compare, digest, publish
from uphold.policy.change import Change, What
from uphold.policy.document import Edition
from uphold.web import changes


def edited(name: str, old: str, new: str) -> Edition:
    files = editions.files()
    assert old in files[name].decode()
    files[name] = files[name].decode().replace(old, new, 1).encode()
    archive = publish.prepare(files)
    return publish.load(archive, digest.of(archive), 2, 0, 0)


def test_every_kind_of_change_has_a_sentence() -> None:
    assert set(changes.SAID) == set(What)


@pytest.mark.parametrize("what", What)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_sentence_names_what_it_concerns(what: What, language: str) -> None:
    edition = editions.example()
    values = {"name": {"": "<name>"}, "before": {"": "<old>"}, "after": {"": "<new>"}}
    said = changes.sentence(
        Change(what, editions.PURPOSE, editions.FORM, "item", **values), edition, edition, language
    )
    title = edition.forms[editions.FORM].title[language]
    assert title in said
    assert "%(" not in said
    assert said.split(": ", 1)[1]


def test_a_change_of_all_says_so_and_a_long_text_is_cut() -> None:
    edition = editions.example()
    one = Change(What.PLACE, before={"": "x" * 1000}, after={"": "y"})
    said = changes.sentence(one, edition, edition, "en")
    assert said.startswith("The whole policy: ")
    assert len(said) < 400


def test_a_longer_term_is_material_and_said_in_words() -> None:
    old, new = (
        editions.example(),
        edited("policy/policy.toml", 'at-most = "P1Y"', 'at-most = "P2Y"'),
    )
    shown = changes.shown(compare.compare(old, new), old, new, "en")
    assert shown.material
    assert any("2 years" in rule.text and rule.material for rule in shown.rules)
    assert shown.clauses == ()


def test_words_of_a_clause_are_marked_and_the_readers_language_comes_first() -> None:
    old = editions.example()
    texts = {
        language: tuple(
            replace(clause, text=clause.text + " More.") if clause.id == "1.2" else clause
            for clause in clauses
        )
        for language, clauses in old.texts.items()
    }
    new = replace(old, texts=texts)
    shown = changes.shown(compare.compare(old, new), old, new, "ru")
    assert [change.language for change in shown.clauses] == ["ru", "en"]
    assert {(change.kind, change.clause, change.was) for change in shown.clauses} == {
        ("changed", "1.2", "")
    }
    added = [piece.text for piece in shown.clauses[0].pieces if piece.mark == "+"]
    assert "".join(added).strip() == "More."
    assert not shown.material


def test_nothing_differs_from_itself() -> None:
    old = editions.example()
    assert changes.shown(compare.compare(old, old), old, old, "en").none
