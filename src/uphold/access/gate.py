# SPDX-License-Identifier: Apache-2.0
"""The gate: may this person read these fields of this record for this purpose, now? Pure: no storage, no clock.

    decide(asked, given, current, consents, holds) -> Permit | Denial      for the staff's work
    own(asked, ...)                                                        for the person themself
    leave(asked, ...)                                                      for somebody outside

The edition that a record was given under governs, narrowed by the one in force: a purpose, a role, a field
must stand in both, and a purpose that asks consent in either needs it. So nothing that is taken away
(a consent, a role, a field, a purpose) and no hold that is added can ever turn a no into a yes.

A denial is a value: whoever asks journals it like a permit and commits, which an exception would undo.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from uphold.access import permission
from uphold.access.permission import Actor, Permission
from uphold.law.disclosure import Ground
from uphold.mail import letter
from uphold.policy.document import Edition, Policy
from uphold.vault.permit import Permit

NOBODY = 0
"""Stands in a permit for a member of staff where there is none."""

_NO_RECORD = -1

GIVEN = "given"
WITHDRAWN = "withdrawn"

# What the two parts hold that no form declares: the request that brought a form, and the proof of consent.
TECHNICAL_FIELDS = frozenset({"ip", "cookie", "browser", "time", "page"})
EVIDENCE_FIELDS = frozenset(
    {
        *("contacts", "purposes", "form", "form_digest", "edition", "edition_digest"),
        *("language", "at", "shown_at", "act"),
    }
)


class Reason(StrEnum):
    """Every reason for a no, as it stands in the journal."""

    NOT_PERMITTED = "not-permitted"
    # An exercise's account wants a person's record, or a person on the staff an exercise's.
    EXERCISE = "exercise-only"
    # Who asks does not say what for.
    PURPOSE_MISSING = "purpose-missing"
    PURPOSE_UNDECLARED = "purpose-undeclared"
    PURPOSE_RETIRED = "purpose-retired"
    ROLE_REFUSED = "role-refused"
    # A machine client was not given this purpose, whatever its role has.
    PURPOSE_NOT_GIVEN = "purpose-not-given"
    CONSENT_MISSING = "consent-missing"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    STAFF_HELD = "staff-held"
    # An alert asks for a new proof of who sits there.
    PROOF_NEEDED = "proof-needed"
    RECORD_HELD = "record-held"
    PURPOSE_HELD = "purpose-held"
    ALL_HELD = "all-held"
    NOTHING_ASKED = "nothing-asked"
    FIELD_UNDECLARED = "field-undeclared"
    RECIPIENT_UNDECLARED = "recipient-undeclared"
    GROUND_REFUSED = "ground-refused"
    # Said by whoever obeys the gate: permitted, but there is nothing left to open.
    DESTROYED = "part-destroyed"


@dataclass(frozen=True, slots=True)
class Denial:
    """The gate's no."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Hold:
    """A suspension until `until_at` (unix ms). None stands for any; all three None stop every reading.

    With `proof_since` it stops who has not proven since that moment (unix ms) who they are, and nobody else.
    """

    staff: int | None
    record: int | None
    purpose: str | None
    until_at: int
    proof_since: int | None = None

    @property
    def stops_all(self) -> bool:
        """Whether it stops every reading by everybody."""
        return self.staff is None and self.record is None and self.purpose is None


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: who wants to read which fields of which record (given on which form), for what, when.

    `exercise` says whether a run of probes made the record, and no person; `emergency` that the person has broken
    the glass of this very record and purpose (`glass`): it stands in for the role, and for nothing else.
    """

    actor: Actor
    record: int
    form: str
    purpose: str
    fields: frozenset[str]
    at: int
    exercise: bool
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """The other question: may the site use these fields of a record (given on which form) to serve its person?

    The person has proved who they are, and nobody else sees it; `at` is unix ms.
    """

    record: int
    form: str
    purpose: str
    fields: frozenset[str]
    at: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """The third question: may these fields of a record (given on which form) go to a recipient outside?

    `recipient` is an id of the policy, `ground` one of the law; `at` is unix ms.
    """

    actor: Actor
    record: int
    form: str
    purpose: str
    fields: frozenset[str]
    recipient: str
    ground: Ground
    at: int
    exercise: bool


def decide(
    asked: Asked,
    given: Edition,
    current: Edition,
    consents: Mapping[str, str],
    holds: Iterable[Hold],
) -> Permit | Denial:
    """Answer the question.

    `given` is the edition the record was given under, `current` the one in force, `consents` the last act
    of the record's subject for each purpose (`given` or `withdrawn`), `holds` those that may matter.
    """
    reason = (
        _staff(asked)
        or _exercise(asked)
        or _purpose(asked, given.policy, current.policy)
        or _consent(asked.purpose, given.policy, current.policy, consents)
        or _held(asked, holds)
        or _fields(asked, given, current)
    )
    if reason is not None:
        return Denial(reason)
    return Permit(
        actor=asked.actor.staff,
        purpose=asked.purpose,
        record=asked.record,
        fields=asked.fields,
        edition=current.number,
        ground=given.policy.purposes[asked.purpose].basis,
    )


def several(
    actor: Actor, purpose: str, current: Edition, holds: Iterable[Hold], at: int
) -> Denial | None:
    """Tell whether a person may ask at all for records of a purpose: looking for one, opening several, exporting.

    A no to each record that could be asked for. What it lets through is still decided record by record.
    """
    asked = Asked(actor, _NO_RECORD, "", purpose, frozenset(), at, actor.exercise)
    reason = (
        _staff(asked)
        or _purpose(asked, current.policy, current.policy)
        or _held(asked, [one for one in holds if one.record is None])
    )
    return None if reason is None else Denial(reason)


def own(
    asked: Own,
    given: Edition,
    current: Edition,
    consents: Mapping[str, str],
    holds: Iterable[Hold],
) -> Permit | Denial:
    """Answer the question of a person's own data.

    As `decide`, less what concerns the staff alone. A consent is needed whatever the purpose rests on.
    """
    named = asked.purpose
    reason = (
        _declared(named, given.policy, current.policy)
        or _consent(named, given.policy, current.policy, consents)
        or (Reason.CONSENT_MISSING if consents.get(named) != GIVEN else None)
        or _held(asked, holds)
        or _fields(asked, given, current)
    )
    if reason is not None:
        return Denial(reason)
    ground = given.policy.purposes[named].basis
    return Permit(NOBODY, named, asked.record, asked.fields, current.number, ground)


def leave(
    asked: Leaving,
    given: Edition,
    current: Edition,
    consents: Mapping[str, str],
    holds: Iterable[Hold],
) -> Permit | Denial:
    """Answer the question of a disclosure.

    As `decide`, with the recipient and its ground in the place of the role. What the person agreed to or took back
    counts where the ground rests on it: a court's demand waits for nobody's consent.
    """
    named = asked.purpose
    reason = (
        _may(asked.actor, Permission.DISCLOSURE_OPEN)
        or _exercise(asked)
        or _declared(named, given.policy, current.policy)
        or _bound(asked)
        or _recipient(asked, given.policy, current.policy)
        or (_agreed(named, consents) if asked.ground.consent else None)
        or _held(asked, holds)
        or _fields(asked, given, current)
    )
    if reason is not None:
        return Denial(reason)
    ground, staff = asked.ground.id, asked.actor.staff
    return Permit(staff, named, asked.record, asked.fields, current.number, ground)


def fields(given: Edition, current: Edition, form: str, purpose: str) -> frozenset[str]:
    """Every field that may be asked for a purpose: what serves it in both editions.

    A field dropped from the form since is no longer read: what is not collected is not necessary either.
    Answers sent for a purpose are part of it (`letter.FIELDS`).
    """
    return _serving(given, form, purpose) & _serving(current, form, purpose)


def _staff(asked: Asked) -> Reason | None:
    return _may(asked.actor, Permission.RECORD_OPEN)


def _may(actor: Actor, needed: Permission) -> Reason | None:
    return None if permission.may(actor, needed) else Reason.NOT_PERMITTED


def _exercise(asked: Asked | Leaving) -> Reason | None:
    """Keep exercises and people apart, whatever the policy permits."""
    return None if asked.actor.exercise is asked.exercise else Reason.EXERCISE


def _declared(purpose: str, given: Policy, current: Policy) -> Reason | None:
    if not purpose:
        return Reason.PURPOSE_MISSING
    if purpose not in given.purposes:
        return Reason.PURPOSE_UNDECLARED
    return None if purpose in current.purposes else Reason.PURPOSE_RETIRED


def _purpose(asked: Asked, given: Policy, current: Policy) -> Reason | None:
    undeclared = _declared(asked.purpose, given, current)
    if undeclared is not None:
        return undeclared
    for policy in (given, current):
        if asked.actor.role not in policy.purposes[asked.purpose].roles and not asked.emergency:
            return Reason.ROLE_REFUSED
    return _bound(asked)


def _bound(asked: Asked | Leaving) -> Reason | None:
    bound = asked.actor.purposes
    return None if bound is None or asked.purpose in bound else Reason.PURPOSE_NOT_GIVEN


def _consent(
    purpose: str, given: Policy, current: Policy, consents: Mapping[str, str]
) -> Reason | None:
    state = consents.get(purpose)
    # A withdrawal is obeyed whatever the purpose rests on: nobody withdraws what they never gave.
    if state == WITHDRAWN:
        return Reason.CONSENT_WITHDRAWN
    needed = any(policy.purposes[purpose].asks_consent for policy in (given, current))
    return Reason.CONSENT_MISSING if needed and state != GIVEN else None


def _recipient(asked: Leaving, given: Policy, current: Policy) -> Reason | None:
    known = current.recipients.get(asked.recipient)
    if known is None:
        return Reason.RECIPIENT_UNDECLARED
    if asked.ground.id not in known.grounds or known.kind not in asked.ground.to:
        return Reason.GROUND_REFUSED
    if not asked.ground.consent:
        return None
    # People agreed to a purpose whose wording named this recipient, or did not.
    named = (policy.purposes[asked.purpose].recipients for policy in (given, current))
    return None if all(asked.recipient in one for one in named) else Reason.RECIPIENT_UNDECLARED


def _agreed(purpose: str, consents: Mapping[str, str]) -> Reason | None:
    state = consents.get(purpose)
    if state == WITHDRAWN:
        return Reason.CONSENT_WITHDRAWN
    return None if state == GIVEN else Reason.CONSENT_MISSING


def _held(asked: Asked | Own | Leaving, holds: Iterable[Hold]) -> Reason | None:
    staff, proven_at = NOBODY, None
    if not isinstance(asked, Own):
        staff, proven_at = asked.actor.staff, asked.actor.proven_at
    for hold in holds:
        matches = (
            hold.staff in (None, staff)
            and hold.record in (None, asked.record)
            and hold.purpose in (None, asked.purpose)
            and _is_unproven(hold, proven_at)
        )
        if matches and asked.at < hold.until_at:
            return _name(hold)
    return None


def _is_unproven(hold: Hold, proven_at: int | None) -> bool:
    """Tell whether a hold minds a proof as old as this; where no session acts there is none to ask anew."""
    since = hold.proof_since
    return since is None or (proven_at is not None and proven_at <= since)


def _name(hold: Hold) -> Reason:
    if hold.proof_since is not None:
        return Reason.PROOF_NEEDED
    if hold.staff is not None:
        return Reason.STAFF_HELD
    if hold.record is not None:
        return Reason.RECORD_HELD
    return Reason.PURPOSE_HELD if hold.purpose is not None else Reason.ALL_HELD


def _fields(asked: Asked | Own | Leaving, given: Edition, current: Edition) -> Reason | None:
    if not asked.fields:
        return Reason.NOTHING_ASKED
    if asked.fields <= fields(given, current, asked.form, asked.purpose):
        return None
    return Reason.FIELD_UNDECLARED


def _serving(edition: Edition, form: str, purpose: str) -> frozenset[str]:
    if purpose == edition.policy.technical:
        return TECHNICAL_FIELDS
    if purpose == edition.policy.evidence:
        return EVIDENCE_FIELDS
    if form not in edition.forms:
        return frozenset()
    declared = edition.forms[form].fields
    keys = frozenset(field.key for field in declared if purpose in field.purposes)
    return keys | letter.FIELDS if keys else keys
