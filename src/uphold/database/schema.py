# SPDX-License-Identifier: Apache-2.0
"""The one MetaData that every room's tables are declared on, and the column types they share."""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()

PASSING = {"passing": True}
"""The `info` of a table of what lets somebody in for a while: no backup holds it, as a restore would end it all."""

# SQLite makes a column its row id only when the type is exactly INTEGER; PostgreSQL needs BIGINT.
Number = BigInteger().with_variant(Integer(), "sqlite")


def is_passing(table: str) -> bool:
    """Tell whether a table is one of those that no backup holds."""
    known = metadata.tables.get(table)
    return known is not None and bool(known.info.get("passing"))
