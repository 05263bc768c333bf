# SPDX-License-Identifier: Apache-2.0
"""What is held, on paper: its reading is journaled as that of whoever hands it out."""

from html import unescape

import pytest

from tests import cast, desk
from tests.desk import officer
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.access import reading
from uphold.app import App

__all__ = ["officer", "quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")


def test_everything_held_is_handed_out_on_paper(here: App, officer: Visitor) -> None:
    path = desk.entered(officer, identity="document")
    package = f"{path}/package"
    assert officer.act(package, format="html").status == 409
    desk.move(officer, path, "take")
    assert officer.act(package, format="docx").status == 400
    shown = officer.act(package, format="html")
    assert (shown.status, cast.subject.message in unescape(shown.html)) == (200, True)
    assert officer.act(package, format="pdf").body.startswith(b"%PDF-")
    with here.database.read() as connection:
        readings = reading.history(connection, 1)
    staff = desk.stored(here, path).intake.staff
    assert {one.staff for one in readings} == {staff}
