# SPDX-License-Identifier: Apache-2.0
"""What the pages of accounts show: a person's own, another's, and where a proof is asked for. As in `views`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A live session. `is_own` is the one that looks; nothing but the token is posted to `end_href`."""

    begun_at: int
    seen_at: int
    is_own: bool
    end_href: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """`/console/account`. `state`: `none`, `pending` or `set` says how far the second factor is.

    `secret` in base32 and the `otpauth_href` are shown while it is pending; `recovery` once, when it was
    confirmed; `left` counts the recovery codes. `problem`: empty or `code`. Posts `code` to `confirm_href`.
    """

    template: ClassVar[str] = "console/account.html"
    sessions: tuple[SessionRow, ...]
    state: str
    left: int = 0
    secret: str = ""
    otpauth_href: str = ""
    recovery: tuple[str, ...] = ()
    problem: str = ""
    begin_href: str = "/console/account/factor"
    confirm_href: str = "/console/account/factor/confirm"
    remove_href: str = "/console/account/factor/remove"


@dataclass(frozen=True, slots=True)
class Colleague:
    """`/console/staff/{id}`: another's account, for the owner. `problem`: empty, `own` or `last`.

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


@dataclass(frozen=True, slots=True)
class Proof:
    """`/console/login/code` and `/console/again`: prove who you are. Posts `given` and `next`.

    `asks`: `code` or `password`; `begins`: the second step of a sign-in, not a proof asked for anew.
    `problem`: empty, `refused` or `throttled`, then with `retry_after` seconds.
    """

    template: ClassVar[str] = "console/prove.html"
    action_href: str
    asks: str
    begins: bool
    next: str = ""
    problem: str = ""
    retry_after: int = 0


View = Account | Colleague | Proof
