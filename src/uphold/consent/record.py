# SPDX-License-Identifier: Apache-2.0
"""A consent as a machine-readable record: JSON-LD with the fields of ISO/IEC TS 27560:2023 (pure).

Terms are those of the W3C Data Privacy Vocabulary 2.3, as its guide maps them; `policy.dpv` has the words that
a record shares with the policy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.consent.ledger import GIVEN, WITHDRAWN, Act
from uphold.policy import dpv
from uphold.policy.document import Category, Edition, Form, Purpose, pick

_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560"
_STATUS = {
    GIVEN: ("dpv:ConsentGiven", "a box, empty until the subject ticked it"),
    WITHDRAWN: ("dpv:ConsentWithdrawn", "a notice from the subject"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: the site's address, the receipt's and the record's public ids, the language."""

    site: str
    receipt: str
    record: str
    language: str


def receipt(
    kept: Edition,
    form: str,
    acts: Sequence[Act],
    place: Place,
    editions: Callable[[int], Edition],
) -> dict[str, Any]:
    """Return the consent receipt: one consent record for each consent that was given.

    `kept` is the edition that the form, by its key, was sent under; `editions` gives that of each consent by
    number, as one that was given anew stands on a later one.
    """
    given = [act for act in acts if act.act == GIVEN]
    first = {act.purpose: act.entry for act in reversed(given)}
    address = f"{place.site}/receipt/{place.receipt}"
    return {
        "@context": dpv.context(place.site),
        "@id": address,
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": f"{_SCHEMA}#receipt",
        "dct:identifier": place.receipt,
        "dpv:hasIdentifier": place.receipt,
        "dct:created": dpv.time(min((act.at for act in given), default=kept.published_at)),
        "dpv:hasRecordOfActivity": [
            _record(editions(act.edition), form, act, acts, place, first) for act in given
        ],
    }


def _record(
    edition: Edition,
    key: str,
    act: Act,
    acts: Sequence[Act],
    place: Place,
    first: Mapping[str, int],
) -> dict[str, Any]:
    policy, form = edition.policy, edition.form(key)
    # A consent given anew has its entry in its name; the first one bears that of the purpose alone.
    name = act.purpose if first[act.purpose] == act.entry else f"{act.purpose}-{act.entry}"
    address = f"{place.site}/receipt/{place.receipt}#{name}"
    purpose = policy.purpose(act.purpose)
    subject = f"{place.site}/subject/{place.record}"
    operator = dpv.operator_id(place.site)
    wording = f"{place.site}/wording/{act.wording}"
    return {
        "@id": address,
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": f"{_SCHEMA}#record",
        "dct:identifier": f"{place.receipt}.{name}",
        "dpv:hasIdentifier": f"{place.receipt}.{name}",
        "dct:created": dpv.time(act.at),
        "dct:language": act.language,
        "dpv:hasDataSubject": subject,
        "dpv:hasDataController": operator,
        "dpv:hasJurisdiction": f"loc:{policy.country}",
        "dpv:hasApplicableLaw": dpv.LAWS[policy.profile],
        "dpv:hasLegalBasis": "dpv:ExpressedConsent",
        "dpv:hasNotice": _notices(edition, act, place),
        "dpv:hasProcess": [_process(edition, form, purpose, act.language, place, address)],
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:description": pick(policy.withdrawal.how, act.language, policy.language),
            "dpv:isExercisedAt": wording,
        },
        "dpv:hasRight": {
            "@type": "dpv:DataSubjectRight",
            "dpv:isExercisedAt": f"mailto:{policy.operator.contact}",
        },
        "dpv:hasEntity": [
            dpv.operator(policy, place.site, place.language),
            {"@id": subject, "@type": "dpv:DataSubject", "dpv:hasIdentifier": place.record},
            *(dpv.recipient(policy, r, place.site, place.language) for r in purpose.recipients),
        ],
        "dpv:hasConsentStatus": [
            _status(event, subject, wording, f"{address}-{event.entry}")
            for event in _history(act, acts)
        ],
    }


def _history(act: Act, acts: Sequence[Act]) -> Iterator[Act]:
    """A consent, and what became of it until it was given anew."""
    yield act
    for one in acts[acts.index(act) + 1 :]:
        if one.purpose == act.purpose:
            if one.act == GIVEN:
                return
            yield one


def _notices(edition: Edition, act: Act, place: Place) -> list[dict[str, Any]]:
    consent = f"{place.site}/wording/{act.wording}"
    policy = f"{place.site}/policy?edition={edition.number}"
    return [
        {
            "@id": consent,
            "@type": "dpv:ConsentNotice",
            "dct:language": act.language,
            "schema:url": consent,
            "schema:sha256": act.wording,
        },
        {
            "@id": policy,
            "@type": "dpv:PrivacyNotice",
            "dct:language": act.language,
            "schema:url": policy,
            "schema:sha256": edition.digest,
        },
    ]


def _process(
    edition: Edition, form: Form, purpose: Purpose, language: str, place: Place, address: str
) -> dict[str, Any]:
    policy = edition.policy
    return {
        **dpv.process(policy, purpose, place.site, language, f"{address}-process"),
        "dpv:hasPersonalData": _data(form, purpose, policy.categories, language),
    }


def _data(
    form: Form, purpose: Purpose, categories: Mapping[str, Category], language: str
) -> list[dict[str, Any]]:
    return [
        {
            "@type": "dpv:PersonalData",
            "dct:title": pick(field.label, language),
            "skos:broader": categories[category].dpv or "dpv:PersonalData",
            "dpv:hasNecessity": "dpv:Required" if field.mandatory else "dpv:Optional",
        }
        for field in form.fields
        if purpose.id in field.purposes
        for category in field.categories
    ]


def _status(event: Act, subject: str, wording: str, address: str) -> dict[str, Any]:
    kind, method = _STATUS[event.act]
    return {
        "@id": address,
        "@type": [kind, "dpv:ExpressedConsent"],
        "dpv:isIndicatedAtTime": dpv.time(event.at),
        "dpv:isIndicatedBy": subject,
        "dpv:hasIndicationMethod": method,
        "dpv:hasNotice": {"@id": wording},
        "dpv:hasDuration": {
            "@type": "dpv:UntilEventDuration",
            "rdf:value": "purpose reached or consent withdrawn",
        },
    }
