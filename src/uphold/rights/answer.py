# SPDX-License-Identifier: Apache-2.0
"""From what is held about a person, and what was opened of it for them, to the package they take away (pure).

Nothing is read here: `holdings` tells what there is, `fulfil.open_own` has opened it and journaled that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from uphold.access import disclosure
from uphold.access.disclosure import Disclosure
from uphold.consent import ledger
from uphold.consent.ledger import Act
from uphold.law import disclosure as grounds
from uphold.mail import letter
from uphold.policy import phrases
from uphold.policy.document import Edition, Retention, pick
from uphold.policy.phrases import PHRASES
from uphold.rights import fulfil, package, points
from uphold.rights.fulfil import Own
from uphold.rights.holdings import Held, Holdings
from uphold.rights.package import Package
from uphold.rights.stored import Stored

PERSON, SITE = "person", "site"
_ANSWERS = {"en": "Answers sent", "ru": "Отправленные ответы"}

Label = Callable[[Edition, str, str, str], str]
"""Names a value: of an edition's form, its key, in a language."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a package tells besides what is held.

    `edition` is the one in force, `site` the site's address, `address` the one the person proved. `receipts` gives
    the public number of each record, `roles` the role of each member of staff, `label` the name of each value,
    `editions` a published edition by its number.
    """

    edition: Edition
    language: str
    site: str
    address: str
    receipts: Mapping[int, str]
    roles: Mapping[int, str]
    requests: Sequence[Stored]
    label: Label
    editions: Callable[[int], Edition]


def of(held: Holdings, own: Iterable[Own], told: Told) -> Package:
    """Make the package of everything held, newest submission first."""
    policy, language = told.edition.policy, told.language
    opened = {(one.record, one.purpose): one for one in own}
    who = policy.operator
    purposes = dict.fromkeys(purpose for one in held.records for purpose in one.purposes)
    return Package(
        format=package.FORMAT,
        language=language,
        made_at=_moment(held.at),
        address=told.address,
        operator=package.Operator(
            name=pick(who.name, language, policy.language),
            address=pick(who.address, language, policy.language),
            contact=who.contact,
            phone=who.phone,
            registration=who.registration,
            responsible=pick(who.responsible, language, policy.language),
        ),
        policy=package.Policy(
            edition=told.edition.number,
            digest=told.edition.digest,
            address=f"{told.site}/policy",
            profile=policy.profile,
        ),
        points=points.of(
            points.Facts(
                edition=told.edition,
                language=language,
                site=told.site,
                submissions=len(held.records),
                purposes=tuple(purposes),
                readings=sum(len(one.readings) for one in held.records),
                disclosures=sum(len(one.disclosed) for one in held.records),
            )
        ),
        submissions=[_Submission(one, opened, told).made() for one in held.records],
        requests=[_request(one) for one in told.requests],
        disclosures=[
            made for one in held.records for made in _Submission(one, opened, told).disclosures()
        ],
    )


class _Submission:
    """One submission of the package."""

    def __init__(self, held: Held, opened: Mapping[tuple[int, str], Own], told: Told) -> None:
        self._held = held
        self._opened = opened
        self._told = told
        self._policy = held.edition.policy

    def made(self) -> package.Submission:
        held = self._held
        form = held.edition.forms.get(held.facts.form)
        return package.Submission(
            id=self._told.receipts[held.record],
            form=held.facts.form,
            title=self._pick(form.title) if form else held.facts.form,
            received_at=_moment(held.facts.received_at),
            language=held.facts.language,
            edition=held.facts.edition,
            consents=[self._consent(act) for act in held.acts],
            purposes=[self._purpose(purpose) for purpose in held.purposes],
            destroyed=[
                package.Destroyed(
                    purpose=one.purpose,
                    title=self._title(one.purpose),
                    at=_moment(one.destroyed_at),
                )
                for one in held.destroyed
            ],
            corrections=[
                package.Correction(
                    purpose=one.purpose,
                    title=self._title(one.purpose),
                    fields=[self._label(key) for key in one.fields],
                    at=_moment(one.at),
                    by=self._who(one.staff),
                )
                for one in held.corrections
            ],
            readings=[
                package.Reading(
                    purpose=one.purpose,
                    title=self._title(one.purpose),
                    at=_moment(one.at),
                    by=self._who(one.staff),
                    denied=one.denied,
                    entry=one.entry,
                )
                for one in held.readings
            ],
            orders=[
                package.Order(ground=one.terms.ground, until=_maybe(one.terms.until_at))
                for one in held.barred
            ],
        )

    def disclosures(self) -> list[package.Disclosure]:
        """What of it left for somebody outside, oldest first."""
        return [self._disclosure(one) for one in self._held.disclosed]

    def _disclosure(self, one: Disclosure) -> package.Disclosure:
        edition = self._told.editions(one.edition)
        who = edition.policy.recipients.get(one.recipient)
        law = grounds.on(edition.policy.laws, disclosure.moment(one.prepared_at).date())
        found = law.get(one.ground)
        return package.Disclosure(
            recipient=self._pick(who.name) if who else one.recipient,
            ground=self._pick(found.title) if found else one.ground,
            law=found.source if found else "",
            at=_moment(one.sent_at),
            submission=self._told.receipts[self._held.record],
            purpose=one.purpose,
            title=self._title(one.purpose),
            fields=self._disclosed(one),
            told=[
                package.Told(cause=str(each.cause), at=_moment(each.told_at), outcome=each.outcome)
                for each in self._held.told
                if each.disclosure == one.number and each.told_at
            ],
        )

    def _disclosed(self, one: Disclosure) -> list[str]:
        own = [self._label(key) for key in one.fields if key not in letter.FIELDS]
        return [*own, self._pick(_ANSWERS)] if len(own) < len(one.fields) else own

    def _consent(self, act: Act) -> package.Consent:
        wording = self._told.editions(act.edition).wordings.get(act.wording)
        return package.Consent(
            purpose=act.purpose,
            title=self._title(act.purpose),
            act="withdrawn" if act.act == ledger.WITHDRAWN else "given",
            at=_moment(act.at),
            language=act.language,
            edition=act.edition,
            wording=act.wording,
            wording_title=wording.title if wording else "",
            wording_text=wording.text if wording else "",
            entry=act.entry,
        )

    def _purpose(self, purpose: str) -> package.Purpose:
        declared = self._policy.purposes.get(purpose)
        ends = [one.end for one in self._held.parts if one.purpose == purpose]
        latest = max((end.at for end in ends if end), default=0) if all(ends) else 0
        own = self._opened.get((self._held.record, purpose))
        return package.Purpose(
            purpose=purpose,
            title=self._title(purpose),
            basis=declared.basis if declared else "",
            ground=self._pick(declared.ground) if declared else "",
            source=self._source(purpose),
            ends_at=_maybe(latest or None),
            term=self._term(declared.retention) if declared else "",
            values=[
                package.Field(key=key, label=self._label(key), value=_value(value))
                for key, value in (own.values.items() if own else ())
            ],
            answers=[
                package.Answer(subject=one.subject, text=one.text)
                for one in (own.answers if own else ())
            ],
        )

    def _term(self, rule: Retention) -> str:
        language = self._told.language
        say = PHRASES.get(language, PHRASES["en"])
        return phrases.end(say, rule, language) if rule.after and rule.term else ""

    def _source(self, purpose: str) -> Any:
        return {self._policy.technical: "request", self._policy.evidence: "site"}.get(
            purpose, PERSON
        )

    def _title(self, purpose: str) -> str:
        declared = self._policy.purposes.get(purpose)
        return self._pick(declared.title) if declared else purpose

    def _label(self, key: str) -> str:
        facts = self._held.facts
        return self._told.label(self._held.edition, facts.form, key, self._told.language)

    def _who(self, staff: int) -> str:
        return PERSON if staff == fulfil.SUBJECT else self._told.roles.get(staff, SITE)

    def _pick(self, text: Mapping[str, str]) -> str:
        return pick(text, self._told.language, self._policy.language)


def _request(one: Stored) -> package.Request:
    alarm = one.request.alarm
    return package.Request(
        number=one.number,
        kind=str(one.request.kind),
        state=str(one.request.state),
        received_at=_moment(one.request.received),
        due=alarm.last_day if alarm else None,
        ground=one.request.ground,
    )


def _value(value: object) -> package.Value:
    """A value as the vault gives it; what no form and no evidence holds is written as text."""
    if isinstance(value, dict):
        return {str(name): str(one) for name, one in value.items()}
    if isinstance(value, list):
        return [str(one) for one in value]
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _maybe(at: int | None) -> datetime | None:
    return None if at is None else _moment(at)
