# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import history
from uphold.assurance.probes.history import Earlier, History
from uphold.journal import tree
from uphold.journal.checkpoint import Checkpoint

LEAVES = [tree.leaf(b"entry %d" % number) for number in range(11)]
COMPLETE = tree.over(LEAVES)
HEAD = Checkpoint("uphold.example/journal", 11, tree.root(LEAVES))


def earlier(size: int) -> Earlier:
    path = tuple(tree.consistency(size, 11, COMPLETE))
    return Earlier("evidence", size, tree.root(LEAVES[:size]), path)


GROWN = History(HEAD, HEAD.root, (earlier(4), earlier(11)))


def test_a_journal_that_only_grows() -> None:
    outcome = history.CONSISTENT.oracle(GROWN)
    assert outcome.status is Status.KEPT
    # What the next run compares with.
    assert outcome.saw[0].text == history.KEPT
    assert outcome.saw[0].values == {"size": 11, "root": HEAD.root.hex()}


@pytest.mark.parametrize(
    "trace",
    [
        History(None, None, ()),
        replace(GROWN, root=None),
        replace(GROWN, root=bytes(32)),
        replace(GROWN, earlier=(replace(earlier(4), root=bytes(32)),)),
        replace(GROWN, earlier=(replace(earlier(4), path=None),)),
        replace(GROWN, earlier=(replace(earlier(4), size=5),)),
        replace(GROWN, earlier=(Earlier("head-file", 12, HEAD.root, None),)),
    ],
    ids=["unsigned", "no-tiles", "other-tiles", "rewritten", "cut", "another-size", "shrunk"],
)
def test_a_journal_that_was_rewritten(trace: History) -> None:
    assert history.CONSISTENT.oracle(trace).status is Status.BROKEN


def test_a_proof_needs_every_tile() -> None:
    assert history._path(4, 11, COMPLETE) == earlier(4).path
    assert history._path(12, 11, COMPLETE) is None
