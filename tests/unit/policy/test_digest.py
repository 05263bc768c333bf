# SPDX-License-Identifier: Apache-2.0
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tests import editions
from uphold.errors import Broken, Invalid
from uphold.policy import digest

NAMES = st.sampled_from(
    ["policy/policy.md", "policy/policy.ru.md", "policy/policy.toml", "forms/a.toml", "forms/b-c.toml",
     "wordings/a.b.en.md"]
)  # fmt: skip
FILES = st.dictionaries(NAMES, st.binary(max_size=60))


@given(FILES)
def test_unpack_of_pack(files: dict[str, bytes]) -> None:
    assert digest.unpack(digest.pack(files)) == files


@given(FILES, FILES)
def test_different_files_have_different_bytes(a: dict[str, bytes], b: dict[str, bytes]) -> None:
    assert (digest.pack(a) == digest.pack(b)) == (a == b)


def test_canonical_bytes_are_frozen() -> None:
    raw = digest.pack({"policy/policy.toml": b"x", "forms/a.toml": b""})
    assert raw == (
        b"uphold-edition/v1\n"
        b"\0\0\0\x0cforms/a.toml\0\0\0\0\0\0\0\0"
        b"\0\0\0\x12policy/policy.toml\0\0\0\0\0\0\0\x01x"
    )
    assert digest.of(raw) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    "name", ["uphold.toml", "policy/../x", "forms/A.toml", "forms/a/b.toml", ""]
)
def test_a_name_out_of_place_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        digest.pack({name: b""})


@given(FILES.filter(bool), st.data())
def test_damage_is_found(files: dict[str, bytes], data: st.DataObject) -> None:
    raw = digest.pack(files)
    cut = data.draw(st.integers(1, len(raw) - 1))
    rest = raw[:cut]
    try:
        read = digest.unpack(rest)
    except Broken:
        return
    assert digest.pack(read) == rest  # cut exactly between two files, which the digest shows


@given(st.binary())
def test_any_bytes_are_refused_or_canonical(raw: bytes) -> None:
    for tried in (raw, digest.MAGIC + b"\0\0\0\x01" + raw):
        try:
            files = digest.unpack(tried)
        except Broken:
            continue
        assert digest.pack(files) == tried


def test_a_forms_digest_is_of_everything_but_itself() -> None:
    form = editions.example().form("feedback")
    assert digest.form(form) == form.digest
    assert digest.form(replace(form, digest="")) == form.digest
    assert digest.form(replace(form, next=("/thanks",))) != form.digest
    other = replace(form.fields[0], mandatory=True)
    assert digest.form(replace(form, fields=(other, *form.fields[1:]))) != form.digest
