# SPDX-License-Identifier: Apache-2.0
"""What is due stands at the top of the list, and on every page of the console."""

import pytest

from tests import desk
from tests.desk import officer
from tests.office import quick_hashing
from tests.visitor import Visitor

__all__ = ["officer", "quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


def test_what_is_due_is_at_the_top_and_on_every_page(officer: Visitor) -> None:
    calm, late = (
        desk.entered(officer),
        desk.entered(officer, kind="portability", received=desk.LONG_AGO),
    )
    page = officer.get(desk.LIST).html
    assert page.index("Overdue") < page.index(f'href="{late}"') < page.index(f'href="{calm}"')
    assert "1 request is overdue." in officer.get("/console/proof").html
    desk.move(officer, late, "retract")
    assert "overdue" not in officer.get("/console/proof").html
