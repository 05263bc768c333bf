# SPDX-License-Identifier: Apache-2.0
"""A consent as a machine-readable record: JSON-LD with the fields of ISO/IEC TS 27560:2023 (pure).

Terms are those of the W3C Data Privacy Vocabulary 2.3 (https://w3id.org/dpv) as the DPVCG guide maps them.
The guide's own examples repeat JSON keys and use terms that 2.3 lacks, so their shape is not copied. The
context stands in the document: nobody needs the network to read it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from uphold.consent.ledger import GIVEN, WITHDRAWN, Act
from uphold.policy.document import Category, Edition, Form, Policy, Purpose, pick

_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560"
_IDS = (
    "dct:conformsTo",
    "skos:broader",
    "schema:url",
    "dpv:hasApplicableLaw",
    "dpv:hasDataController",
    "dpv:hasDataSource",
    "dpv:hasDataSubject",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasLocation",
    "dpv:hasNecessity",
    "dpv:hasProcessing",
    "dpv:hasPurpose",
    "dpv:hasRecipient",
    "dpv:isExercisedAt",
    "dpv:isIndicatedBy",
)
_LAWS = {"ru-152fz": "uphold:law-152-FZ", "eu-gdpr": "legal-eu:law-GDPR"}
_RECIPIENTS = {
    "processor": "dpv:DataProcessor",
    "third-party": "dpv:ThirdParty",
    "authority": "dpv:Authority",
}
_STATUS = {
    GIVEN: ("dpv:ConsentGiven", "a box, empty until the subject ticked it"),
    WITHDRAWN: ("dpv:ConsentWithdrawn", "a notice from the subject"),
}
_PROCESSING = {
    "collect": "dpv:Collect",
    "record": "dpv:Record",
    "organise": "dpv:Organise",
    "store": "dpv:Store",
    "update": "dpv:Modify",
    "extract": "dpv:Retrieve",
    "use": "dpv:Use",
    "transfer": "dpv:Transfer",
    "depersonalise": "dpv:Anonymise",
    "block": "dpv:Restrict",
    "erase": "dpv:Erase",
    "destroy": "dpv:Destruct",
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
        "@context": _context(place.site),
        "@id": address,
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": f"{_SCHEMA}#receipt",
        "dct:identifier": place.receipt,
        "dpv:hasIdentifier": place.receipt,
        "dct:created": _time(min((act.at for act in given), default=kept.published_at)),
        "dpv:hasRecordOfActivity": [
            _record(editions(act.edition), form, act, acts, place, first) for act in given
        ],
    }


def _context(site: str) -> dict[str, Any]:
    prefixes: dict[str, Any] = {
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "loc": "https://w3id.org/dpv/loc#",
        "legal-eu": "https://w3id.org/dpv/legal/eu#",
        "dct": "http://purl.org/dc/terms/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "schema": "https://schema.org/",
        "uphold": f"{site}/terms#",
        "dct:created": {"@type": "xsd:dateTime"},
        "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    }
    return prefixes | {term: {"@type": "@id"} for term in _IDS}


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
    operator = f"{place.site}/#operator"
    wording = f"{place.site}/wording/{act.wording}"
    return {
        "@id": address,
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": f"{_SCHEMA}#record",
        "dct:identifier": f"{place.receipt}.{name}",
        "dpv:hasIdentifier": f"{place.receipt}.{name}",
        "dct:created": _time(act.at),
        "dct:language": act.language,
        "dpv:hasDataSubject": subject,
        "dpv:hasDataController": operator,
        "dpv:hasJurisdiction": f"loc:{policy.country}",
        "dpv:hasApplicableLaw": _LAWS[policy.profile],
        "dpv:hasLegalBasis": "dpv:ExpressedConsent",
        "dpv:hasNotice": _notices(edition, act, place),
        "dpv:hasProcess": [_process(edition, form, purpose, act.language, operator, address)],
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
            *_entities(edition, place, operator, subject),
            *(_recipient(policy, name, place, operator) for name in purpose.recipients),
        ],
        "dpv:hasConsentStatus": [
            _status(event, subject, wording, f"{address}-{event.entry}")
            for event in _history(act, acts)
        ],
    }


def _history(act: Act, acts: Sequence[Act]) -> Iterator[Act]:
    """A consent, and what became of it until it was given anew."""
    later = [one for one in acts if one.purpose == act.purpose and one.entry > act.entry]
    yield act
    for one in later:
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
    edition: Edition, form: Form, purpose: Purpose, language: str, operator: str, address: str
) -> dict[str, Any]:
    policy = edition.policy
    process: dict[str, Any] = {
        "@id": f"{address}-process",
        "@type": "dpv:Process",
        "dct:title": pick(purpose.title, language, policy.language),
        "dpv:hasPurpose": purpose.dpv or "dpv:Purpose",
        "dpv:hasPersonalData": _data(form, purpose, policy.categories, language),
        "dpv:hasProcessing": [
            _PROCESSING[action] for action in purpose.actions if action in _PROCESSING
        ],
        "dpv:hasDataSource": "dpv:DataSubjectDataSource",
        "dpv:hasRecipient": [operator, *(f"{operator}-{name}" for name in purpose.recipients)],
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": f"loc:{policy.country}"},
            {
                "@type": "dpv:StorageDuration",
                "dpv:hasDuration": {
                    "@type": "dpv:UntilEventDuration",
                    "rdf:value": purpose.retention.after,
                },
            },
            {
                "@type": "dpv:StorageDeletion",
                "dpv:hasDuration": {
                    "@type": "dpv:TemporalDuration",
                    "rdf:value": {"@value": purpose.retention.term, "@type": "xsd:duration"},
                },
            },
        ],
    }
    return process


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


def _entities(edition: Edition, place: Place, operator: str, subject: str) -> list[dict[str, Any]]:
    who = edition.policy.operator
    language = edition.policy.language
    return [
        {
            "@id": operator,
            "@type": ["dpv:DataController", "dpv:Organisation"],
            "dpv:hasName": pick(who.name, place.language, language),
            "dpv:hasIdentifier": who.registration or operator,
            "dpv:hasAddress": pick(who.address, place.language, language),
            "dpv:hasContact": who.contact,
            "schema:contactPoint": {"@type": "schema:ContactPoint", "schema:email": who.contact},
        },
        {"@id": subject, "@type": "dpv:DataSubject", "dpv:hasIdentifier": place.record},
    ]


def _recipient(policy: Policy, name: str, place: Place, operator: str) -> dict[str, Any]:
    """A recipient, reached through the operator, who answers for it."""
    who = policy.recipients[name]
    return {
        "@id": f"{operator}-{name}",
        "@type": [_RECIPIENTS[who.kind], "dpv:Organisation"],
        "dpv:hasIdentifier": name,
        "dpv:hasName": pick(who.name, place.language, policy.language),
        "dpv:hasAddress": pick(who.address, place.language, policy.language),
        "dpv:hasContact": policy.operator.contact,
    }


def _status(event: Act, subject: str, wording: str, address: str) -> dict[str, Any]:
    kind, method = _STATUS[event.act]
    return {
        "@id": address,
        "@type": [kind, "dpv:ExpressedConsent"],
        "dpv:isIndicatedAtTime": _time(event.at),
        "dpv:isIndicatedBy": subject,
        "dpv:hasIndicationMethod": method,
        "dpv:hasNotice": {"@id": wording},
        "dpv:hasDuration": {
            "@type": "dpv:UntilEventDuration",
            "rdf:value": "purpose reached or consent withdrawn",
        },
    }


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
