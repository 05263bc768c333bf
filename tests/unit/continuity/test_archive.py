# SPDX-License-Identifier: Apache-2.0
"""The stream inside a backup: what is written is read, and anything else is refused before its end is believed."""

import io
from collections.abc import Callable, Iterator

import pytest

from uphold import errors
from uphold.continuity import archive
from uphold.journal import note

SIGNER = note.Signer("uphold.example/journal", bytes(range(32)))
THIEF = note.Signer("uphold.example/journal", bytes(32))
HEAD = archive.Head(
    archive.FORMAT, "0.1.0", 1, "uphold.example/journal", (), SIGNER.vkey, "0008", 1, "00"
)
MEMBERS: tuple[archive.Member, ...] = (
    HEAD,
    archive.File("uphold.toml", b"[site]\n"),
    archive.Columns("first", ("number", "body")),
    archive.Rows(((1, b"\x00\xff"), (2, None))),
    archive.Rows(((3, "text"),)),
    archive.Columns("second", ("number",)),
)


def written(
    members: tuple[archive.Member, ...] = MEMBERS, sign: Callable[[bytes], bytes] = SIGNER.sign
) -> bytes:
    return b"".join(archive.write(iter(members), sign, archive.Count()))


def read(raw: bytes, count: archive.Count | None = None) -> Iterator[archive.Member]:
    found = archive.Count() if count is None else count
    return archive.read(io.BytesIO(raw).read, lambda _: [SIGNER.verifier], found)


def test_what_is_written_is_read() -> None:
    count = archive.Count()
    assert tuple(read(written(), count)) == MEMBERS
    assert count.manifest().tables == {"first": 3, "second": 0}
    assert count.manifest().files == {"uphold.toml": 7}


def test_it_is_the_same_every_time() -> None:
    assert written() == written()


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (written()[:-1], "cut short"),
        (written()[:60], "cut short"),
        (b"", "cut short"),
        (written() + b"x", "behind its end"),
        (written(sign=THIEF.sign), "did not sign"),
        (written(MEMBERS[1:]), "no head"),
        (written((HEAD, HEAD)), "no head, or two"),
        (b"\xff\xff\xff\xff", "too long"),
        (b"\x00\x00\x00\x01\xc1", "cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_else_is_refused(raw: bytes, what: str) -> None:
    with pytest.raises(errors.Broken, match=what):
        list(read(raw))


def test_rows_of_no_table_are_refused() -> None:
    with pytest.raises(errors.Broken, match="no table"):
        written((HEAD, MEMBERS[3]))


@pytest.mark.parametrize("member", [MEMBERS[1], MEMBERS[2]], ids=["file", "table"])
def test_one_thing_twice_is_refused(member: archive.Member) -> None:
    with pytest.raises(errors.Broken, match="one thing twice"):
        written((HEAD, member, member))


def test_another_format_is_refused() -> None:
    other = archive.Head("uphold/backup/v9", "9", 1, "o", (), "", "0008", 1, "00")
    with pytest.raises(errors.Broken, match="does not know"):
        list(read(written((other,))))


def test_content_that_was_exchanged_under_a_true_end_is_refused() -> None:
    raw, other = written(), written((HEAD, *MEMBERS[2:]))
    end = raw[raw.rindex(b"\xa4type\xa3end") - 5 :]
    body = other[: other.rindex(b"\xa4type\xa3end") - 5]
    with pytest.raises(errors.Broken, match="another content"):
        list(read(body + end))
