# SPDX-License-Identifier: Apache-2.0
"""Whether a browser sent a request from one of our own pages, judged from its headers alone.

The model is Go 1.25's `net/http.CrossOriginProtection`: browsers state the relation themselves in
`Sec-Fetch-Site` (Fetch Metadata) and no page can forge it; older ones send `Origin`, compared with
`Host`. It stands beside the per-session token (`session.csrf`), so that either alone is enough.
"""

from urllib.parse import urlsplit

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})


def same_origin(
    method: str, *, host: str | None, origin: str | None, fetch_site: str | None
) -> bool:
    """Tell whether a request may act on the sender's session.

    `host`, `origin` and `fetch_site` are the headers `Host`, `Origin` and `Sec-Fetch-Site`, None when
    absent. Safe methods pass, as they change nothing. A request with neither `Sec-Fetch-Site` nor
    `Origin` does not come from a browser (or comes from one too old for either) and passes: it carries
    no ambient cookie of somebody else. The scheme is not compared, since a proxy may end TLS; HSTS
    keeps a plain-http page of our own host from existing.
    """
    if method.upper() in _SAFE:
        return True
    if fetch_site:
        return fetch_site in _OURS
    if not origin:
        return True
    return host is not None and host != "" and _netloc(origin) == host.lower()


def _netloc(origin: str) -> str:
    """Host and port of an `Origin` value; empty for `null` and for what is no origin."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
