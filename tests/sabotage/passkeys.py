# SPDX-License-Identifier: Apache-2.0
"""Passkeys, taken too lightly."""

import base64
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.sabotage.sabotage import Ground, several
from uphold.access import passkey, session, webauthn
from uphold.access.webauthn import Shown, Site


def let_the_password_do(ground: Ground) -> None:
    """A session waits for codes alone, as before there were passkeys."""
    ground.patch.setattr(session, "_waits", lambda _row: False)


def believe_every_origin(ground: Ground) -> None:
    """As when a test site's address has to work, and stays."""

    def server(before: Callable[[Site], Any], to: Site) -> Any:
        made = before(to)
        made._verify = lambda _origin: True
        return made

    ground.wrap(webauthn, "_server", server)


def keep_the_challenge(ground: Ground) -> None:
    """A challenge may be answered as often as one likes."""

    def take(tx: Any, number: int, act: Any) -> bytes | None:
        rows = passkey.access_challenge.c
        row = tx.execute(select(rows.challenge).where(rows.session == number)).first()
        return None if row is None else bytes(row.challenge)

    ground.patch.setattr(passkey, "_take", take)


def believe_every_challenge(ground: Ground) -> None:
    """The answer is held against the challenge that it names itself."""

    def shown(before: Callable[..., Shown | None], to: Site, _: bytes, *rest: Any) -> Shown | None:
        told = json.loads(rest[-1])["response"]["clientDataJSON"]
        said = json.loads(base64.urlsafe_b64decode(told + "=="))["challenge"]
        return before(to, base64.urlsafe_b64decode(said + "=="), *rest)

    ground.wrap(webauthn, "shown", shown)


def ignore_the_counter(ground: Ground) -> None:
    ground.patch.setattr(webauthn, "is_copied", lambda _before, _now: False)


SABOTAGES = several(
    "access.sessions-safe",
    ("password", "Who has a passkey gets in with the password alone", let_the_password_do),
    ("passkey-origin", "A passkey shown at another site opens ours", believe_every_origin),
    ("passkey-kept", "A challenge is answered as often as one likes", keep_the_challenge),
    ("passkey-challenge", "An answer brings its own challenge along", believe_every_challenge),
    ("passkey-copy", "A copied passkey is as good as the passkey", ignore_the_counter),
)
