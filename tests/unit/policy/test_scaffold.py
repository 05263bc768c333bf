# SPDX-License-Identifier: Apache-2.0
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from uphold import config
from uphold.errors import Invalid
from uphold.policy import check, folder, import_, markdown, scaffold

RUSSIAN = (
    "Политика\n\nСайт на доменном имени пример.рф.\n\n1. Цели\n1.1. Цели обработки:\n"
    "1.1.1. Связь с пользователем.\n\nг. Санкт-Петербург, от 25 мая 2015 г."
)


# What is no part of an edition.
BESIDE = {"uphold.toml", "statistics.toml"}


def declarations(made: scaffold.Made) -> dict[str, Any]:
    return tomllib.loads(made.files["policy/policy.toml"].decode())


def test_seed(seed: str) -> None:
    made = scaffold.make(seed.encode())
    assert set(made.files) == {
        "uphold.toml",
        "policy/policy.md",
        "policy/policy.toml",
        "forms/feedback.toml",
        "statistics.toml",
    }
    clauses, _, problems = markdown.read(made.files["policy/policy.md"].decode(), "policy.md")
    assert problems == []
    assert clauses == scaffold.dress(made.imported.clauses)
    found = declarations(made)
    assert found["profile"] == "ru-152fz"
    assert found["domain"] == "almis.infotrlq.beget.tech"
    assert {name: table["clause"] for name, table in found["purpose"].items()} == {
        "personal-services": "2.2.1",
        "communication": "2.2.2",
        "improvement": "2.2.3",
        "statistics": "2.2.4",
        "consent-evidence": "1.1.1",
        "security": "1.1.2",
    }
    text = made.files["policy/policy.toml"].decode()
    assert text.count("PROPOSAL, recognised in clause") == 4
    assert "2017-06-05" in text


def test_no_word_of_the_text_is_changed(seed: str) -> None:
    made = scaffold.make(seed.encode())
    dressed = scaffold.dress(made.imported.clauses)
    marks = {
        clause.id: clause.text.partition(" ")[0] for clause in dressed if clause.text[0] == "#"
    }
    assert marks == {"title": "#", "1": "##", "2": "##", "3": "##", "4": "##", "5": "##"}
    plain = "\n".join(clause.text.removeprefix("## ").removeprefix("# ") for clause in dressed)
    assert import_.normalise(plain) == import_.normalise(seed)


def test_a_russian_text(tmp_path: Path) -> None:
    made = scaffold.make(RUSSIAN.encode(), "eu-gdpr")
    found = declarations(made)
    assert found["languages"] == ["ru"]
    assert found["profile"] == "eu-gdpr"
    assert found["domain"] == "пример.рф"
    assert found["purpose"]["communication"]["clause"] == "1.1.1"
    folder.write(tmp_path, made.files)
    settings = config.load(tmp_path)
    assert settings.site.address == "https://xn--e1afmkfd.xn--p1ai"
    assert settings.origin == "xn--e1afmkfd.xn--p1ai/journal"
    assert not settings.site.demo
    assert settings.mail.sender == ""


def test_what_the_text_lacks_altogether_is_marked_too(tmp_path: Path) -> None:
    made = scaffold.make(b"We respect your privacy.")
    folder.write(tmp_path, made.files)
    assert config.load(tmp_path).origin == "localhost/journal"
    problems = check.files(folder.read(tmp_path)).problems
    assert {p.code for p in problems} == {"unfinished", "date-missing", "clause-unbound"}
    text = made.files["policy/policy.toml"].decode()
    assert "The text names no domain." in text
    assert "No clause was recognised that names this purpose." in text
    assert "The text has no date line." in text


def test_a_completed_folder_has_nothing_wrong(seed: str) -> None:
    """What `init` asks for is enough: fill every gap, and the check is content."""
    files = {
        k: v.decode() for k, v in scaffold.make(seed.encode()).files.items() if k not in BESIDE
    }
    text = files["policy/policy.toml"]
    fill = {
        'contact = ""': 'contact = "a@b.example"',
        'country = ""': 'country = "RU"',
        'term = ""': 'term = "P30D"',
        'at-most = ""': 'at-most = "P1Y"',
        '.en = ""': '.en = "Something."',
    }
    for gap, value in fill.items():
        text = text.replace(gap, value)
    files["policy/policy.toml"] = text
    problems = check.files({name: body.encode() for name, body in files.items()}).problems
    assert {problem.code for problem in problems} == {"clause-unbound"}
    for problem in problems:
        clause = problem.message.split()[1]
        files["policy/policy.toml"] += f'\n[clause."{clause}"]\nfact = true\n'
    assert check.files({name: body.encode() for name, body in files.items()}).problems == ()


@pytest.mark.parametrize("raw", [b"", b" \n\n ", b"\xff\xfe"])
def test_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        scaffold.make(raw)


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(Invalid, match="ru-152fz, eu-gdpr"):
        scaffold.make(b"text", "us")


def test_language() -> None:
    assert scaffold.guess_language("Политика сайта example.org") == "ru"
    assert scaffold.guess_language("Policy of ООО") == "en"
    assert scaffold.guess_language("123") == "en"


def test_the_example_is_whole(tmp_path: Path) -> None:
    files = scaffold.example()
    folder.write(tmp_path, files)
    assert config.load(tmp_path).site.demo
    assert check.files(folder.read(tmp_path)).problems == ()


def test_the_example_follows_the_seed_clause_for_clause(seed: str) -> None:
    ids = [clause.id for clause in import_.split(seed).clauses]
    for name in ("policy/policy.md", "policy/policy.ru.md"):
        clauses, _, _ = markdown.read(scaffold.example()[name].decode(), name)
        assert [clause.id for clause in clauses] == ids


def test_the_example_copies_no_sentence_of_the_seed(seed: str) -> None:
    text = import_.normalise(scaffold.example()["policy/policy.md"].decode()).lower()
    words = seed.lower().split()
    runs = (" ".join(words[at : at + 10]) for at in range(len(words) - 9))
    assert [run for run in runs if run in " ".join(text.split())] == []


@given(st.text(min_size=1))
def test_any_text_makes_a_folder_that_can_be_checked(text: str) -> None:
    try:
        made = scaffold.make(text.encode())
    except Invalid:
        return
    files = {name: raw for name, raw in made.files.items() if name not in BESIDE}
    codes = {problem.code for problem in check.files(files).problems}
    assert codes <= {"unfinished", "date-missing", "clause-unbound"}
