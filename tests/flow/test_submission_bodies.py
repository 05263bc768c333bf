# SPDX-License-Identifier: Apache-2.0
"""How a post may be written, and what becomes of one that is not."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from tests import cast, visitor
from tests.visitor import BOX, JSON, Answer, Visitor
from uphold.submission import form

FORM = "/f/feedback"
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


def fields(visitor: Visitor) -> dict[str, str]:
    return {form.TOKEN: visitor.form().token, **cast.subject.values(), BOX: "yes"}


def send(visitor: Visitor, body: bytes, kind: str, **headers: str) -> Answer:
    return visitor.ask("POST", FORM, content=body, headers={"content-type": kind, **headers})


def as_multipart(values: Mapping[str, str]) -> tuple[bytes, str]:
    parts = [
        f'--limit\r\ncontent-disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
        for k, v in values.items()
    ]
    return f"{''.join(parts)}--limit--\r\n".encode(), "multipart/form-data; boundary=limit"


def as_form(values: Mapping[str, str]) -> tuple[bytes, str]:
    return urlencode(values).encode(), URLENCODED["content-type"]


def as_json(values: Mapping[str, str]) -> tuple[bytes, str]:
    told = {**values, BOX: True, "phone": None}
    return json.dumps(told).encode(), "application/json; charset=utf-8"


@pytest.mark.parametrize("write", [as_form, as_multipart, as_json])
def test_three_ways_to_write_it(one: Visitor, write: object) -> None:
    assert callable(write)
    body, kind = write(fields(one))
    assert send(one, body, kind).status == 303
    body, kind = write(fields(one))
    assert send(one, body, kind, **JSON).status == 201


def test_the_three_are_one_post(one: Visitor) -> None:
    """The body is compared by what it says, not by how it is written."""
    values = {name: text for name, text in fields(one).items() if name != "phone"}
    values["message"] = "Hello\r\nthere"
    found = {
        send(one, body, kind, **JSON).json["id"]
        for body, kind in (as_form(values), as_multipart(values), as_json(values))
    }
    assert len(found) == 1


WRONG = {
    "too large": (b"message=" + b"x" * 70_000, URLENCODED["content-type"], 413, "too-large"),
    "a type that is not taken": (b"<x/>", "application/xml", 415, "unsupported-type"),
    "no type": (b"a=b", "", 415, "unsupported-type"),
    "no UTF-8": (b"name=%ff", URLENCODED["content-type"], 400, "malformed"),
    "a field twice": (b"name=a&name=b", URLENCODED["content-type"], 400, "malformed"),
    "no JSON": (b"{", "application/json", 400, "malformed"),
    "nested JSON": (b'{"name": {"a": 1}}', "application/json", 400, "malformed"),
    "no boundary": (b"--x--", "multipart/form-data", 400, "malformed"),
    "cut short": (
        b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb',
        "multipart/form-data; boundary=x",
        400,
        "malformed",
    ),
    "a file": (
        b'--x\r\ncontent-disposition: form-data; name="a"; filename="b"\r\n\r\nc\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        400,
        "malformed",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_said(one: Visitor, name: str) -> None:
    body, kind, status, code = WRONG[name]
    before = visitor.stored(one.app)
    answer = send(one, body, kind)
    assert answer.status == status
    assert "Nothing was stored" in answer.page.text
    told = send(one, body, kind, **JSON)
    assert told.status == status
    (error,) = told.json["errors"]
    assert (error["field"], error["code"]) == ("", code)
    assert error["message"]
    assert visitor.stored(one.app) == before


def test_the_limit_is_told(one: Visitor) -> None:
    body, kind, _, _ = WRONG["too large"]
    assert "At most 65,536 bytes" in send(one, body, kind).page.text


def test_errors_in_russian(one: Visitor) -> None:
    body, kind, _, _ = WRONG["no UTF-8"]
    text = send(one, body, kind, **{"accept-language": "ru"}).page.text
    assert "Ничего не сохранено" in text
    assert "UTF-8 text" not in text


def test_a_program_reads_english_whatever_its_language(one: Visitor) -> None:
    body, kind, _, _ = WRONG["no UTF-8"]
    told = send(one, body, kind, **{"accept-language": "ru", **JSON})
    assert told.json["errors"][0]["message"].startswith("The form is not UTF-8 text.")


def test_a_head_is_a_get_without_a_body(one: Visitor) -> None:
    for path in (FORM, "/policy", "/", "/policy/editions", "/healthz", "/journal/checkpoint"):
        assert one.ask("HEAD", path).status == one.get(path).status == 200


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", FORM, "GET, HEAD, POST"),
        ("DELETE", "/policy", "GET, HEAD"),
        ("POST", "/policy", "GET, HEAD"),
        ("PUT", "/console/login", "GET, HEAD, POST"),
        ("GET", "/console/logout", "POST"),
    ],
)
def test_another_method(one: Visitor, method: str, path: str, allow: str) -> None:
    answer = one.ask(method, path)
    assert answer.status == 405
    assert answer.headers["allow"] == allow
    assert "Nothing was stored" in answer.page.text


def test_values_come_back_escaped(one: Visitor) -> None:
    nasty = '"><script>alert(1)</script>'
    answer = one.send(name=nasty, email="wrong", **{nasty: "x"})
    assert "<script>alert" not in answer.html
    assert answer.page.fields["name"] == nasty
