# SPDX-License-Identifier: Apache-2.0
"""A site to be sabotaged: made once, copied for each sabotage.

    template = stage.make(root)
    folder = stage.copy(template, elsewhere)

The template has lived a little: two editions whose wordings differ, a submission under each, and a link in the
policy's text that leaves the site, as most policies have one.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests import cast, site as sites, visited
from uphold import app as wiring, config
from uphold.access import password
from uphold.app import App
from uphold.continuity import backup
from uphold.vault import age

DOMAIN = "uphold.example"
_LINK = "[the regulator](https://regulator.example/law)"


def make(root: Path) -> Path:
    """Make the template in `root`; returns the folder of the site."""
    settings = sites.make(root / "site")
    _adapt(settings.folder)
    _set_up_backups(settings.folder)
    app = wiring.open_site(config.load(settings.folder))
    try:
        sites.publish_policy(app)
        sites.submit(app)
        _amend(settings.folder)
        sites.publish_policy(app)
        app.shelf.look()
        sites.submit(app, email=cast.stranger.email, message=cast.stranger.message)
        visited.lay(app)
        visited.work(app)
        _back_up(app)
    finally:
        app.close()
    return settings.folder


def _adapt(folder: Path) -> None:
    """Let the policy be that of the site's address, and link to another site, as most do."""
    declared = folder / "policy" / "policy.toml"
    text = declared.read_text(encoding="utf-8")
    declared.write_text(text.replace("quiet-harbour.example", DOMAIN), encoding="utf-8")
    for file in (folder / "policy").glob("policy*.md"):
        text = file.read_text(encoding="utf-8")
        text = text.replace("quiet-harbour.example", DOMAIN)
        file.write_text(text.replace("\n1.2. ", f"\n1.2. {_LINK} ", 1), encoding="utf-8")


def _set_up_backups(folder: Path) -> None:
    """Have backups in the site's own folder, so that they are copied with it; none is made by itself."""
    file = folder / config.FILE
    lines = (
        "\n[visits]\nrecord = true\ncookie = true\n"
        f'\n[backup]\nrecipient = "{age.new_identity()[1]}"\nfolder = "backups"\nevery_hours = 0\n'
    )
    file.write_text(file.read_text(encoding="utf-8") + lines, encoding="utf-8")
    (folder / "backups").mkdir(mode=0o700)


def _back_up(app: App) -> None:
    maker = backup.Maker(app.settings, app.ring, app.database, app.writer)
    maker.make(backup.folder_of(app.settings))


def _amend(folder: Path) -> None:
    """Say the same under another title of the form: wordings and digests change, the text does not."""
    file = folder / "forms" / "feedback.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in (("Write to us", "Ask us"), ("Напишите нам", "Спросите нас")):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


@contextmanager
def quick_hashing() -> Iterator[None]:
    """Cheap Argon2 parameters: the real ones are tested where hashing is the subject."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(password, "_HASHER", cheap)
        patch.setattr(password, "_DECOY", cheap.hash("nobody knows this one"))
        yield


def copy(template: Path, root: Path) -> Path:
    """Copy a site's folder, modes included."""
    folder = root / "site"
    shutil.copytree(template, folder)
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[App]:
    """Open a copy."""
    app = wiring.open_site(config.load(folder))
    try:
        yield app
    finally:
        app.close()
