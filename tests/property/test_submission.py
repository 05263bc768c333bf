# SPDX-License-Identifier: Apache-2.0
"""What holds of the decoding of posts whatever the bytes."""

from urllib.parse import unquote_to_bytes, urlencode

from hypothesis import example, given, strategies as st

from uphold.submission import decode

# Escapes, halves of escapes, and what the interpreter's own escapes are made of.
pieces = st.sampled_from(
    rb"% %% %4 %zz %D0%9F %00 %5C %5cx41 %u0041 %N{BULLET} \ \x41 \u0041 x 41".split()
) | st.sampled_from([b"\\\n", b"\n", b" ", b"\xd0\x9f", b"\xff"])
raws = st.lists(pieces | st.binary(max_size=4), max_size=12).map(b"".join)


@given(raws)
@example(b"%")
@example(b"%4")
@example(b"\\%41")
def test_escapes_are_read_as_the_standard_library_reads_them(raw: bytes) -> None:
    assert decode._unquote(raw) == unquote_to_bytes(raw)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(texts, texts, max_size=9))
def test_what_a_browser_encodes_comes_back(values: dict[str, str]) -> None:
    assert decode.form_encoded(urlencode(values).encode()) == values
