# SPDX-License-Identifier: Apache-2.0
"""A policy in terms of the W3C Data Privacy Vocabulary 2.3 (https://w3id.org/dpv), as JSON-LD (pure).

The words that machine-readable documents share: the context, who the operator and the recipients are,
what is done with data and when they go. `notice` makes of them the policy itself; consent records are
made in their own room. The context stands in each document: nobody needs the network to read it. The
examples of the vocabulary's guide repeat JSON keys and use terms that 2.3 lacks; they are not copied.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from uphold.policy import check
from uphold.policy.document import Edition, Policy, Purpose, pick

MEDIA_TYPE: Final = "application/ld+json"
LAWS: Final = {"ru-152fz": "uphold:law-152-FZ", "eu-gdpr": "legal-eu:law-GDPR"}
"""By profile. The vocabulary has no law of Russia, so that the site names it itself."""

_PREFIXES: Final = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "tech": "https://w3id.org/dpv/tech#",
    "legal-eu": "https://w3id.org/dpv/legal/eu#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema": "https://schema.org/",
}
# Terms whose plain values are identifiers: without this they would stay text and mean nothing.
_IDS: Final = (
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
_RECIPIENTS: Final = {
    "processor": "dpv:DataProcessor",
    "third-party": "dpv:ThirdParty",
    "authority": "dpv:Authority",
}
# `depersonalise` is neither of the vocabulary's two words: to anonymise is beyond recall there, to
# pseudonymise is one method of several.
_PROCESSING: Final = {
    "collect": "dpv:Collect",
    "record": "dpv:Record",
    "organise": "dpv:Organise",
    "accumulate": "dpv:Store",
    "store": "dpv:Store",
    "update": "dpv:Modify",
    "extract": "dpv:Retrieve",
    "use": "dpv:Use",
    "transfer": "dpv:Transfer",
    "depersonalise": "dpv:Transform",
    "block": "dpv:Restrict",
    "erase": "dpv:Erase",
    "destroy": "dpv:Destruct",
}
# A person's request is no ground of the vocabulary's own; what it is stands in words beside it.
_BASES: Final = {
    "consent": "dpv:ExpressedConsent",
    "contract": "dpv:Contract",
    "request": "dpv:LegalBasis",
    "legal-duty": "dpv:LegalObligation",
    "legitimate-interest": "dpv:LegitimateInterest",
}


def context(site: str) -> dict[str, Any]:
    """The context of a document of the site at this address; `uphold:` are terms of the site's own."""
    return {
        **_PREFIXES,
        "uphold": f"{site}/terms#",
        "dct:created": {"@type": "xsd:dateTime"},
        "dct:issued": {"@type": "xsd:dateTime"},
        "dct:valid": {"@type": "xsd:dateTime"},
        "dct:modified": {"@type": "xsd:date"},
        "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
        **{term: {"@type": "@id"} for term in _IDS},
    }


def operator_id(site: str) -> str:
    """The identifier of the operator."""
    return f"{site}/#operator"


def recipient_id(site: str, name: str) -> str:
    """The identifier of a recipient, who is known through the operator."""
    return f"{operator_id(site)}-{name}"


def operator(policy: Policy, site: str, language: str) -> dict[str, Any]:
    """The operator as a party, named in `language`."""
    who = policy.operator
    return {
        "@id": operator_id(site),
        "@type": ["dpv:DataController", "dpv:Organisation"],
        "dpv:hasName": pick(who.name, language, policy.language),
        "dpv:hasIdentifier": who.registration or operator_id(site),
        "dpv:hasAddress": pick(who.address, language, policy.language),
        "dpv:hasContact": who.contact,
        "schema:contactPoint": {"@type": "schema:ContactPoint", "schema:email": who.contact},
    }


def recipient(policy: Policy, name: str, site: str, language: str) -> dict[str, Any]:
    """A recipient as a party, reached through the operator, who answers for it."""
    who = policy.recipients[name]
    return {
        "@id": recipient_id(site, name),
        "@type": [_RECIPIENTS[who.kind], "dpv:Organisation"],
        "dpv:hasIdentifier": name,
        "dpv:hasName": pick(who.name, language, policy.language),
        "dpv:hasAddress": pick(who.address, language, policy.language),
        "dpv:hasContact": policy.operator.contact,
    }


