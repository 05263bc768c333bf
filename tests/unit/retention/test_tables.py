# SPDX-License-Identifier: Apache-2.0
"""The row of a submission's own transaction is never one of these."""

from sqlalchemy import func, select

from tests.office import Office
from uphold.retention import tables


def test_a_submission_costs_no_row_here(office: Office) -> None:
    office.submit()
    every = [
        tables.retention_due, tables.retention_state, tables.retention_act, tables.retention_line,
        tables.retention_order,
    ]  # fmt: skip
    for table in every:
        query = select(func.count()).select_from(table)
        assert office.read(lambda c, query=query: c.execute(query).scalar()) == 0  # type: ignore[misc] # mypy infers no lambda with a default
