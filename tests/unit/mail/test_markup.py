# SPDX-License-Identifier: Apache-2.0
"""The HTML side says what the text says, links only to the site, and fetches nothing."""

import html
import re

from hypothesis import given, strategies as st

from uphold.mail import markup, template

SITE = "https://example.org"


def shown(page: str) -> str:
    """What a reader sees of a page's body."""
    body = page[page.index("<body") :]
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def test_paragraphs_and_lines() -> None:
    page = markup.page("Один\nдва\n\n\nТри", language="ru", title="Т")
    assert page.count("<p ") == 2
    assert "Один<br>\nдва</p>" in page
    assert '<html lang="ru">' in page


def test_only_the_sites_own_addresses_are_links() -> None:
    text = (
        f"See {SITE}/my/enter?token=a-B_c. And {SITE}, or https://example.org.evil.test/x, "
        "or http://other.test/y"
    )
    page = markup.page(text, language="en", title="T", site=SITE)
    assert re.findall(r'href="([^"]*)"', page) == [f"{SITE}/my/enter?token=a-B_c", SITE]
    assert shown(page).strip() == text
    assert "href" not in markup.page(text, language="en", title="T")


# Line ends of other systems are made ours.
@given(st.text().filter(lambda text: "\r" not in text))
def test_whatever_is_written_stays_text(text: str) -> None:
    page = markup.page(text, language="en", title=text, site=SITE)
    assert template.outside(page) == ""
    assert "".join(shown(page).split()) == "".join(text.split())
