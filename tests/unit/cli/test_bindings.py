# SPDX-License-Identifier: Apache-2.0
import argparse
import io
import json
from pathlib import Path

import pytest

from tests.unit.cli.test_policy import run
from tests.unit.policy.conftest import SEED
from uphold import errors
from uphold.cli import bindings
from uphold.policy import check, folder, scaffold, suggest

TEXT = """Privacy policy of the Lantern

1. Data
1.1. Whoever agrees ticks the box, and the box is empty before.
1.2. We use cookies and note the IP address by itself.
1.3. Among other things:
1.4. Something else altogether.
1.5. The director evaluates the effectiveness of these measures.

Dublin, dated 20 November 2026
"""
NAME = "policy/policy.toml"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    folder.write(made, scaffold.make(TEXT.encode(), "eu-gdpr").files)
    return made


def unbound(site: Path) -> list[str]:
    problems = check.files(folder.read(site)).problems
    return [p.message.split()[1] for p in problems if p.code == "clause-unbound"]


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_it_shows_what_it_found_and_writes_nothing(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (site / NAME).read_bytes()
    assert run("policy", "suggest", site) == 0
    out = capsys.readouterr().out
    assert "% consent.box-empty" in out
    assert "ticks the box" in out
    assert "a fact, a lead-in" in out
    assert "Head of the operator: Sign the act of evaluation" in out
    assert "nothing was recognised" in out
    assert f"uphold policy suggest {site} --ask" in out
    assert (site / NAME).read_bytes() == before


def test_json(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("policy", "suggest", site, "--json") == 0
    told = json.loads(capsys.readouterr().out)["clauses"]
    assert [one["clause"] for one in told] == unbound(site)
    first = told[0]["promises"][0]
    assert first["promise"] == "consent.box-empty"
    assert first["confidence"] in suggest.CONFIDENCE.values()
    assert first["because"]
    assert told[2]["fact"]["fact"] == "lead-in"


def test_what_is_sure_is_written_and_the_rest_is_left(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (site / NAME).read_text(encoding="utf-8")
    assert run("policy", "suggest", site, "--accept", "--at-least", "0.9") == 0
    out = capsys.readouterr().out
    assert "bound 1.1         consent.box-empty" in out
    after = (site / NAME).read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert "1.4" in unbound(site)
    assert "1.1" not in unbound(site)
    assert run("policy", "suggest", site, "--accept") == 0
    assert unbound(site) == ["1.2", "1.4"]
    assert run("policy", "suggest", site, "--accept") == 0
    assert "Nothing was bound." in capsys.readouterr().out


def test_what_bound_clauses_lack_is_shown_too(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("policy", "bind", site, "1.2", "cookies.declared") == 0
    assert run("policy", "suggest", site, "--all", "--json") == 0
    told = capsys.readouterr().out.partition("\n")[2]
    by_clause = {one["clause"]: one for one in json.loads(told)["clauses"]}
    assert [one["promise"] for one in by_clause["1.2"]["promises"]] == ["visit.five-data"]
    assert by_clause["1.2"]["fact"] is None
    assert "1.1" in by_clause


def test_what_was_not_taken_is_told(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = site / "policy" / "policy.md"
    text = path.read_text(encoding="utf-8").replace("ticks the box", "by ticking it; cookies")
    path.write_text(text, encoding="utf-8")
    assert run("policy", "suggest", site, "--accept", "--at-least", "0.9") == 0
    out = capsys.readouterr().out
    assert "bound 1.1         consent.box-empty\n" in out
    assert "Less sure" in out
    assert "      1.1         cookies.declared\n" in out


def test_each_clause_is_asked_about(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "s", "what?", "y", "f", "s", "links.marked links.marked", "n", "q")
    assert run("policy", "suggest", site, "--ask") == 0
    out = capsys.readouterr().out
    assert "There is no such suggestion here." in out
    assert "name promises" in out
    assert "Bound 4 clause(s); 2 left." in out
    draft = check.files(folder.read(site)).draft
    assert draft is not None
    assert draft.policy.bindings["1.3"].fact
    assert draft.policy.bindings["1.4"].promises == ("links.marked",)
    assert len(draft.policy.bindings["1.2"].promises) >= 2


def test_whoever_goes_away_keeps_what_was_said(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "y")
    assert run("policy", "suggest", site, "--ask") == 0
    assert "1.1" not in unbound(site)


def test_one_clause_is_bound_and_bound_anew(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("policy", "bind", site, "1.4", "links.marked", "links.marked") == 0
    assert "bound 1.4         links.marked" in capsys.readouterr().out
    assert run("policy", "bind", site, "1.4", "--fact") == 0
    assert '[clause."1.4"]\nfact = true\n' in (site / NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("9.9", "links.marked"), errors.Missing),
        (("1.4", "links.mark"), errors.Missing),
        (("1.4",), errors.Invalid),
        (("1.4", "links.marked", "--fact"), errors.Invalid),
    ],
)
def test_wrong_words_are_refused_with_a_way_out(
    site: Path, words: tuple[str, ...], error: type[errors.UpholdError]
) -> None:
    before = (site / NAME).read_bytes()
    with pytest.raises(error) as refused:
        run("policy", "bind", site, *words)
    assert refused.value.advice
    assert (site / NAME).read_bytes() == before


def test_a_duty_is_worded_in_the_policys_languages_and_is_no_fact(site: Path) -> None:
    assert run("policy", "suggest", site, "--accept") == 0
    draft = check.files(folder.read(site)).draft
    assert draft is not None
    duty = draft.policy.bindings["1.5"].duty
    assert duty is not None
    assert set(duty.who) == {"en"}
    with pytest.raises(errors.Conflict, match="duty"):
        run("policy", "bind", site, "1.5", "--fact")


def test_a_policy_that_cannot_be_read(site: Path) -> None:
    (site / NAME).write_text("[[[")
    with pytest.raises(errors.Invalid, match="uphold check"):
        run("policy", "suggest", site)


@pytest.mark.parametrize("text", ["x", "1.5", "-1", "nan"])
def test_a_share_lies_between_0_and_1(text: str) -> None:
    with pytest.raises(ValueError):
        bindings.share(text)
    parser = argparse.ArgumentParser()
    parser.add_argument("--at-least", type=bindings.share)
    with pytest.raises(SystemExit):
        parser.parse_args([f"--at-least={text}"])


@pytest.mark.parametrize(("name", "law", "told"), [
    ("clinic.en", "eu-gdpr", "The box is empty until the person ticks it"),
    ("school.ru", "ru-152fz", "Окно пусто, пока человек сам не поставит знак"),
])  # fmt: skip
def test_a_text_never_seen_is_bound_in_its_language(
    name: str, law: str, told: str,
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Whoever says yes to all that is proposed is left with the few clauses that nothing was found in."""
    text = (Path(__file__).parents[2] / "policies" / f"{name}.txt").read_bytes()
    site = tmp_path / "made"
    folder.write(site, scaffold.make(text, law).files)
    asked = len(unbound(site))
    assert run("policy", "suggest", site) == 0
    assert told in capsys.readouterr().out
    assert run("policy", "suggest", site, "--accept", "--at-least", "0") == 0
    assert len(unbound(site)) <= asked // 10


def test_from_init_to_nothing_unbound_on_the_first_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every clause of a real policy has something to say yes to."""
    if not SEED.exists():
        pytest.skip(f"the seed policy is not at {SEED.parent}")
    folder.write(tmp_path / "made", scaffold.make(SEED.read_bytes()).files)
    answer(monkeypatch, *["y"] * 40)
    assert run("policy", "suggest", tmp_path / "made", "--ask") == 0
    assert unbound(tmp_path / "made") == []
