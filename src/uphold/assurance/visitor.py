# SPDX-License-Identifier: Apache-2.0
"""Somebody at the site's pages, over HTTP: a stranger, or a member of staff once signed in.

Redirects are not followed, an answer is read up to a limit, TLS is verified. Cookies are kept as a browser
keeps them, by name; one session needs no more.
"""

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from uphold import egress, errors
from uphold.config import Settings

SECONDS = 20.0
KNOCK_SECONDS = 5.0
LONGEST = 4 << 20
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site answered. Header names are lower case, in the order they came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def header(self, name: str) -> str:
        """The first header of a name, "" without one."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every header of a name."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a site is asked.

    `address` is what is connected to; `host` goes into the Host header where the site is known by another
    name. `is_configured` tells whether this is the address that visitors use; without, the site is served
    on this machine for the time of the examination alone, since `since` (unix ms), and logs into the file
    `log`. `seconds` is how long an answer is waited for.
    """

    address: str
    host: str = ""
    is_configured: bool = True
    log: Path | None = None
    since: int = 0
    seconds: float = SECONDS

    @property
    def parts(self) -> SplitResult:
        """The address split."""
        return urlsplit(self.address)


Fields = Mapping[str, str] | bytes
Told = Callable[[str, str], None]
"""Told the method and path of each request before it is sent."""


class Visitor:
    """One browser with its cookies. Not for several threads: make one for each."""

    def __init__(
        self,
        target: Target,
        headers: Mapping[str, str] | None = None,
        told: Told | None = None,
        source: str = "",
    ) -> None:
        """Know no cookie yet. `headers` go with every request; `source` is an own address to come from."""
        self.target = target
        self._source = source
        self.headers = dict(headers or {})
        self.cookies: dict[str, str] = {}
        self._told = told

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page. Raises `errors.Unavailable` where the site does not answer."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form: fields are form-encoded, bytes go as they are (name their type in `headers`)."""
        if isinstance(fields, bytes):
            return self.ask("POST", path, fields, headers)
        typed = {"content-type": FORM_TYPE, **(headers or {})}
        return self.ask("POST", path, urlencode(fields).encode(), typed)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request on a connection of its own.

        Raises `errors.Unavailable` where the site does not answer, `errors.Invalid` for an answer that is
        no HTTP or has no end.
        """
        if self._told is not None:
            self._told(method, path)
        connection = _Connection(self.target, self._source)
        try:
            connection.request(method, path, body, self._named(headers))
            got = connection.getresponse()
            raw = got.read(LONGEST + 1)
            pairs = tuple((name.lower(), value) for name, value in got.getheaders())
        except (OSError, http.client.HTTPException) as error:
            raise _trouble(self.target, error) from None
        finally:
            connection.close()
        if len(raw) > LONGEST:
            raise errors.Invalid(f"The answer to {method} {path} has more than {LONGEST} bytes.")
        self._keep(pairs)
        return Answer(got.status, pairs, raw)

    def _named(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        given = {name.lower(): value for name, value in (headers or {}).items()}
        named = {"accept-language": "en", **self.headers}
        if self.target.host:
            named["host"] = self.target.host
        if self.cookies:
            named["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**named, **given}

    def _keep(self, headers: tuple[tuple[str, str], ...]) -> None:
        for name, value in headers:
            if name != "set-cookie":
                continue
            try:
                morsels = SimpleCookie(value)
            except CookieError:
                continue
            for key, morsel in morsels.items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[key] = morsel.value
                else:
                    self.cookies.pop(key, None)


class _Connection(http.client.HTTPConnection):
    """A connection that leaves by the one way out, to the target and nowhere else."""

    def __init__(self, target: Target, source: str) -> None:
        address = target.parts
        self._is_tls = address.scheme == "https"
        port = address.port or (443 if self._is_tls else 80)
        super().__init__(address.hostname or "", port, timeout=target.seconds)
        self._source = source

    def connect(self) -> None:
        place = frozenset({(self.host.lower(), self.port)})
        seconds = self.timeout or SECONDS
        self.sock = egress.connect(place, self.host, self.port, seconds, self._source)
        if self._is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def knock(settings: Settings, vkey: str) -> Target | None:
    """Return the configured address as a target if this very site answers there, by its journal's key."""
    target = Target(settings.site.address.rstrip("/"), seconds=KNOCK_SECONDS)
    try:
        answer = Visitor(target).get("/journal/key")
    except errors.UpholdError:
        return None
    if answer.status != 200 or answer.text.strip() != vkey:
        return None
    return replace(target, seconds=SECONDS)


def _trouble(target: Target, error: Exception) -> errors.Unavailable:
    return errors.Unavailable(
        f"The site does not answer at {target.address} ({type(error).__name__}).",
        "Is it served? See its log.",
    )
