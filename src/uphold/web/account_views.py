# SPDX-License-Identifier: Apache-2.0
"""What the pages of accounts show: a person's own, another's, and where a proof is asked for. As in `views`."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A live session. `is_own` is the one that looks; nothing but the token is posted to `end_href`."""

    begun_at: int
    seen_at: int
    is_own: bool
    end_href: str = ""


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey. `is_blocked`: a copy of its key was seen. Nothing but the token is posted to `remove_href`."""

    name: str
    made_at: int
    used_at: int | None
    is_blocked: bool
    remove_href: str


@dataclass(frozen=True, slots=True)
class Passkeys:
    """One's own passkeys, and whether another may be made here.

    `elsewhere_href`: the page under the name that they are made for; `is_possible`: browsers make some for this
    site at all. The page's script gets what the browser is asked from `options_href`; the form posts `name` and
    `credential` to `add_href`.
    """

    rows: tuple[PasskeyRow, ...] = ()
    may_add: bool = True
    elsewhere_href: str = ""
    is_possible: bool = True
    options_href: str = "/console/account/passkey/options"
    add_href: str = "/console/account/passkey"


@dataclass(frozen=True, slots=True)
class Account:
    """`/console/account`. `state`: `none`, `pending` or `set` says how far the codes are.

    `is_demanded`: nothing else can be done before a second factor is set. `secret` in base32, the `otpauth_href` and
    `qr`, the same drawn as SVG, are shown while it is pending; `recovery` once, when it was confirmed; `left` counts
    the recovery codes. `problem`: empty, `code`, `passkey`, or of the password: what is wrong with it, `differ`,
    `current` or `throttled`. Posts `code` to `confirm_href`; `current`, `password` (of `minimum` characters at
    least) and `again` to `change_href`.
    """

    template: ClassVar[str] = "console/account.html"
    sessions: tuple[SessionRow, ...]
    state: str
    left: int = 0
    secret: str = ""
    otpauth_href: str = ""
    recovery: tuple[str, ...] = ()
    problem: str = ""
    qr: str = ""
    is_demanded: bool = False
    passkeys: Passkeys = field(default_factory=Passkeys)
    begin_href: str = "/console/account/factor"
    confirm_href: str = "/console/account/factor/confirm"
    remove_href: str = "/console/account/factor/remove"
    minimum: int = 12
    change_href: str = "/console/account/password"


@dataclass(frozen=True, slots=True)
class Colleague:
    """`/console/staff/{id}`: another's account, for the owner. `problem`: empty, `own` or `last`.

    `passkeys` counts them, `blocked` those of which a copy was seen.
    Nothing but the token is posted to any of the addresses; one that is empty cannot be done.
    """

    template: ClassVar[str] = "console/colleague.html"
    login: str
    role: str
    state: str
    sessions: tuple[SessionRow, ...]
    has_factor: bool
    end_href: str
    factor_href: str
    close_href: str
    problem: str = ""
    passkeys: int = 0
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """`/console/login/code` and `/console/again`: prove who you are. Posts `given` or `credential`, and `next`.

    `is_locked`: nothing was done for too long, and what was done last goes on with what `kept` carries of it.
    `asks`: `code`, `recovery` (only passkeys stand beside it) or `password`. Where a passkey may be shown, the
    page's script gets what the browser is asked from `options_href`. `begins`: the second step of a sign-in, not
    a proof asked for anew.
    `is_alerted`: an alert asks for it; with `asks_both` for the `password` too, beside the second factor.
    `problem`: empty, `refused` or `throttled`, then with `retry_after` seconds.
    """

    template: ClassVar[str] = "console/prove.html"
    action_href: str
    asks: str
    begins: bool
    next: str = ""
    problem: str = ""
    retry_after: int = 0
    options_href: str = ""
    is_locked: bool = False
    kept: tuple[tuple[str, str], ...] = ()
    asks_both: bool = False
    is_alerted: bool = False


View = Account | Colleague | Proof
