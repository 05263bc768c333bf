# SPDX-License-Identifier: Apache-2.0
import tomllib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests import orders
from uphold.policy import locate
from uphold.policy.locate import Path

TEXT = '''\
top = 1
# [no.table]
[a]
b.c = "x = [ {"   # comment = [
"quoted key" = """
d = 1
[e]
"""
list = [
  "one",
  { f = 2 },
]
inline = { g = 1, h.i = 2 }
[[row]]
key = 1
[[row]]
key = 2
[row.sub]
z = 3
[[row.deep]]
y = 4
[[row.deep]]
y = 5
'''


def test_lines() -> None:
    found = locate.keys(TEXT)
    expected: dict[Path, int] = {
        ("top",): 1,
        ("a",): 3,
        ("a", "b", "c"): 4,
        ("a", "quoted key"): 5,
        ("a", "list"): 9,
        ("a", "inline", "g"): 13,
        ("a", "inline", "h", "i"): 13,
        ("row", 0, "key"): 15,
        ("row", 1, "key"): 17,
        ("row", 1, "sub", "z"): 19,
        ("row", 1, "deep", 0, "y"): 21,
        ("row", 1, "deep", 1, "y"): 23,
    }
    assert {path: found.line(*path) for path in expected} == expected


def test_what_is_missing_answers_with_what_would_hold_it() -> None:
    found = locate.keys(TEXT)
    assert found.line("row", 1, "absent") == 16
    assert found.line("a", "list", 1, "f") == 9
    assert found.line("nothing") == 1
    assert found.line() == 1


@pytest.mark.parametrize("name", sorted(n for n in orders.files() if n.endswith(".toml")))
def test_every_key_of_a_real_file_has_its_own_line(name: str) -> None:
    text = orders.files()[name].decode()
    found = locate.keys(text)
    rows = text.split("\n")
    paths = list(_paths(tomllib.loads(text)))
    assert paths
    for path in paths:
        assert path in found.at
        assert str(path[-1]) in rows[found.at[path] - 1]


def _paths(table: dict[str, Any], base: Path = ()) -> Any:
    for key, value in table.items():
        path = (*base, key)
        yield path
        if isinstance(value, dict):
            yield from _paths(value, path)
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _paths(item, (*path, at))


@given(st.text())
def test_any_text_is_located_without_fault(text: str) -> None:
    locate.keys(text)
