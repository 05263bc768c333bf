# SPDX-License-Identifier: Apache-2.0
"""A planted text is found in every form, wherever the pieces are cut; its absence is never called a find."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from uphold.assurance import plaintext
from uphold.assurance.plaintext import Needles, Trace

TEXT = "Ёлкина-Zvezdochyot «7»"


def planted() -> dict[str, bytes]:
    raw = TEXT.encode()
    return {
        "utf-8": raw,
        "utf-16-le": TEXT.encode("utf-16-le"),
        "cp1251": TEXT.encode("cp1251"),
        "hex of utf-8": raw.hex().encode(),
        "percent-encoded": quote(TEXT).encode(),
        "escaped for JSON": json.dumps({"name": TEXT}).encode(),
        "reversed utf-8": TEXT[::-1].encode(),
    }


@pytest.mark.parametrize("form", planted())
def test_each_form_is_found_and_named(form: str) -> None:
    found = Needles([TEXT]).within(b"before" + planted()[form] + b"after")
    assert Trace(0, form) in found


@pytest.mark.parametrize("shift", range(3))
def test_base64_is_found_at_every_alignment(shift: int) -> None:
    content = base64.b64encode(b"." * shift + TEXT.encode() + b"more")
    assert Trace(0, "base64 of utf-8") in Needles([TEXT]).within(content)


def test_case_does_not_hide() -> None:
    assert Needles([TEXT]).within(TEXT.upper().encode()) == {Trace(0, "utf-8")}


def test_which_text_was_found() -> None:
    assert {found.text for found in Needles(["first-mark", TEXT]).within(TEXT.encode())} == {1}


def test_what_would_be_found_by_chance_is_not_looked_for() -> None:
    assert all(len(form) >= plaintext.SHORTEST for form in plaintext.forms("ab"))


@given(st.binary(max_size=2000))
def test_nothing_is_found_in_noise(noise: bytes) -> None:
    assert Needles(["Zvezdochyot-mark"]).within(noise) == frozenset()


@given(before=st.integers(0, 40), size=st.integers(1, 30))
def test_a_text_across_pieces_is_found(before: int, size: int) -> None:
    whole = b"x" * before + TEXT.encode() + b"y" * 9
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert Trace(0, "utf-8") in Needles([TEXT]).in_pieces(pieces)


def test_a_file_of_any_size_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(
        bytes(plaintext.PIECE) + b"-" * (plaintext.PIECE - 5) + TEXT.encode() + bytes(10)
    )
    assert Trace(0, "utf-8") in Needles([TEXT]).in_file(path)
    assert Needles([TEXT]).in_file(tmp_path / "gone") == frozenset()


def test_files_below_a_folder_except_some(tmp_path: Path) -> None:
    for name in ("a/one", "keys/ring", "two"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "two")
    found = plaintext.files(tmp_path, [tmp_path / "keys"])
    assert found == [tmp_path / "a" / "one", tmp_path / "two"]
