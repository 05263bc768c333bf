# SPDX-License-Identifier: Apache-2.0
"""What the forms and consent documents of two versions say differently (pure); see `change` for the weights."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from uphold.policy import wording
from uphold.policy.change import Change, Version, What
from uphold.policy.document import ConsentBox, Draft, Edition, Field, Form, Wording

_CLAUSE_OF: Final = r"\d+(?:\.\d+)*|preamble\.\d+"
# Attributes of a field that help with filling it in and say nothing of what becomes of it.
_HELP: Final = ("hint", "autocomplete", "max")
_SUBSTANCE: Final = ("label", "type", "mandatory", "categories", "purposes", "options")
Place = tuple[str, str, str]


def forms(a: Mapping[str, Form], b: Mapping[str, Form]) -> Iterator[Change]:
    """Every difference between two sets of forms, in the order of `b`."""
    for key in [*b, *(key for key in a if key not in b)]:
        if key not in a:
            yield Change(What.FORM_ADDED, form=key, item=key, name=b[key].title)
        elif key not in b:
            yield Change(What.FORM_REMOVED, form=key, item=key, name=a[key].title)
        else:
            yield from _form(a[key], b[key])


def wordings(version: Version) -> Mapping[Place, Wording]:
    """The consent documents of a version by form, purpose and language; a draft's are derived."""
    if isinstance(version, Edition):
        found: Iterable[Wording] = version.wordings.values()
    else:
        found = wording.by_digest(wording.derive(version)).values()
    return {(one.form, one.purpose, one.language): one for one in found}


def masked(one: Wording, version: Version) -> str:
    """A wording's text without the numbers of clauses, which change when clauses move."""
    policy = version.policy
    named = {
        policy.purposes[name].clause
        for name in (one.purpose, policy.evidence)
        if name in policy.purposes
    }
    text = f"{one.title}\n\n{one.text}"
    for number in sorted(named, key=len, reverse=True):
        pattern = rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)"
        text = re.sub(pattern, "\N{SECTION SIGN}", text)
    return text


def reworded(a: Version, b: Version, explained: frozenset[str]) -> Iterator[Change]:
    """Consent documents that read otherwise though nothing declared explains it: the phrases changed.

    `explained` are the purposes with a material change of their own; an empty string among them says that
    something changed for all.
    """
    old, new = wordings(a), wordings(b)
    seen: set[tuple[str, str]] = set()
    for place in new:
        form, purpose, _ = place
        if place not in old or (form, purpose) in seen or explained & {"", purpose, form}:
            continue
        if masked(old[place], a) != masked(new[place], b):
            seen.add((form, purpose))
            title = b.policy.purposes[purpose].title
            yield Change(What.WORDING, purpose, form, item=purpose, name=title)


def _form(old: Form, new: Form) -> Iterator[Change]:
    key = new.key
    if old.title != new.title:
        yield Change(What.FORM_TITLE, form=key, name=new.title, before=old.title, after=new.title)
    before = {field.key: field for field in old.fields}
    after = {field.key: field for field in new.fields}
    for field in new.fields:
        if field.key not in before:
            yield Change(What.FIELD_ADDED, form=key, item=field.key, name=field.label)
        else:
            yield from _field(key, before[field.key], field)
    for field in old.fields:
        if field.key not in after:
            yield Change(What.FIELD_REMOVED, form=key, item=field.key, name=field.label)
    yield from _boxes(old, new)
    kept = [k for k in before if k in after]
    order = kept != [k for k in after if k in before]
    if order or (old.intro, old.next) != (new.intro, new.next):
        yield Change(What.FORM_HELP, form=key, name=new.title)


def _field(form: str, old: Field, new: Field) -> Iterator[Change]:
    if any(getattr(old, name) != getattr(new, name) for name in _SUBSTANCE):
        before = old.label if old.label != new.label else {}
        after = new.label if old.label != new.label else {}
        yield Change(What.FIELD_CHANGED, form=form, item=new.key, name=new.label,
                     before=before, after=after)  # fmt: skip
    elif any(getattr(old, name) != getattr(new, name) for name in _HELP):
        yield Change(What.FORM_HELP, form=form, item=new.key, name=new.label)


def _boxes(old: Form, new: Form) -> Iterator[Change]:
    before = {box.purpose: box for box in old.consents}
    after: Mapping[str, ConsentBox] = {box.purpose: box for box in new.consents}
    for purpose in after:
        if purpose not in before:
            yield Change(What.BOX_ADDED, form=new.key, item=purpose, name={"": purpose})
        elif before[purpose] != after[purpose]:
            yield Change(What.BOX_CHANGED, form=new.key, item=purpose, name={"": purpose})
    for purpose in before:
        if purpose not in after:
            yield Change(What.BOX_REMOVED, form=new.key, item=purpose, name={"": purpose})


def as_draft(version: Version) -> Draft:
    """The declarations of a version without its number and dates."""
    return Draft(version.policy, version.texts, version.forms)
