# SPDX-License-Identifier: Apache-2.0
"""Suggestions, and how good they are: measured on labelled texts, the figures printed (`pytest -s`)."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tests import editions
from tests.unit.policy.conftest import SEED
from uphold.policy import import_, promise, scaffold, suggest, term
from uphold.policy.document import Clause
from uphold.policy.suggest import Kind

POLICIES = Path(__file__).parents[2] / "policies"
EXPECTED = tomllib.loads((POLICIES / "expected.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Text:
    """A policy and what a careful reader binds its clauses to."""

    language: str
    clauses: Sequence[Clause]
    wanted: Mapping[str, frozenset[str]]

    def suggested(self) -> Iterator[tuple[suggest.Suggestion, bool]]:
        """Every suggestion made, and whether the reader had it too."""
        for found in suggest.suggest(self.clauses, self.language):
            for one in found.all:
                yield one, _name(one) in self.wanted.get(found.clause, frozenset())

    def measure(self) -> tuple[float, float]:
        """Precision and recall over promises, duties and facts."""
        right = sum(good for _, good in self.suggested())
        made = sum(1 for _ in self.suggested())
        wanted = sum(map(len, self.wanted.values()))
        return right / made, right / wanted


def _name(one: suggest.Suggestion) -> str:
    match one.kind:
        case Kind.DUTY:
            return f"duty:{one.name}"
        case Kind.FACT:
            return "fact"
        case _:
            return one.name


def _of_file(name: str, language: str) -> Text:
    text = (POLICIES / f"{name}.{language}.txt").read_text(encoding="utf-8")
    wanted = {clause: frozenset(names) for clause, names in EXPECTED[name].items()}
    return Text(language, scaffold.dress(import_.split(text).clauses), wanted)


def _example(language: str) -> Text:
    edition = editions.example()
    wanted = {
        name: frozenset([*one.promises, *EXPECTED["example"].get(name, [])])
        for name, one in edition.policy.bindings.items()
    }
    return Text(language, edition.texts[language], wanted)


def _seed() -> Text:
    if not SEED.exists():
        pytest.skip(f"the seed policy is not at {SEED.parent}")
    clauses = import_.split(SEED.read_text(encoding="utf-8")).clauses
    wanted = {clause: frozenset(names) for clause, names in EXPECTED["seed"].items()}
    return Text("en", scaffold.dress(clauses), wanted)


LABELLED: Mapping[str, Callable[[], Text]] = {
    "clinic, English, GDPR": lambda: _of_file("clinic", "en"),
    "school, Russian, 152-FZ": lambda: _of_file("school", "ru"),
    "example, English": lambda: _example("en"),
    "example, Russian": lambda: _example("ru"),
}


@cache
def shares() -> Mapping[Kind, tuple[int, int]]:
    """Of each kind of suggestion on the labelled texts: how many were right, how many were made."""
    made = [pair for text in LABELLED.values() for pair in text().suggested()]
    return {
        kind: (
            sum(good for one, good in made if one.kind is kind),
            sum(1 for one, _ in made if one.kind is kind),
        )
        for kind in Kind
    }


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [
        ("clinic, English, GDPR", 0.75, 0.9),
        ("school, Russian, 152-FZ", 0.75, 0.9),
        ("example, English", 0.7, 0.7),
        ("example, Russian", 0.7, 0.7),
        ("seed, English, 152-FZ", 0.75, 0.8),
    ],
)
def test_suggestions_are_mostly_right_and_mostly_whole(
    name: str, precision: float, recall: float
) -> None:
    text = LABELLED[name]() if name in LABELLED else _seed()
    found = text.measure()
    print(f"{name}: precision {found[0]:.2f}, recall {found[1]:.2f}")
    assert found[0] >= precision
    assert found[1] >= recall


@pytest.mark.parametrize("kind", Kind)
def test_a_confidence_is_the_measured_share(kind: Kind) -> None:
    right, made = shares()[kind]
    share = (right + 1) / (made + 2)
    print(f"{kind}: {right} of {made} right, so {share:.2f}")
    assert suggest.CONFIDENCE[kind] == pytest.approx(share, abs=0.03)


def test_the_sure_ones_are_right_on_a_text_that_was_not_measured() -> None:
    sure = [good for one, good in _seed().suggested() if one.confidence >= 0.9]
    assert len(sure) >= 20
    assert sum(sure) / len(sure) >= 0.9


def test_every_label_is_something_that_can_be_suggested() -> None:
    duties = {f"duty:{name}" for name in suggest._data()["duty"]}
    for text in EXPECTED.values():
        for names in text.values():
            assert set(names) <= {"fact"} | duties | promise.catalogue().keys()


def test_a_suggestion_tells_the_words_and_the_surest_comes_first() -> None:
    clause = Clause(
        "1.1", "1.1. Consent is given by ticking a box that is **empty**; we use cookies."
    )
    (found,) = suggest.suggest([clause], "en")
    assert found.clause == "1.1"
    assert found.text.startswith("Consent is given")
    assert found.promises[0].name == "consent.box-empty"
    assert found.promises[0].kind is Kind.AGREED
    assert "box that is empty" in found.promises[0].because
    confidences = [one.confidence for one in found.promises]
    assert confidences == sorted(confidences, reverse=True)
    assert "cookies.declared" in {one.name for one in found.promises}


def test_headings_are_left_out_and_unknown_words_suggest_nothing() -> None:
    clauses = [
        Clause("title", "# Privacy"),
        Clause("1", "## 1. Cookies"),
        Clause("1.1", "1.1. Abc."),
    ]
    (found,) = suggest.suggest(clauses, "de")
    assert found.all == ()
    assert suggest.accept(found, 0.0, ["en"]) is None


def test_accepting_takes_what_is_sure_enough() -> None:
    clause = Clause("1.1", "1.1. The box is empty until you tick the box. We use cookies.")
    (found,) = suggest.suggest([clause], "en")
    sure = suggest.accept(found, 0.9, ["en"])
    all_ = suggest.accept(found, 0.0, ["en"])
    assert sure is not None
    assert all_ is not None
    assert "cookies.declared" not in sure.promises
    assert "cookies.declared" in all_.promises
    assert not all_.fact


def test_a_lead_in_is_a_fact_and_a_promise_never_is() -> None:
    lead, other = suggest.suggest(
        [Clause("1", "1. Among others:"), Clause("2", "2. Cookies are:")], "en"
    )
    accepted = suggest.accept(lead, 0.5, ["en"])
    assert accepted is not None
    assert accepted.fact
    assert other.fact is None


def test_a_duty_comes_with_who_what_and_when() -> None:
    (found,) = suggest.suggest(
        [Clause("1", "1. Оператор проводит оценку эффективности принимаемых мер.")], "ru"
    )
    accepted = suggest.accept(found, 0.7, ["ru"])
    assert accepted is not None
    assert accepted.promises == ("measures.evaluated",)
    assert accepted.duty is not None
    assert set(accepted.duty.who) == set(accepted.duty.what) == {"ru"}
    assert accepted.duty.every == "P3Y"


def test_every_known_duty_has_a_term() -> None:
    for name in suggest._data()["duty"]:
        assert term.parse(suggest.named_duty(name).every)


@given(st.text(), st.sampled_from(["en", "ru", "de"]))
def test_any_text_is_read_without_fault(text: str, language: str) -> None:
    for found in suggest.suggest([Clause("1.1", text)], language):
        assert all(0 < one.confidence < 1 and one.because for one in found.all)
