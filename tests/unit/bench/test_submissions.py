# SPDX-License-Identifier: Apache-2.0
"""A load is only measured if every request was answered 201 and everything acknowledged is stored."""

import pytest

from bench import load, process, submissions

SEEN = load.Load(1000, 0, 2.0, 1, 2, 3)


def test_what_is_stored_may_exceed_what_was_acknowledged_by_those_in_flight() -> None:
    submissions.check("x", SEEN, stored=1000, connections=64)
    submissions.check("x", SEEN, stored=1064, connections=64)


def test_a_lost_submission_fails() -> None:
    with pytest.raises(process.Failed, match="only 999 stored"):
        submissions.check("x", SEEN, stored=999, connections=64)


def test_storing_twice_fails() -> None:
    with pytest.raises(process.Failed, match="2000 stored"):
        submissions.check("x", SEEN, stored=2000, connections=64)


def test_another_answer_fails() -> None:
    with pytest.raises(process.Failed, match="2 requests were not answered 201"):
        submissions.check("x", SEEN._replace(bad=2), stored=1000, connections=64)


def test_no_answer_fails() -> None:
    with pytest.raises(process.Failed, match="no request"):
        submissions.check("x", SEEN._replace(acknowledged=0), stored=0, connections=1)
