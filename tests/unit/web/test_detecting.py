# SPDX-License-Identifier: Apache-2.0
"""A site looks by itself: what is committed is noticed at the next of its looks, which are half a second apart."""

import asyncio
from pathlib import Path

import pytest

from tests import site
from tests.office import Office
from tests.unit.detection import watching
from tests.unit.detection.rules import described
from uphold import app as apps
from uphold.detection import store
from uphold.errors import Invalid
from uphold.web import detecting
from uphold.web.detecting import Detector

OWN = described(
    "nobody-came-in", "{a: {kind: staff.refused}, condition: a}", "uphold: {respond: [notify]}"
)


def own(root: Path, text: str = OWN) -> Office:
    """A site with a rule of its own."""
    settings = site.copy(root)
    (root / "detection").mkdir()
    (root / "detection" / "own.yml").write_text(text)
    return Office(apps.open_site(settings))


def test_what_is_committed_is_noticed_at_the_next_look(tmp_path: Path) -> None:
    office = own(tmp_path / "site")
    detector = Detector(office.app)
    asyncio.run(detector.look())
    watching.refuse(office)
    asyncio.run(detector.look())
    [alert] = office.read(store.listed)
    assert alert.rule == "nobody-came-in"
    # One notice stands for all, until somebody has seen it.
    assert office.kinds().count("alert.raised") == 1
    # Two looks at most lie between a commit and the look that begins after it.
    assert 2 * detecting.LOOK_SECONDS < 5
    office.app.close()


def test_a_site_whose_rules_cannot_be_read_does_not_begin(tmp_path: Path) -> None:
    office = own(tmp_path / "site", "name: no rule")
    with pytest.raises(Invalid, match="own"):
        Detector(office.app)
    office.app.close()
