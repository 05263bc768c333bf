# SPDX-License-Identifier: Apache-2.0
import pytest

from uphold.assurance.crawl import Crawl, Fetched
from uphold.assurance.probe import Status
from uphold.assurance.probes import links
from uphold.assurance.probes.links import MARKS, Allows, Leaving, Loads, Marked
from uphold.web import security

OWN = frozenset({"here.example"})


def test_a_page_that_loads_from_elsewhere() -> None:
    own = Loads("/", (), ())
    assert links.NOTHING_LOADED.oracle((own,)).status is Status.KEPT
    assert links.NOTHING_LOADED.oracle(()).status is Status.NOT_SHOWN
    for other in (Loads("/a", ("https://cdn.example/x",), ()), Loads("/a", (), ("onload",))):
        assert links.NOTHING_LOADED.oracle((own, other)).status is Status.BROKEN


@pytest.mark.parametrize(
    ("kind", "text", "headers"),
    [
        ("text/html", '<img src="https://a.example/x">', ()),
        ("text/html", '<form action="https://a.example/x"></form>', ()),
        ("text/css", "@import url(//a.example/x.css)", ()),
        ("text/javascript", "fetch('https://a.example/x')", ()),
        ("text/html", "", (("link", "<https://a.example/x>; rel=preload"),)),
        ("text/html", "", (("refresh", "0; url=https://a.example/x"),)),
        ("text/html", "", (("location", "https://a.example/x"),)),
    ],
)
def test_every_way_out_of_an_answer(
    kind: str, text: str, headers: tuple[tuple[str, str], ...]
) -> None:
    one = Fetched("/p", 200, (("content-type", kind), *headers), text)
    assert len(links._loads(one, Crawl((one,), OWN)).outside) == 1


def test_the_content_policy_of_ours_is_narrow() -> None:
    oracle = links.NOTHING_ALLOWED.oracle
    assert oracle((Allows("/", security.POLICY, ""),)).status is Status.KEPT
    assert oracle(()).status is Status.NOT_SHOWN


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "default-src 'self'",
        security.POLICY.replace("script-src 'self'", "script-src 'self' https://cdn.example"),
        security.POLICY.replace("script-src 'self'", "script-src 'unsafe-inline'"),
        security.POLICY.replace("img-src 'self'", "img-src *"),
        security.POLICY.replace("img-src 'self'", "img-src data:"),
        # Of two, a browser takes the first.
        "default-src *; " + security.POLICY,
    ],
)
def test_a_content_policy_that_permits_more(policy: str) -> None:
    assert links.NOTHING_ALLOWED.oracle((Allows("/", policy, ""),)).status is Status.BROKEN


@pytest.mark.parametrize("lacks", sorted(MARKS))
def test_a_link_without_its_marks(lacks: str) -> None:
    marked = Leaving("/", "https://out.example/", MARKS)
    assert links.LEAVING.oracle(Marked((marked,), ())).status is Status.KEPT
    bare = Leaving("/", "https://out.example/", MARKS - {lacks})
    outcome = links.LEAVING.oracle(Marked((marked, bare), ()))
    assert outcome.status is Status.BROKEN
    assert lacks in str(outcome.saw[0])


def test_a_page_that_tells_where_from() -> None:
    assert links.LEAVING.oracle(Marked((), ("/receipt",))).status is Status.BROKEN
