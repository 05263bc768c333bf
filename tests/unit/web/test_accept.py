# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, strategies as st

from uphold.web import accept

HTML, LINKED = "text/html", "application/ld+json"
OFFERED = (HTML, LINKED)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", HTML),
        ("*/*", HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("application/ld+json", LINKED),
        ("Application/LD+JSON", LINKED),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#flattened"', LINKED),
        ('application/ld+json; profile="x"; q=0.2, text/html;q=0.5', HTML),
        ("text/html;q=0.4, application/ld+json;q=0.5", LINKED),
        ("text/html;q=0.5, application/ld+json;q=0.5", HTML),
        ("application/ld+json, */*;q=0.1", LINKED),
        ("application/*, text/html;q=0.9", LINKED),
        ("application/*;q=0.9, application/ld+json;q=0.1, text/html;q=0.5", HTML),
        ("text/html;q=0, */*", LINKED),
        ("text/html ; q=0.001 , application/ld+json ; q=0.002", LINKED),
        ("application/json", HTML),
        ("text/html;q=nonsense, application/ld+json;q=0.1", LINKED),
        ("application/ld+json;q=2, text/html;q=0.1", HTML),
        ("*/html, application/ld+json;q=0.1", LINKED),
        ("ld+json", HTML),
        (",;,", HTML),
    ],
)
def test_what_weighs_most_is_given(header: str, expected: str) -> None:
    assert accept.best(header, OFFERED) == expected


@given(st.text(alphabet='abtexhml/+*;=q.,01 "', max_size=80))
def test_any_header_is_answered(header: str) -> None:
    assert accept.best(header, OFFERED) in OFFERED
