# SPDX-License-Identifier: Apache-2.0
"""What the page of machine clients shows. The conventions are those of `views`; no token but the one just made."""

from dataclasses import dataclass
from typing import ClassVar

from uphold.web.views import Option


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One machine client. `state`: `good`, `expired` or `revoked`; `seen_at` is 0 for never.

    `scopes` are permissions, `purposes` titles. Nothing but the token is posted to `revoke_href`.
    """

    name: str
    role: str
    state: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    expires_at: int
    seen_at: int
    revoke_href: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Something that a client can be given, and the roles under which it can be."""

    code: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A client made just now: its token is shown once."""

    name: str
    token: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form, to be shown again."""

    name: str = ""
    role: str = ""
    scopes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    days: str = "90"


@dataclass(frozen=True, slots=True)
class Clients:
    """`/console/clients`. Posts `name`, `role`, `days`, `scope.CODE` and `for.ID` to `make_href`.

    `problem`: empty, `name`, `taken`, `role`, `scope`, `purpose` or `days`. Unless `may_make`, they are only listed.
    `longest` is how many days a token can live.
    """

    template: ClassVar[str] = "console/clients.html"
    rows: tuple[ClientRow, ...]
    roles: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    purposes: tuple[Option, ...] = ()
    typed: Typed = Typed()
    longest: int = 366
    problem: str = ""
    made: Made | None = None
    may_make: bool = True
    make_href: str = "/console/clients"


View = Clients
