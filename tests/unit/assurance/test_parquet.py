# SPDX-License-Identifier: Apache-2.0
"""The columns of a Parquet file are read from its footer, and nothing that is none is taken for one."""

from pathlib import Path

import duckdb
import pytest

from uphold.assurance import parquet

QUERY = (
    "SELECT i::TINYINT AS hour, 'view' AS kind, i % 2 = 0 AS first, NULL::SMALLINT AS rank, i / 3.0 AS part"
    " FROM range(5000) AS t(i)"
)


@pytest.mark.parametrize("compression", ["zstd", "snappy", "uncompressed"])
def test_columns_are_read_in_their_order(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "x.parquet"
    with duckdb.connect() as engine:
        engine.sql(QUERY.replace("i::TINYINT", "(i % 100)::TINYINT")).write_parquet(
            str(path), compression=compression
        )
    assert parquet.columns(path) == ("hour", "kind", "first", "rank", "part")


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with duckdb.connect() as engine:
        engine.sql("SELECT 1 AS one").write_parquet(str(path))
    whole = path.read_bytes()
    size = int.from_bytes(whole[-8:-4], "little")
    footer = len(whole) - 8 - size
    damaged = [whole[:footer] + bytes([byte]) * size + whole[-8:] for byte in (0, 0x19, 0x8C, 0xFF)]
    too_long = whole[:-8] + b"\xff\xff\xff\x7f" + whole[-4:]
    for raw in (b"", b"PAR1", b"PAR1" * 4, whole[:-1], too_long, *damaged):
        path.write_bytes(raw)
        with pytest.raises(ValueError, match=r"."):
            parquet.columns(path)
