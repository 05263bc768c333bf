# SPDX-License-Identifier: Apache-2.0
"""The browser itself starts, and runs without a network of its own."""

from playwright.sync_api import Page


def test_chromium_renders_a_page(page: Page) -> None:
    page.set_content("<title>Проверка</title><p>Работает</p>")
    assert page.title() == "Проверка"
    assert page.text_content("p") == "Работает"
