# SPDX-License-Identifier: Apache-2.0
"""Bodies: what each type may hold, and everything that is refused."""

import json
import logging
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, strategies as st

from tests import cast
from uphold.errors import UpholdError
from uphold.submission import decode
from uphold.submission.decode import Malformed, Unsupported

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=limit"


def part(name: str, value: str, more: str = "") -> str:
    return f'--limit\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def multipart(*parts: str, end: str = "--limit--\r\n") -> bytes:
    return ("".join(parts) + end).encode()


@pytest.mark.parametrize("person", cast.people)
@pytest.mark.parametrize("plus", [True, False])
def test_what_a_person_types_arrives(person: cast.Person, plus: bool) -> None:
    raw = urlencode(person.values(), quote_via=quote_plus if plus else quote).encode()
    assert decode.body(FORM, raw) == person.values()
    assert decode.body("application/json", json.dumps(person.values()).encode()) == person.values()
    sent = multipart(*[part(name, value) for name, value in person.values().items()])
    assert decode.body(MULTIPART, sent) == person.values()


@pytest.mark.parametrize(
    "kind",
    [FORM, FORM.upper(), f"{FORM}; charset=UTF-8", f" {FORM} ;x", "application/json;charset=utf-8"],
)
def test_a_type_may_have_parameters(kind: str) -> None:
    raw = b'{"a":"b"}' if "json" in kind else b"a=b"
    assert decode.body(kind, raw) == {"a": "b"}


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/mixed", "application/jsonp", "€"])
def test_other_types_are_unsupported(kind: str) -> None:
    with pytest.raises(Unsupported):
        decode.body(kind, b"a=b")


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"a", {"a": ""}),
        (b"=b", {"": "b"}),
        (b"a=b=c", {"a": "b=c"}),
        (b"a=1+2%2B3", {"a": "1 2+3"}),
        (b"a=%zz%4", {"a": "%zz%4"}),
        (b"a=%41%20%42+%43", {"a": "A B C"}),
        (b"a=%d0%b8+%D0%B8++%d0%b8 %41", {"a": "и и  и A"}),
        (b"%61=%62", {"a": "b"}),
        (b"a=100%25", {"a": "100%"}),
        (b"a=%2541", {"a": "%41"}),
        (b"a=%00", {"a": "\0"}),
    ],
)
def test_form_encoding_follows_the_standard(raw: bytes, values: dict[str, str]) -> None:
    assert decode.form_encoded(raw) == values


ODD = [
    *b"ab01fF%%%=&+ \\\n\r\t",
    b"%D0%B8",
    b"%26",
    b"%3D",
    b"%01",
    b"\x01",
    b"\x02",
    b"%0A",
    b"\xd0",
]
PIECES = st.sampled_from([one if isinstance(one, bytes) else bytes((one,)) for one in ODD])


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_a_body_read_at_once_is_as_read_value_by_value(raw: bytes) -> None:
    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(decode, "_unescape_all", lambda raw: None)
        wanted = outcome(raw)
    assert outcome(raw) == wanted


def outcome(raw: bytes) -> dict[str, str] | None:
    try:
        return decode.form_encoded(raw)
    except Malformed:
        return None


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FORM, b"a=1&a=2"),
        (FORM, b"a=1&%61=2"),
        (FORM, b"a=%ff"),
        (FORM, b"a=\xcf\xf0\xe8"),
        (FORM, b"&".join(b"f%d=" % n for n in range(decode.MOST_FIELDS + 1))),
        ("application/json", b""),
        ("application/json", b"[]"),
        ("application/json", b'"a"'),
        ("application/json", b"null"),
        ("application/json", b'{"a":"b"'),
        ("application/json", b'{"a":["b"]}'),
        ("application/json", b'{"a":[]}'),
        ("application/json", b'{"a":{}}'),
        ("application/json", b'{"a":{"b":"c"}}'),
        ("application/json", b'{"a":1,"a":1}'),
        ("application/json", b'{"a":1,"\\u0061":1}'),
        ("application/json", b'{"a":NaN}'),
        ("application/json", b'{"a":-Infinity}'),
        ("application/json", b'{"a":"\\ud800"}'),
        ("application/json", b'{"\\udfff":"a"}'),
        ("application/json", b'\xef\xbb\xbf{"a":"b"}'),
        ("application/json", '{"a":"b"}'.encode("utf-16")),
        ("application/json", b'{"a":"\xff"}'),
        ("application/json", b'{"a":' * 50_000),
        ("application/json", b"[" * 100_000),
        (
            "application/json",
            json.dumps({str(n): "" for n in range(decode.MOST_FIELDS + 1)}).encode(),
        ),
    ],
)
def test_what_is_not_what_its_type_says_is_malformed(kind: str, raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode.body(kind, raw)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (b"{}", {}),
        (b'{"a":true,"b":false,"c":null}', {"a": "yes"}),
        (b'{"a":7,"b":-0.50,"c":1e3}', {"a": "7", "b": "-0.50", "c": "1e3"}),
        (b'{"a":' + b"9" * 5000 + b"}", {"a": "9" * 5000}),
        (b'{"a":"\\ud83d\\ude42\\u0438"}', {"a": "🙂и"}),
        (b' {"a" : "b"} ', {"a": "b"}),
    ],
)
def test_json_keeps_what_was_written(raw: bytes, values: dict[str, str]) -> None:
    assert decode.json(raw) == values


