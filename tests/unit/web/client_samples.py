# SPDX-License-Identifier: Apache-2.0
"""Samples of the page of machine clients."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web.client_views import ClientRow, Clients, Made, Scope, Typed
from uphold.web.views import Option

ROLES = ("officer", "clerk", "analyst", "auditor")
SCOPES = (
    Scope("enquiry:item:list", ("officer", "clerk", "auditor")),
    Scope("enquiry:item:move", ("clerk",)),
    Scope("enquiry:item:release", ("clerk",)),
    Scope("access:record:open", ("officer", "clerk")),
    Scope("rights:request:list", ("officer", "auditor")),
    Scope("rights:request:move", ("officer",)),
    Scope("assurance:proof:read", ("officer", "auditor")),
)
ROWS = (
    ClientRow(
        *("importer-of-enquiries", "clerk", "good"),
        scopes=tuple(one.code for one in SCOPES[:4]),
        purposes=(),
        expires_at=samples.AT + 90 * samples.DAY,
        seen_at=samples.AT,
        revoke_href="/console/clients/7/revoke",
    ),
    ClientRow(
        *("monitor", "auditor", "expired", (SCOPES[6].code,), (), samples.AT, 0),
        revoke_href="/console/clients/8/revoke",
    ),
    ClientRow("old", "analyst", "revoked", (), (), samples.AT, samples.AT),
)
TOKEN = "uphold_" + "q7" * 21


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = samples.frame(language, person=True)
    answers = samples.say(language, "Replies to enquiries", "Ответы на обращения")
    security = samples.say(language, "Security of the site", "Безопасность сайта")
    purposes = (Option("communication", answers), Option("security", security))
    rows = (replace(ROWS[0], purposes=(answers,)), *ROWS[1:])
    page = Clients(rows, ROLES, SCOPES, purposes)
    typed = Typed("importer", "auditor", (SCOPES[3].code,), ("communication",), "900")
    made = Made("importer", TOKEN, samples.AT + 90 * samples.DAY)
    return {
        "clients": (page, around),
        "clients-none": (Clients((), ROLES, SCOPES, purposes), around),
        "clients-made": (replace(page, made=made), around),
        "clients-seen": (Clients(rows, may_make=False), around),
        **{
            f"clients-{problem}": (replace(page, typed=typed, problem=problem), around)
            for problem in ("name", "taken", "role", "scope", "purpose", "days")
        },
    }
