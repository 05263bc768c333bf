# SPDX-License-Identifier: Apache-2.0
"""What a form asks in one language under one edition, derived once and used for each post (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass

from uphold.policy import wording
from uphold.policy.document import ConsentBox, Edition, Field, Form, Wording

BOX = "consent."
TOKEN = "_token"  # noqa: S105 - the name of a field, not a secret
HONEYPOT = "_gotcha"
NEXT = "_next"
RESERVED = frozenset({TOKEN, HONEYPOT, NEXT})
# The types of field by whose values a person can be found and written to.
ADDRESSES = frozenset({"email", "phone"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A form as it is offered: its fields, its boxes by input name, its wordings by purpose.

    Among the purposes are those that data are kept for with every post: evidence and technical data.
    `seen` are the digests that the form's token binds, cut to 16 bytes: the form's, then each wording's.
    """

    edition: Edition
    form: Form
    language: str
    fields: Mapping[str, Field]
    boxes: Mapping[str, ConsentBox]
    purposes: Mapping[str, tuple[Field, ...]]
    """The fields that serve each purpose of the form."""
    addresses: tuple[Field, ...]
    """The fields that hold an address of the person."""
    wordings: Mapping[str, Wording]
    seen: tuple[bytes, ...]
    shown: str
    """The digests of the wordings, joined as the journal names them."""
    rests_on_consent: bool
    """Whether each purpose that the form serves asks for consent."""


def derive(edition: Edition, key: str, language: str) -> Offer:
    """Derive the offer of form `key`; `errors.Missing` if the edition has no such form."""
    form = edition.form(key)
    wordings = {
        purpose.id: edition.wording(key, purpose.id, language)
        for purpose in wording.served(edition.policy, form)
    }
    digests = [form.digest, *(wording.digest for wording in wordings.values())]
    return Offer(
        edition=edition,
        form=form,
        language=language,
        fields={field.key: field for field in form.fields},
        purposes={
            purpose: tuple(field for field in form.fields if purpose in field.purposes)
            for purpose in form.purposes
        },
        addresses=tuple(field for field in form.fields if field.type in ADDRESSES),
        boxes={BOX + box.purpose: box for box in form.consents},
        wordings=wordings,
        seen=tuple(bytes.fromhex(digest)[:16] for digest in digests),
        shown="+".join(digests[1:]),
        rests_on_consent=all(
            purpose.asks_consent
            for purpose in edition.policy.purposes.values()
            if purpose.id in form.purposes
        ),
    )
