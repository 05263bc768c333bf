# SPDX-License-Identifier: Apache-2.0
import pytest

from tests import editions
from tests.unit.policy.test_promise import DEMANDED
from uphold.policy import binding, check, digest, parse, promise, publish
from uphold.policy.document import Clause

EXAMPLE = editions.example()
CLAUSES = EXAMPLE.texts["en"]


@pytest.mark.parametrize(
    ("name", "text", "bare"),
    [
        ("title", "# Privacy policy", True),
        ("title", "Privacy policy", True),
        ("1", "## 1. What data we receive", True),
        ("1", "1. We receive your name.", False),
        ("1", "## 1. Data\n\nWe receive your name.", False),
        ("date", "Dublin, 20 November 2026", False),
        ("2.1", "We delete it.", False),
    ],
)
def test_the_title_and_bare_headings_are_facts_by_themselves(
    name: str, text: str, *, bare: bool
) -> None:
    clause = Clause(name, text)
    assert binding.bare(clause) is bare
    found = binding.of(editions.make().policy, Clause("9.9" if name != "title" else name, text))
    assert (found is not None) is bare
    assert found is None or (found.fact and not found.promises)


def test_every_clause_of_the_example_is_bound() -> None:
    assert binding.unbound(EXAMPLE.policy, CLAUSES) == ()


@pytest.mark.parametrize("clause", DEMANDED)
def test_the_example_makes_the_promises_that_its_clauses_demand(clause: str) -> None:
    """The example has the numbers of the first policy; a promise may stand at a neighbour."""
    bound = {name for one in EXAMPLE.policy.bindings.values() for name in one.promises}
    assert set(DEMANDED[clause]) <= bound


def test_every_promise_is_made_somewhere_in_the_example() -> None:
    bound = {name for one in EXAMPLE.policy.bindings.values() for name in one.promises}
    assert bound == promise.catalogue().keys()


def test_a_duty_says_who_does_what_and_by_when() -> None:
    duty = EXAMPLE.policy.bindings["4.2.2"].duty
    assert duty is not None
    assert duty.who == {"en": "Head of the operator", "ru": "Руководитель оператора"}
    assert duty.every == "P3Y"
    assert set(duty.what) == {"en", "ru"}


def test_an_edition_from_before_there_were_bindings_still_reads() -> None:
    files = editions.files()
    text = files["policy/policy.toml"].decode()
    files["policy/policy.toml"] = text[: text.index('[clause."preamble.1"]')].encode()
    assert {p.code for p in check.files(files).problems} == {"clause-unbound"}
    wordings = {n: w for n, w in digest.unpack(publish.prepare(editions.files())).items()
                if n.startswith("wordings/")}  # fmt: skip
    raw = digest.pack({**files, **wordings})
    edition = publish.load(raw, digest.of(raw), 1, 0, 0)
    assert edition.policy.bindings == {}
    assert edition.forms == EXAMPLE.forms


def test_a_promise_that_a_later_catalogue_drops_does_not_spoil_an_edition() -> None:
    files = editions.files()
    text = files["policy/policy.toml"].decode().replace("links.marked", "links.gone")
    draft = parse.read({**files, "policy/policy.toml": text.encode()}).draft
    assert draft is not None
    assert "links.gone" in draft.policy.bindings["1.2"].promises


@pytest.mark.parametrize("value", ["1", '"x"', "[]", "true", "{ a = 1 }"])
def test_any_value_in_its_place_is_reported(value: str) -> None:
    files = editions.files()
    text = files["policy/policy.toml"].decode()
    text = f"clause = {value}\n" + text[: text.index('[clause."preamble.1"]')]
    found = check.files({**files, "policy/policy.toml": text.encode()}).problems
    assert "clause-unbound" in {problem.code for problem in found}
    assert any(problem.file == "policy/policy.toml" and problem.line == 1 for problem in found)
