# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, strategies as st

from tests import editions
from uphold.policy import import_, page
from uphold.policy.document import Clause, Edition

TAGS = {"a", "em", "strong", "code", "br"}


def with_text(edition: Edition, *clauses: Clause) -> Edition:
    return replace(edition, texts={"en": clauses, "ru": clauses})


def test_the_example_in_both_languages() -> None:
    edition = editions.example()
    for language, title in (("en", "Privacy policy of the"), ("ru", "Политика мастерской")):
        view = page.view(edition, language)
        assert view.title.startswith(title)
        assert view.language == language
        assert view.updated_on == date(2026, 11, 16)
        assert [c.anchor for c in view.clauses] == [c.id for c in edition.texts[language]][1:]
        assert [c.anchor for c in view.clauses if c.heading] == ["1", "2", "3", "4", "5"]
        assert {c.number for c in view.clauses if c.anchor == "2.2.1"} == {"2.2.1."}
        assert {c.depth for c in view.clauses if c.anchor == "2.2.1"} == {2}
    assert page.view(edition, "de").language == "en"
    assert page.updated_on(edition) == date(2026, 11, 16)


def test_purposes_in_words() -> None:
    views = {view.title: view for view in page.view(editions.example(), "en").purposes}
    view = views["answering your message and dealing with your request"]
    assert view.ground == "your consent"
    assert view.term == "30 days after the enquiry is closed, and in any case 1 year after receipt"
    assert view.data == ("Name", "E-mail address", "Telephone number", "Content of the message")


def test_a_heading_printed_with_the_wrong_number_shows_the_right_one(seed: str) -> None:
    clauses = import_.split(seed).clauses
    view = page.view(with_text(editions.example(), *clauses), "en")
    numbers = {clause.anchor: clause.number for clause in view.clauses}
    assert numbers["3"] == "3."
    assert numbers["1.1.2"] == "1.1.2"
    assert numbers["preamble.1"] == numbers["date"] == ""
    assert [c.paragraphs[0] for c in view.clauses if c.anchor == "5"] == [
        "Change of Privacy Policy"
    ]


def test_lists_become_paragraphs() -> None:
    assert page.paragraphs("Both:\n\n- *one*\n- two\n\nand\nso on") == (
        "Both:",
        "<em>one</em>",
        "two",
        "and\nso on",
    )


def test_indented_text_is_text() -> None:
    assert page.paragraphs("    1.1. In a policy") == ("1.1. In a policy",)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <!-- clause: 1 --> b",
        "[x](javascript:alert(1))",
        "![x](https://example.org/pixel.gif)",
        "<javascript:alert(1)>",
    ],
)
def test_no_html_and_no_picture_comes_through(text: str) -> None:
    assert set(tags(page.paragraphs(text))) <= {"a"}
    assert "javascript:" not in "".join(links(page.paragraphs(text)))


def test_links_that_leave_are_marked() -> None:
    (html,) = page.paragraphs("[a](https://other.example/x) <https://b.example> [c](//d.example)")
    assert html.count(f'rel="{page.OUTGOING}"') == 3
    (html,) = page.paragraphs("[a](/policy) [b](#1.1) [c](mailto:a@b.example) <a@b.example>")
    assert "rel=" not in html


@given(st.text(max_size=200))
def test_any_text_gives_only_harmless_tags(text: str) -> None:
    shown = page.paragraphs(text)
    assert set(tags(shown)) <= TAGS
    for address in links(shown):
        assert not address.lower().startswith(("javascript:", "vbscript:", "data:", "file:"))


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"href", "title", "rel"}
        self.links += [value or "" for name, value in attrs if name == "href"]


def read(paragraphs: tuple[str, ...]) -> Reader:
    reader = Reader()
    reader.feed("\n".join(paragraphs))
    reader.close()
    return reader


def tags(paragraphs: tuple[str, ...]) -> list[str]:
    return read(paragraphs).tags


def links(paragraphs: tuple[str, ...]) -> list[str]:
    return read(paragraphs).links
