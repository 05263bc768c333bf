# SPDX-License-Identifier: Apache-2.0
"""After a restore nothing that waited leaves by itself."""

from pathlib import Path

from tests import site
from uphold.mail import held, outbox
from uphold.mail.outbox import State


def test_what_waited_is_kept_for_a_person_to_decide(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    site.live(app)
    with app.database.read() as connection:
        waiting = outbox.counts(connection)[State.QUEUED]
    assert waiting > 0
    assert app.writer.run(held.hold) == waiting
    assert app.writer.run(held.hold) == 0
    with app.database.read() as connection:
        assert outbox.counts(connection)[State.QUEUED] == 0
        assert outbox.due(connection, site.now() + (1 << 40)) == ()
    app.close()