def process(
    policy: Policy, purpose: Purpose, site: str, language: str, address: str
) -> dict[str, Any]:
    """Processing for one purpose, but for the data: a policy names categories, a record the fields."""
    return {
        "@id": address,
        "@type": "dpv:Process",
        "dct:title": pick(purpose.title, language, policy.language),
        "dpv:hasPurpose": purpose.dpv or "dpv:Purpose",
        "dpv:hasProcessing": processing(purpose.actions),
        "dpv:hasDataSource": "dpv:DataSubjectDataSource",
        "dpv:hasRecipient": [
            operator_id(site),
            *(recipient_id(site, name) for name in purpose.recipients),
        ],
        "dpv:hasStorageCondition": _storage(policy, purpose),
    }


def processing(actions: Iterable[str]) -> list[str]:
    """What is done with data, each once."""
    return list(dict.fromkeys(_PROCESSING[action] for action in actions if action in _PROCESSING))


def time(at_ms: int) -> str:
    """A time as `xsd:dateTime`, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def notice(edition: Edition, site: str, language: str) -> dict[str, Any]:
    """An edition as a privacy notice: who, what for, which data, on what ground, to whom, how long."""
    policy = edition.policy
    address = f"{site}/policy?edition={edition.number}"
    dated = check.date_line(edition.texts[policy.language])
    modified = {"dct:modified": dated.last.isoformat()} if dated and dated.last else {}
    return {
        "@context": context(site),
        "@id": address,
        "@type": "dpv:PrivacyNotice",
        "dct:identifier": str(edition.number),
        "dct:language": list(policy.languages),
        "dct:issued": time(edition.published_at),
        "dct:valid": time(edition.effective_at),
        **modified,
        "schema:url": address,
        "schema:sha256": edition.digest,
        "dpv:hasJurisdiction": f"loc:{policy.country}",
        "dpv:hasApplicableLaw": LAWS[policy.profile],
        "dpv:hasDataController": operator_id(site),
        "dpv:hasProcess": [
            _declared(policy, purpose, site, language, f"{address}#{purpose.id}")
            for purpose in policy.purposes.values()
        ],
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:description": pick(policy.withdrawal.how, language, policy.language),
            "dpv:isExercisedAt": f"mailto:{policy.operator.contact}",
        },
        "dpv:hasRight": {
            "@type": "dpv:DataSubjectRight",
            "dpv:isExercisedAt": f"mailto:{policy.operator.contact}",
        },
        "dpv:hasEntity": [
            operator(policy, site, language),
            *(recipient(policy, name, site, language) for name in policy.recipients),
        ],
    }


def _declared(
    policy: Policy, purpose: Purpose, site: str, language: str, address: str
) -> dict[str, Any]:
    ground = pick(purpose.ground, language, policy.language)
    return {
        **process(policy, purpose, site, language, address),
        "dpv:hasLegalBasis": {
            "@type": _BASES[purpose.basis],
            **({"dct:description": ground} if ground else {}),
        },
        "dpv:hasPersonalData": [
            {
                "@type": [
                    "dpv:PersonalData",
                    *(["dpv:SpecialCategoryPersonalData"] if category.special else []),
                ],
                "dct:title": pick(category.title, language, policy.language),
                "skos:broader": category.dpv or "dpv:PersonalData",
            }
            for category in (policy.categories[name] for name in purpose.categories)
        ],
    }


def _storage(policy: Policy, purpose: Purpose) -> list[dict[str, Any]]:
    """Where data are, until which event they are kept, and how long after it they go."""
    ends = purpose.retention
    return [
        {"@type": "dpv:StorageLocation", "dpv:hasLocation": f"loc:{policy.country}"},
        {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": ends.after},
        },
        *(
            {
                "@type": kind,
                "dpv:hasDuration": {
                    "@type": "dpv:TemporalDuration",
                    "rdf:value": {"@value": term, "@type": "xsd:duration"},
                },
            }
            for kind, term in (
                ("dpv:StorageDeletion", ends.term),
                ("dpv:StorageDuration", ends.at_most),
            )
            if term
        ),
    ]
