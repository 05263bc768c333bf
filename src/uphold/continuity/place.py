# SPDX-License-Identifier: Apache-2.0
"""Where a restored site lies: whole in its own folder, so that nothing of another site is touched."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from uphold import config, errors
from uphold.config import DatabaseSettings, Keys, Visits
from uphold.continuity import archive, toml
from uphold.journal import checkpoint, note
from uphold.journal.head import HeadFile
from uphold.statistics import recipe

MODE = 0o600
_OWN = frozenset({config.FILE, recipe.FILE, "policy", "forms", "letters"})


class Wanted(Protocol):
    """As much of what is wanted as concerns the configuration."""

    @property
    def database(self) -> str:
        """The URL of the database, empty for the one that is configured."""

    @property
    def config(self) -> Path | None:
        """A configuration in the place of the one in the backup."""


def refuse_taken(folder: Path) -> None:
    """Refuse a folder that holds anything; raises `errors.Conflict`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise errors.Conflict(
            f"{folder} is there already.", "Name a folder that is not: a restore never overwrites."
        )


def write(root: Path, name: str, body: bytes) -> None:
    """Write one of the operator's files; raises `errors.Broken` for a path that no backup has."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or path.parts[0] not in _OWN:
        raise archive.damaged("a file that no site folder has")
    target = root / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def configure(root: Path, origin: str, continues: Sequence[str], wanted: Wanted) -> list[str]:
    """Give the site in `root` its new origin, and places inside the folder; returns what was moved there.

    Raises `errors.Invalid` for a configuration that cannot be changed or read.
    """
    file = root / config.FILE
    if wanted.config is not None:
        file.write_bytes(_read(wanted.config))
    changes: dict[tuple[str, str], toml.Value] = {
        ("site", "origin"): origin,
        ("site", "continues"): tuple(continues),
    }
    settings = config.load(root)
    moved = []
    for name in ("ring", "head", "destroyed"):
        if not _is_inside(getattr(settings.keys, name)):
            changes["keys", name] = getattr(Keys(), name)
            moved.append(f"[keys] {name}")
    if not _is_inside(settings.visits.store):
        changes["visits", "store"] = Visits().store
        moved.append("[visits] store")
    url = wanted.database
    sqlite = settings.database.url.removeprefix("sqlite:///")
    if not url and sqlite != settings.database.url and not _is_inside(sqlite):
        url = DatabaseSettings().url
        moved.append("[database] url")
    if url:
        changes |= {("database", "url"): url}
        changes |= {("database", name): None for name in ("url_file", "url_env")}
    text = file.read_text(encoding="utf-8")
    file.write_text(toml.put(text, changes), encoding="utf-8")
    with file.open("rb") as written:
        os.fsync(written.fileno())
    return moved


def last_head(path: Path, key: note.Verifier, size: int) -> checkpoint.Checkpoint | None:
    """Return the last head of the old journal that is known; None without a file, or with one older than `size`.

    One of another journal of the same site says nothing of this one. Raises `errors.Unavailable` when it cannot be
    read.
    """
    raw = HeadFile(path).read()
    if raw is None:
        return None
    try:
        found = checkpoint.verify(raw, key).checkpoint
    except errors.Invalid:
        return None
    return found if found.size >= size else None


def refuse_fork(last: checkpoint.Checkpoint, root: bytes) -> None:
    """Refuse a backup whose journal is another one than the head file knows; raises `errors.Broken`."""
    if last.root != root:
        raise errors.Broken(
            "The journal in the backup is not the one of the head file.",
            "Name the head file that lies beside the newest key ring; find out who made this backup.",
        )


@contextmanager
def locked(folder: Path, what: str = "restore") -> Iterator[None]:
    """Be the only one that does `what` in a folder; raises `errors.Conflict`."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise errors.Conflict(
            f"Another {what} is under way in {folder}.", "Let it finish, then try again."
        ) from None
    finally:
        os.close(handle)


def sync(folder: Path) -> None:
    """Have the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise errors.Invalid(
            f"{path} cannot be read ({error.strerror}).", "Name a uphold.toml."
        ) from None


def _is_inside(text: str) -> bool:
    path = PurePosixPath(text)
    return not path.is_absolute() and ".." not in path.parts
