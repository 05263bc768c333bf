# SPDX-License-Identifier: Apache-2.0
"""The country of an address, by a file on this machine."""

from pathlib import Path

import pytest

from uphold import errors
from uphold.visits import country

RU, DE = {"country": {"iso_code": "RU"}}, {"registered_country": {"iso_code": "DE"}}


def encoded(value: object) -> bytes:
    """Encode a value as the MaxMind DB format does (texts below 29 bytes)."""
    match value:
        case dict():
            pairs = b"".join(encoded(key) + encoded(inner) for key, inner in value.items())
            return bytes([7 << 5 | len(value)]) + pairs
        case str():
            return bytes([2 << 5 | len(value)]) + value.encode()
        case int():
            return bytes([6 << 5 | 4]) + value.to_bytes(4, "big")
        case list():
            return bytes([len(value), 4])
    raise TypeError(value)


def file(path: Path, low: object, high: object) -> Path:
    """Write a file of one node: addresses below 128.0.0.0 have `low`, the others `high`."""
    data = encoded(low)
    first = (1 + 16).to_bytes(3, "big")
    second = (1 + 16 + len(data)).to_bytes(3, "big")
    about = {
        "node_count": 1,
        "record_size": 24,
        "ip_version": 4,
        "database_type": "Test-Country",
        "languages": [],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1,
        "description": {},
    }
    tail = b"\xab\xcd\xefMaxMind.com" + encoded(about)
    path.write_bytes(first + second + bytes(16) + data + encoded(high) + tail)
    return path


def test_an_address_has_the_country_that_the_file_says(tmp_path: Path) -> None:
    of = country.of(file(tmp_path / "countries.mmdb", RU, DE))
    assert (of("77.88.8.8"), of("192.0.2.1")) == ("RU", "DE")


@pytest.mark.parametrize("address", ["", "here", "2001:db8::1", "77.88.8.8.8", "10.0.0.1:80"])
def test_what_the_file_cannot_know_has_none(tmp_path: Path, address: str) -> None:
    assert country.of(file(tmp_path / "countries.mmdb", RU, DE))(address) == ""


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"country_code": "FR"}, "FR"),
        ({"country": "FR"}, "FR"),
        ({"country": "France", "country_code": "FR"}, "FR"),
        ({"country": {"names": {}}}, ""),
        ({"country": "France"}, ""),
        ({}, ""),
        ("FR", ""),
    ],
)
def test_records_of_other_makers(tmp_path: Path, record: object, code: str) -> None:
    assert country.of(file(tmp_path / "countries.mmdb", record, RU))("77.88.8.8") == code


def test_without_a_file_no_country_is_known() -> None:
    assert country.of(None)("77.88.8.8") == ""


@pytest.mark.parametrize("content", [b"", b"no such format", None])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "countries.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(errors.Invalid, match=r"countries\.mmdb"):
        country.of(path)
