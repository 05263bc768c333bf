# SPDX-License-Identifier: Apache-2.0
"""Offers and posts to decide on, without a site; and a site on each engine."""

from collections.abc import Mapping

from sqlalchemy import select

from tests import cast, editions, orders
from tests.site import app
from uphold.app import App
from uphold.policy.document import Edition
from uphold.submission import form, record, token
from uphold.submission.form import Offer
from uphold.submission.submit import Post, Technical
from uphold.submission.validate import Accepted
from uphold.vault.tables import vault_key, vault_part

__all__ = ["app"]

NOW = 1_767_323_045_000
TECHNICAL = Technical("192.0.2.7", "", "Browser/1.0", "2026-01-02T03:04:05Z", "/f/feedback")
ORDER = {"name": "Агния", "email": "a@subject.example", "goods": "lamp", "comment": "Срочно"}


def feedback(language: str = "ru") -> Offer:
    return form.derive(editions.example(), editions.FORM, language)


def order(language: str = "ru") -> Offer:
    return form.derive(orders.edition(), orders.FORM, language)


def post(
    offer: Offer | None = None,
    values: Mapping[str, str] | None = None,
    consents: tuple[str, ...] = (editions.PURPOSE,),
    edition: Edition | None = None,
) -> Post:
    """A valid post of the feedback form, or of another offer."""
    offer = offer or feedback()
    return Post(
        offer=offer,
        edition=edition or offer.edition,
        token=token.issue(offer, NOW - 5000),
        accepted=Accepted(cast.subject.values() if values is None else values, consents),
        technical=TECHNICAL,
        at=NOW,
    )


def count(app: App) -> tuple[int, int, int, int]:
    """How many submissions, parts, keys and journal entries there are."""
    with app.database.read() as connection:
        rows = [
            len(connection.execute(select(table.c.number)).all())
            for table in (record.submission_record, vault_part, vault_key)
        ]
        return rows[0], rows[1], rows[2], app.log.head(connection).size
