# SPDX-License-Identifier: Apache-2.0
"""Changing lines of uphold.toml: what is asked for, and nothing else."""

import pytest

from uphold import errors
from uphold.continuity import toml

TEXT = """# mine
[site]
address = "https://uphold.example"  # ours
origin = "old"

[database]
url_file = "secret"

# the end
"""


def test_lines_are_set_and_the_rest_stays() -> None:
    made = toml.put(
        TEXT,
        {
            ("site", "origin"): 'new "one"',
            ("site", "continues"): ("old", "older"),
            ("database", "url_file"): None,
            ("keys", "ring"): "keys/ring.json",
        },
    )
    assert made == (
        '# mine\n[site]\ncontinues = ["old", "older"]\n'
        'address = "https://uphold.example"  # ours\norigin = "new \\"one\\""\n\n[database]\n\n# the end\n\n'
        '[keys]\nring = "keys/ring.json"\n'
    )


def test_a_line_stays_where_it_stands_with_what_is_noted_behind_it() -> None:
    changes: dict[tuple[str, str], toml.Value] = {("site", "address"): "https://other.example"}
    made = toml.put(TEXT, changes)
    assert made == TEXT.replace("https://uphold.example", "https://other.example")
    assert toml.put("[site]\norigin = 'a#b' # c\n", {("site", "origin"): "d"}) == (
        '[site]\norigin = "d" # c\n'
    )


def test_what_is_not_there_is_taken_out_of_nothing() -> None:
    assert toml.put("", {("mail", "host"): None}) == "\n"


@pytest.mark.parametrize(
    "text",
    ['site = { origin = "old" }\n', '[site]\norigin = """\nold"""\n', 'site.origin = "old"\n'],
    ids=["inline", "several lines", "dotted"],
)
def test_another_way_of_writing_is_refused_and_not_guessed_at(text: str) -> None:
    with pytest.raises(errors.Invalid, match="line by line"):
        toml.put(text, {("site", "origin"): "new"})
