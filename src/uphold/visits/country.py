# SPDX-License-Identifier: Apache-2.0
"""Which country an address is in, by a file of the operator's in the MaxMind format; nobody is asked.

The whole file is held in memory, so that replacing it under a running site does no harm; what it then says is
seen after the next start.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uphold import errors

try:
    import maxminddb
except ModuleNotFoundError:
    # The extra `statistics` is not installed; whoever names a file is told.
    INSTALLED = False
else:
    INSTALLED = True

Country = Callable[[str], str]
_CODE = re.compile("[A-Z]{2}")


def unknown(_address: str) -> str:
    """Return "": the country where the operator gives no file."""
    return ""


def of(path: Path | None) -> Country:
    """Return what tells the country of an address: two capital letters, "" where the file does not know it.

    Raises `errors.Invalid` when the file cannot be read, `errors.Unavailable` without the extra `statistics`.
    """
    if path is None:
        return unknown
    if not INSTALLED:
        raise errors.Unavailable(
            "Countries cannot be told: the extra `statistics` is not installed.",
            "Install it (pip install 'uphold[statistics]'), or leave [visits] country empty.",
        )
    try:
        reader = maxminddb.open_database(path, maxminddb.MODE_MEMORY)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        raise errors.Invalid(
            f"{path.name} is no country file in the MaxMind format.",
            "Name a readable .mmdb of countries in [visits] country, or leave it empty.",
        ) from None
    return lambda address: _code(_found(reader, address))


def _found(reader: "maxminddb.Reader", address: str) -> object:
    try:
        return reader.get(address)
    except (ValueError, maxminddb.InvalidDatabaseError):
        return None  # no address, or one of a kind that the file does not hold


def _code(found: Any) -> str:
    """Return the code out of a record of MaxMind's or DB-IP's shape (`country.iso_code`) or IPinfo's."""
    if not isinstance(found, dict):
        return ""
    said = found.get("country") or found.get("registered_country") or found.get("country_code")
    code = said.get("iso_code") if isinstance(said, dict) else found.get("country_code", said)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
