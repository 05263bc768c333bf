# SPDX-License-Identifier: Apache-2.0
"""What the API can do, told in OpenAPI 3.1: made of the operations and types that serve it, and of nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from uphold import __version__
from uphold.access import client
from uphold.enquiry import desk
from uphold.rights import machine
from uphold.web import reply
from uphold.web.api_door import BASE, KEY_PATTERN, PROBLEM, Operation
from uphold.web.api_types import Id, Number, Problem

Operations = Mapping[str, Sequence[Operation]]

_TEMPLATE = "#/components/schemas/{name}"
_ABOUT = """\
What machine clients can do at this site. A client acts under a role, only within its scopes, and opens records only
for the purposes that it was given; each opening is decided by the policy and journaled before anything is shown.

Send the token as `Authorization: Bearer ...`. Without a good one there is nothing at any address (404). An act needs an
`Idempotency-Key`; to send it again with the same key does nothing twice and gives the same answer, for seven days.
"""
_PROBLEMS = {
    400: "What was sent does not fit.",
    401: "The token has expired or was revoked.",
    403: "The client has no scope for this, or the gate denied the reading: `reason` says why, and it is journaled.",
    404: "There is nothing of this name, or nobody who may know of it.",
    405: "The address takes other methods.",
    408: "The body did not come in time.",
    409: "It stands where it cannot be moved so (any more).",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The key was sent with another request before.",
    429: "Too many requests, or openings of the day.",
    503: "Nothing can be stored just now.",
}
_ALWAYS = (400, 401, 403, 404, 429, 503)
_WITH_BODY = (408, 413, 415)
_NAMES = {
    f"{kind.__module__}.{kind.__qualname__}": name
    for kind, name in ((desk.State, "EnquiryState"), (machine.State, "RequestState"))
}
_PARAMETERS = {
    "id": ("The id of an enquiry.", Id),
    "number": ("Its number.", Number),
}


class Document:
    """`/api/openapi.json`, made once."""

    def __init__(self, operations: Operations) -> None:
        """Tell of these operations."""
        self._raw = msgspec.json.format(msgspec.json.encode(document(operations)))

    async def endpoint(self, _: Request) -> Response:
        """`GET /api/openapi.json`: for anybody, as it tells nothing of this site."""
        return Response(self._raw, media_type=reply.JSON, headers={"cache-control": "max-age=300"})


def document(operations: Operations) -> dict[str, Any]:
    """Make the OpenAPI document of these operations, by their path below `/api/v1`."""
    every = [one for found in operations.values() for one in found]
    kinds = [Problem, *(kind for one in every for kind in (one.answer, one.body) if kind)]
    _, schemas = msgspec.json.schema_components(dict.fromkeys(kinds), ref_template=_TEMPLATE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Uphold",
            "version": __version__,
            "summary": "Enquiries, requests and proof of a website that keeps its privacy policy.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "paths": {
            path: {one.method.lower(): _operation(path, one) for one in found}
            for path, found in operations.items()
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"A token of a machine client; begins with `{client.PREFIX}`.",
                }
            },
            "schemas": _named(schemas),
        },
    }


def _named(schemas: dict[str, Any]) -> Any:
    """Call each schema by a name of its own: of two types with one name `msgspec` tells the modules."""
    raw = msgspec.json.encode(schemas)
    for known, name in _NAMES.items():
        raw = raw.replace(known.encode(), name.encode())
    return msgspec.json.decode(raw)


def _operation(path: str, one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.title,
        "description": f"Needs the scope `{one.wanted}`.",
        "parameters": [*_path(path), *_query(one), *(_KEYED if one.is_act else [])],
        "responses": {
            "200": {
                "description": "Done." if one.is_act else "What was asked for.",
                "content": {reply.JSON: {"schema": _reference(one.answer)}},
            },
            **{str(status): _problem(status) for status in _statuses(one)},
        },
    }
    if one.body is not None:
        schema = {"schema": _reference(one.body)}
        told["requestBody"] = {"required": True, "content": {reply.JSON: schema}}
    return told


def _statuses(one: Operation) -> list[int]:
    own = (*one.refuses, *(_WITH_BODY if one.body else ()), *((422,) if one.is_act else ()))
    return sorted({*_ALWAYS, *own})


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": _PROBLEMS[status],
        "content": {PROBLEM: {"schema": _reference(Problem)}},
    }
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status in {429, 503}:
        told["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    return told


def _path(path: str) -> list[dict[str, Any]]:
    named = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PARAMETERS[name][0],
            "schema": msgspec.json.schema(_PARAMETERS[name][1]),
        }
        for name in named
    ]


def _query(one: Operation) -> list[dict[str, Any]]:
    """Tell the parameters of a query by the fields of its type."""
    # One type at a time, so that what it refers to stands within it.
    reference, schemas = msgspec.json.schema_components([one.query], ref_template=_TEMPLATE)
    properties = schemas[reference[0]["$ref"].rpartition("/")[2]].get("properties", {})
    return [
        {"name": name, "in": "query", "required": False, "schema": _inlined(schema, schemas)}
        for name, schema in properties.items()
    ]


def _inlined(schema: dict[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Put what a schema refers to in its place: a parameter's is short, and its type nobody else's."""
    named = schema.get("$ref", "") or schema.get("allOf", [{}])[0].get("$ref", "")
    if not named:
        return schema
    rest = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
    return {**schemas[named.rpartition("/")[2]], **rest}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _TEMPLATE.format(name=kind.__name__)}


_KEYED = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "A name of this act, another for each, such as a UUID.",
        "schema": {"type": "string", "pattern": KEY_PATTERN},
    }
]
