# SPDX-License-Identifier: Apache-2.0
"""The API, version 1: what machine clients can do, each operation under a permission and through the gate.

    operations(app)      every address with its operations; `api_openapi` tells of them what the routes are

A client reads for a purpose like anybody: decided, journaled, durable, then opened. What destroys, what answers a
person and what decides about a request stays with people.
"""

from collections.abc import Mapping, Sequence

from starlette.routing import Route

from uphold.access.permission import Permission
from uphold.app import App
from uphold.submission.guard import Meter
from uphold.web import api_desk, api_rights, api_site
from uphold.web.api_door import BASE, ROOT, Door, Operation
from uphold.web.api_openapi import Document
from uphold.web.api_types import (
    Edition,
    Editions,
    Enquiries,
    Enquiry,
    EnquiryQuery,
    JournalHead,
    Me,
    Moved,
    MoveEnquiry,
    MoveRequest,
    Open,
    Opened,
    PageQuery,
    Proof,
    Request,
    RequestQuery,
    Requests,
)

_OWN, _LIST = Permission.ACCOUNT_OWN, Permission.ENQUIRY_LIST

OPERATIONS: Mapping[str, Sequence[Operation]] = {
    "/client": (
        Operation("GET", "getClient", "Tell who asks, and what it may do.", _OWN, api_site.me, Me),
    ),
    "/enquiries": (
        Operation(
            *("GET", "listEnquiries", "List the enquiries of one state, without personal data."),
            *(_LIST, api_desk.listed, Enquiries),
            query=EnquiryQuery,
        ),
    ),
    "/enquiries/{id}": (
        Operation(
            *("GET", "getEnquiry", "Tell what is known of an enquiry without opening it."),
            *(_LIST, api_desk.one, Enquiry),
        ),
    ),
    "/enquiries/{id}/open": (
        Operation(
            *("POST", "openRecord", "Open a record for a purpose. Journaled before it is opened."),
            *(Permission.RECORD_OPEN, api_desk.opened, Opened),
            body=Open,
        ),
    ),
    "/enquiries/{id}/move": (
        Operation(
            *("POST", "moveEnquiry", "Move an enquiry from one state to another."),
            *(Permission.ENQUIRY_MOVE, api_desk.move, Moved),
            body=MoveEnquiry,
            refuses=(409,),
            is_act=True,
        ),
    ),
    "/requests": (
        Operation(
            *("GET", "listRequests", "List what people ask under the law, with its terms."),
            *(Permission.REQUEST_LIST, api_rights.listed, Requests),
            query=RequestQuery,
        ),
    ),
    "/requests/{number}": (
        Operation(
            *("GET", "getRequest", "Tell of one request: its clocks and where it stands."),
            *(Permission.REQUEST_LIST, api_rights.one, Request),
        ),
    ),
    "/requests/{number}/move": (
        Operation(
            *("POST", "moveRequest", "Ask for identity, or take a request into work."),
            *(Permission.REQUEST_MOVE, api_rights.move, Request),
            body=MoveRequest,
            refuses=(409,),
            is_act=True,
        ),
    ),
    "/editions": (
        Operation(
            *("GET", "listEditions", "List the editions of the policy, the newest first."),
            *(_OWN, api_site.editions, Editions),
            query=PageQuery,
        ),
    ),
    "/editions/{number}": (
        Operation(
            *("GET", "getEdition", "Tell of one edition of the policy."),
            *(_OWN, api_site.edition, Edition),
        ),
    ),
    "/proof": (
        Operation(
            *("GET", "getProof", "Tell the last verdict on each clause and promise."),
            *(Permission.PROOF_READ, api_site.proof, Proof),
        ),
    ),
    "/journal/head": (
        Operation(
            *("GET", "getJournalHead", "Tell the newest signed head of the journal."),
            *(_OWN, api_site.head, JournalHead),
        ),
    ),
}
"""What can be done at each address below `/api/v1`."""


def routes(app: App) -> list[Route]:
    """List the routes of the API, and the one that answers for every other address below it."""
    meter = Meter()
    known = [
        Route(f"{BASE}{path}", Door(app, meter, operations))
        for path, operations in OPERATIONS.items()
    ]
    document = Document(OPERATIONS)
    return [
        Route(f"{ROOT}/openapi.json", document.endpoint, methods=["GET"]),
        *known,
        Route(f"{ROOT}/{{rest:path}}", Door(app, meter, ())),
    ]
