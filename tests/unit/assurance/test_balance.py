# SPDX-License-Identifier: Apache-2.0
from hypothesis import given, strategies as st

from uphold.assurance.balance import BUCKETS, Balance

members = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 5)), max_size=40)


@given(members, st.randoms(use_true_random=False))
def test_any_order_is_even(those: list[tuple[str, int]], random: object) -> None:
    balance = Balance()
    for member in those:
        balance.add(member, 1)
    for member in reversed(those):
        balance.add(member, -1)
    assert balance.is_even


@given(members, members)
def test_what_differs_is_suspect(one: list[tuple[str, int]], other: list[tuple[str, int]]) -> None:
    balance = Balance()
    for member in one:
        balance.add(member, 1)
    for member in other:
        balance.add(member, -1)
    assert balance.is_even == (sorted(one) == sorted(other))
    for member in {*one, *other}:
        if one.count(member) != other.count(member):
            assert balance.is_suspect(member)


def test_a_suspicion_stays_in_its_bucket() -> None:
    balance = Balance()
    balance.add(("one too many",), 1)
    suspects = sum(balance.is_suspect((n,)) for n in range(2000))
    assert suspects < 2000 * 20 / BUCKETS + 10
