# SPDX-License-Identifier: Apache-2.0
"""Every page, in every state and both languages, is whole: nothing undefined, well formed, safe, translated."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise

import jinja2
import pytest

from tests.unit.web import console_samples, samples
from uphold.web import pages, views

_VOID = {"meta", "link", "input", "br", "wbr"}


class Reader(HTMLParser):
    """Reads a page into its tags, texts and ids, and notes tags that do not close in order."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self.text: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        self.faults += [f"{tag} is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"{name} stands twice in {tag}" for name in names if names.count(name) > 1]
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"{tag} closes out of order at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.text[self._open[-1]] = self.text.get(self._open[-1], "") + data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [found[attribute] for _, found in self.tags if attribute in found]


@dataclass(frozen=True)
class Sample:
    """A page as it is rendered in a language, and as it reads in English."""

    name: str
    language: str
    read: Reader
    english: Reader


@pytest.fixture(scope="module")
def every() -> tuple[Sample, ...]:
    """Every page in every language."""
    found = {
        language: {name: Reader(page) for name, page in console_samples.rendered(language).items()}
        for language in pages.LANGUAGES
    }
    assert {*found["en"]} == {*found["ru"]} == {*console_samples.every("en")}
    return tuple(
        Sample(name, language, read, found["en"][name])
        for language, shown in found.items()
        for name, read in shown.items()
    )


def of_every_page(check: Callable[[Sample], None]) -> Callable[[tuple[Sample, ...]], None]:
    """Make one test of what must hold for each page: it looks at all of them, and names those that fail."""

    def look(every: tuple[Sample, ...]) -> None:
        faults = {}
        for one in every:
            try:
                check(one)
            except (AssertionError, LookupError, ValueError) as fault:
                faults[one.name, one.language] = repr(fault)
        assert faults == {}

    return look


@of_every_page
def test_is_well_formed(page: Sample) -> None:
    assert page.read.faults == []
    ids = page.read.values("id")
    assert sorted(set(ids)) == sorted(ids)


@of_every_page
def test_has_one_heading_a_title_and_its_language(page: Sample) -> None:
    assert len(page.read.all("h1")) == 1
    assert page.read.text["title"].strip()
    assert page.read.all("html")[0]["lang"] == page.language


@of_every_page
def test_headings_skip_no_level(page: Sample) -> None:
    levels = [int(tag[1]) for tag, _ in page.read.tags if re.fullmatch("h[1-6]", tag)]
    # The summary of problems and the notices stand before the h1 on purpose: they are read first.
    after = levels[levels.index(1) :]
    assert all(next_ - level <= 1 for level, next_ in pairwise(after))


@of_every_page
def test_every_input_has_a_name_to_be_called_by(page: Sample) -> None:
    called = {label["for"] for label in page.read.all("label")}
    for tag in ("input", "select", "textarea"):
        for field in page.read.all(tag):
            if field.get("type") != "hidden":
                assert field.get("id") in called or "aria-label" in field, field


