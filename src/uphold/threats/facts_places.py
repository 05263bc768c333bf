# SPDX-License-Identifier: Apache-2.0
"""Where data and keys rest and where the site listens, as the operating system and the settings have it.

Of a place on another machine the system here knows nothing: its mode and its disk are unknown.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from uphold import config, errors
from uphold.access import export
from uphold.config import Serve, Settings, hosts
from uphold.continuity import rotate
from uphold.threats.element import Element, Fact, facts
from uphold.threats.ground import DAY_MS, Ground

VAULT, KEYS, OPERATOR, INTERNET, APP = "vault", "keys", "operator", "internet", "app"
# A rotation that is so late did not happen by itself.
LATE_MS: Final = 14 * DAY_MS
# What of the mode of a file lets others than its user in.
_OTHERS: Final = 0o077
# libpq 34.19.3: with anything less a stranger's server is spoken to, or nothing is encrypted.
_SAFE_MODES: Final = {"verify-ca", "verify-full"}


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder on this machine, as the system has it; None for what it does not tell."""

    is_there: bool
    private: bool | None
    outside: bool
    same_disk: bool | None


def elements(ground: Ground, connection: Connection) -> Iterator[Element]:
    """Go through stores, keys and the listener."""
    settings = ground.settings
    yield _database(settings, connection)
    yield from _stores(settings)
    yield _exports(connection)
    yield from _keys(ground)
    yield _listener(settings)


