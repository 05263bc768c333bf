# SPDX-License-Identifier: Apache-2.0
"""Encryption to a recipient: streamed, opened only by the identity, and an error wherever it is damaged."""

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from uphold import errors
from uphold.vault import age

SECRET, RECIPIENT = age.new_identity()
PLAIN = b"personal" * 50_000


def keys(tmp_path: Path, text: str) -> Path:
    (tmp_path / "identity").write_text(text)
    return tmp_path / "identity"


def sealed() -> bytes:
    into = io.BytesIO()
    age.encrypt(iter([PLAIN[:10], b"", PLAIN[10:]]), into, age.recipient(f" {RECIPIENT}\n"))
    return into.getvalue()


def opened(raw: bytes, path: Path) -> bytes:
    found = age.Opened(io.BytesIO(raw), age.identities(path))
    try:
        return b"".join(iter(lambda: found.take(1 << 20), b""))
    finally:
        found.close()


def test_what_was_encrypted_is_opened(tmp_path: Path) -> None:
    raw = sealed()
    assert b"personal" not in raw
    assert opened(raw, keys(tmp_path, f"# mine\n\n{SECRET}\n")) == PLAIN


def test_any_of_several_identities_opens_it(tmp_path: Path) -> None:
    assert opened(sealed(), keys(tmp_path, f"{age.new_identity()[0]}\n{SECRET}\n")) == PLAIN


def test_another_identity_does_not(tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid, match="does not open"):
        opened(sealed(), keys(tmp_path, age.new_identity()[0]))


@pytest.mark.parametrize("cut", [-1, 70_000], ids=["last byte", "a chunk"])
def test_a_file_that_was_cut_is_no_whole_one(tmp_path: Path, cut: int) -> None:
    with pytest.raises(errors.Broken, match="cut short"):
        opened(sealed()[:cut], keys(tmp_path, SECRET))


def test_reading_may_end_early(tmp_path: Path) -> None:
    found = age.Opened(io.BytesIO(sealed()), age.identities(keys(tmp_path, SECRET)))
    assert found.take(8) == b"personal"
    found.close()


def test_an_error_on_the_way_is_told_as_it_is() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"first"
        raise errors.Unavailable("The disk is gone.")

    with pytest.raises(errors.Unavailable, match="disk"):
        age.encrypt(pieces(), io.BytesIO(), age.recipient(RECIPIENT))


def test_without_the_library_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(age, "INSTALLED", False)
    asking: list[Callable[[], object]] = [
        age.new_identity,
        lambda: age.recipient(RECIPIENT),
        lambda: age.identities(tmp_path),
    ]
    for asked in asking:
        with pytest.raises(errors.Invalid, match="not installed"):
            asked()


def test_a_file_that_is_written_is_digested_on_the_way() -> None:
    file = io.BytesIO()
    into = age.Digesting(file)
    assert into.write(b"ab") == 2
    into.write(b"c")
    into.flush()
    assert (file.getvalue(), into.bytes) == (b"abc", 3)
    assert into.hexdigest() == hashlib.sha256(b"abc").hexdigest()


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid, match="no age recipient"):
        age.recipient("age1nobody")
    with pytest.raises(errors.Invalid, match="holds no age identity"):
        age.identities(keys(tmp_path, "# nothing\n"))
    with pytest.raises(errors.Invalid, match="holds no age identity"):
        age.identities(keys(tmp_path, "nothing"))
    with pytest.raises(errors.Invalid, match="cannot be read"):
        age.identities(tmp_path / "none")
