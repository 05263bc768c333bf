# SPDX-License-Identifier: Apache-2.0
"""Consent records as linked data: parsed by a library of others, offline, and asked for each field."""

import json
from dataclasses import replace
from typing import Any

import pytest
from rdflib import DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from tests import editions, linked, orders
from uphold.consent import record
from uphold.consent.ledger import GIVEN, WITHDRAWN, Act
from uphold.policy.document import Edition

SITE = "https://uphold.example"
PUBLIC, RECORD = "receipt-id", "record-id"
AT = 1_767_323_045_000
DPV = Namespace("https://w3id.org/dpv#")
SCHEMA = Namespace("https://schema.org/")
LOC = Namespace("https://w3id.org/dpv/loc#")


def act(purpose: str, kind: str = GIVEN, at: int = AT, entry: int = 5) -> Act:
    return Act(purpose, kind, "a" * 64, "b" * 64, 1, "ru", at, entry)


def make(
    *acts: Act, edition: Edition | None = None, form: str = editions.FORM, language: str = "ru"
) -> dict[str, Any]:
    edition = edition or editions.example()
    place = record.Place(SITE, PUBLIC, RECORD, language)
    given = acts or (act("communication"),)
    return record.receipt(edition, form, given, place, {1: edition}.__getitem__)


graph = linked.graph


def only(found: Graph, of: Node, term: URIRef) -> Node:
    values = list(found.objects(of, term))
    assert len(values) == 1, (term, values)
    return values[0]


def records(found: Graph) -> list[Node]:
    return sorted(found.subjects(RDF.type, DPV.ConsentRecord), key=str)


RECEIPT = URIRef(f"{SITE}/receipt/{PUBLIC}")
GRAPH = graph(make())
ONE = records(GRAPH)[0]

# ISO/IEC TS 27560:2023, the mandatory fields of sections header, processing, parties; as the guide of the
# Data Privacy Vocabulary maps them.
MANDATORY = [
    ("schema_version", DCTERMS.conformsTo),
    ("record_id", DPV.hasIdentifier),
    ("record_id", DCTERMS.identifier),
    ("pii_principal_id", DPV.hasDataSubject),
    ("privacy_notice", DPV.hasNotice),
    ("language", DCTERMS.language),
    ("purposes", DPV.hasProcess),
    ("jurisdiction", DPV.hasJurisdiction),
    ("pii_controllers", DPV.hasDataController),
    ("withdrawal_method", DPV.hasConsentControl),
    ("privacy_rights", DPV.hasRight),
    ("parties", DPV.hasEntity),
    ("events", DPV.hasConsentStatus),
]


@pytest.mark.parametrize(("field", "term"), MANDATORY)
def test_a_mandatory_field_is_there(field: str, term: URIRef) -> None:
    assert list(GRAPH.objects(ONE, term)), field


@pytest.mark.parametrize(
    ("field", "term"),
    [
        ("purpose", DPV.hasPurpose),
        ("pii_information", DPV.hasPersonalData),
        ("storage_locations, retention_period", DPV.hasStorageCondition),
        ("recipient_third_parties", DPV.hasRecipient),
        ("processing_method", DPV.hasProcessing),
        ("collection_method", DPV.hasDataSource),
    ],
)
def test_a_process_has_its_mandatory_fields(field: str, term: URIRef) -> None:
    process = only(GRAPH, ONE, DPV.hasProcess)
    assert (process, RDF.type, DPV.Process) in GRAPH
    assert list(GRAPH.objects(process, term)), field


def test_every_party_is_named_with_address_contact_and_role() -> None:
    parties = list(GRAPH.objects(ONE, DPV.hasEntity))
    kinds = {kind for party in parties for kind in GRAPH.objects(party, RDF.type)}
    assert {DPV.DataController, DPV.DataSubject, DPV.DataProcessor} <= kinds
    named = set(GRAPH.objects(only(GRAPH, ONE, DPV.hasProcess), DPV.hasRecipient))
    assert named <= set(parties)
    for party in parties:
        assert list(GRAPH.objects(party, DPV.hasIdentifier))
        if (party, RDF.type, DPV.DataSubject) not in GRAPH:
            for term in (DPV.hasName, DPV.hasAddress, DPV.hasContact):
                assert str(only(GRAPH, party, term))


def test_an_event_has_time_duration_entity_type_and_state() -> None:
    event = only(GRAPH, ONE, DPV.hasConsentStatus)
    assert only(GRAPH, event, DPV.isIndicatedAtTime) == Literal(
        "2026-01-02T03:04:05Z", datatype=XSD.dateTime
    )
    assert list(GRAPH.objects(event, DPV.hasDuration))
    assert only(GRAPH, event, DPV.isIndicatedBy) == only(GRAPH, ONE, DPV.hasDataSubject)
    assert {DPV.ConsentGiven, DPV.ExpressedConsent} == set(GRAPH.objects(event, RDF.type))


