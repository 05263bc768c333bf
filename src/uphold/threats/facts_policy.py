# SPDX-License-Identifier: Apache-2.0
"""What the edition in force says: forms, fields, purposes, recipients (pure)."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from uphold.access import permission
from uphold.access.permission import Role
from uphold.config import Settings
from uphold.policy import term
from uphold.policy.document import (
    AUTHORITY,
    PROCESSOR,
    READERS,
    Edition,
    Field,
    Form,
    Policy,
    Purpose,
    Recipient,
)
from uphold.threats import facts_places
from uphold.threats.element import Element, facts
from uphold.threats.ground import Ground

APP, OUTSIDE = "app", "recipient"

# What leads to one person by itself, by the type of a field or the word for its category (W3C DPV).
_LEADS: Final = ("email", "phone")
_LEADING: Final = re.compile(
    r"pd:(Name|EmailAddress|TelephoneNumber|PassportNumber|Identifying|OfficialID|NationalIdentificationNumber"
    r"|PhysicalAddress|BankAccount|UID|Username|Picture)\b"
)
_BIOMETRIC: Final = re.compile(
    r"biometr|fingerprint|facialprint|retina|voiceprint|биометр", re.IGNORECASE
)
_CHILDREN: Final = re.compile(
    r"\bchild|\bminor|\bpupil|\bдет(и|ей|ям)|несовершеннолетн|реб[её]н", re.IGNORECASE
)
_DAYS: Final = {"years": 366, "months": 31, "weeks": 7, "days": 1}
_FEW_ROLES: Final = 2


def elements(ground: Ground) -> Iterator[Element]:
    """Go through everything that the policy declares; nothing where none is in force."""
    edition, unused = ground.edition, ground.unused
    if edition is None:
        return
    policy = edition.policy
    for form in edition.forms.values():
        yield _form(policy, form)
        for one in form.fields:
            yield _field(policy, form, one, unused)
    for purpose in policy.purposes.values():
        yield _purpose(edition, purpose)
    for recipient in policy.recipients.values():
        yield _recipient(ground.settings, policy, recipient)


def is_special(policy: Policy, categories: Collection[str]) -> bool:
    """Tell whether one of these categories is a special one."""
    return any(policy.categories[name].special for name in categories if name in policy.categories)


def asked(edition: Edition) -> frozenset[str]:
    """Return the categories that some form asks."""
    return frozenset(
        name
        for form in edition.forms.values()
        for field in form.fields
        for name in field.categories
    )


def is_biometric(edition: Edition) -> bool | None:
    """Tell whether biometric data are asked; None where a special category does not say what it is."""
    named = [edition.policy.categories[name] for name in asked(edition)]
    words = [" ".join((one.id, one.dpv, *one.title.values())) for one in named]
    if any(_BIOMETRIC.search(text) for text in words):
        return True
    return None if any(one.special and not one.dpv for one in named) else False


def is_about_children(edition: Edition) -> bool | None:
    """Tell whether data of children are asked; None where the policy does not say whose data they are."""
    policy = edition.policy
    words = [*policy.register.get("subjects", {}).values()]
    words += [text for name in asked(edition) for text in policy.categories[name].title.values()]
    words += [text for form in edition.forms.values() for text in form.title.values()]
    if any(_CHILDREN.search(text) for text in words):
        return True
    return False if policy.register.get("subjects") else None


def reads(policy: Policy, role: Role) -> tuple[str, ...]:
    """Return the purposes that a role may read for, as the gate has it."""
    if role not in READERS or not permission.holds(role, permission.Permission.RECORD_OPEN):
        return ()
    return tuple(sorted(one.id for one in policy.purposes.values() if role in one.roles))


def fields_of(edition: Edition, purpose: str) -> tuple[Field, ...]:
    """Return every field that serves a purpose."""
    return tuple(
        field
        for form in edition.forms.values()
        for field in form.fields
        if purpose in field.purposes
    )


def days(text: str) -> int | None:
    """How many days a term lasts at most; None for no term."""
    parsed = term.parse(text)
    if parsed is None:
        return None
    whole = sum(_DAYS.get(unit, 0) * count for unit, count in parsed.items())
    return whole + (1 if parsed.keys() & {"hours", "minutes"} else 0)


def _form(policy: Policy, form: Form) -> Element:
    said = facts(
        f"policy:forms.{form.key}",
        special=any(is_special(policy, one.categories) for one in form.fields),
        personal=any(one.categories for one in form.fields),
        free_text=any(_is_free(one) for one in form.fields),
        fields=len(form.fields),
        mandatory=sum(one.mandatory for one in form.fields),
        purposes=tuple(sorted(form.purposes)),
        asks_consent=bool(form.consents),
        written_form=any(is_special(policy, one.categories) for one in form.fields),
        prefill=bool(policy.personalisation) and policy.personalisation in form.purposes,
        identifies=any(_identifies(policy, one) for one in form.fields),
        redirects=bool(form.next),
        several_purposes=len(form.purposes) > 1,
    )
    return Element(f"form:{form.key}", "form", APP, {**said, **facts("program:", public=True)})


def _field(policy: Policy, form: Form, one: Field, unused: Collection[str] | None) -> Element:
    name = f"{form.key}.{one.key}"
    said = facts(
        f"policy:forms.{name}",
        form=f"form:{form.key}",
        type=one.type,
        category=next(iter(one.categories), ""),
        categories=tuple(sorted(one.categories)),
        special=is_special(policy, one.categories),
        personal=bool(one.categories),
        free_text=_is_free(one),
        mandatory=one.mandatory,
        purposes=tuple(sorted(one.purposes)),
        several_purposes=len(one.purposes) > 1,
        identifies=_identifies(policy, one),
    )
    seen = facts("db:access_use", unused=None if unused is None else name in unused)
    return Element(f"field:{name}", "field", APP, {**said, **seen})


def _purpose(edition: Edition, one: Purpose) -> Element:
    policy, of_forms = edition.policy, fields_of(edition, one.id)
    lasting, longest = days(one.retention.term), days(one.retention.at_most)
    # What nobody is sure to do, such as to answer, bounds nothing by itself.
    sure = one.retention.after in {"received", "visited"}
    others = [policy.recipients[name].kind for name in one.recipients if name in policy.recipients]
    return Element(
        f"purpose:{one.id}",
        "purpose",
        APP,
        facts(
            f"policy:purposes.{one.id}",
            basis=one.basis,
            asks_consent=one.asks_consent,
            roles=tuple(sorted(one.roles)),
            many_roles=len(one.roles) > _FEW_ROLES,
            recipients=tuple(sorted(one.recipients)),
            actions=tuple(sorted(one.actions)),
            term_days=lasting if sure and not longest else longest,
            has_term=longest is not None or (sure and lasting is not None),
            technical=one.id == policy.technical,
            evidence=one.id == policy.evidence,
            separate_wording=one.asks_consent
            and any(text.purpose == one.id for text in edition.wordings.values()),
            special=is_special(policy, one.categories),
            personal=bool(one.categories),
            transfers=any(kind != PROCESSOR for kind in others),
            collected=bool(of_forms),
        ),
    )


def _recipient(settings: Settings, policy: Policy, one: Recipient) -> Element:
    is_processor = one.kind == PROCESSOR
    said = facts(
        f"policy:recipients.{one.id}",
        kind=one.kind,
        processor=is_processor,
        authority=one.kind == AUTHORITY,
        abroad=one.country != policy.country,
        grounds=tuple(sorted(one.grounds)),
        contract=bool(one.contract) if is_processor else False,
        sees=tuple(sorted(one.sees)),
        sees_special=is_special(policy, one.sees),
        named=any(one.id in purpose.recipients for purpose in policy.purposes.values()),
    )
    sent = facts("config:mail.security", encrypted=_is_encrypted(settings, one))
    return Element(f"recipient:{one.id}", "recipient", OUTSIDE, {**said, **sent})


def _is_encrypted(settings: Settings, one: Recipient) -> bool | None:
    """Tell whether what goes to a recipient is encrypted to it or on its way; None for ways that only people know."""
    if one.kind != PROCESSOR or not one.sees:
        # A disclosure is encrypted to whom it is for; who reads nothing only holds what is sealed.
        return True
    if one.id == settings.mail.run_by:
        return facts_places.is_mail_safe(settings)
    return None


def _is_free(one: Field) -> bool:
    return one.type in {"text", "long-text"}


def _identifies(policy: Policy, one: Field) -> bool:
    named = [policy.categories[name] for name in one.categories if name in policy.categories]
    return one.type in _LEADS or any(_LEADING.match(category.dpv) for category in named)
