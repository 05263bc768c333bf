# SPDX-License-Identifier: Apache-2.0
import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.site import app  # noqa: F401 - a fixture
from uphold import errors
from uphold.app import App
from uphold.database import process
from uphold.vault import sharing, unlock


def test_whose_ring_is_the_same_file_may_serve(app: App) -> None:  # noqa: F811 - the fixture's value
    ring = app.settings.path(app.settings.keys.ring)
    # Nobody serves, then one who has the same, then one whose ring is away.
    sharing.require_one(app.database, ring)
    for mark in (unlock.mark(ring), ""):
        app.writer.run(partial(process.enter, name=process.named(), ring=mark))
        sharing.require_one(app.database, ring)


def test_a_copy_is_refused(
    app: App,  # noqa: F811 - as above
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sharing, "PATIENCE_SECONDS", 0.0)
    ring, name = app.settings.path(app.settings.keys.ring), process.named()
    copy = tmp_path / "ring.json"
    shutil.copy2(ring, copy)
    app.writer.run(lambda tx: process.enter(tx, name, unlock.mark(ring)))
    with pytest.raises(errors.Conflict, match="another copy of the key ring"):
        sharing.require_one(app.database, copy)
    app.writer.run(lambda tx: process.leave(tx, name))
    sharing.require_one(app.database, copy)
    # A ring that is away is another trouble, which is told elsewhere.
    sharing.require_one(app.database, tmp_path / "nothing")
