# SPDX-License-Identifier: Apache-2.0
"""The one MetaData that every room's tables are declared on, and the column types they share."""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()

# SQLite makes a column its row id only when the type is exactly INTEGER; PostgreSQL needs BIGINT.
Number = BigInteger().with_variant(Integer(), "sqlite")