def test_the_receipt_wraps_its_records() -> None:
    assert (RECEIPT, RDF.type, DPV.ConsentReceipt) in GRAPH
    assert only(GRAPH, RECEIPT, DPV.hasRecordOfActivity) == ONE
    assert str(only(GRAPH, RECEIPT, DCTERMS.conformsTo)).endswith("dpv-27560#receipt")
    assert str(only(GRAPH, ONE, DCTERMS.conformsTo)).endswith("dpv-27560#record")
    assert str(only(GRAPH, RECEIPT, DPV.hasIdentifier)) == PUBLIC


def test_no_prefix_stays_plain_text() -> None:
    """A term that the context does not coerce would be a literal `dpv:...` and mean nothing."""
    assert linked.leaked(GRAPH, make()) == []


def test_every_term_is_in_the_vocabulary() -> None:
    assert linked.unknown(GRAPH) == set()


def test_no_prefix_is_unknown() -> None:
    schemes = {"https", "http", "mailto"}
    iris = {term for triple in GRAPH for term in triple if isinstance(term, URIRef)}
    assert {str(iri).partition(":")[0] for iri in iris} <= schemes


def test_the_document_has_no_key_twice() -> None:
    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in members}) == len(members)
        return dict(members)

    json.loads(json.dumps(make()), object_pairs_hook=pairs)


def test_it_needs_no_network() -> None:
    context = make()["@context"]
    assert isinstance(context, dict)
    assert "@import" not in context


def test_law_and_place_are_those_of_the_policy() -> None:
    assert only(GRAPH, ONE, DPV.hasJurisdiction) == LOC.RU
    assert only(GRAPH, ONE, DPV.hasApplicableLaw) == URIRef(f"{SITE}/terms#law-152-FZ")


def test_notices_are_the_wording_and_the_edition_with_their_digests() -> None:
    notices = {
        only(GRAPH, notice, SCHEMA.url): str(only(GRAPH, notice, SCHEMA.sha256))
        for notice in GRAPH.objects(ONE, DPV.hasNotice)
    }
    assert notices == {
        URIRef(f"{SITE}/wording/{'a' * 64}"): "a" * 64,
        URIRef(f"{SITE}/policy?edition=1"): editions.example().digest,
    }


def test_each_purpose_consented_to_has_its_record() -> None:
    given = (act("communication"), act("newsletter", entry=6))
    found = graph(make(*given, edition=orders.edition(), form=orders.FORM))
    assert [str(one).partition("#")[2] for one in records(found)] == ["communication", "newsletter"]
    data = [
        set(found.objects(only(found, one, DPV.hasProcess), DPV.hasPersonalData))
        for one in records(found)
    ]
    # The comment serves one purpose, the e-mail the other.
    assert [len(members) for members in data] == [1, 1]
    assert data[0] != data[1]


def test_a_withdrawal_is_a_later_status_of_the_same_record() -> None:
    withdrawn = act("communication", WITHDRAWN, AT + 1000, 9)
    found = graph(make(act("communication"), withdrawn))
    assert len(records(found)) == 1
    events = list(found.objects(records(found)[0], DPV.hasConsentStatus))
    kinds = {
        kind: str(only(found, event, DPV.hasIndicationMethod))
        for event in events
        for kind in found.objects(event, RDF.type)
    }
    assert {DPV.ConsentGiven, DPV.ConsentWithdrawn} <= kinds.keys()
    assert "box" in kinds[DPV.ConsentGiven]
    assert "box" not in kinds[DPV.ConsentWithdrawn]


def test_without_consent_there_is_no_record() -> None:
    content = record.receipt(
        editions.example(),
        editions.FORM,
        (),
        record.Place(SITE, "", "", "ru"),
        {1: editions.example()}.__getitem__,
    )
    assert content["dpv:hasRecordOfActivity"] == []


@pytest.mark.parametrize(
    ("language", "name"), [("ru", "Тихая гавань"), ("en", "Quiet Harbour"), ("fr", "Quiet Harbour")]
)
def test_names_are_in_the_language_of_the_record(language: str, name: str) -> None:
    found = graph(make(language=language))
    operator = only(found, records(found)[0], DPV.hasDataController)
    assert name in str(only(found, operator, DPV.hasName))


def test_a_consent_given_anew_is_a_record_of_its_own_edition() -> None:
    first = editions.example()
    policy = replace(first.policy, country="KZ")
    second = replace(first, number=2, digest="d" * 64, policy=policy)
    later = replace(act("communication", at=AT + 9000, entry=9), edition=2)
    ended = replace(act("communication", WITHDRAWN, AT + 10_000, entry=12), edition=2)
    place = record.Place(SITE, PUBLIC, RECORD, "ru")
    acts = (act("communication"), later, ended)
    both = {1: first, 2: second}
    content = record.receipt(first, editions.FORM, acts, place, both.__getitem__)
    old, new = content["dpv:hasRecordOfActivity"]
    assert old["@id"].endswith("#communication")
    assert new["@id"].endswith("#communication-9")
    assert (old["dpv:hasJurisdiction"], new["dpv:hasJurisdiction"]) == ("loc:RU", "loc:KZ")
    # The withdrawal is of the later one.
    assert [len(one["dpv:hasConsentStatus"]) for one in (old, new)] == [1, 2]
    assert len(records(graph(content))) == 2
