# SPDX-License-Identifier: Apache-2.0
"""What `uphold.toml` says: one frozen, documented structure. A secret is named by a file's path, never inline.

Nothing overrides it and nothing changes it at run time: what is in force is what stands in the file.
"""

import ipaddress
import os
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from uphold import errors
from uphold.config import hosts
from uphold.config.sections import (
    Api,
    Backup,
    Console,
    Copies,
    DatabaseSettings,
    Detection,
    Keys,
    Limits,
    Mail,
    Minimal,
    Proof,
    Serve,
    Site,
    Threats,
    Visits,
)

FILE = "uphold.toml"

_SQLITE = "sqlite:///"
# A name and a port as they stand in an origin: no scheme, no path, other letters as punycode.
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `uphold.toml`. `folder` is the site folder that relative paths start from."""

    site: Site = Site()
    database: DatabaseSettings = DatabaseSettings()
    keys: Keys = Keys()
    mail: Mail = Mail()
    serve: Serve = Serve()
    limits: Limits = Limits()
    console: Console = Console()
    copies: Copies = Copies()
    api: Api = Api()
    proof: Proof = Proof()
    visits: Visits = Visits()
    detection: Detection = Detection()
    threats: Threats = Threats()
    minimal: Minimal = Minimal()
    backup: Backup = Backup()
    folder: Path = Path()

    def path(self, text: str) -> Path:
        """Resolve a path of the file against the site folder."""
        return self.folder / text

    @property
    def database_url(self) -> str:
        """The database's URL with the secret filled in, a relative SQLite path made absolute, servers as keywords."""
        url = self._secret(self.database.url_file, self.database.url_env) or self.database.url
        path = _sqlite_path(url)
        if path:
            return f"{_SQLITE}{quote(str(self.path(path).absolute()))}"
        # A wrong port is refused with advice where the database is opened.
        with suppress(ValueError):
            return hosts.spelled(url)
        return url

    @property
    def origin(self) -> str:
        """The journal's origin and key name: as declared, else the site's host with `/journal`."""
        return self.site.origin or f"{urlsplit(self.site.address).netloc}/journal"

    @property
    def secure(self) -> bool:
        """Whether people reach the site through TLS."""
        return self.site.address.startswith("https://")

    def mail_password(self) -> str:
        """Read the relay's password from its file; empty when none is named."""
        return self._secret(self.mail.password_file, "")

    def _secret(self, file: str, env: str) -> str:
        """Read a secret from where it is kept; empty when no place is named, and then only."""
        if file:
            try:
                found = self.path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise errors.Invalid(
                    f"The secret file {file} cannot be read ({type(error).__name__}).",
                    "Mend its path or mode.",
                ) from None
        else:
            found = os.environ.get(env, "").strip() if env else ""
        if not found and (file or env):
            raise errors.Invalid(
                f"The secret {file or env} is empty or not set.", "Set it before you start Uphold."
            )
        return found


