# SPDX-License-Identifier: Apache-2.0
"""The policy as linked data: parsed by a library of others, offline, and asked for each field."""

import json
from dataclasses import replace
from typing import Any

import pytest
from rdflib import DCTERMS, RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from tests import editions, linked
from uphold.policy import document, dpv
from uphold.policy.document import Edition

SITE = "https://uphold.example"
DPV = Namespace("https://w3id.org/dpv#")
PD = Namespace("https://w3id.org/dpv/pd#")
LOC = Namespace("https://w3id.org/dpv/loc#")
SCHEMA = Namespace("https://schema.org/")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
NOTICE = URIRef(f"{SITE}/policy?edition=1")


def make(edition: Edition | None = None, language: str = "en") -> dict[str, Any]:
    return dpv.notice(edition or editions.example(), SITE, language)


GRAPH = linked.graph(make())


def only(found: Graph, of: Node, term: URIRef) -> Node:
    values = list(found.objects(of, term))
    assert len(values) == 1, (term, values)
    return values[0]


def process(found: Graph, purpose: str) -> URIRef:
    node = URIRef(f"{NOTICE}#{purpose}")
    assert (NOTICE, DPV.hasProcess, node) in found
    return node


def declaring(**changes: Any) -> Edition:
    edition = editions.example()
    return replace(edition, policy=replace(edition.policy, **changes))


def test_it_is_a_privacy_notice_of_the_edition() -> None:
    edition = editions.example()
    assert (NOTICE, RDF.type, DPV.PrivacyNotice) in GRAPH
    assert str(only(GRAPH, NOTICE, SCHEMA.sha256)) == edition.digest
    assert only(GRAPH, NOTICE, DCTERMS.modified) == Literal("2026-11-16", datatype=XSD.date)
    assert only(GRAPH, NOTICE, DCTERMS.issued) == Literal(
        "1970-01-01T00:00:00Z", datatype=XSD.dateTime
    )
    assert {str(o) for o in GRAPH.objects(NOTICE, DCTERMS.language)} == {"en", "ru"}
    assert only(GRAPH, NOTICE, DPV.hasJurisdiction) == LOC.RU
    assert only(GRAPH, NOTICE, DPV.hasApplicableLaw) == URIRef(f"{SITE}/terms#law-152-FZ")


def test_every_term_is_in_the_vocabulary() -> None:
    assert linked.unknown(GRAPH) == set()


@pytest.mark.parametrize("basis", document.BASES)
def test_every_ground_and_action_has_a_term(basis: str) -> None:
    purpose = replace(
        editions.example().policy.purposes["security"], basis=basis, actions=document.ACTIONS
    )
    found = linked.graph(make(declaring(purposes={"security": purpose})))
    assert linked.unknown(found) == set()
    # Accumulation is storage there, so that one term fewer is said.
    terms = set(found.objects(process(found, "security"), DPV.hasProcessing))
    assert len(terms) == len(document.ACTIONS) - 1


@pytest.mark.parametrize("kind", document.RECIPIENT_KINDS)
def test_every_kind_of_recipient_has_a_term(kind: str) -> None:
    policy = editions.example().policy
    who = replace(policy.recipients["hosting"], kind=kind)
    found = linked.graph(make(declaring(recipients={**policy.recipients, "hosting": who})))
    assert linked.unknown(found) == set()


def test_a_special_category_is_marked() -> None:
    policy = editions.example().policy
    special = replace(policy.categories["message"], special=True, dpv="")
    found = linked.graph(make(declaring(categories={**policy.categories, "message": special})))
    assert linked.unknown(found) == set()
    assert len(list(found.subjects(RDF.type, DPV.SpecialCategoryPersonalData))) == 1


def test_a_term_that_the_vocabulary_lacks_is_found() -> None:
    wrong = linked.graph({**make(), "dpv:hasLegalName": "x"})
    assert linked.unknown(wrong) == {"https://w3id.org/dpv#hasLegalName"}


