# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.unit.web import samples
from uphold.assurance import html
from uphold.errors import Invalid
from uphold.web import pages

PAGE = """<!doctype html><html lang="en"><head><title>T</title>
<link rel="stylesheet" href="/static/a.css"><link rel="canonical" href="https://elsewhere.example/">
<style>@import "https://fonts.example/x.css"; p { background: url('/p.png') }</style>
<script src="/static/a.js"></script></head>
<body onload="go()"><h1>Hello<wbr>there</h1><p>one</p><p>two <b>bold</b></p>
<nav><a href="/?lang=ru" hreflang="ru" rel="alternate">Русский</a></nav>
<a href="https://out.example/x" rel="noopener External">out</a><script>go()</script>
<form method="POST" action="/f/x"><input type="hidden" name="_token" value="t">
<label for="n">Name <span>(optional)</span></label><input id="n" name="n" required>
<label for="m">Message</label><textarea id="m" name="m">
 two
lines</textarea>
<fieldset><legend>Colour (mandatory)</legend><input type="radio" id="c1" name="c" value="r" checked>
<label for="c1">Red</label><input type="radio" name="c" value="g"></fieldset>
<select name="s"><option value="">Choose</option><option value="b" selected>B</option></select>
<input type="checkbox" id="b" name="b" value="yes" checked>
<label for="b">I agree <a href="/w">text</a> <a href="/p">policy</a></label>
<button type="submit" name="go" value="1">Send</button></form>
<template><form><input name="later"></form>unseen</template></body></html>"""


@pytest.fixture
def page() -> html.Node:
    return html.parse(PAGE)


def test_what_a_person_fills_in(page: html.Node) -> None:
    (form,) = html.forms(page)
    assert (form.method, form.action) == ("post", "/f/x")
    assert form.hidden == {"_token": "t"}
    assert [(c.name, c.kind, c.label) for c in form.fields] == [
        ("n", "text", "Name (optional)"),
        ("m", "textarea", "Message"),
        ("c", "radio", "Colour (mandatory)"),
        ("s", "select", ""),
    ]
    values = {c.name: c.value for c in form.fields}
    assert values == {"n": "", "m": " two\nlines", "c": "r", "s": "b"}
    assert form.fields[0].required
    assert form.fields[2].ticked
    (box,) = form.boxes
    assert (box.ticked, box.links) == (True, ("/w", "/p"))


def test_what_a_person_sees(page: html.Node) -> None:
    text = page.text
    assert "Hellothere one two bold" in text
    assert "unseen" not in text
    assert "go()" not in text
    assert page.all("h1")[0].text == "Hellothere"
    assert [node.text for node in page.all("p")] == ["one", "two bold"]


def test_links(page: html.Node) -> None:
    out = next(link for link in html.links(page) if link.text == "out")
    assert out.rel == {"noopener", "external"}
    assert html.languages(page) == {"ru": "/?lang=ru"}


def test_what_a_page_loads(page: html.Node) -> None:
    loaded = ["/static/a.css", "https://fonts.example/x.css", "/p.png", "/static/a.js"]
    assert html.loads(page) == loaded
    assert html.inline(page) == ["script", "onload"]


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<img src="//cdn.example/x.gif">', "//cdn.example/x.gif"),
        ('<img srcset="/a 1x,https://b.example/c 2x">', "https://b.example/c"),
        ('<link rel="preconnect" href="https://c.example">', "https://c.example"),
        ('<svg><use href="https://d.example/i.svg#x"></use></svg>', "https://d.example/i.svg#x"),
        ('<meta http-equiv="Refresh" content="0;url=https://e.example/">', "https://e.example/"),
        ('<p style="background:url(https://f.example/p)"></p>', "https://f.example/p"),
        ('<iframe src="https://g.example/"></iframe>', "https://g.example/"),
        ('<video poster="https://h.example/p"></video>', "https://h.example/p"),
    ],
)
def test_every_way_to_load(markup: str, address: str) -> None:
    loaded = html.loads(html.parse(markup))
    assert address in loaded
    assert html.outside(address, {"here.example"})


def test_addresses_in_styles_and_scripts() -> None:
    assert html.css("a{src:url(x.woff)} @import 'y.css'") == ["x.woff", "y.css"]
    assert html.js('fetch("https://spy.example/i"); // a note\nvar a = "/here"') == [
        "https://spy.example/i"
    ]
    assert html.inline(html.parse('<a href="JavaScript:go()">x</a>')) == ["javascript:"]


@pytest.mark.parametrize(
    ("address", "out"),
    [
        ("/policy", False),
        ("policy?x=1", False),
        ("#top", False),
        ("mailto:a@b.example", False),
        ("http://here.example:8000/x", False),
        ("http://there.example/", True),
        ("//there.example/", True),
        ("https:there.example", True),
        ("http://[broken", True),
    ],
)
def test_what_is_outside(address: str, out: bool) -> None:
    assert html.outside(address, {"here.example:8000"}) is out


@pytest.mark.parametrize("markup", ["<p>never closed", "<p></div></p>", "</p>"])
def test_a_page_that_is_not_well_formed(markup: str) -> None:
    with pytest.raises(Invalid):
        html.parse(markup)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_ours_can_be_read(language: str) -> None:
    for name, page in samples.public(language).items():
        assert html.parse(pages.render(*page).decode()).all("h1"), name