def look(settings: Settings, path: Path) -> Place:
    """Look at a file or folder. It is private if others are kept out by its own mode or by its folder's."""
    absolute = path.absolute()
    outside = not absolute.is_relative_to(settings.folder.absolute())
    try:
        status = absolute.stat()
        around = absolute.parent.stat()
    except OSError:
        return Place(is_there=False, private=None, outside=outside, same_disk=None)
    return Place(
        is_there=True,
        private=not status.st_mode & _OTHERS or not around.st_mode & _OTHERS,
        outside=outside,
        same_disk=None if (keys := _disk_of_keys(settings)) is None else status.st_dev == keys,
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine and no other."""
    if host == "localhost" or not host or host.startswith("/"):
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return False


def is_remote(settings: Settings) -> bool:
    """Tell whether the database is on another machine, or may be as soon as a replica takes over."""
    return not all(is_loopback(place.host) for place in hosts.places(settings.database_url))


def is_mail_safe(settings: Settings) -> bool:
    """Tell whether the way to the relay is encrypted, or stays on this machine."""
    mail = settings.mail
    return not mail.host or is_loopback(mail.host) or mail.security != "none"


def served(settings: Settings) -> Serve:
    """Return where the site listens by its file: a command that serves it elsewhere once changes no model."""
    try:
        return config.load(settings.folder).serve
    except errors.Invalid:
        return settings.serve


def _disk_of_keys(settings: Settings) -> int | None:
    try:
        return settings.path(settings.keys.ring).stat().st_dev
    except OSError:
        return None


def _database(settings: Settings, connection: Connection) -> Element:
    always = facts(
        "program:", what="database", present=True, personal=True, sealed=True, passing=False
    )
    if connection.dialect.name == "sqlite":
        file = Path(make_url(settings.database_url).database or "")
        place = _of(look(settings, file), "os:database.url")
        way = facts("config:database.url", remote=False, encrypted_link=True)
        return Element("store:database", "store", VAULT, {**always, **place, **way})
    remote = is_remote(settings)
    mode = next(iter(parse_qs(urlsplit(settings.database_url).query).get("sslmode", [])), "")
    way = facts(
        "config:database.url",
        remote=remote,
        encrypted_link=not remote or mode in _SAFE_MODES,
        outside_site=True,
    )
    unseen = facts("os:", private=None, same_disk_as_keys=False if remote else None)
    return Element("store:database", "store", VAULT, {**always, **way, **unseen})


def _stores(settings: Settings) -> Iterator[Element]:
    keys = settings.keys
    yield _store(settings, "keys", KEYS, keys.ring, "config:keys.ring")
    yield _store(settings, "key-copy", KEYS, keys.copy, "config:keys.copy")
    yield _store(settings, "head", KEYS, keys.head, "config:keys.head")
    yield _store(settings, "statistics", VAULT, settings.visits.store, "config:visits.store")
    yield _store(settings, "spool", VAULT, _open(settings), "config:visits.store", passing=True)
    backups = settings.backup.folder
    yield _store(
        settings, "backups", VAULT, backups, "config:backup.folder", personal=True, passing=True
    )
    # Lines go to standard error; who keeps them, and for how long, is the system's.
    unseen = facts("os:", private=None, outside_site=None, same_disk_as_keys=None)
    always = facts(
        "program:", what="logs", present=True, personal=False, sealed=True, remote=False,
        encrypted_link=True, passing=None)  # fmt: skip
    yield Element("store:logs", "store", OPERATOR, {**always, **unseen})
    taken = facts(
        "program:", what="receipts", present=True, personal=False, sealed=True, private=False,
        outside_site=True, same_disk_as_keys=False, remote=True, encrypted_link=settings.secure,
        passing=False)  # fmt: skip
    yield Element("store:receipts", "store", INTERNET, taken)


def _store(
    settings: Settings,
    what: str,
    zone: str,
    path: str,
    source: str,
    *,
    personal: bool = False,
    passing: bool = False,
) -> Element:
    place = look(settings, settings.path(path)) if path else Place(False, None, False, None)
    always = facts("program:", what=what, personal=personal, sealed=True, passing=passing)
    seen = {
        **_of(place, f"os:{source.removeprefix('config:')}"),
        **facts(source, present=place.is_there),
    }
    way = facts(source, remote=False, encrypted_link=True)
    if not place.is_there:
        # Of what is not there, nothing lies open.
        seen = {**seen, **facts(source, private=True, same_disk_as_keys=False)}
    return Element(f"store:{what}", "store", zone, {**always, **seen, **way})


def _of(place: Place, source: str) -> dict[str, Fact]:
    return facts(
        source,
        private=place.private,
        outside_site=place.outside,
        same_disk_as_keys=place.same_disk,
    )


def _open(settings: Settings) -> str:
    """Where the events of days that are not closed lie."""
    return str(Path(settings.visits.store) / "open")


def _exports(connection: Connection) -> Element:
    """Make the store of exported files: they lie on computers that the site knows nothing of."""
    always = facts(
        "program:", what="exports", personal=True, sealed=False, outside_site=True,
        same_disk_as_keys=False, remote=True, passing=False)  # fmt: skip
    unseen = facts("os:", private=None)
    seen = facts("db:access_export", present=export.is_any_taken(connection))
    way = facts("config:site.address", encrypted_link=True)
    return Element("store:exports", "store", OPERATOR, {**always, **unseen, **seen, **way})


def _keys(ground: Ground) -> Iterator[Element]:
    settings, ring = ground.settings, ground.ring
    place = look(settings, settings.path(settings.keys.ring))
    file = facts(
        "os:keys.ring", private=place.private, outside_site=place.outside, present=place.is_there
    )
    copied = Fact(_is_copied(settings), "os:keys.copy")
    every = settings.keys.rotate_every_days * DAY_MS
    newest = None if ring is None else ring.newest.created_at
    epoch = facts(
        "keys:ring",
        kind="epoch",
        old=None if newest is None else bool(every) and ground.now - newest >= every + LATE_MS,
        several_epochs=None if ring is None else len(ring.epochs) > 1,
    )
    turns = facts("config:keys.rotate_every_days", rotates=bool(every))
    yield Element("key:epoch", "key", KEYS, {**epoch, **file, **turns, "copied": copied})
    # The journal's key never changes: who verifies it knows it by that.
    signs = facts("program:", kind="signing", old=False, several_epochs=False, rotates=False)
    yield Element("key:signing", "key", KEYS, {**signs, **file, "copied": copied})
    whole = facts("program:", kind="ring", old=False, several_epochs=False, rotates=bool(every))
    yield Element("key:ring", "key", KEYS, {**whole, **file, "copied": copied})
    yield _key_of(settings, "ring-copy", KEYS, settings.keys.copy, "keys.copy", copied)
    serve = served(settings)
    yield _key_of(settings, "tls", APP, serve.tls_key, "serve.tls_key", Fact(False, "program:"))


def _key_of(
    settings: Settings, kind: str, zone: str, path: str, source: str, copied: Fact
) -> Element:
    place = look(settings, settings.path(path)) if path else Place(False, True, False, None)
    seen = facts(f"os:{source}", private=place.private, present=place.is_there)
    said = facts(f"config:{source}", outside_site=place.outside)
    always = facts("program:", kind=kind, old=False, several_epochs=False, rotates=False)
    return Element(f"key:{kind}", "key", zone, {**always, **seen, **said, "copied": copied})


def _is_copied(settings: Settings) -> bool | None:
    try:
        return rotate.is_copied(settings)
    except errors.UpholdError:
        # The ring is away, or cannot be read.
        return None


def _listener(settings: Settings) -> Element:
    serve = served(settings)
    loopback = is_loopback(serve.host) and serve.host != ""
    said = facts(
        "config:serve",
        loopback=loopback,
        tls=bool(serve.tls_certificate),
        proxied=bool(serve.proxies),
        port=serve.port,
        public=not loopback or bool(serve.proxies),
    )
    return Element("listener:http", "listener", APP, said)


def device(settings: Settings, path: str) -> int | None:
    """Return the disk that a path lies on; None where the system does not tell."""
    try:
        return settings.path(path).stat().st_dev
    except OSError:
        return None
