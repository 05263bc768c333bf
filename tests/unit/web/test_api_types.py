# SPDX-License-Identifier: Apache-2.0
"""What comes in is closed, and what goes out has a name for everything."""

import inspect

import msgspec
import pytest

from uphold.web import api, api_types
from uphold.web.api_types import EnquiryQuery, MoveEnquiry, MoveRequest, Open

KINDS = [
    kind
    for _, kind in sorted(inspect.getmembers(api_types, inspect.isclass))
    if kind.__module__ == api_types.__name__
]
READ = [Open, MoveEnquiry, MoveRequest, EnquiryQuery, api_types.RequestQuery, api_types.PageQuery]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_type_says_what_it_is(kind: type) -> None:
    assert (inspect.getdoc(kind) or "").endswith(".")


@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.__name__)
def test_what_is_not_known_is_refused(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.forbid_unknown_fields


def test_every_type_is_read_or_written_by_an_operation() -> None:
    every = [one for found in api.OPERATIONS.values() for one in found]
    asked = {kind for one in every for kind in (one.query, one.body) if kind}
    assert {kind for kind in asked if kind is not api_types.Nothing} == set(READ)


@pytest.mark.parametrize(
    "sent",
    [
        {"purpose": "UPPER"},
        {"purpose": "x", "fields": []},
        {"purpose": "x", "fields": ["a"] * 65},
        {"purpose": "x" * 41},
    ],
    ids=["case", "none", "many", "long"],
)
def test_an_opening_that_is_none(sent: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(sent, Open)
