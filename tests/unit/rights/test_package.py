# SPDX-License-Identifier: Apache-2.0
"""The package as JSON: read again as it was written, and by its published schema."""

import json

import jsonschema_rs
import pytest

from tests.office import Office
from tests.unit.rights import packages
from uphold import errors
from uphold.rights import package

SCHEMA = json.loads(package.schema())


def test_what_is_written_is_read_again(sqlite_office: Office) -> None:
    sqlite_office.submit()
    made = packages.of(sqlite_office)
    assert package.parse(package.json(made)) == made


def test_packages_follow_the_published_schema(sqlite_office: Office) -> None:
    office = sqlite_office
    office.submit()
    validator = jsonschema_rs.validator_for(SCHEMA)
    told = json.loads(package.json(packages.of(office)))
    assert [error.message for error in validator.iter_errors(told)] == []
    for wrong in ({**told, "more": 1}, {**told, "points": 1}, {**told, "format": "another"}):
        assert not validator.is_valid(wrong)


def test_the_schema_names_itself_and_explains_every_member() -> None:
    assert SCHEMA["$id"] == "/my/schema.json"
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert all(one["description"] for one in SCHEMA["$defs"].values())
    assert not any(one["additionalProperties"] for one in SCHEMA["$defs"].values())


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"format": 1}'])
def test_what_is_no_package_is_refused(raw: bytes) -> None:
    with pytest.raises(errors.Invalid):
        package.parse(raw)
