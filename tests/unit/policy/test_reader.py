# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given, strategies as st

from uphold.policy import reader
from uphold.policy.reader import Source
from uphold.policy.schema import Key

KEYS = (
    Key("title", "text", "Write it."),
    Key("id", "string", "Name it.", pattern="[a-z]+"),
    Key("kind", "string", "Choose.", required=False, choices=("apple", "pear")),
    Key("tags", "strings", "List them.", required=False, pattern="[a-z]+"),
    Key("on", "boolean", "Say.", required=False),
    Key("max", "integer", "Count.", required=False),
    Key("row", "array", "Add.", required=False),
    Key("named", "tables", "Add.", required=False),
)
GOOD = 'title = "T"\nid = "a"\n'


def read(text: str) -> tuple[dict[str, object], list[tuple[int, str]]]:
    source = reader.load("x.toml", text.encode())
    values = reader.values(source, source.table, KEYS)
    return values, [(problem.line, problem.code) for problem in source.problems]


def test_good_values() -> None:
    values, problems = read(
        GOOD
        + 'kind = "pear"\ntags = ["x", "y"]\non = true\nmax = 3\n[[row]]\na = 1\n[named.n]\nb = 2\n'
    )
    assert problems == []
    assert values == {
        "title": {"": "T"},
        "id": "a",
        "kind": "pear",
        "tags": ("x", "y"),
        "on": True,
        "max": 3,
        "row": ({"a": 1},),
        "named": {"n": {"b": 2}},
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('id = "a"\n', (1, "missing")),
        ('title.en = "T"\ntitle.English = "T"\nid = "a"\n', (2, "language")),
        ('title = " "\nid = "a"\n', (1, "unfinished")),
        ('title = "T"\nid = ""\n', (2, "unfinished")),
        ('title = 1\nid = "a"\n', (1, "type")),
        ('title = "T"\nid = "A"\n', (2, "value")),
        (GOOD + 'kind = "paer"\n', (3, "value")),
        (GOOD + "kind = 1\n", (3, "type")),
        (GOOD + 'tags = ["x", "X"]\n', (3, "value")),
        (GOOD + 'tags = ["x", "x"]\n', (3, "twice")),
        (GOOD + 'tags = "x"\n', (3, "type")),
        (GOOD + "on = 1\n", (3, "type")),
        (GOOD + "max = true\n", (3, "type")),
        (GOOD + "max = -1\n", (3, "value")),
        (GOOD + "row = 1\n", (3, "type")),
        (GOOD + "named = 1\n", (3, "type")),
        (GOOD + "[named.A_B]\n", (3, "value")),
        (GOOD + "titel = 1\n", (3, "unknown-key")),
    ],
)
def test_each_fault_has_its_line(text: str, problem: tuple[int, str]) -> None:
    assert read(text)[1] == [problem]


def test_unknown_keys_and_choices_come_with_a_guess() -> None:
    source = reader.load("x.toml", (GOOD + 'titel = "x"\nkind = "paer"\nzzz = 1\n').encode())
    reader.values(source, source.table, KEYS)
    advice = {problem.line: problem.advice for problem in source.problems}
    assert advice[3] == "Did you mean 'title'?"
    assert advice[4] == "Did you mean 'pear'?"
    assert advice[5].startswith("Known here: ")


@pytest.mark.parametrize(
    ("raw", "line", "code"),
    [
        (b"a = 1\nb = \n", 2, "toml"),
        (b"a = 1\na = 2\n", 2, "toml"),
        (b"\n\n\xff = 1\n", 3, "encoding"),
        (b"a = '''\n", 2, "toml"),
        (b"a = " + b"[" * 100_000, 1, "toml"),
    ],
)
def test_what_is_no_toml_is_a_problem_with_a_line(raw: bytes, line: int, code: str) -> None:
    source = reader.load("x.toml", raw)
    assert not source.whole
    assert [(problem.line, problem.code) for problem in source.problems] == [(line, code)]


def test_a_mark_and_windows_line_ends_are_no_trouble() -> None:
    assert reader.load("x", b"\xef\xbb\xbfa = 1\r\nb = 2\r\n").lines.line("b") == 2


@given(st.binary())
def test_any_bytes_are_read_without_fault(raw: bytes) -> None:
    source = reader.load("x.toml", raw)
    reader.values(source, source.table, KEYS)
    assert isinstance(source, Source)
