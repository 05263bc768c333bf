# SPDX-License-Identifier: Apache-2.0
"""Every permission by name, and the one table that says which role holds which.

A name follows `<room>:<thing>:<act>`. Whatever is not in a role's row is refused: a door that names no
permission is for nobody. Holding `access:record:open` alone opens nothing, it only lets a person ask;
the gate (`access.gate`) answers by the policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of staff is. The policy names these words in `roles` of a purpose."""

    OWNER = "owner"
    OFFICER = "officer"
    CLERK = "clerk"
    ANALYST = "analyst"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the number of a staff account, its role at this moment, and whether it is an exercise's.

    A machine client (`access.client`) is one too, and does less than its role: only what is in `scopes`, and it
    reads only for `purposes`. None stands for no such bound, as for people. `proven_at` (unix ms) is when the session
    that acts was last proven to be theirs; None where no session does.
    """

    staff: int
    role: Role
    exercise: bool = False
    scopes: "frozenset[Permission] | None" = None
    purposes: frozenset[str] | None = None
    proven_at: int | None = field(default=None, compare=False)


class Permission(StrEnum):
    """What a member of staff may ask for."""

    STAFF_LIST = "access:staff:list"
    STAFF_INVITE = "access:staff:invite"
    STAFF_CLOSE = "access:staff:close"
    ACCOUNT_OWN = "access:account:own"
    CLIENT_LIST = "access:client:list"
    CLIENT_MAKE = "access:client:make"
    CLIENT_REVOKE = "access:client:revoke"
    RECORD_OPEN = "access:record:open"
    RECORDS_OPEN = "access:records:open"
    GLASS_BREAK = "access:glass:break"
    GLASS_LIST = "access:glass:list"
    GLASS_SEE = "access:glass:see"
    CONTACT_SEARCH = "access:contact:search"
    EXPORT_LIST = "access:export:list"
    EXPORT_MAKE = "access:export:make"
    DISCLOSURE_LIST = "access:disclosure:list"
    DISCLOSURE_PREPARE = "access:disclosure:prepare"
    DISCLOSURE_OPEN = "access:disclosure:open"
    DISCLOSURE_APPROVE = "access:disclosure:approve"
    DISCLOSURE_SEND = "access:disclosure:send"
    HISTORY_READ = "access:history:read"
    HOLD_LIST = "access:hold:list"
    HOLD_PLACE = "access:hold:place"
    HOLD_LIFT = "access:hold:lift"
    RESTRAINT_LIFT = "access:restraint:lift"
    ALERTS_READ = "detection:alert:read"
    ALERT_JUDGE = "detection:alert:judge"
    OUTBOX_LIST = "mail:outbox:list"
    OUTBOX_RETRY = "mail:outbox:retry"
    OUTBOX_EXPORT = "mail:outbox:export"
    ENQUIRY_LIST = "enquiry:item:list"
    ENQUIRY_MOVE = "enquiry:item:move"
    ENQUIRY_ANSWER = "enquiry:item:answer"
    ENQUIRY_RELEASE = "enquiry:item:release"
    ENQUIRY_DISCARD = "enquiry:item:discard"
    POLICY_READ = "policy:draft:read"
    POLICY_EDIT = "policy:draft:edit"
    POLICY_PUBLISH = "policy:edition:publish"
    CONSENT_ASK = "consent:renewal:ask"
    PROOF_READ = "assurance:proof:read"
    PROOF_RUN = "assurance:proof:run"
    DUTY_ATTEST = "assurance:duty:attest"
    STATEMENT_SIGN = "assurance:statement:sign"
    ALERT_SEE = "assurance:alert:see"
    THREATS_READ = "assurance:threat:read"
    THREAT_ACCEPT = "assurance:threat:accept"
    INCIDENT_READ = "incident:case:read"
    INCIDENT_WRITE = "incident:case:write"
    RETENTION_READ = "retention:term:read"
    RETENTION_RUN = "retention:sweep:run"
    REQUEST_LIST = "rights:request:list"
    REQUEST_ENTER = "rights:request:enter"
    REQUEST_MOVE = "rights:request:move"
    REQUEST_FULFIL = "rights:request:fulfil"
    STATISTICS_READ = "statistics:figure:read"
    STATISTICS_EXPORT = "statistics:figure:export"
    STATISTICS_LEDGER = "statistics:ledger:read"
    STATISTICS_RECIPE = "statistics:recipe:read"


# A clerk works on enquiries and nothing else.
_CLERK = frozenset(
    {
        Permission.ACCOUNT_OWN,
        Permission.RECORD_OPEN,
        Permission.GLASS_BREAK,
        Permission.CONTACT_SEARCH,
        Permission.ENQUIRY_LIST,
        Permission.ENQUIRY_MOVE,
        Permission.ENQUIRY_ANSWER,
        Permission.ENQUIRY_RELEASE,
    }
)

# An analyst opens nothing of people's and changes nothing: figures in which nobody can be found, and their own
# account.
_ANALYST = frozenset(
    {Permission.ACCOUNT_OWN, Permission.STATISTICS_READ, Permission.STATISTICS_EXPORT}
)

# An auditor looks and never touches: what happened, to which enquiry, by whom, by which rule, on what proof.
# No permission of theirs opens a record or changes anything but their own account.
_AUDITOR = frozenset(
    {
        Permission.ACCOUNT_OWN,
        Permission.ALERTS_READ,
        Permission.DISCLOSURE_LIST,
        Permission.GLASS_LIST,
        Permission.HISTORY_READ,
        Permission.HOLD_LIST,
        Permission.EXPORT_LIST,
        Permission.ENQUIRY_LIST,
        Permission.POLICY_READ,
        Permission.PROOF_READ,
        Permission.THREATS_READ,
        Permission.INCIDENT_READ,
        Permission.RETENTION_READ,
        Permission.REQUEST_LIST,
        Permission.STATISTICS_LEDGER,
    }
)

# An officer sees to it that what the policy promises is kept: drafts, proofs, duties, alerts, what others read,
# what people ask under the law. The work on enquiries is not theirs; they open a record only where the policy
# names their role.
_OFFICER = frozenset(
    {
        Permission.ACCOUNT_OWN,
        Permission.STAFF_LIST,
        Permission.CLIENT_LIST,
        Permission.CLIENT_REVOKE,
        Permission.RECORD_OPEN,
        Permission.RECORDS_OPEN,
        Permission.GLASS_BREAK,
        Permission.GLASS_LIST,
        Permission.GLASS_SEE,
        Permission.CONTACT_SEARCH,
        Permission.EXPORT_LIST,
        Permission.EXPORT_MAKE,
        Permission.DISCLOSURE_LIST,
        Permission.DISCLOSURE_PREPARE,
        Permission.DISCLOSURE_OPEN,
        Permission.DISCLOSURE_APPROVE,
        Permission.DISCLOSURE_SEND,
        Permission.HISTORY_READ,
        Permission.HOLD_LIST,
        Permission.HOLD_PLACE,
        Permission.HOLD_LIFT,
        Permission.RESTRAINT_LIFT,
        Permission.ALERTS_READ,
        Permission.ALERT_JUDGE,
        Permission.OUTBOX_LIST,
        Permission.OUTBOX_RETRY,
        Permission.ENQUIRY_LIST,
        Permission.POLICY_READ,
        Permission.POLICY_EDIT,
        Permission.PROOF_READ,
        Permission.PROOF_RUN,
        Permission.DUTY_ATTEST,
        Permission.STATEMENT_SIGN,
        Permission.ALERT_SEE,
        Permission.THREATS_READ,
        Permission.THREAT_ACCEPT,
        Permission.INCIDENT_READ,
        Permission.INCIDENT_WRITE,
        Permission.RETENTION_READ,
        Permission.RETENTION_RUN,
        Permission.REQUEST_LIST,
        Permission.REQUEST_ENTER,
        Permission.REQUEST_MOVE,
        Permission.REQUEST_FULFIL,
        Permission.STATISTICS_READ,
        Permission.STATISTICS_EXPORT,
        Permission.STATISTICS_LEDGER,
        Permission.STATISTICS_RECIPE,
    }
)

# What cannot be undone (discarding, publishing), what gives power to others (inviting), what takes answers
# out of their seal (exporting) and what goes out to the people themselves (asking anew) is the owner's.
_OWNER = (
    _CLERK
    | _OFFICER
    | frozenset(
        {
            Permission.STAFF_INVITE,
            Permission.STAFF_CLOSE,
            Permission.CLIENT_MAKE,
            Permission.OUTBOX_EXPORT,
            Permission.ENQUIRY_DISCARD,
            Permission.POLICY_PUBLISH,
            Permission.CONSENT_ASK,
        }
    )
)

HELD: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OWNER: _OWNER,
        Role.OFFICER: _OFFICER,
        Role.CLERK: _CLERK,
        Role.ANALYST: _ANALYST,
        Role.AUDITOR: _AUDITOR,
    }
)


# What would reach beyond the exercise: power for others, what leaves, what binds the operator, what stops people.
# An exercise's account comes as far as the door, by its role like anybody, and is refused there.
BEYOND_EXERCISE = frozenset(
    {
        Permission.STAFF_INVITE,
        Permission.STAFF_CLOSE,
        Permission.CLIENT_MAKE,
        Permission.CLIENT_REVOKE,
        Permission.HOLD_PLACE,
        Permission.HOLD_LIFT,
        Permission.RESTRAINT_LIFT,
        Permission.ALERT_JUDGE,
        Permission.OUTBOX_RETRY,
        Permission.OUTBOX_EXPORT,
        Permission.POLICY_EDIT,
        Permission.POLICY_PUBLISH,
        Permission.CONSENT_ASK,
        Permission.PROOF_RUN,
        Permission.DUTY_ATTEST,
        Permission.STATEMENT_SIGN,
        Permission.ALERT_SEE,
        Permission.THREAT_ACCEPT,
        Permission.RETENTION_RUN,
    }
)


def holds(role: Role, permission: Permission) -> bool:
    """Tell whether `role` holds `permission`; a role without a row holds nothing."""
    return permission in HELD.get(role, frozenset())


def may(actor: Actor, permission: Permission) -> bool:
    """Tell whether an actor may do something: their role holds it, and nothing narrower binds them."""
    in_scope = actor.scopes is None or permission in actor.scopes
    return in_scope and holds(actor.role, permission)


def within(actor: Actor, permission: Permission) -> bool:
    """Tell whether an act stays within what `actor` is: of an exercise's account, nothing reaches beyond it."""
    return not (actor.exercise and permission in BEYOND_EXERCISE)
