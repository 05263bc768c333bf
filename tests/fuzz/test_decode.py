# SPDX-License-Identifier: Apache-2.0
"""Bodies that strangers post: whatever the bytes and the type, a mapping of text or a plain refusal."""

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given, strategies as st

from uphold.submission import decode
from uphold.submission.decode import Malformed, Unsupported

FORM = "application/x-www-form-urlencoded"
TYPES = (FORM, "application/json", "multipart/form-data; boundary=limit", "text/plain", "")
WHOLE = (
    b'--limit\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    b"--limit\r\ncontent-disposition: form-data; name=c\r\nX-Other: d\r\n\r\n\xd0\xb8\r\n--limit--\r\n"
)

# Text that can be sent at all: UTF-8 has no lone surrogates.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
VALUES = st.dictionaries(TEXT, TEXT, max_size=20)


def read(kind: str, raw: bytes) -> dict[str, str] | None:
    try:
        values = decode.body(kind, raw)
    except (Malformed, Unsupported):
        return None
    assert all(type(text) is str for pair in values.items() for text in pair)
    # Whatever comes out can be stored.
    assert json.dumps(values, ensure_ascii=False).encode("utf-8")
    return values


@given(kind=st.sampled_from(TYPES) | st.text(max_size=80), raw=st.binary(max_size=2000))
@example(kind="application/json", raw=b"[" * 60_000)
@example(kind="application/json", raw=b'{"a":' + b"1" * 60_000 + b"}")
@example(kind="application/json", raw=b'{"a":"\\ud800"}')
@example(kind=FORM, raw=b"%" * 60_000)
@example(kind=FORM, raw=b"%d0" * 20_000)
@example(kind=FORM, raw=b"&" * 60_000)
@example(kind="multipart/form-data; boundary=\u20ac", raw=b"")
@example(kind="multipart/form-data; boundary=" + "x" * 60_000, raw=b"--x")
@example(kind="multipart/form-data; boundary*0=a; boundary*1=b", raw=b"--ab\r\n")
@example(kind="multipart/form-data" + ";" * 10_000, raw=b"")
@example(kind=TYPES[2], raw=b"--limit\r\n" * 6000)
@example(kind=TYPES[2], raw=b"--limit\r\n" + b"A: b\r\n" * 8000)
def test_arbitrary_bytes(kind: str, raw: bytes) -> None:
    read(kind, raw)


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (FORM, b"a=b&c=%D0%B8+%2B&consent.x=yes"),
        ("application/json", b'{"a":"b","c":true,"d":1.50,"e":"\\u0438"}'),
        (TYPES[2], WHOLE),
    ],
)
@given(data=st.data())
def test_good_bytes_with_some_changed(kind: str, good: bytes, data: st.DataObject) -> None:
    raw = bytearray(good)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(at, min(len(raw), at + 9)))
        raw[at:end] = data.draw(st.binary(max_size=9))
    read(kind, bytes(raw))


@given(cut=st.integers(0, len(WHOLE) - 5))
def test_a_multipart_body_cut_short_is_never_taken_for_whole(cut: int) -> None:
    assert read(TYPES[2], WHOLE[:cut]) is None


@given(disposition=st.text(max_size=80))
def test_any_disposition(disposition: str) -> None:
    raw = f"--limit\r\nContent-Disposition: form-data;{disposition}\r\n\r\nb\r\n--limit--\r\n"
    read(TYPES[2], raw.encode("utf-8", "surrogatepass"))


@given(values=VALUES, plus=st.booleans())
def test_form_encoding_reads_what_was_printed(values: dict[str, str], plus: bool) -> None:
    raw = urlencode(values) if plus else urlencode(values, quote_via=quote)
    assert read(FORM, raw.encode()) == values


@given(values=VALUES, ascii_only=st.booleans())
def test_json_reads_what_was_printed(values: dict[str, str], ascii_only: bool) -> None:
    raw = json.dumps(values, ensure_ascii=ascii_only)
    assert read("application/json", raw.encode()) == values


@given(
    values=st.dictionaries(
        st.text(
            st.characters(codec="ascii", exclude_categories=["C"], exclude_characters='"\\'),
            min_size=1,
        ),
        TEXT.filter(lambda text: "--limit" not in text),
        max_size=10,
    )
)
def test_multipart_reads_what_was_printed(values: dict[str, str]) -> None:
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    ]
    raw = "".join([*parts, "--limit--\r\n"]).encode()
    found = read(TYPES[2], raw)
    # A name that itself looks like a file's is refused, nothing else.
    assert found == values or any("filename" in name for name in values)
