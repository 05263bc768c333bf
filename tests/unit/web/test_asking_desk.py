# SPDX-License-Identifier: Apache-2.0
"""One round of asking at a time, and the next may begin however the last one ended."""

from pathlib import Path
from typing import cast

import pytest

from tests import site
from uphold import errors
from uphold.access.permission import Actor, Permission, Role, holds
from uphold.enquiry.ask import Ask
from uphold.web.asking_desk import AskingDesk


class Trouble:
    """A round that cannot be made."""

    def run(self, actor: Actor) -> None:
        raise errors.Unavailable("The storage is away.")


def test_a_round_that_broke_off_lets_the_next_begin(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = site.build(tmp_path)
    try:
        desk = AskingDesk(app)
        desk._round.acquire()
        desk.run(cast(Ask, Trouble()), Actor(1, Role.OWNER))
        assert not desk._round.locked()
        assert "Asking anew broke off: The storage is away." in caplog.text
    finally:
        app.close()


def test_only_the_owner_asks() -> None:
    assert [role for role in Role if holds(role, Permission.CONSENT_ASK)] == [Role.OWNER]
