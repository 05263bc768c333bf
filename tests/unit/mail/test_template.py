# SPDX-License-Identifier: Apache-2.0
"""Every letter in every language; an operator's own in its place, or what is wrong with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from uphold import errors
from uphold.mail import template
from uphold.mail.notice import Kind
from uphold.mail.template import SAMPLES, Templates

GOOD = "Subject: Hello from {{ site }}\n\nYour purpose: {{ purpose }}.\n"


def write(folder: Path, name: str, text: str | bytes) -> Templates:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return Templates(folder)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_letter_is_there_in_both_languages(kind: Kind, language: str) -> None:
    values = SAMPLES[kind]
    words = Templates().render(kind, language, values)
    assert words.subject.isprintable()
    assert (
        "{" not in words.subject + words.text + words.html.partition("<body")[2].partition(">")[2]
    )
    assert f'<html lang="{language}">' in words.html
    assert template.outside(words.html) == ""
    cyrillic = any("а" <= letter <= "я" for letter in words.text)
    assert cyrillic is (language == "ru")
    # What a letter is about stands in it, never in its subject.
    for name in ("link", "number", "purpose", "final"):
        if name in values:
            assert str(values[name]) in words.text
            assert str(values[name]) not in words.subject
    assert "\n\n\n" not in words.text


def test_what_is_not_known_leaves_no_gap() -> None:
    values = {**SAMPLES[Kind.REQUEST_RECEIVED], "due": ""}
    words = Templates().render(Kind.REQUEST_RECEIVED, "en", values)
    assert "By law" not in words.text
    assert "\n\n\n" not in words.text


def test_another_language_gets_english() -> None:
    words = Templates().words(Kind.ERASED, "de", SAMPLES[Kind.ERASED])
    assert words.subject == "Your data were erased"


def test_the_operators_own_letter_stands_in_its_place(tmp_path: Path) -> None:
    templates = write(tmp_path / "letters", "withdrawn.de.txt", GOOD)
    words = templates.words(Kind.WITHDRAWN, "de", SAMPLES[Kind.WITHDRAWN])
    assert words.subject == "Hello from example.org"
    assert words.text == "Your purpose: Feedback.\n"
    assert "Your purpose: Feedback." in words.html
    write(tmp_path / "letters", "withdrawn.de.html", "<p>Ihr Zweck: {{ purpose }}</p>")
    values = {**SAMPLES[Kind.WITHDRAWN], "purpose": "<b>"}
    assert templates.words(Kind.WITHDRAWN, "de", values).html == "<p>Ihr Zweck: &lt;b&gt;</p>"
    assert template.faults(tmp_path / "letters") == []


def test_a_letter_that_is_none_is_named_and_quotes_nothing(tmp_path: Path) -> None:
    templates = write(tmp_path / "letters", "withdrawn.en.txt", "Subject: x\n\n{{ nobody }}")
    with pytest.raises(errors.Broken) as caught:
        templates.words(Kind.WITHDRAWN, "en", {**SAMPLES[Kind.WITHDRAWN], "purpose": "secret"})
    assert "withdrawn.en" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("withdrawn.en.txt", GOOD.replace("purpose }}", "receipt }}"), "receipt"),
        ("withdrawn.en.txt", GOOD.replace("{{ site }}", "{{ purpose }}"), "purpose"),
        ("withdrawn.en.txt", "Your purpose", "Subject"),
        ("withdrawn.en.txt", "Subject:\n\nText", "Subject"),
        ("withdrawn.en.txt", "Subject: " + "x" * 200 + "\n\nText", "Subject"),
        ("withdrawn.en.txt", "Subject: {{ site\n\nText", "cannot be put into words"),
        (
            "withdrawn.en.txt",
            "Subject: x\n\n{{ ''.__class__.__mro__ }}",
            "cannot be put into words",
        ),
        ("withdrawn.en.txt", b"Subject: \xff\n\nText", "UTF-8"),
        ("withdrawn.en.html", "<img src='https://x.test/pixel'>", "<img>"),
        ("withdrawn.en.html", "<p style='background: url(//x.test)'>", "url()"),
        ("withdrawn.en.html", "<style>@import 'x'</style>", "url()"),
        ("withdrawn.en.html", "<p onclick='x()'>", "onclick="),
        ("withdrawn.en.html", "<a href='javascript:x'>", "href="),
        ("withdrawn.en.html", "<meta http-equiv=refresh content='0'>", "<meta refresh>"),
        ("withdrawn.de.html", "<p>Text</p>", "no .txt"),
        ("welcome.en.txt", GOOD, "no letter of Uphold"),
        ("withdrawn.txt", GOOD, "no letter of Uphold"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    write(tmp_path / "letters", name, text)
    ((file, problem),) = template.faults(tmp_path / "letters")
    assert file == name
    assert said in problem


def test_without_a_folder_nothing_is_wrong(tmp_path: Path) -> None:
    assert template.faults(tmp_path / "letters") == []


def test_days_and_minutes() -> None:
    moment = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
    assert template.minute(moment, "en") == "2 November 2026, 09:05 UTC"
    assert template.minute(moment, "ru") == "2 ноября 2026 г., 09:05 UTC"
    assert template.day(moment.date(), "de") == "2026-11-02"