def test_nothing_that_is_a_term_stays_text() -> None:
    assert linked.leaked(GRAPH, make()) == []


def test_each_purpose_says_what_why_with_what_to_whom_and_how_long() -> None:
    policy = editions.example().policy
    for name, purpose in policy.purposes.items():
        node = process(GRAPH, name)
        assert (node, RDF.type, DPV.Process) in GRAPH
        for term in (DPV.hasPurpose, DPV.hasLegalBasis, DPV.hasProcessing, DPV.hasRecipient):
            assert list(GRAPH.objects(node, term)), (name, term)
        assert len(list(GRAPH.objects(node, DPV.hasPersonalData))) == len(purpose.categories)
        kinds = {
            kind
            for condition in GRAPH.objects(node, DPV.hasStorageCondition)
            for kind in GRAPH.objects(condition, RDF.type)
        }
        assert kinds == {DPV.StorageLocation, DPV.StorageDuration, DPV.StorageDeletion}
    answering = process(GRAPH, "communication")
    assert only(GRAPH, answering, DPV.hasPurpose) == DPV.CommunicationManagement
    broader = {
        only(GRAPH, data, SKOS.broader) for data in GRAPH.objects(answering, DPV.hasPersonalData)
    }
    assert broader == {PD.Name, PD.EmailAddress, PD.TelephoneNumber, DPV.PersonalData}


def test_terms_are_durations() -> None:
    node = process(GRAPH, "communication")
    durations = {
        str(value)
        for condition in GRAPH.objects(node, DPV.hasStorageCondition)
        for duration in GRAPH.objects(condition, DPV.hasDuration)
        for value in GRAPH.objects(duration, RDF.value)
    }
    assert durations == {"closed", "P30D", "P1Y"}


def test_a_ground_is_told_in_words() -> None:
    ground = only(GRAPH, process(GRAPH, "security"), DPV.hasLegalBasis)
    assert isinstance(ground, BNode)
    assert (ground, RDF.type, DPV.LegitimateInterest) in GRAPH
    assert "attack" in str(only(GRAPH, ground, DCTERMS.description))


def test_everybody_named_is_described() -> None:
    parties = set(GRAPH.objects(NOTICE, DPV.hasEntity))
    assert only(GRAPH, NOTICE, DPV.hasDataController) in parties
    named = {
        r for p in GRAPH.objects(NOTICE, DPV.hasProcess) for r in GRAPH.objects(p, DPV.hasRecipient)
    }
    assert named <= parties
    for party in parties:
        for term in (DPV.hasName, DPV.hasAddress, DPV.hasContact):
            assert str(only(GRAPH, party, term))


@pytest.mark.parametrize(("language", "name"), [("en", "Quiet Harbour"), ("ru", "Тихая гавань")])
def test_names_are_in_the_language_asked_for(language: str, name: str) -> None:
    found = linked.graph(make(language=language))
    operator = only(found, NOTICE, DPV.hasDataController)
    assert name in str(only(found, operator, DPV.hasName))


def test_the_law_of_the_profile() -> None:
    found = linked.graph(make(declaring(profile="eu-gdpr")))
    law = only(found, NOTICE, DPV.hasApplicableLaw)
    assert law == URIRef("https://w3id.org/dpv/legal/eu#law-GDPR")


def test_no_key_stands_twice_and_nothing_is_fetched() -> None:
    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in members}) == len(members)
        return dict(members)

    content = json.loads(json.dumps(make()), object_pairs_hook=pairs)
    assert isinstance(content["@context"], dict)
    assert "@import" not in content["@context"]
    assert RDFS.seeAlso not in set(GRAPH.predicates())


def test_a_text_without_dates_says_none() -> None:
    edition = editions.example()
    texts = {name: tuple(c for c in text if c.id != "date") for name, text in edition.texts.items()}
    found = linked.graph(make(replace(edition, texts=texts)))
    assert list(found.objects(NOTICE, DCTERMS.modified)) == []
