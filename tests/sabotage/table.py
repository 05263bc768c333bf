# SPDX-License-Identifier: Apache-2.0
"""Every sabotage there is, and the score of the probes against them."""

from collections.abc import Mapping

from tests.sabotage import (
    answers,
    backups,
    breaches,
    consents,
    copies,
    detecting,
    disclosures,
    doors,
    editions,
    endings,
    factors,
    figures,
    forms,
    holding,
    intruding,
    leaving,
    letters,
    minimal,
    pages,
    passkeys,
    persons,
    programs,
    receipts,
    recipients,
    requests,
    rights,
    staff,
    store,
    terms,
    threats,
    visits,
)
from tests.sabotage.sabotage import Sabotage

SABOTAGES: tuple[Sabotage, ...] = (
    *pages.SABOTAGES,
    *forms.SABOTAGES,
    *minimal.SABOTAGES,
    *receipts.SABOTAGES,
    *editions.SABOTAGES,
    *doors.SABOTAGES,
    *staff.SABOTAGES,
    *copies.SABOTAGES,
    *holding.SABOTAGES,
    *intruding.SABOTAGES,
    *passkeys.SABOTAGES,
    *factors.SABOTAGES,
    *store.SABOTAGES,
    *answers.SABOTAGES,
    *leaving.SABOTAGES,
    *disclosures.SABOTAGES,
    *letters.SABOTAGES,
    *consents.SABOTAGES,
    *terms.SABOTAGES,
    *visits.SABOTAGES,
    *figures.SABOTAGES,
    *backups.SABOTAGES,
    *breaches.SABOTAGES,
    *endings.SABOTAGES,
    *requests.SABOTAGES,
    *rights.SABOTAGES,
    *recipients.SABOTAGES,
    *persons.SABOTAGES,
    *programs.SABOTAGES,
    *detecting.SABOTAGES,
    *threats.SABOTAGES,
)


def by_id() -> dict[str, Sabotage]:
    return {one.id: one for one in SABOTAGES}


def of(promise: str) -> list[Sabotage]:
    return [one for one in SABOTAGES if one.promise == promise]


def lines(caught: Mapping[str, bool]) -> list[str]:
    """The table as it is printed and committed; who was not tried is not caught."""
    rows = [
        f"| `{one.promise}` | {one.title} | {'yes' if caught.get(one.id) else '**no**'} |"
        for one in SABOTAGES
    ]
    return ["| promise | sabotage | caught |", "|---|---|---|", *rows]


def score(caught: Mapping[str, bool]) -> str:
    tried = [one for one in SABOTAGES if one.id in caught]
    return f"{sum(caught[one.id] for one in tried)} of {len(tried)} sabotages caught"
