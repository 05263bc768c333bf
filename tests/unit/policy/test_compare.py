# SPDX-License-Identifier: Apache-2.0
"""Two versions beside each other: clauses are recognised, changes named, and their weight is that of their kind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tests import editions, orders, wider
from uphold.policy import compare, digest, publish, words
from uphold.policy.change import What
from uphold.policy.compare import ClauseChange
from uphold.policy.document import Clause, Draft, Edition

TEXTS = (
    "The Operator keeps the data for thirty days after the enquiry is closed.",
    "Each field says whether it is mandatory; whatever is optional may be left out.",
    "Nothing is given to anybody unless a law obliges the Operator to do so.",
    "A consent is withdrawn by writing to the address above; no reason is needed.",
    "The Operator takes measures against access without a right to it.",
    "",
    "Yes.",
)


def edition(files: dict[str, bytes]) -> Edition:
    archive = publish.prepare(files)
    return publish.load(archive, digest.of(archive), 2, 0, 0)


def between(before: Sequence[Clause], after: Sequence[Clause]) -> list[ClauseChange]:
    return list(compare.texts(before, after, "en"))


def numbered(*texts: str) -> list[Clause]:
    return [Clause(f"1.{n}", f"1.{n}. {text}") for n, text in enumerate(texts, 1)]


def kinds(found: Sequence[ClauseChange]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.before, one.after) for one in found]


def test_a_version_does_not_differ_from_itself() -> None:
    for one in (editions.example(), orders.edition()):
        found = compare.compare(one, one)
        assert found.is_empty
        assert not found.material


def test_a_new_clause_moves_the_others_and_nothing_else() -> None:
    a, b, c = TEXTS[:3]
    new = "A sentence about cookies that was never here before."
    found = between(numbered(a, b, c), numbered(a, new, b, c))
    assert kinds(found) == [("added", "", "1.2"), ("moved", "1.2", "1.3"), ("moved", "1.3", "1.4")]
    assert [one.is_reworded for one in found] == [True, False, False]


def test_a_clause_is_recognised_though_renumbered_and_reworded() -> None:
    a, b, c = TEXTS[:3]
    found = between(numbered(a, b, c), numbered(b, c, a.replace("thirty", "sixty")))
    assert kinds(found) == [
        ("moved", "1.2", "1.1"),
        ("moved", "1.3", "1.2"),
        ("moved", "1.1", "1.3"),
    ]
    assert [one.is_reworded for one in found] == [False, False, True]
    marks = [(str(run.mark), run.text) for run in found[2].runs if run.mark is not words.Mark.SAME]
    assert marks == [("removed", " thirty"), ("added", " sixty")]


def test_what_shares_nothing_is_another_clause() -> None:
    a, b, c, d = TEXTS[:4]
    found = between(numbered(a, b), numbered(a, "Wholly other words stand here."))
    assert kinds(found) == [("removed", "1.2", ""), ("added", "", "1.2")] or kinds(found) == [
        ("added", "", "1.2"),
        ("removed", "1.2", ""),
    ]
    # Under its own number a clause may change more and still be itself.
    half = "The Operator keeps the data as long as an agreement with the person lasts."
    assert kinds(between(numbered(a), numbered(half))) == [("changed", "1.1", "1.1")]
    assert kinds(between(numbered(c, d), numbered(d))) == [
        ("removed", "1.1", ""),
        ("moved", "1.2", "1.1"),
    ]


def test_title_and_date_are_themselves() -> None:
    before = [Clause("title", "# One"), Clause("date", "Moscow, dated May 25, 2015")]
    after = [Clause("title", "# Wholly another"), Clause("date", "St. Petersburg, 1 June 2017")]
    assert kinds(between(before, after)) == [
        ("changed", "title", "title"),
        ("changed", "date", "date"),
    ]


clauses = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(TEXTS)), unique_by=lambda pair: pair[0], max_size=6
).map(lambda pairs: [Clause(f"1.{n}", f"1.{n}. {text}") for n, text in sorted(pairs)])


@given(clauses, clauses)
def test_every_clause_is_accounted_for_once(before: list[Clause], after: list[Clause]) -> None:
    found = between(before, after)
    for side, whole in (("before", before), ("after", after)):
        named = [getattr(one, side) for one in found if getattr(one, side)]
        assert len(set(named)) == len(named)
        assert set(named) <= {clause.id for clause in whole}
    # What is not named is in both, letter for letter.
    left = {c.id: c.text for c in before if c.id not in {one.before for one in found}}
    right = {c.id: c.text for c in after if c.id not in {one.after for one in found}}
    assert left == right


@given(clauses, clauses)
def test_a_difference_leads_from_one_text_to_the_other(
    before: list[Clause], after: list[Clause]
) -> None:
    old = {clause.id: clause.text.partition(". ")[2] for clause in before}
    new = {clause.id: clause.text.partition(". ")[2] for clause in after}
    for one in between(before, after):
        assert words.first(one.runs) == words.normal(old.get(one.before, ""))
        assert words.second(one.runs) == words.normal(new.get(one.after, ""))


@given(clauses, clauses)
def test_the_way_back_is_the_mirror_image(before: list[Clause], after: list[Clause]) -> None:
    there, back = between(before, after), between(after, before)
    assert Counter((one.before, one.after) for one in there) == Counter(
        (one.after, one.before) for one in back
    )


def test_other_words_alone_are_cosmetic_however_long() -> None:
    before = editions.example()
    longer = tuple(
        replace(clause, text=clause.text + " And so on and so forth." * 200)
        for clause in before.texts["en"]
    )
    found = compare.compare(before, replace(before, texts={**before.texts, "en": longer}))
    assert found.clauses
    assert not found.material


def test_one_character_of_a_declaration_is_material() -> None:
    files = editions.files()
    files["policy/policy.toml"] = files["policy/policy.toml"].replace(b'"P1Y" }', b'"P9Y" }', 1)
    found = compare.compare(editions.example(), edition(files))
    assert found.material
    assert [one.what for one in found.changes] == [What.RETENTION_LONGER]
    assert found.clauses == ()


def test_a_wider_edition_says_for_which_purpose() -> None:
    found = compare.compare(editions.example(), edition(wider.files(editions.files())))
    assert {one.what for one in found.widening(editions.PURPOSE)} == {
        What.RETENTION_LONGER,
        What.RECIPIENT_ADDED,
    }
    assert found.widening("security") == ()
    assert {(one.language, one.after) for one in found.clauses} == {
        ("en", "2.2.2"),
        ("en", "date"),
        ("ru", "date"),
    }


def test_a_language_that_comes_or_goes_is_told_clause_by_clause() -> None:
    both = editions.example()
    one = replace(both, texts={"en": both.texts["en"]})
    assert {c.kind for c in compare.compare(one, both).clauses} == {"added"}
    assert {c.kind for c in compare.compare(both, one).clauses} == {"removed"}


@pytest.mark.parametrize("one", [editions.example(), orders.edition()], ids=["one", "two"])
def test_a_draft_compares_like_its_edition(one: Edition) -> None:
    draft = Draft(one.policy, one.texts, one.forms)
    assert compare.compare(one, draft).is_empty
    assert compare.compare(draft, one).is_empty
