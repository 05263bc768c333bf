# SPDX-License-Identifier: Apache-2.0
"""Records that nobody sent, laid out for who goes through them one by one (`access.decoy` knows them again).

Such a record comes in as any does and is closed at once. It stands at its place in the list of closed enquiries, where
no work leads: nobody is waiting for it, nothing is due for it, no search by an address finds it. It is in no count of
the desk and no export, and it ends by the terms of its purposes, like any; then another one is laid out.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from uphold import errors
from uphold.access import decoy
from uphold.access.decoy import What
from uphold.access.staff import COMMAND_LINE
from uphold.database.transaction import Transaction
from uphold.database.writer import Writer
from uphold.enquiry import desk
from uphold.enquiry.desk import State
from uphold.policy.document import Edition, Field
from uphold.submission import form, token, validate
from uphold.submission.submit import Intake, Post, Received, Technical
from uphold.submission.validate import Accepted
from uphold.vault.unlock import KeyRing

# Together they are many people, and none.
_FIRST = {
    "ru": ("Марина", "Ольга", "Алексей", "Дмитрий", "Наталья", "Игорь", "Светлана", "Павел"),
    "en": ("Helen", "Marcus", "Ruth", "Oliver", "Clara", "Edwin", "Nora", "Simon"),
}
_LAST = {
    "ru": ("Савельева", "Коваленко", "Шевчук", "Бондаренко", "Климук", "Ткач", "Левченко", "Мороз"),
    "en": ("Hartley", "Winslow", "Ashby", "Fenwick", "Marlow", "Penrose", "Thorne", "Whitby"),
}
_WORDS = {
    "ru": "Добрый день! Подскажите, пожалуйста, сроки и стоимость. Спасибо.",
    "en": "Good afternoon, could you tell me the terms and the price, please? Thank you.",
}


def plant(
    intake: Intake, writer: Writer, ring: KeyRing, edition: Edition, key: str, domain: str
) -> int:
    """Lay out a record of a form under an edition; returns its number. `domain` is that of its address.

    Journals what any submission does, and that it was closed. Raises `errors.Missing` for no such form,
    `errors.Invalid` where the form cannot be filled by nobody.
    """
    language = edition.policy.language
    offer = form.derive(edition, key, language)
    now = time.time_ns() // 1_000_000
    issued = token.issue(offer, now)
    posted = {
        **values(offer.form.fields, language, domain),
        **dict.fromkeys(offer.boxes, "yes"),
        form.TOKEN: token.write(ring.token_key, issued),
    }
    accepted = validate.check(offer, posted)
    if not isinstance(accepted, Accepted):
        raise errors.Invalid(
            f"The form {key} asks for what nobody has.", "Lay out a record of another form."
        )
    at = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    technical = Technical(ip="127.0.0.1", cookie="", browser="", time=at, page=f"/f/{key}")
    post = Post(
        offer=offer, edition=edition, token=issued, accepted=accepted, technical=technical, at=now
    )
    taken = asyncio.run(intake.take(post))
    if not isinstance(taken, Received):
        raise errors.Conflict("It was received before.", "Run the command again.")
    return writer.run(lambda tx: _hide(tx, ring, taken.number))


def values(fields: Sequence[Field], language: str, domain: str) -> Mapping[str, str]:
    """What nobody typed: a name, an address that nobody has, a few words; never a telephone: it may be somebody's."""
    first, last = (secrets.choice(one.get(language, one["en"])) for one in (_FIRST, _LAST))
    found = {}
    for one in fields:
        match one.type:
            case "email":
                text = f"{secrets.token_hex(8)}@{domain}"
            case "choice":
                text = one.options[0].value if one.options else ""
            case "long-text":
                text = _WORDS.get(language, _WORDS["en"])
            case "text":
                text = f"{first} {last}"
            case "date":
                text = "1980-01-01" if one.mandatory else ""
            case "number":
                text = "1" if one.mandatory else ""
            case _:
                text = ""
        found[one.key] = text[: one.max] if one.max else text
    return {name: text for name, text in found.items() if text}


def _hide(tx: Transaction, ring: KeyRing, record: int) -> int:
    desk.move(tx, ring, record, State.CLOSED, COMMAND_LINE)
    decoy.mark(tx, What.RECORD, record)
    return record
