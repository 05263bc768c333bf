# SPDX-License-Identifier: Apache-2.0
"""What could name a person or a thing of theirs leaves the page's address."""

import pytest
from hypothesis import given, strategies as st

from uphold.visits import layout, template

PAGES = [
    ("/", "/"),
    ("/about", "/about"),
    ("/about/", "/about"),
    ("//about///us", "/about/us"),
    ("/index.html", "/index.html"),
    ("/%D0%BE%D0%BF%D0%BB%D0%B0%D1%82%D0%B0", "/оплата"),
    ("/iPhone-15-Pro", "/iPhone-15-Pro"),
    ("/152-fz", "/152-fz"),
    ("/policy?edition=2", "/policy"),
    ("/f/contact#name", "/f/contact"),
    ("/p;jsessionid=A1B2", "/p"),
    ("/receipt/5dK0abCDefGH", "/receipt/{id}"),
    ("/receipt/abc.tlog-proof", "/receipt/{id}"),
    ("/receipt/abc/withdraw", "/receipt/{id}/withdraw"),
    ("/wording/sha256:abc", "/wording/{id}"),
    ("/users/ivan/photos", "/users/{id}/photos"),
    ("/Users/ivan", "/Users/{id}"),
    ("/~ivan", "/{id}"),
    ("/a@b.example", "/{id}"),
    ("/a%40b.example", "/{id}"),
    ("/tel/+79161234567", "/tel/{id}"),
    ("/item/12345", "/item/{id}"),
    ("/2026/11/22/news", "/{id}/{id}/{id}/news"),
    ("/blog/2026-11-22-title", "/blog/{id}"),
    ("/f47ac10b-58cc-4372-a567-0e02b2c3d479", "/{id}"),
    ("/dQw4w9WgXcQ", "/{id}"),
    ("/abcXdefYghiZ", "/{id}"),
    ("/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "/{id}"),
    ("/search/ivan petrov", "/search/{id}"),
    ("/../../etc/passwd", "/{id}/{id}/etc/passwd"),
    ("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/{rest}"),
    ("/" + "/".join(["long-winded-address-of-a-page"] * 5), "other"),
    ("about", "other"),
    ("https://example.org/about", "other"),
    ("/a\x00b", "other"),
    ("", "other"),
]


@pytest.mark.parametrize(("path", "made"), PAGES)
def test_a_page_becomes_its_template(path: str, made: str) -> None:
    assert template.page(path) == made


@pytest.mark.parametrize("made", sorted({made for _, made in PAGES} - {layout.OTHER}))
def test_a_template_without_ids_is_its_own(made: str) -> None:
    if "{" not in made:
        assert template.page(made) == made


@given(st.text(max_size=200))
def test_whatever_comes_is_short_and_has_no_query(path: str) -> None:
    made = template.page(path)
    assert len(made) <= 120
    assert not set(made) & set("?#;@\n\r\0")


@given(st.integers(min_value=10_000), st.sampled_from(["{}", "order-{}", "{}.html", "a{}b"]))
def test_no_long_number_stays(number: int, shape: str) -> None:
    assert str(number) not in template.page("/shop/" + shape.format(number))