@of_every_page
def test_what_is_referred_to_is_there(page: Sample) -> None:
    ids = set(page.read.values("id"))
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for value in page.read.values(attribute):
            assert set(value.split()) <= ids, value
    for link in page.read.all("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids


@of_every_page
def test_the_strict_policy_of_content_holds(page: Sample) -> None:
    assert "style" not in [name for _, found in page.read.tags for name in found]
    assert [name for _, found in page.read.tags for name in found if name.startswith("on")] == []
    assert page.read.all("style") == []
    assert all("src" in script for script in page.read.all("script"))
    assert "script" not in {tag for tag, text in page.read.text.items() if text.strip()}


@of_every_page
def test_nothing_is_loaded_from_elsewhere(page: Sample) -> None:
    loaded = [tag["href"] for tag in page.read.all("link")] + page.read.values("src")
    sent = page.read.values("action") + page.read.values("formaction")
    assert all(re.match(r"/[^/]", address) for address in loaded + sent), loaded + sent


@of_every_page
def test_the_chosen_language_travels_on_links(page: Sample) -> None:
    files = ("/static/", "/receipt/", "/journal/")
    pages_linked = [
        tag["href"]
        for tag in page.read.all("a")
        if tag["href"].startswith("/") and not tag["href"].startswith(files) and "rel" not in tag
    ]
    expected = page.language == "ru"  # the sample frame chose Russian by hand, and English not
    assert all(("lang=ru" in address) is expected for address in pages_linked), pages_linked


@of_every_page
def test_no_box_of_consent_is_ever_ticked(page: Sample) -> None:
    boxes = [box for box in page.read.all("input") if box.get("type") == "checkbox"]
    # What is chosen for a program or a disclosure is shown again as it was ticked, when something else was wrong;
    # of an incident, what is on record and what its alert names.
    chosen = ("scope.", "for.", "field.", "nature-", "of-")
    boxes = [box for box in boxes if not str(box.get("name")).startswith(chosen)]
    assert [box for box in boxes if "checked" in box] == []


@of_every_page
def test_russian_pages_hold_no_english_sentence(page: Sample) -> None:
    if page.language == "ru":
        english = {text.strip() for text in page.english.text.values()}
        same = english & {text.strip() for text in page.read.text.values()}
        # Commands, numbers, names and digests are the same in every language.
        sentences = [text for text in same if not text.startswith("uphold ")]
        assert [text for text in sentences if re.search(r"[a-z] [a-z]+ [a-z]+ [a-z]", text)] == []


def form(language: str, **changes: object) -> str:
    view = samples.form(language, every_field=False)
    return pages.render(replace(view, **changes), samples.frame(language)).decode()  # type: ignore[arg-type]  # any field of the view


@pytest.mark.parametrize(("language", "word"), [("en", "(mandatory)"), ("ru", "(обязательно)")])
def test_each_label_says_whether_it_is_mandatory(language: str, word: str) -> None:
    fields = (views.Field("a", "A", mandatory=True), views.Field("b", "B"))
    page = form(language, fields=fields, consents=())
    other = {"en": "(optional)", "ru": "(по желанию)"}[language]
    assert re.search(rf'<label for="a">A <span class="mark">{re.escape(word)}</span></label>', page)
    assert re.search(
        rf'<label for="b">B <span class="mark">{re.escape(other)}</span></label>', page
    )
    assert page.index(word) < page.index("<form")


def test_values_are_kept_and_escaped() -> None:
    nasty = '"><script>alert(1)</script>'
    fields = (views.Field("a", nasty, value=nasty), views.Field("b", "B", "textarea", value=nasty))
    page = form("en", fields=fields)
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_a_refused_form_says_so_in_its_title_and_leads_to_the_fields() -> None:
    page = pages.render(samples.form("ru", wrong=True), samples.frame("ru")).decode()
    assert "<title>Ошибка: " in page
    assert '<a href="#consent.feedback">' in page
    assert 'aria-describedby="email-error email-hint" aria-invalid="true"' in page


def test_the_label_of_consent_links_to_wording_and_policy_apart() -> None:
    label = re.search(r'<label for="consent.feedback">.*?</label>', form("en"), re.DOTALL)
    assert label is not None
    assert re.findall(r'href="([^"]+)"', label[0]) == [
        f"/wording/{samples.DIGEST}",
        "/policy?edition=2",
    ]


def test_the_trap_is_out_of_the_way() -> None:
    page = form("en")
    trap = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', page)
    assert trap is not None
    assert 'name="_gotcha" tabindex="-1" autocomplete="off"' in trap[0]


def test_what_is_not_given_is_an_error_not_a_blank() -> None:
    template = pages._environment("en").from_string("{{ page.nothing }}")
    with pytest.raises(jinja2.UndefinedError):
        template.render(page=samples.tour("en"))


def test_an_unknown_language_falls_back_to_english() -> None:
    page = pages.render(samples.tour("en"), replace(samples.frame("en"), language="tlh"))
    assert b"Promises kept, and proved" in page


def test_a_wording_is_shown_letter_for_letter() -> None:
    view = replace(samples.wording("en"), text="One *star* <b>.\n\nTwo\nlines.")
    page = pages.render(view, samples.frame("en")).decode()
    assert '<p class="text">One *star* &lt;b&gt;.</p>' in page
    assert '<p class="text">Two\nlines.</p>' in page


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [(1, "1 day", "1 день"), (3, "3 days", "3 дня"), (11, "11 days", "11 дней")],
)
def test_plural_forms(count: int, english: str, russian: str) -> None:
    milliseconds = count * 86_400_000
    assert pages._age(milliseconds, pages.translations("en")) == english
    assert pages._age(milliseconds, pages.translations("ru")) == russian


def test_waits_are_rounded_up() -> None:
    english = pages.translations("en")
    assert pages._wait(1, english) == "1 second"
    assert pages._wait(119, english) == "119 seconds"
    assert pages._wait(121, english) == "3 minutes"


def test_static_addresses_change_with_the_contents() -> None:
    assert re.fullmatch(r"/static/uphold\.css\?v=[0-9a-f]{12}", pages.static("uphold.css"))


def test_a_digest_breaks_between_groups_and_copies_whole() -> None:
    assert pages.grouped("a" * 8 + "b" * 8) == "a" * 8 + "<wbr>" + "b" * 8


def test_own_files_stay_small() -> None:
    folder = resources.files("uphold.web") / "static"
    assert len((folder / "uphold.css").read_bytes()) <= 14 * 1024
    assert len((folder / "form.js").read_bytes()) < 4 * 1024
