# SPDX-License-Identifier: Apache-2.0
"""Every setting is in the reference, with its default and what it means."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tests.editions import EXAMPLE
from tests.house import source
from uphold import config
from uphold.config import Settings

REFERENCE = source.ROOT / "docs" / "reference" / "configuration.md"


def declared() -> dict[str, Any]:
    """`section.key` to default, as config.py has them."""
    return {
        f"{section}.{key}": value
        for section, members in msgspec.to_builtins(
            msgspec.structs.replace(Settings(), folder=None)
        ).items()
        if isinstance(members, dict)
        for key, value in members.items()
    }


def documented() -> Iterator[tuple[str, str, str]]:
    """`section.key`, default as written, meaning: the rows of the reference's tables."""
    section = ""
    for line in REFERENCE.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## `\[(\w+)\]`", line):
            section = heading[1]
        elif row := re.fullmatch(r"\| `(\w+)` \| `(.*?)` \| (.+) \|", line):
            yield f"{section}.{row[1]}", row[2], row[3]


def test_the_reference_names_every_setting_with_its_default() -> None:
    def toml(value: Any) -> str:
        return msgspec.json.encode(value).decode()

    wanted = {name: toml(value) for name, value in declared().items()}
    assert {name: default for name, default, _ in documented()} == wanted


def test_the_reference_says_what_each_setting_means() -> None:
    for name, _, meaning in documented():
        assert len(meaning) > 20, name


def test_the_example_shows_the_defaults_it_says_it_shows() -> None:
    """Every key of the example's file is a setting; those in comments too."""
    text = (EXAMPLE / config.FILE).read_text(encoding="utf-8")
    section, found = "", set()
    for line in text.splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
        elif key := re.match(r"(?:# )?(\w+) = ", line):
            found.add(f"{section}.{key[1]}")
    assert found <= declared().keys()
