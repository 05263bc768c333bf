# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, cast

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Connection, RowMapping

from tests.unit.assurance.conftest import Site
from uphold.assurance import entries
from uphold.assurance.entries import Claims, Entries
from uphold.assurance.finding import Finding
from uphold.database.walk import Row


def row(**values: Any) -> Row:
    return Row("some_table", 7, cast(RowMapping, MappingProxyType(values)))


@pytest.fixture
def connection(lived: Site) -> Iterator[Connection]:
    with lived.database.read() as opened:
        yield opened


@given(st.lists(st.integers(0, 500)))
def test_an_entry_is_claimed_once(indices: list[int]) -> None:
    claims, taken = Claims(), set()
    for index in indices:
        assert claims.take(index) == (index not in taken)
        taken.add(index)
    assert [i for i in range(600) if claims.holds(i)] == sorted(taken)


def test_an_entry_is_found_by_its_index(connection: Connection) -> None:
    found = Entries(connection)
    kinds = [entry.kind for n in range(6) if (entry := found.at(n))]
    assert kinds[:4] == ["journal.opened", "keys.created", "policy.published", "policy.in-force"]
    assert kinds[5] == "record.stored"


@pytest.mark.parametrize("index", [-1, 10_000, 2**70, "3", b"3", None, 1.5])
def test_no_other_index_has_an_entry(connection: Connection, index: object) -> None:
    assert Entries(connection).at(index) is None


def test_windows_are_forgotten(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "WINDOW", 2)
    monkeypatch.setattr(entries, "WINDOWS", 2)
    found = Entries(connection)
    again = [[entry.kind for n in range(8) if (entry := found.at(n))] for _ in range(2)]
    assert again[0] == again[1]
    assert len(found._windows) == 2


def test_a_row_claims_the_entry_of_its_kind(connection: Connection) -> None:
    found = Entries(connection)
    claimed = found.claim(row(entry=2), "policy.published")
    assert not isinstance(claimed, Finding)
    for index, kind, what in (
        (2, "policy.published", "it names an entry that another row names too"),
        (1, "policy.published", "it names an entry that is no policy.published"),
        (999, "policy.published", "it names an entry that the journal does not have"),
    ):
        assert found.claim(row(entry=index), kind) == Finding(what, "some_table", 7, index)
    unreadable = found.claim(row(entry=b"\xff"), "policy.published")
    assert isinstance(unreadable, Finding)
    assert unreadable.entry is None


def test_a_difference_names_the_column_only() -> None:
    stored = row(entry=3, form="a", state="b", received_at=5_999, at="soon")
    said = {"form": "a", "state": "c", "received_at": 5_000, "at": 5_000}
    assert [str(found) for found in entries.differences(stored, said)] == [
        "some_table 7, entry 3: `state` is not what its entry says",
        "some_table 7, entry 3: `at` is not what its entry says",
    ]


def test_none_is_no_code(connection: Connection) -> None:
    found = Entries(connection).at(5)
    assert found is not None
    assert entries.codes(found, "consents") == ["communication"]
    assert len(entries.codes(found, "parts")) == 3