def load(folder: Path) -> Settings:
    """Read `uphold.toml` of a site folder; every mistake in it is `errors.Invalid` with advice."""
    file = folder / FILE
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise errors.Invalid(
            f"{folder} is not a site folder: it has no {FILE}.",
            "Make one with: uphold init DIR --policy FILE",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise errors.Invalid(
            f"{file} cannot be read ({type(error).__name__}).", "Mend the file."
        ) from None
    return parse(text, folder)


def parse(text: str, folder: Path) -> Settings:
    """Read what `uphold.toml` of a site folder says, or would say; raises as `load`."""
    file = folder / FILE
    try:
        settings = msgspec.convert(tomllib.loads(text), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise errors.Invalid(f"{file}: {error}.", "See docs/reference/configuration.md.") from None
    settings = msgspec.structs.replace(settings, folder=folder.absolute())
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """Refuse what is well formed and cannot be meant."""
    _check_address(settings.site.address)
    _check_zone(settings.site.zone)
    _check_database(settings)
    _check_copy(settings)
    _check_store(settings)
    _check_hosts(settings.visits)
    _check_hours(settings.detection)
    _check_serve(settings.serve)
    _check_scheme(settings)


def _check_scheme(settings: Settings) -> None:
    """Refuse TLS that the site's address knows nothing of: no HSTS, no secure cookie would be sent."""
    host = urlsplit(settings.site.address).hostname or ""
    public = host != "localhost" and not _is_loopback(host)
    if settings.secure or not (
        settings.serve.tls_certificate or (settings.serve.proxies and public)
    ):
        return
    raise errors.Invalid(
        f"TLS is set up, but [site] address is {settings.site.address}: "
        "browsers would be told neither to insist on TLS nor to keep cookies to it.",
        "Write the address with https://",
    )


def _check_address(text: str) -> None:
    address = _split(text)
    plain = address is not None and address.hostname and "@" not in address.netloc
    bare = address is not None and not (
        address.path.strip("/") or address.query or address.fragment
    )
    if address is None or address.scheme not in {"http", "https"} or not (plain and bare):
        raise errors.Invalid(
            f"[site] address {text!r} is not a site's address.", "Write https://your.site"
        )


def _check_zone(name: str) -> None:
    try:
        if name:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise errors.Invalid(
            f"[site] zone {name!r} is no time zone of this machine.",
            "Write a name such as Europe/Moscow; the names come with the system package tzdata.",
        ) from None


def _split(text: str) -> SplitResult | None:
    """Split a URL whose port is one; None otherwise."""
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return None
    return url


def _split_database(text: str) -> SplitResult | None:
    """Split a database's URL, which may name several servers; None where a port is none."""
    try:
        hosts.places(text)
        return urlsplit(text)
    except ValueError:
        return None


def _check_database(settings: Settings) -> None:
    url = _split_database(settings.database.url)
    if url is None or url.password is not None or "password" in parse_qs(url.query):
        raise errors.Invalid(
            "[database] url cannot be read, or holds a password.",
            "Keep the whole URL in a file of mode 0600 and name that as url_file, or use url_env.",
        )
    path = _sqlite_path(settings.database.url)
    if not path or settings.database.url_file or settings.database.url_env:
        return
    data = settings.path(path).absolute().parent
    for name in ("ring", "head", "destroyed", "copy"):
        if not getattr(settings.keys, name):
            continue
        folder = settings.path(getattr(settings.keys, name)).absolute().parent
        if folder == data or (data != settings.folder and folder.is_relative_to(data)):
            raise errors.Invalid(
                f"[keys] {name} lies beside the database: one copy would give away both.",
                "Keep keys in a folder of their own, such as keys/.",
            )


def _check_copy(settings: Settings) -> None:
    """Refuse a copy of the key ring that would be lost with it."""
    ring, copy = settings.path(settings.keys.ring), settings.path(settings.keys.copy)
    if settings.keys.copy and ring.absolute().parent == copy.absolute().parent:
        raise errors.Invalid(
            "[keys] copy lies beside the key ring: what takes one takes both.",
            "Name a file on another disk, such as one that is mounted for it.",
        )


def _check_store(settings: Settings) -> None:
    """Refuse to keep what was depersonalised beside what it was made from (Order 140, 1.6)."""
    store = settings.path(settings.visits.store).absolute()
    path = _sqlite_path(settings.database.url)
    apart = [settings.path(settings.keys.ring).absolute().parent]
    apart += [settings.path(path).absolute().parent] if path else []
    if any(one == store or store.is_relative_to(one) for one in apart if one != settings.folder):
        raise errors.Invalid(
            "[visits] store lies beside the database or the keys: depersonalised data are kept apart.",
            "Name a folder of their own, such as statistics.",
        )


def _check_hours(detection: Detection) -> None:
    if detection.day_from >= detection.day_to:
        raise errors.Invalid(
            "[detection] day_from is not before day_to.",
            "Give the hours of a working day, such as 8 and 20.",
        )


def _check_hosts(visits: Visits) -> None:
    """Refuse what no page's origin ends in: its visits would be dropped as another's, without a word."""
    for host in visits.hosts:
        if not _HOST.fullmatch(host.lower()):
            raise errors.Invalid(
                f"[visits] hosts has {host!r}, which is no host.",
                "Write the name alone, with the port if it has one: www.example.org",
            )


def _check_serve(serve: Serve) -> None:
    if bool(serve.tls_certificate) != bool(serve.tls_key):
        raise errors.Invalid(
            "[serve] has a certificate or a key without the other.",
            "Set both tls_certificate and tls_key, or neither.",
        )
    for proxy in serve.proxies:
        try:
            ipaddress.ip_address(proxy)
        except ValueError:
            raise errors.Invalid(
                f"[serve] proxies has {proxy!r}, which is no IP address.",
                "Use addresses such as 127.0.0.1",
            ) from None


def _sqlite_path(url: str) -> str:
    """The path of a SQLite URL as it is written, empty for another URL."""
    return url.removeprefix(_SQLITE) if url.startswith(_SQLITE) else ""


def refuse_bare_network(serve: Serve) -> None:
    """Refuse to listen beyond loopback without TLS or a declared proxy."""
    loopback = serve.host == "localhost" or _is_loopback(serve.host)
    if loopback or serve.proxies or (serve.tls_certificate and serve.tls_key):
        return
    raise errors.Invalid(
        f"Listening on {serve.host} without TLS would send personal data in the clear.",
        "Set tls_certificate and tls_key, or name the TLS proxy in front under [serve] proxies.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