@pytest.mark.parametrize(
    "disposition",
    [
        '; filename="a.txt"',
        ';filename=""',
        "; FILENAME=a.txt",
        "; filename*=utf-8''a.txt",
        '; filename ="a"',
    ],
)
def test_files_are_refused_however_they_are_announced(disposition: str) -> None:
    with pytest.raises(Malformed, match="no files"):
        decode.body(MULTIPART, multipart(part("a", "b", disposition)))


def test_a_field_may_be_called_filename() -> None:
    assert decode.body(MULTIPART, multipart(part("filename", "b"))) == {"filename": "b"}


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("multipart/form-data", multipart(part("a", "b"))),
        ("multipart/form-data; boundary=", multipart(part("a", "b"))),
        ("multipart/form-data; boundary=other", multipart(part("a", "b"))),
        ("multipart/form-data; boundary=€", multipart(part("a", "b"))),
        (MULTIPART, b""),
        (MULTIPART, b"no part at all"),
        (MULTIPART, multipart(part("a", "b"), end="")),
        (MULTIPART, multipart(part("a", "b"), end="--limit")),
        (MULTIPART, multipart(part("a", "b"))[:40]),
        (MULTIPART, multipart(part("a", "1"), part("a", "2"))),
        (MULTIPART, multipart("--limit\r\n\r\nb\r\n")),
        (MULTIPART, multipart("--limit\r\nContent-Disposition: form-data\r\n\r\nb\r\n")),
        (MULTIPART, multipart("--limit\r\nContent Disposition: x\r\n\r\nb\r\n")),
        (
            MULTIPART,
            b'--limit\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--limit--',
        ),
        (MULTIPART, b'--limit\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\r\n--limit--'),
        (MULTIPART, multipart(*[part(f"f{n}", "") for n in range(decode.MOST_FIELDS + 1)])),
    ],
)
def test_a_multipart_body_must_be_whole(kind: str, raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode.body(kind, raw)


def test_a_multipart_body_may_have_an_end_mark_only() -> None:
    assert decode.body(MULTIPART, b"--limit--\r\n") == {}
    assert decode.body('multipart/form-data; boundary="limit"', multipart(part("a", ""))) == {
        "a": ""
    }


def test_lines_within_a_value_are_kept() -> None:
    assert decode.body(MULTIPART, multipart(part("a", "1\r\n--limi\r\n2\n3"))) == {
        "a": "1\r\n--limi\r\n2\n3"
    }


def test_a_broken_body_leaves_nothing_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Malformed):
        decode.body(MULTIPART, b"Zvezdochyot")
    decode.body(MULTIPART, multipart(part("a", "b"), end="--limit--\r\nZvezdochyot"))
    assert caplog.records == []


def test_errors_name_no_field_and_no_value() -> None:
    for raw in (b"Zvezdochyot=1&Zvezdochyot=2", b"a=Zvezdochyot%ff"):
        with pytest.raises(UpholdError) as caught:
            decode.body(FORM, raw)
        assert "Zvezdochyot" not in str(caught.value)
        assert caught.value.advice
