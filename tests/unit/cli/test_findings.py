# SPDX-License-Identifier: Apache-2.0
"""`uphold policy findings`, and the line that tells of findings elsewhere."""

import json
from pathlib import Path

import pytest

from uphold import errors
from uphold.cli import main
from uphold.policy import folder, scaffold

TEXTS = Path(__file__).parents[2] / "policies"
SHOP = TEXTS / "shop-152fz.ru.md"


def run(*words: object) -> int:
    arguments = main.parser().parse_args(["policy", "findings", *map(str, words)])
    return int(arguments.func(arguments))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    folder.write(made, scaffold.example())
    return made


def spoil(site: Path) -> None:
    file = site / "policy" / "policy.md"
    text = file.read_text(encoding="utf-8")
    marred = text.replace("Reading the Site is not consent", "Using the Site is consent")
    assert marred != text
    file.write_text(marred, encoding="utf-8")


def test_a_text_is_told_clause_by_clause(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SHOP) == 1
    out = capsys.readouterr().out
    assert "terms.unlimited · clause 6.5\n" in out
    assert "  law      152-fz:5.7\n" in out
    assert "  says     Срок обработки персональных данных не ограничен.\n" in out
    assert (
        "  why      Хранить данные можно не дольше, чем требует цель; бессрочность — не срок.\n"
        in out
    )
    assert "  way out  Укажите срок для каждой цели" in out
    assert "  against  3.2: На Сайте также собираются" in out
    assert max(map(len, out.splitlines())) <= 100
    assert out.endswith(
        "27 finding(s) under ru-152fz on "
        + out.rsplit(" on ", 1)[1].split(":")[0]
        + ": 11 gap(s), 11 over-claim(s), 5 contradiction(s).\n"
    )


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SHOP, "--json", "--on", "2026-11-22") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["profile"], told["on"]) == ("ru-152fz", "2026-11-22")
    one = next(each for each in told["findings"] if each["rule"] == "rights.too-late")
    assert (one["kind"], one["clause"], one["language"]) == ("contradiction", "6.7", "ru")
    assert one["quote"].startswith("Ответ на обращение")
    assert one["valid_from"] == "2022-09-01"
    assert set(one["title"]) == set(one["why"]) == set(one["way_out"]) == {"en", "ru"}


def test_the_law_and_the_day_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(TEXTS / "sound-gdpr.en.md") == 0
    assert "Nothing is found under eu-gdpr" in capsys.readouterr().out
    assert run(TEXTS / "sound-gdpr.en.md", "--profile", "ru-152fz", "--on", "2026-11-22") == 1
    assert "under ru-152fz on 2026-11-22" in capsys.readouterr().out
    assert run(SHOP, "--on", "2005-01-01") == 0


def test_a_site_folder(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site) == 0
    spoil(site)
    assert run(site) == 1
    out = capsys.readouterr().out
    assert "consent.by-use · clause preamble.3" in out


def test_check_tells_of_findings_and_fails_on_none(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(site)
    arguments = main.parser().parse_args(["check", str(site)])
    assert arguments.func(arguments) == 0
    told = capsys.readouterr().out
    assert told.startswith("Nothing to mend.\n")
    assert told.endswith(f"\nThe text has 2 finding(s): uphold policy findings {site}\n")
    arguments = main.parser().parse_args(["check", str(site), "--json"])
    assert arguments.func(arguments) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == 2


def test_publishing_tells_of_findings_and_goes_on(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(site)
    arguments = main.parser().parse_args(["policy", "publish", str(site)])
    assert arguments.func(arguments) == 0
    assert f"The text has 2 finding(s): uphold policy findings {site}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [("--on", "yesterday"), ("--on", "2026-13-01"), ("--profile", "us-none")]
)
def test_wrong_use(words: tuple[str, ...]) -> None:
    with pytest.raises(errors.Invalid) as caught:
        run(SHOP, *words)
    assert caught.value.advice


def test_what_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid):
        run(tmp_path / "absent.txt")
    with pytest.raises(errors.Missing):
        run(tmp_path)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "policy.toml").write_text("[", encoding="utf-8")
    with pytest.raises(errors.Invalid, match=r"policy\.toml"):
        run(tmp_path)
