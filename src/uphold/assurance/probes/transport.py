# SPDX-License-Identifier: Apache-2.0
"""The way to the site is protected at our end: TLS beyond this machine, and headers that keep pages to themselves."""

import ipaddress
import re
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from uphold import egress
from uphold.assurance import crawl
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.process import Unseen
from uphold.assurance.scene import Scene

SECONDS = 20.0
# RFC 6797; half a year, below which a browser forgets too soon to be protected on the next visit.
SHORTEST_SECONDS = 15_768_000
# What no page of a site of this kind may ask the browser for.
DENIED = frozenset({"camera=()", "geolocation=()", "microphone=()"})
_AGE = re.compile(r"max-age=\"?(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Way:
    """How people reach the site.

    `beyond` are the addresses beyond this machine that the process listens at, None where it cannot be seen;
    `has_tls` and `has_proxy` what the configuration names; `old` says that a connection by TLS 1.1 was taken,
    None where none was tried.
    """

    address: str
    host: str
    beyond: tuple[str, ...] | None
    has_tls: bool
    has_proxy: bool
    old: bool | None


def look_at_way(scene: Scene) -> Way:
    """Read where the process listens, and try a connection by an old TLS."""
    serve, site = scene.settings.serve, scene.settings.site
    process = scene.process()
    sockets = process if isinstance(process, Unseen) else process.sockets()
    beyond = (
        None
        if isinstance(sockets, Unseen)
        else tuple(one.local for one in sockets if one.is_listening and not _is_loopback(one.local))
    )
    old = _takes_old(scene.address) if urlsplit(scene.address).scheme == "https" else None
    has_tls = bool(serve.tls_certificate and serve.tls_key)
    return Way(site.address, serve.host, beyond, has_tls, bool(serve.proxies), old)


def _takes_old(address: str) -> bool:
    """Try a connection by TLS 1.1 and nothing newer; whose certificate it is does not matter here."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or 443
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Else our own side would refuse, and the site could take anything unnoticed.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        # That it is old is the point.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    spoken = egress.connect(frozenset({(host.lower(), port)}), host, port, SECONDS)
    try:
        context.wrap_socket(spoken, server_hostname=host).close()
    except OSError:  # which an error of TLS is too
        return False
    finally:
        spoken.close()
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def judge_way(trace: Way) -> Outcome:
    """Beyond this machine there is nothing but TLS, here or at a declared proxy in front."""
    beyond = trace.beyond or ()
    faults = list(_way_faults(trace, beyond))
    if not faults and urlsplit(trace.address).scheme == "http" and _is_loopback(_host(trace)):
        return not_applicable(
            said(N_("The site is for this machine alone, as a demonstration is."))
        )
    return judged(
        faults,
        said(
            N_(
                "People reach the site at %(address)s; it listens beyond this machine at %(count)s."
            ),
            address=trace.address,
            count=len(beyond),
        ),
    )


def _way_faults(trace: Way, beyond: tuple[str, ...]) -> Iterator[Said]:
    is_plain = urlsplit(trace.address).scheme != "https"
    if is_plain and not _is_loopback(_host(trace)):
        yield said(N_("People reach the site at %(address)s, without TLS."), address=trace.address)
    if not (trace.has_tls or trace.has_proxy):
        for host in dict.fromkeys([*beyond, trace.host]):
            if not _is_loopback(host):
                yield said(N_("The site listens at %(host)s without TLS or a proxy."), host=host)
    if trace.old:
        yield said(N_("The site takes TLS older than 1.2."))


def _host(trace: Way) -> str:
    return urlsplit(trace.address).hostname or ""


@dataclass(frozen=True, slots=True)
class Headed:
    """The protective headers of one answer: a page, an error, or data."""

    path: str
    transport: str
    options: str
    framing: str
    referrer: str
    opener: str
    embedder: str
    permissions: str
    policy: str


@dataclass(frozen=True, slots=True)
class Heads:
    """Those of all public answers, and whether people reach them by TLS."""

    pages: tuple[Headed, ...]
    is_secure: bool


def read_heads(scene: Scene) -> Heads:
    """Read the headers of everything that is public, and of refusals: what is not there, and what takes no post."""
    refused = crawl.fetched("/policy", scene.stranger().post("/policy", {}))
    pages = tuple(
        Headed(
            one.path,
            one.header("strict-transport-security"),
            one.header("x-content-type-options"),
            one.header("x-frame-options"),
            one.header("referrer-policy"),
            one.header("cross-origin-opener-policy"),
            one.header("cross-origin-embedder-policy"),
            one.header("permissions-policy"),
            one.header("content-security-policy"),
        )
        for one in (*crawl.public(scene).fetched, refused)
    )
    return Heads(pages, scene.settings.site.address.startswith("https:"))


def judge_heads(trace: Heads) -> Outcome:
    """Nothing may be framed, guessed at, mixed with others' windows, or asked for without TLS next time."""
    if not trace.pages:
        return not_shown(said(N_("No page could be read.")))
    return judged(
        [fault for one in trace.pages for fault in _head_faults(one, secure=trace.is_secure)],
        said(
            N_("%(count)s answers, errors and data among them, have their protective headers."),
            count=len(trace.pages),
        ),
    )


def _head_faults(one: Headed, *, secure: bool) -> Iterator[Said]:
    right = {
        "x-content-type-options": one.options == "nosniff",
        "x-frame-options": one.framing.upper() == "DENY",
        "referrer-policy": one.referrer in {"no-referrer", "same-origin"},
        "cross-origin-opener-policy": one.opener == "same-origin",
        "cross-origin-embedder-policy": one.embedder == "require-corp",
        "permissions-policy": {word.strip() for word in one.permissions.split(",")} >= DENIED,
        "content-security-policy": one.policy.startswith("default-src 'none'"),
        "strict-transport-security": not secure or _long(one.transport),
    }
    for name, holds in right.items():
        if not holds:
            yield said(N_("Page %(path)s lacks the header %(name)s."), path=one.path, name=name)


def _long(value: str) -> bool:
    age = _AGE.search(value)
    return age is not None and int(age[1]) >= SHORTEST_SECONDS


WAY = Probe(
    id="transport.protected.tls",
    promise="transport.protected",
    kind=Kind.ATTACK,
    does=N_("Looks where the site listens, and tries a connection by an old TLS."),
    act=look_at_way,
    oracle=judge_way,
)
HEADS = Probe(
    id="transport.protected.headers",
    promise="transport.protected",
    kind=Kind.EXAMINE,
    does=N_("Reads the protective headers of every public answer, errors and data among them."),
    act=read_heads,
    oracle=judge_heads,
)

PROBES = (WAY, HEADS)
