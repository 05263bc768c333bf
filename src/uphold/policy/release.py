# SPDX-License-Identifier: Apache-2.0
"""What would be published, looked at before it is (pure): the exact bytes, and how they differ from what is in force.

made = release.prepare(files, newest, current)      shown, with `retention.impact` beside it
publish.publish(tx, made.archive, expected=digest)  `digest` as it was shown: any other bytes are refused
"""

from collections.abc import Mapping
from dataclasses import dataclass

from uphold.policy import compare, digest, publish
from uphold.policy.compare import Comparison
from uphold.policy.document import Edition


@dataclass(frozen=True, slots=True)
class Release:
    """An edition that could be published now. Its times are 0, its number is the next one.

    `comparison` is with the edition in force, None where there is none.
    """

    archive: bytes
    digest: str
    edition: Edition
    comparison: Comparison | None


def prepare(
    files: Mapping[str, bytes], newest: Edition | None, current: Edition | None = None
) -> Release:
    """Make the next edition of a site folder's files without storing anything.

    `newest` is the last one published, `current` the one in force where that is another. Raises
    `errors.Invalid` if `check` finds anything wrong or the text changed under the same date,
    `errors.Conflict` if there is nothing new.
    """
    made = draft(files, newest.number + 1 if newest else 1)
    if newest is not None:
        publish.refuse_unchanged(newest, made.edition)
    before = current or newest
    found = compare.compare(before, made.edition) if before else None
    return Release(made.archive, made.digest, made.edition, found)


def draft(files: Mapping[str, bytes], number: int) -> Release:
    """Make an edition of a site folder's files to look at, compared with nothing; `errors.Invalid` as above."""
    archive = publish.prepare(files)
    name = digest.of(archive)
    return Release(archive, name, publish.load(archive, name, number, 0, 0), None)
