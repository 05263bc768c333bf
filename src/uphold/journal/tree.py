# SPDX-License-Identifier: Apache-2.0
"""Merkle tree hashing and proofs of RFC 6962 section 2.1 and RFC 9162 section 2.1. Pure.

Hashes are 32-byte SHA-256 values. A tree of `size` leaves is cut into complete subtrees: subtree
(level, index) covers the leaves from index * 2^level up to (index + 1) * 2^level. Whoever makes a proof
hands in a function that returns the hash of a complete subtree; where it finds it is not our business.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY = sha256(b"").digest()
"""The root of the tree without leaves."""

Complete = Callable[[int, int], bytes]
"""(level, index) -> hash of that complete subtree."""


def leaf(entry: bytes) -> bytes:
    """Return the leaf hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, or over the hashes of equally high complete subtrees."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        above = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        # A last node without a partner rises unchanged: that equals the RFC's unequal split.
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return level[0]


def over(leaves: Sequence[bytes]) -> Complete:
    """Return the subtree function of a tree whose leaf hashes are all at hand."""
    return lambda level, index: root(leaves[index << level : (index + 1) << level])


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees (level, index) that make up the leaves start to end, left to right.

    `start` must be a multiple of the largest power of two that fits, as it is for every range of a proof.
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees of falling height, left to right."""
    if not peaks:
        return EMPTY
    result = peaks[-1]
    for peak in reversed(peaks[:-1]):
        result = node(peak, result)
    return result


def span(start: int, end: int, complete: Complete) -> bytes:
    """Return the hash over the leaves start to end, a range as proofs use them."""
    return fold([complete(level, index) for level, index in subtrees(start, end)])


def inclusion(index: int, size: int, complete: Complete) -> list[bytes]:
    """Return the inclusion path of leaf `index` in the tree of `size` leaves, sibling first.

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("an index lies below the size of its tree")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return [span(low, high, complete) for low, high in reversed(ranges)]


def consistency(old: int, new: int, complete: Complete) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is a prefix of the tree of `new` leaves.

    The proof from size 0 is empty by convention (see verify_consistency). Raises ValueError unless
    0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise ValueError("an old size is at most the new size")
    if old == 0:
        return []
    ranges = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return [span(low, high, complete) for low, high in reversed(ranges)]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes
) -> bool:
    """Tell whether the path leads from the leaf to the root (RFC 9162 section 2.1.3.2).

    DANGER: an interior node given as `leaf_hash` with a chosen `size` can pass. Hash the entry yourself
    with `leaf`, and take size and root from one signed checkpoint; `proof.verify` does both.
    """
    if not 0 <= index < size or not _are_hashes(leaf_hash, root_hash, *path):
        return False
    here, last, result = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            result = node(sibling, result)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            result = node(result, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and result == root_hash


def verify_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Tell whether the proof shows the old tree to be a prefix of the new (RFC 9162 section 2.1.4.2).

    Our rule for old = 0, which the RFC leaves open: the proof is empty and the old root is EMPTY.
    """
    if not 0 <= old <= new or not _are_hashes(old_root, new_root, *path):
        return False
    if old == new:
        return not path and old_root == new_root and (old > 0 or old_root == EMPTY)
    if old == 0:
        return not path and old_root == EMPTY
    # A complete old tree is a subtree of the new one, so its root stands for the missing first hash.
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if not hashes:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here >>= 1
        last >>= 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first = node(sibling, first)
            second = node(sibling, second)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            second = node(second, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root


def _split(count: int) -> int:
    """Return the largest power of two smaller than `count` (count > 1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
