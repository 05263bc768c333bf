# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document says what is served: every operation, every parameter, every answer, and no more."""

import re
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from uphold.web import api
from uphold.web.api_door import KEY_PATTERN, Operation
from uphold.web.api_openapi import Document, document

DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document(api.OPERATIONS)))
OPERATIONS = [(path, one) for path, found in api.OPERATIONS.items() for one in found]
EVERY = pytest.mark.parametrize(("path", "one"), OPERATIONS, ids=[o.name for _, o in OPERATIONS])


def told(path: str, one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][one.method.lower()]
    return found


def test_it_is_openapi_3_1_of_this_version() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["servers"] == [{"url": "/api/v1"}]
    assert DOCUMENT["security"] == [{"token": []}]
    assert DOCUMENT["paths"].keys() == api.OPERATIONS.keys()
    names = [one.name for _, one in OPERATIONS]
    assert len(set(names)) == len(names)


@EVERY
def test_parameters_are_those_that_are_read(path: str, one: Operation) -> None:
    parameters = told(path, one)["parameters"]
    named = {(item["in"], item["name"]) for item in parameters}
    in_path = {("path", name) for name in re.findall(r"{(\w+)}", path)}
    in_query = {("query", field.encode_name) for field in msgspec.structs.fields(one.query)}
    in_head = {("header", "Idempotency-Key")} if one.is_act else set()
    assert named == in_path | in_query | in_head
    assert all(item["required"] for item in parameters if item["in"] != "query")


@EVERY
def test_answers_are_of_the_types_that_are_written(path: str, one: Operation) -> None:
    answers = dict(told(path, one)["responses"])
    good = answers.pop("200")["content"]["application/json"]["schema"]
    assert good == {"$ref": f"#/components/schemas/{one.answer.__name__}"}
    assert {"400", "401", "403", "404", "429", "503"} <= answers.keys()
    for answer in answers.values():
        problem = answer["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}
    assert ("415" in answers) is (one.body is not None)
    assert ("422" in answers) is one.is_act


def test_every_reference_leads_somewhere_and_every_schema_is_one() -> None:
    raw = msgspec.json.encode(DOCUMENT).decode()
    schemas = DOCUMENT["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", raw)) == set(schemas)
    for schema in schemas.values():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )


def test_the_gate_s_words_are_told_and_no_personal_field_is() -> None:
    assert DOCUMENT["components"]["schemas"]["Problem"]["properties"].keys() == {
        *("type", "title", "status", "detail", "reason", "entry"),
    }
    (named,) = [
        item
        for item in DOCUMENT["paths"]["/enquiries/{id}/move"]["post"]["parameters"]
        if item["in"] == "header"
    ]
    assert named["schema"]["pattern"] == KEY_PATTERN


def test_it_is_made_once() -> None:
    made = Document(api.OPERATIONS)
    assert msgspec.json.decode(made._raw) == DOCUMENT
