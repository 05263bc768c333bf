# SPDX-License-Identifier: Apache-2.0
"""What would be published is known to the byte before it is."""

import pytest

from tests import editions, wider
from uphold.errors import Conflict, Invalid
from uphold.policy import digest, publish, release


def test_the_first_edition_compares_with_nothing() -> None:
    made = release.prepare(editions.files(), None)
    assert made.archive == publish.prepare(editions.files())
    assert made.digest == made.edition.digest == digest.of(made.archive)
    assert (made.edition.number, made.edition.published_at) == (1, 0)
    assert made.comparison is None


def test_a_later_one_compares_with_the_one_in_force() -> None:
    newest = editions.example()
    made = release.prepare(wider.files(editions.files()), newest)
    assert made.edition.number == 2
    assert made.comparison is not None
    assert made.comparison.material
    again = release.prepare(wider.files(editions.files()), newest, made.edition)
    assert again.comparison is not None
    assert again.comparison.is_empty


def test_what_may_not_be_published_is_refused_before_it_is_shown() -> None:
    newest = editions.example()
    with pytest.raises(Conflict):
        release.prepare(editions.files(), newest)
    files = wider.files(editions.files())
    for name in ("policy/policy.md", "policy/policy.ru.md"):
        files[name] = files[name].replace(b", November 20, 2026", b"")
        files[name] = files[name].replace(", 20 ноября 2026 г.".encode(), b"")
    with pytest.raises(Invalid, match="date line did not"):
        release.prepare(files, newest)
    with pytest.raises(Invalid):
        release.draft({}, 1)
