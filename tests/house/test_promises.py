# SPDX-License-Identifier: Apache-2.0
"""What is built is probed, what is not says so, and the page of promises says what the catalogue says."""

from tools import promises
from uphold.policy import promise


def test_the_reference_of_promises_is_the_catalogue() -> None:
    assert promises.PAGE.read_text(encoding="utf-8") == promises.page(), "run: make promises"


def test_what_is_built_has_a_probe_and_what_is_not_has_none() -> None:
    assert [
        one.id for one in promise.catalogue().values() if bool(one.probes) is not one.built
    ] == []
