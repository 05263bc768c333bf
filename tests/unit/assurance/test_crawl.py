# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import site
from uphold.assurance import crawl
from uphold.assurance.crawl import Crawl, Fetched
from uphold.assurance.visitor import Visitor
from uphold.web import run

OWN = frozenset({"uphold.example"})


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    """Every page of a site, as a stranger comes upon them from the first."""
    root: Path = tmp_path_factory.mktemp("crawl")
    app = site.build(root)
    try:
        with run.serving(app) as target:
            yield crawl.follow(Visitor(target), ["/", "/nothing"], OWN)
    finally:
        app.close()


def test_every_page_is_found_from_the_first(walked: Crawl) -> None:
    paths = {one.path for one in walked.fetched}
    assert {"/", "/policy", "/f/feedback", "/policy/editions", "/policy?lang=ru"} <= paths
    assert any(path.startswith("/wording/") for path in paths)
    assert any(path.startswith("/static/uphold.css") for path in paths)
    assert len(paths) == len(walked.fetched)


def test_nothing_is_left_out_or_made_up(walked: Crawl) -> None:
    wrong = {one.path for one in walked.fetched if one.status != 200}
    assert {path.partition("?")[0] for path in wrong} == {"/nothing"}
    assert all(one.page.all("h1") for one in walked.pages)
    assert not any(one.cookies for one in walked.fetched)


def test_a_crawl_stays_on_the_site_and_ends() -> None:
    text = (
        '<a href="/a">a</a><a href="https://uphold.example/b?x=1#y">b</a><a href="c">c</a>'
        '<a href="https://out.example/">out</a><a href="mailto:a@b.example">m</a><a href="#z">z</a>'
        '<img src="/d.svg">'
    )
    one = Fetched("/dir/page", 200, (("content-type", "text/html; charset=utf-8"),), text)
    leads = set(crawl._leads(one, OWN))
    assert leads == {"/a", "/b?x=1", "/dir/c", "/dir/page", "/d.svg"}
    moved = Fetched("/old", 303, (("location", "/new"),), "")
    assert list(crawl._leads(moved, OWN)) == ["/new"]


def test_this_machine_has_two_names_and_a_site_on_it_both() -> None:
    assert crawl.known_as("127.0.0.1:8000", "") == {"127.0.0.1:8000", "localhost:8000"}
    assert crawl.known_as("uphold.example", "localhost") == {
        *("uphold.example", "localhost", "127.0.0.1")
    }
