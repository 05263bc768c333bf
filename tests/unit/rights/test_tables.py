# SPDX-License-Identifier: Apache-2.0
"""Nothing here names a person: no column holds what somebody typed."""

from sqlalchemy import LargeBinary

from uphold.assurance import inventory
from uphold.rights import tables

REQUESTS = (tables.rights_request, tables.rights_clock, tables.rights_move, tables.rights_record)


def test_no_column_of_a_request_holds_what_somebody_typed() -> None:
    known = inventory.inventory().tables
    for table in REQUESTS:
        assert set(known[table.name].columns.values()) <= {"none", "link", "index", "staff"}


def test_only_digests_are_bytes() -> None:
    held = {c.name for t in REQUESTS for c in t.columns if isinstance(c.type, LargeBinary)}
    assert held == {"before", "after"}
