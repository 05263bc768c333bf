# SPDX-License-Identifier: Apache-2.0
"""Hashing and proofs; the known answers are in tests/vectors."""

import pytest

from uphold.journal import tree

LEAVES = [tree.leaf(b"%d" % index) for index in range(9)]
ROOTS = [tree.root(LEAVES[:size]) for size in range(10)]


def test_a_lone_last_node_rises_unchanged() -> None:
    left = tree.node(LEAVES[0], LEAVES[1])
    assert tree.root(LEAVES[:3]) == tree.node(left, LEAVES[2])


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 0, []), (0, 5, [(2, 0), (0, 4)]), (4, 6, [(1, 2)]), (8, 9, [(0, 8)])],
)
def test_subtrees(start: int, end: int, expected: list[tuple[int, int]]) -> None:
    assert tree.subtrees(start, end) == expected


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree.root([]) == tree.fold([]) == tree.span(0, 0, tree.over([])) == tree.EMPTY


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (6, 5)])
def test_there_is_no_path_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="below the size"):
        tree.inclusion(index, size, tree.over(LEAVES))
    assert not tree.verify_inclusion(LEAVES[0], index, size, [], ROOTS[1])


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2)])
def test_there_is_no_proof_backwards(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="at most the new size"):
        tree.consistency(old, new, tree.over(LEAVES))
    assert not tree.verify_consistency(old, new, [], ROOTS[2], ROOTS[2])


def test_the_empty_tree_is_a_prefix_of_every_tree_by_an_empty_proof() -> None:
    for new in range(10):
        assert tree.consistency(0, new, tree.over(LEAVES)) == []
        assert tree.verify_consistency(0, new, [], tree.EMPTY, ROOTS[new])
        assert not tree.verify_consistency(0, new, [LEAVES[0]], tree.EMPTY, ROOTS[new])
        assert not tree.verify_consistency(0, new, [], LEAVES[0], ROOTS[new])


def test_equal_sizes_need_equal_roots_and_no_proof() -> None:
    assert tree.verify_consistency(5, 5, [], ROOTS[5], ROOTS[5])
    assert not tree.verify_consistency(5, 5, [], ROOTS[4], ROOTS[5])
    assert not tree.verify_consistency(5, 5, [LEAVES[0]], ROOTS[5], ROOTS[5])


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_hash_has_32_bytes(length: int) -> None:
    wrong = bytes(length)
    assert not tree.verify_inclusion(LEAVES[0], 0, 2, [wrong], ROOTS[2])
    assert not tree.verify_inclusion(wrong, 0, 2, [LEAVES[1]], ROOTS[2])
    assert not tree.verify_inclusion(LEAVES[0], 0, 2, [LEAVES[1]], wrong)
    assert not tree.verify_consistency(1, 2, [wrong], ROOTS[1], ROOTS[2])
    assert not tree.verify_consistency(1, 2, [LEAVES[1]], wrong, ROOTS[2])
    assert not tree.verify_consistency(1, 2, [LEAVES[1]], ROOTS[1], wrong)


def test_a_consistency_proof_may_be_neither_short_nor_long() -> None:
    complete = tree.over(LEAVES)
    for old in range(1, 9):
        for new in range(old + 1, 10):
            path = tree.consistency(old, new, complete)
            assert not tree.verify_consistency(old, new, path[:-1], ROOTS[old], ROOTS[new])
            assert not tree.verify_consistency(old, new, [*path, LEAVES[0]], ROOTS[old], ROOTS[new])
            assert not tree.verify_consistency(old, new, [], ROOTS[old], ROOTS[new])
