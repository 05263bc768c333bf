# SPDX-License-Identifier: Apache-2.0
"""The values of one purpose of a record, with their labels: a form's fields, or what is kept besides (pure)."""

from collections.abc import Mapping
from typing import Any

from uphold.policy.document import Edition, pick
from uphold.web import dates, pages
from uphold.web.messages import N_

KEPT: Mapping[str, str] = {
    "ip": N_("IP address"),
    "cookie": N_("Cookie"),
    "browser": N_("Browser"),
    "time": N_("Time of access"),
    "page": N_("Page"),
    "contacts": N_("Addresses given"),
    "purposes": N_("Purposes and wordings"),
    "form": N_("Form"),
    "form_digest": N_("Digest of the form"),
    "edition": N_("Edition of the policy"),
    "edition_digest": N_("Digest of the edition"),
    "language": N_("Language"),
    "at": N_("Time of consent"),
    "shown_at": N_("Time the form was shown"),
    "act": N_("Act"),
}
"""What is kept for purposes that no field of a form serves, in words."""


def label(edition: Edition, form: str, key: str, language: str) -> str:
    """Name one value in a language: a field as its form asks for it, else what `KEPT` says."""
    declared = edition.forms.get(form)
    field = declared.field(key) if declared else None
    if field is not None:
        return pick(field.label, language, edition.policy.language)
    return pages.translations(language).gettext(KEPT[key]) if key in KEPT else key


def plain(value: object, *, is_time: bool) -> str:
    """Write a kept value in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {digest}" for name, digest in value.items())
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return (
        f"{dates.instant(value):%Y-%m-%d %H:%M:%S} UTC"
        if is_time and isinstance(value, int)
        else str(value)
    )


def shown(
    edition: Edition, form: str, values: Mapping[str, Any], language: str
) -> tuple[tuple[str, str, bool], ...]:
    """List label, value, and whether it is a long text, in the order of the form; then what is kept besides."""
    declared = edition.forms.get(form)
    fields = declared.fields if declared else ()
    found = [
        (
            label(edition, form, field.key, language),
            _chosen(edition, form, field.key, str(values[field.key]), language),
            field.type == "long-text",
        )
        for field in fields
        if field.key in values
    ]
    own = {field.key for field in fields}
    found += [
        (label(edition, form, key, language), plain(value, is_time=key.endswith("at")), False)
        for key, value in values.items()
        if key not in own
    ]
    return tuple(found)


def _chosen(edition: Edition, form: str, key: str, value: str, language: str) -> str:
    """A choice as its option is labelled; anything else as it is."""
    field = edition.form(form).field(key)
    for option in field.options if field else ():
        if option.value == value:
            return pick(option.label, language, edition.policy.language)
    return value
