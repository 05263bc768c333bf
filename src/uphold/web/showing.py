# SPDX-License-Identifier: Apache-2.0
"""A proof of who sits there: which one a page asks of a session, and what came of the one that was given.

A post that a locked session sent is not done, and not lost: the page that asks for the proof carries what was
posted, each name with `KEPT` before it, and the post goes on once the proof came along with it.
"""

from collections.abc import Mapping
from dataclasses import replace

from uphold import errors
from uphold.access import factor, passkey, second, webauthn
from uphold.access.second import Trial
from uphold.access.session import Refusal, Session
from uphold.access.webauthn import Site
from uphold.app import App
from uphold.web.account_views import Proof

KEPT = "kept."
UNLOCK = "_unlock"
"""Stands in a post that brings its proof along."""
_NOT_CARRIED = frozenset({"_csrf", "current", "password", "again"})
_SECOND = 1000


def asked(app: App, known: Session, at: str, options_at: str) -> Proof:
    """Make the page that asks a session for its proof, posted to `at`; passkeys ask beneath `options_at`."""
    staff = known.actor.staff
    with app.database.read() as connection:
        has_codes = factor.has_codes(connection, staff)
        has_passkey = passkey.has(connection, staff)
        is_usable = passkey.is_usable(connection, staff)
    asks = "code" if has_codes else "recovery" if has_passkey else "password"
    may_show = is_usable and webauthn.site(app.settings.site.address) is not None
    return Proof(
        at,
        asks,
        begins=False,
        options_href=f"{options_at}/options" if may_show else "",
        asks_both=known.asks_both and asks != "password",
        is_alerted=known.asks_both,
    )


def attempt(app: App, known: Session, posted: Mapping[str, str], trial: Trial) -> Refusal | None:
    """Try the proof that was posted: a passkey, a code, or where there is no second factor the password."""
    staff, ring = known.actor.staff, app.ring
    given, password = posted.get("given", ""), posted.get("password", "")
    with app.database.read() as connection:
        has_factor = factor.is_set(connection, staff)
        lacks = known.asks_both and has_factor and not second.knows(connection, known, password)
    if lacks:
        # Counted and refused as any wrong password; the second factor is not even looked at.
        return second.again(app.writer, known, password, trial)
    if credential := posted.get("credential", ""):
        mine = second.holder(ring, known)
        return second.show_passkey(app.writer, site(app), mine, known, credential, trial)
    if has_factor:
        return second.show(app.writer, ring, known, given, trial)
    return second.again(app.writer, known, given, trial)


def refused(view: Proof, refusal: Refusal, now: int) -> tuple[Proof, int, dict[str, str]]:
    """Make the page, the status and the headers that say that a proof was none."""
    if not refusal.throttled:
        return replace(view, problem="refused"), 422, {}
    wait = max(1, (refusal.retry_at - now) // _SECOND)
    return (
        replace(view, problem="throttled", retry_after=wait),
        429,
        {"retry-after": str(wait)},
    )


def sent(posted: Mapping[str, str]) -> Mapping[str, str]:
    """Return what was posted at first, of a post that brings its proof along; any other as it is."""
    if UNLOCK not in posted:
        return posted
    return {name.removeprefix(KEPT): text for name, text in posted.items() if name.startswith(KEPT)}


def carried(posted: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what the page of the proof must carry so that nothing of a post is lost; passwords it never holds."""
    kept = tuple(
        (f"{KEPT}{name}", text) for name, text in sent(posted).items() if name not in _NOT_CARRIED
    )
    return ((UNLOCK, "1"), *kept)


def site(app: App) -> Site:
    """Return to whom passkeys are made; `errors.Missing` where browsers make none for this site's address."""
    found = webauthn.site(app.settings.site.address)
    if found is None:
        raise errors.Missing(
            "Browsers make no passkeys for this address.", "It takes a name and TLS."
        )
    return found
