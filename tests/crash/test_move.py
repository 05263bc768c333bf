# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every step of a move: the site is whole on one side, and the same command brings it to the other."""

from contextlib import closing
from pathlib import Path

from tests import forks, postgresql, site
from uphold import config, errors
from uphold.app import open_site
from uphold.assurance import audit
from uphold.config import Settings

KILLED = -9


def serves(settings: Settings) -> bool:
    """Tell whether the site opens where its configuration says, and takes a submission."""
    try:
        with closing(open_site(settings)) as app:
            site.submit(app)
    except errors.Moved:
        return False
    return True


def test_a_move_is_killed_and_run_again(
    tmp_path: Path, postgresql_server: postgresql.Server
) -> None:
    """To the server from a file, where a database of the same engine cannot hide a mistake."""
    with forks.of("tests.move_process") as run:
        # Only claimed, not committed, not yet said on the other side, not yet configured.
        for number, (where, is_here) in enumerate(
            [
                ("empty before", True),
                ("mark after", True),
                ("say before", False),
                ("finish after", False),
            ]
        ):
            settings = site.copy(tmp_path / f"site-{number}")
            name = postgresql_server.create()
            words = ["move", settings.folder, "--to", postgresql_server.url(name)]
            assert run(where, *words) == KILLED
            assert config.load(settings.folder) == settings
            assert serves(settings) is is_here
            assert run("to its end", *words) == 0
            there = config.load(settings.folder)
            assert there != settings
            assert serves(there)
            assert not serves(settings)
            assert list(audit.run(there)) == []
            postgresql_server.drop(name)
