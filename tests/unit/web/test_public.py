# SPDX-License-Identifier: Apache-2.0
"""The public pages one by one; forms and receipts are followed through in tests/flow."""

import json

import pytest

from tests import linked, site, visitor
from tests.visitor import Visitor
from uphold import errors
from uphold.policy import folder, publish
from uphold.web import pages, public, views


@pytest.mark.parametrize("text", ["0", "7", "999999999"])
def test_a_number(text: str) -> None:
    assert public._number(text) == int(text)


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "٣", "9" * 10, " 1"])
def test_no_number(text: str) -> None:
    with pytest.raises(errors.Missing):
        public._number(text)


def test_the_policy_and_its_editions(somebody: Visitor) -> None:
    file = somebody.app.settings.folder / "policy" / "policy.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# More.\n", encoding="utf-8")
    visitor.publish(somebody.app)
    now = somebody.get("/policy")
    assert now.status == 200
    assert "edition 2" in now.page.title
    assert "16 November 2026".replace(" ", "\u00a0", 1) in now.page.text
    before = somebody.get("/policy?edition=1").page
    assert "edition 1" in before.title
    assert "replaced" in before.text
    listed = somebody.get("/policy/editions").page
    assert [link for link in listed.links if "edition=" in link] == [
        "/policy?edition=2",
        "/policy?edition=1",
    ]
    for edition in ("3", "x", "0", "-1", "1" * 40):
        assert somebody.get(f"/policy?edition={edition}").status == 404


def test_what_everybody_is_shown_is_drawn_once(
    somebody: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = pages.render

    def count(view: pages.View, around: views.Frame) -> bytes:
        drawn.append(around.language)
        return draw(view, around)

    monkeypatch.setattr(pages, "render", count)
    first, again = (somebody.get("/policy", {"accept-language": "en"}) for _ in range(2))
    assert again.html == first.html
    assert "set-cookie" not in again.headers
    russian = somebody.get("/policy", {"accept-language": "ru"})
    assert 'lang="ru"' in russian.html
    assert drawn == ["en", "ru"]


LINKED = {"accept": "application/ld+json"}


def test_the_policy_is_given_to_programs(somebody: Visitor) -> None:
    answer = somebody.get("/policy", LINKED)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["vary"] == "accept, accept-language"
    found = linked.graph(answer.json)
    assert linked.unknown(found) == set()
    assert answer.json["@type"] == "dpv:PrivacyNotice"
    assert answer.json["@id"].endswith("/policy?edition=1")
    assert somebody.get("/policy?edition=1", LINKED).json == answer.json
    assert somebody.get("/policy?edition=7", LINKED).status == 404
    russian = somebody.get("/policy?lang=ru", LINKED)
    assert "Тихая гавань" in json.dumps(russian.json, ensure_ascii=False)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("application/ld+json;q=0.4, text/html;q=0.6", "text/html; charset=utf-8"),
        ("application/ld+json;q=0.9, text/html;q=0.6", "application/ld+json"),
    ],
)
def test_the_policy_comes_as_is_preferred(somebody: Visitor, accept: str, kind: str) -> None:
    answer = somebody.get("/policy", {"accept": accept})
    assert answer.headers["content-type"] == kind
    assert answer.headers["vary"] == "accept, accept-language"


def test_each_clause_has_its_address(somebody: Visitor) -> None:
    html = somebody.get("/policy").html
    for anchor in ("preamble.1", "1.1.1", "2.2.2", "5.1"):
        assert f'id="{anchor}"' in html


def test_both_languages(somebody: Visitor) -> None:
    for path in ("/", "/policy", "/policy/editions", "/f/feedback"):
        english, russian = somebody.get(path), somebody.get(f"{path}?lang=ru")
        assert '<html lang="en">' in english.html
        assert '<html lang="ru">' in russian.html
        # A language that was chosen by hand travels on every link but the switch back.
        own = [link for link in russian.page.links if link.startswith("/") and link != "/journal"]
        pages = [link for link in own if not link.startswith(("/journal/", "/static/"))]
        assert [link for link in pages if "lang=" not in link] == []


def test_an_ordinary_home_page(somebody: Visitor) -> None:
    page = somebody.get("/").page
    assert "Write to us" in page.text
    assert "/f/feedback" in page.links


def test_an_edition_to_come_is_shown_as_such(somebody: Visitor) -> None:
    app = somebody.app
    file = app.settings.folder / "policy" / "policy.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# More.\n", encoding="utf-8")
    archive = publish.prepare(folder.read(app.settings.folder))
    app.writer.run(lambda tx: publish.publish(tx, archive, site.now() + 3_600_000))
    assert "edition 1" in somebody.get("/policy").page.title
    assert "not yet in force" in somebody.get("/policy/editions").page.text
    assert "not yet in force" in somebody.get("/policy?edition=2").page.text
