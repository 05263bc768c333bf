# SPDX-License-Identifier: Apache-2.0
"""What `uphold.toml` says: one frozen, documented structure. A secret is named by a file's path, never inline.

Nothing overrides it and nothing changes it at run time: what is in force is what stands in the file.
"""

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from uphold import errors

FILE = "uphold.toml"


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The site as visitors know it. `demo` turns `/` into a guided tour.

    `origin` names the journal and its key, such as `example.org/journal`; it must never change.
    """

    address: str = "http://127.0.0.1:8000"
    origin: str = ""
    demo: bool = False


class DatabaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where records live. `url_file` or `url_env` names a secret that replaces `url`."""

    url: str = "sqlite:///data/uphold.sqlite"
    url_file: str = ""
    url_env: str = ""


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key ring (mode 0600) and, beside it, the journal's last signed head. Never inside `data/`."""

    ring: str = "keys/ring.json"
    head: str = "keys/head"


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mail relay. Without `host` answers stay sealed until `uphold mail export`."""

    host: str = ""
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: str = ""
    sender: str = ""


class Serve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to listen. Beyond loopback, TLS or a declared proxy is demanded.

    `proxies` are the addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    tls_certificate: str = ""
    tls_key: str = ""
    proxies: tuple[str, ...] = ()


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a post may weigh and how often one may come.

    Beyond `aside_per_minute` posts of one address prefix are set aside for review, beyond
    `refuse_per_minute` they are refused with 429. A post sooner than `fastest_seconds` after its form was
    shown is set aside too. No limit ever makes a form too old.
    """

    body_bytes: int = 65_536
    fastest_seconds: float = 2.0
    aside_per_minute: int = 20
    refuse_per_minute: int = 120


class Console(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms of the staff's log-in, in minutes."""

    idle_minutes: int = 30
    longest_minutes: int = 720
    invitation_minutes: int = 1440


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `uphold.toml`. `folder` is the site folder that relative paths start from."""

    site: Site = Site()
    database: DatabaseSettings = DatabaseSettings()
    keys: Keys = Keys()
    mail: Mail = Mail()
    serve: Serve = Serve()
    limits: Limits = Limits()
    console: Console = Console()
    folder: Path = Path()

    def path(self, text: str) -> Path:
        """Resolve a path of the file against the site folder."""
        return self.folder / text

    @property
    def database_url(self) -> str:
        """The database's URL with the secret filled in and a relative SQLite path made absolute."""
        url = self._secret(self.database.url_file, self.database.url_env) or self.database.url
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return f"{prefix}{(self.folder / url.removeprefix(prefix)).absolute()}"
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
        if file:
            try:
                return self.path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise errors.Invalid(
                    f"The secret file {file} cannot be read ({error.strerror}).",
                    "Mend its path or mode.",
                ) from None
        if env and env not in os.environ:
            raise errors.Invalid(
                f"The environment has no {env}.", "Set it before you start Uphold."
            )
        return os.environ.get(env, "") if env else ""


def load(folder: Path) -> Settings:
    """Read `uphold.toml` of a site folder; every mistake in it is `errors.Invalid` with advice."""
    file = folder / FILE
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        settings = msgspec.convert(raw, Settings)
    except FileNotFoundError:
        raise errors.Invalid(
            f"{folder} is not a site folder: it has no {FILE}.",
            "Make one with: uphold init DIR --policy FILE",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise errors.Invalid(
            f"{file} cannot be read ({type(error).__name__}).", "Mend the file."
        ) from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise errors.Invalid(f"{file}: {error}.", "See docs/reference/configuration.md.") from None
    settings = msgspec.structs.replace(settings, folder=folder.absolute())
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    address = urlsplit(settings.site.address)
    if (
        address.scheme not in {"http", "https"}
        or not address.netloc
        or address.path not in {"", "/"}
    ):
        raise errors.Invalid(
            f"[site] address {settings.site.address!r} is not an address.",
            "Write https://your.site",
        )
    if not 1 <= settings.limits.body_bytes <= 1 << 20:
        raise errors.Invalid("[limits] body_bytes is out of range.", "Use 1 to 1048576.")
    for proxy in settings.serve.proxies:
        try:
            ipaddress.ip_address(proxy)
        except ValueError:
            raise errors.Invalid(
                f"[serve] proxies has {proxy!r}, which is no IP address.",
                "Use addresses such as 127.0.0.1",
            ) from None


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
