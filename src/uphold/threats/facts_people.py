# SPDX-License-Identifier: Apache-2.0
"""Who acts: roles and accounts of staff, machine clients, and everybody else. Accounts stand by their numbers.

Those of runs of probes are left out: they come and go with each examination.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from uphold.access import client, factor, passkey, permission, staff
from uphold.access.client import Client
from uphold.access.permission import Permission, Role
from uphold.access.staff import Account, State
from uphold.config import Settings
from uphold.policy.document import PROCESSOR, Edition
from uphold.threats import facts_policy
from uphold.threats.element import Element, Fact, facts
from uphold.threats.ground import DAY_MS, Ground

OPERATOR, OUTSIDE = "operator", "internet"
# So long without a sign-in, or a call, an account is dormant.
DORMANT_MS: Final = 90 * DAY_MS
_CLIENT_DORMANT_MS: Final = 30 * DAY_MS
_SOON_MS: Final = 14 * DAY_MS
_LONG_MS: Final = 90 * DAY_MS
_POWERFUL: Final = (Role.OWNER, Role.OFFICER)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who has an account, and what each proves to be who they are by."""

    accounts: Sequence[Account]
    clients: Sequence[Client]
    factors: frozenset[int]
    passkeys: frozenset[int]
    recovery: frozenset[int]
    has_left: bool

    def of(self, role: Role) -> list[Account]:
        """Return the accounts of a role."""
        return [one for one in self.accounts if one.role == role]

    def is_proven(self, number: int) -> bool:
        """Tell whether an account has a second factor of any kind."""
        return number in self.factors or number in self.passkeys


def read(connection: Connection, now: int) -> People:
    """Read the accounts that are not closed, and the clients whose tokens live at `now` (unix ms)."""
    # One that nobody has (`access.decoy`) stands here like any: its absence would tell staff which it is.
    everybody = staff.accounts(connection)
    return People(
        accounts=[one for one in everybody if one.state is not State.CLOSED],
        clients=[one for one in client.clients(connection) if one.ended(now) is None],
        factors=factor.holders(connection),
        passkeys=passkey.holders(connection),
        recovery=factor.recoverable(connection),
        has_left=any(one.state is State.CLOSED for one in everybody),
    )


def elements(ground: Ground, people: People) -> Iterator[Element]:
    """Go through roles, accounts, clients and the other actors."""
    for role in Role:
        yield _role(ground, people, role)
    for one in people.accounts:
        yield _account(ground, people, one)
    for program in people.clients:
        yield _client(ground, program)
    yield from _actors(ground.settings, ground.edition, people)


def is_dormant(one: Account, now: int) -> bool:
    """Tell whether somebody who could sign in has not done so for long."""
    last = max(one.signed_in_at, one.created_at)
    return one.state is State.ACTIVE and last < now - DORMANT_MS


def _role(ground: Ground, people: People, role: Role) -> Element:
    has = people.of(role)
    able = [one for one in has if one.state is State.ACTIVE]
    seen = facts(
        "db:access_staff",
        people=len(has),
        without_factor=sum(not people.is_proven(one.number) for one in able),
        dormant=sum(is_dormant(one, ground.now) for one in able),
        single=len(has) == 1,
    )
    may = facts(
        "program:",
        exports=permission.holds(role, Permission.EXPORT_MAKE),
        publishes=permission.holds(role, Permission.POLICY_PUBLISH),
        invites=permission.holds(role, Permission.STAFF_INVITE),
    )
    given = {"reads": _reads(ground.edition, role)}
    return Element(f"role:{role}", "role", OPERATOR, {**seen, **may, **given})


def _account(ground: Ground, people: People, one: Account) -> Element:
    seen = facts(
        "db:access_staff",
        role=str(one.role),
        dormant=is_dormant(one, ground.now),
        never_signed_in=not one.signed_in_at,
        invited=one.state is State.INVITED,
        powerful=one.role in _POWERFUL,
    )
    proves = {
        "factor": Fact(people.is_proven(one.number), "db:access_factor"),
        "passkey": Fact(one.number in people.passkeys, "db:access_passkey"),
        "recovery": Fact(one.number in people.recovery, "db:access_recovery"),
    }
    edition = ground.edition
    special = None if edition is None else _reads_special(edition, one.role)
    may = facts("policy:purposes", reads_special=special)
    return Element(f"account:{one.number}", "account", OPERATOR, {**seen, **proves, **may})


def _client(ground: Ground, one: Client) -> Element:
    role, purposes = one.actor.role, one.actor.purposes or frozenset()
    scopes = one.actor.scopes or frozenset()
    opens = Permission.RECORD_OPEN in scopes
    every = () if ground.edition is None else facts_policy.reads(ground.edition.policy, role)
    last = max(one.seen_at, one.made_at)
    return Element(
        f"client:{one.actor.staff}",
        "client",
        OPERATOR,
        facts(
            "db:access_client",
            role=str(role),
            scopes=tuple(sorted(map(str, scopes))),
            purposes=tuple(sorted(purposes)),
            reads=opens,
            dormant=last < ground.now - _CLIENT_DORMANT_MS,
            ends_soon=one.expires_at < ground.now + _SOON_MS,
            no_purpose_bound=opens and len(every) > 1 and purposes >= set(every),
            long_lived=one.expires_at - one.made_at > _LONG_MS,
        ),
    )


def _actors(settings: Settings, edition: Edition | None, people: People) -> Iterator[Element]:
    kinds = [] if edition is None else [one.kind for one in edition.policy.recipients.values()]
    outsiders = None if edition is None else PROCESSOR in kinds
    others = None if edition is None else any(kind != PROCESSOR for kind in kinds)
    hired = bool(settings.database.run_by or settings.mail.run_by)
    yield _actor("subject", OUTSIDE, "program:", present=True, shows=True, inside=False)
    yield _actor("stranger", OUTSIDE, "program:", present=True, shows=False, inside=False)
    is_staffed = bool(people.accounts)
    yield _actor("staff", OPERATOR, "db:access_staff", present=is_staffed, shows=True, inside=True)
    has_clients = bool(people.clients)
    yield _actor(
        "client", OPERATOR, "db:access_client", present=has_clients, shows=True, inside=True
    )
    yield _actor(
        "processor",
        "recipient",
        "policy:recipients",
        present=hired or outsiders,
        shows=False,
        inside=False,
    )
    yield _actor(
        "recipient", "recipient", "policy:recipients", present=others, shows=False, inside=False
    )
    yield _actor("host-admin", OPERATOR, "program:", present=True, shows=False, inside=True)
    yield _actor(
        "former-staff",
        OUTSIDE,
        "db:access_staff",
        present=people.has_left,
        shows=False,
        inside=False,
    )


def _actor(
    name: str, zone: str, source: str, *, present: bool | None, shows: bool, inside: bool
) -> Element:
    always = facts("program:", what=name, authenticated=shows, inside=inside)
    return Element(f"actor:{name}", "actor", zone, {**always, **facts(source, present=present)})


def _reads(edition: Edition | None, role: Role) -> Fact:
    given = None if edition is None else facts_policy.reads(edition.policy, role)
    return Fact(given, "policy:purposes")


def _reads_special(edition: Edition, role: Role) -> bool:
    policy = edition.policy
    return any(
        facts_policy.is_special(policy, policy.purposes[name].categories)
        for name in facts_policy.reads(policy, role)
    )
