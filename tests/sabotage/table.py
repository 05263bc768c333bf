# SPDX-License-Identifier: Apache-2.0
"""Every sabotage there is, and the score of the probes against them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

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

FILE = Path(__file__).with_name("caught.toml")

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


def catcher(one: Sabotage) -> str:
    """How the ids of the probes that have to see it begin: that of the one that saw it at the last `make sabotage`.

    Of a sabotage that was added since, any probe of its promise may see it.
    """
    found: str = tomllib.loads(FILE.read_text(encoding="utf-8")).get(one.id, one.only)
    return found


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
