# SPDX-License-Identifier: Apache-2.0
"""Differences at a terminal: what changed stands out, what stayed is cut to what is around it."""

import sys
from dataclasses import replace

import pytest

from tests import editions, wider
from uphold.cli import difference
from uphold.cli.difference import Told
from uphold.policy import compare, digest, publish
from uphold.policy.change import What
from uphold.policy.document import Clause, Edition
from uphold.policy.words import Mark, Run
from uphold.retention.impact import Consents, Forms, Impact, Terms


@pytest.fixture
def told() -> Told:
    old = replace(editions.example(), published_at=1)
    archive = publish.prepare(wider.files(editions.files()))
    new = publish.load(archive, digest.of(archive), 2, 0, 0)
    found = compare.compare(old, new)
    longer = next(one for one in found.changes if one.what is What.RETENTION_LONGER)
    title = new.policy.purposes["communication"].title
    brings = Impact(
        (Consents("communication", title, 4, 3, found.changes[:1]),),
        (Forms("feedback", {"en": "Write to us"}, ()),),
        (Terms("communication", title, 7, longer, False),),
    )
    return Told(old, new, found, brings)


def test_everything_is_said(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    difference.show(told, colours=False)
    out = capsys.readouterr().out
    assert out.startswith("edition 1 -> the draft: material\n")
    for line in (
        "  2.2.2 changed (en)",
        "[-one year-] {+two years+}",
        "What publishing it brings about",
        "consents for communication: 4 keep their scope, 3 to be asked anew",
        "7 record(s) are stored; the new one does not hold",
    ):
        assert line in out
    assert max(map(len, out.splitlines())) <= 100
    assert "\x1b" not in out


def test_colours_take_the_place_of_marks(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    difference.show(told, colours=True)
    out = capsys.readouterr().out
    assert "\x1b[31;9mone year\x1b[0m \x1b[32;4mtwo years\x1b[0m" in out
    assert "{+" not in out


def test_without_the_texts(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    difference.show(replace(told, brings=None), colours=False, texts=False)
    out = capsys.readouterr().out
    assert "The text reads otherwise in 3 clause(s)" in out
    assert "{+" not in out
    assert "brings about" not in out


def test_nothing_brought_about_is_said(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    difference.show(replace(told, brings=Impact((), (), ())), colours=False)
    assert "nothing for anybody" in capsys.readouterr().out


def test_no_difference(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    same = Told(told.old, told.old, compare.compare(told.old, told.old), None)
    difference.show(same, colours=True)
    assert capsys.readouterr().out == (
        "edition 1 -> edition 1: no difference in what is declared or said.\n"
    )


def clauses(*texts: tuple[str, str]) -> tuple[Clause, ...]:
    return tuple(Clause(name, f"{name}. {text}") for name, text in texts)


def test_clauses_that_came_went_and_moved(capsys: pytest.CaptureFixture[str]) -> None:
    def version(number: int, *texts: tuple[str, str]) -> Edition:
        return replace(
            editions.example(), number=number, published_at=1, texts={"en": clauses(*texts)}
        )

    long = "The Operator says here at some length what it does and does not do with the data."
    old = version(1, ("1", long), ("2", "A sentence that goes away entirely."))
    new = version(2, ("1", "Wholly new words, first of all."), ("3", long))
    difference.show(Told(old, new, compare.compare(old, new), None), colours=False)
    out = capsys.readouterr().out
    assert "cosmetic (the text changed" in out
    for line in ("1 added (en)", "1 is 3 now (en)", "2 removed (en)"):
        assert line in out


def test_long_runs_that_stayed_are_cut() -> None:
    many = " ".join(f"w{n}" for n in range(100))
    runs = (Run(Mark.SAME, many), Run(Mark.ADDED, " new"), Run(Mark.SAME, f" {many}"))
    words = [word for word, _ in difference._words(runs)]
    assert len(words) == 2 * (difference.AROUND + 1) + 1
    assert words[0] == words[-1] == "..."
    assert words[difference.AROUND] == "w99"


def test_the_same_for_a_program(told: Told) -> None:
    found = difference.as_dict(told)
    assert [one["what"] for one in found["changes"]] == ["retention-longer", "recipient-added"]
    assert all(one["widens"] and one["material"] for one in found["changes"])
    first = found["clauses"][0]
    assert (first["language"], first["after"], first["kind"]) == ("en", "2.2.2", "changed")
    assert {one["mark"] for one in first["words"]} == {"same", "added", "removed"}
    assert found["impact"]["terms"][0] == {
        "purpose": "communication",
        "records": 7,
        "what": "retention-longer",
        "applies_to_stored": False,
    }
    assert difference.as_dict(replace(told, brings=None))["impact"] is None


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert not difference.may_colour()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert difference.may_colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not difference.may_colour()
