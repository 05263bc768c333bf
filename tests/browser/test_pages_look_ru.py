# SPDX-License-Identifier: Apache-2.0
"""Every page in Chromium, in Russian: the tests of `test_pages_look`, which say what is looked for."""

from tests.browser.test_pages_look import (
    seen,
    test_axe_finds_nothing,
    test_nothing_has_to_be_scrolled_sideways,
    test_text_is_large_and_targets_are_reachable,
    test_the_policy_blocks_nothing_and_nothing_is_asked_elsewhere,
)

LANGUAGE = "ru"
# Wide and dark pages are looked at in English.
KINDS = ("narrow",)

__all__ = [
    "seen",
    "test_axe_finds_nothing",
    "test_nothing_has_to_be_scrolled_sideways",
    "test_text_is_large_and_targets_are_reachable",
    "test_the_policy_blocks_nothing_and_nothing_is_asked_elsewhere",
]
