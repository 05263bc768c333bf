# SPDX-License-Identifier: Apache-2.0
"""A form as a page asks it: fields, empty boxes, what is wrong, what changed (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from uphold.policy import phrases
from uphold.policy.document import ConsentBox, Edition, Field, Purpose, pick
from uphold.policy.phrases import PHRASES
from uphold.submission import form
from uphold.submission.form import Offer
from uphold.submission.token import Change
from uphold.submission.validate import Problem
from uphold.web import pages, views
from uphold.web.messages import N_

_KINDS = {"long-text": "textarea", "phone": "tel", "choice": "select"}
_SHOWN_OPTIONS = 5
_SUMMARY = N_("that %(operator)s processes my data (%(data)s) for this purpose: %(purpose)s")


@dataclass(frozen=True, slots=True)
class Again:
    """Why a form is shown again, and with what: the posted values, what is wrong, a notice."""

    values: Mapping[str, str]
    problems: Sequence[Problem] = ()
    notice: views.FormNotice | None = None


def hosted(
    offer: Offer,
    token: str,
    again: Again | None = None,
    prefilled: views.Prefilled | None = None,
) -> views.Form:
    """Show a form. Boxes are always empty, whatever had been posted."""
    again = again or Again({})
    texts = {
        found.field: pages.problem(
            found.code, _label(offer, found.field), offer.language, found.limit
        )
        for found in again.problems
    }
    language, fallback = offer.language, offer.edition.policy.language
    return views.Form(
        title=pick(offer.form.title, language, fallback),
        intro=pick(offer.form.intro, language, fallback),
        action_href=f"/f/{offer.form.key}",
        token=token,
        fields=tuple(_field(offer, field, again.values, texts) for field in offer.form.fields),
        consents=tuple(_box(offer, box, texts) for box in offer.form.consents),
        notices=tuple(notices(offer)),
        problems=tuple(
            views.Problem(text, name if name in offer.fields or name in offer.boxes else "")
            for name, text in texts.items()
        ),
        notice=again.notice,
        next=_next(offer, again.values),
        prefilled=prefilled,
    )


def notices(offer: Offer) -> list[views.PurposeNotice]:
    """List the purposes of a form that have no box, with their ground and term."""
    found = []
    for name, wording in offer.wordings.items():
        purpose = offer.edition.policy.purpose(name)
        if not purpose.asks_consent:
            address = f"/wording/{wording.digest}"
            found.append(notice(offer.edition, purpose, offer.language, address))
    return found


def notice(
    edition: Edition, purpose: Purpose, language: str, address: str = ""
) -> views.PurposeNotice:
    """Say on which ground a purpose stands without consent."""
    fallback = edition.policy.language
    say = PHRASES.get(language, PHRASES["en"])
    ground = say.consent if purpose.asks_consent else say.bases[purpose.basis]
    return views.PurposeNotice(
        title=title(edition, purpose.id, language),
        # It stands within a sentence of the page, which brings its own full stop.
        ground=(pick(purpose.ground, language, fallback) or ground).rstrip(". "),
        term=phrases.end(say, purpose.retention, language),
        wording_href=address,
    )


def changed(offer: Offer, changes: Sequence[Change]) -> views.FormNotice:
    """Say what changed since the form was opened."""
    fallback = offer.edition.policy.language
    found = []
    for change in changes:
        if change.what == "form":
            title = pick(offer.form.title, offer.language, fallback)
            found.append(views.Change("form", title))
        else:
            purpose = offer.edition.policy.purpose(change.purpose)
            address = f"/wording/{offer.wordings[change.purpose].digest}"
            title = pick(purpose.title, offer.language, fallback)
            found.append(views.Change("wording", title, address))
    return views.FormNotice("stale", tuple(found))


def title(edition: Edition, purpose: str, language: str) -> str:
    """Return a purpose's title as the start of a line."""
    text = pick(edition.policy.purpose(purpose).title, language, edition.policy.language)
    return text[:1].upper() + text[1:]


def labels(edition: Edition, key: str, purpose: str, language: str) -> list[str]:
    """List the labels of a form's fields that serve a purpose."""
    return [
        pick(field.label, language, edition.policy.language)
        for field in edition.form(key).fields
        if purpose in field.purposes
    ]


def _label(offer: Offer, name: str) -> str:
    fallback = offer.edition.policy.language
    if name in offer.fields:
        return pick(offer.fields[name].label, offer.language, fallback)
    if name in offer.boxes:
        purpose = offer.edition.policy.purpose(offer.boxes[name].purpose)
        return pick(purpose.title, offer.language, fallback)
    # A name that somebody else chose: enough of it to find it, and no more.
    return name[:40]


def _field(
    offer: Offer, field: Field, values: Mapping[str, str], texts: Mapping[str, str]
) -> views.Field:
    language, fallback = offer.language, offer.edition.policy.language
    kind = _KINDS.get(field.type, field.type)
    if field.type == "choice" and len(field.options) <= _SHOWN_OPTIONS:
        kind = "radio"
    return views.Field(
        key=field.key,
        label=pick(field.label, language, fallback),
        kind=kind,
        mandatory=field.mandatory,
        hint=pick(field.hint, language, fallback),
        autocomplete=field.autocomplete,
        maximum=field.max,
        options=tuple(
            views.Option(option.value, pick(option.label, language, fallback))
            for option in field.options
        ),
        value=values.get(field.key, ""),
        error=texts.get(field.key, ""),
    )


def summary(offer: Offer, box: ConsentBox) -> str:
    """Say in short what a box agrees to, as the end of "I agree ..."."""
    policy = offer.edition.policy
    language, fallback = offer.language, policy.language
    asked = labels(offer.edition, offer.form.key, box.purpose, language)
    return pages.translations(language).gettext(_SUMMARY) % {
        "operator": pick(policy.operator.name, language, fallback),
        "data": ", ".join(label.lower() for label in asked),
        "purpose": pick(policy.purpose(box.purpose).title, language, fallback),
    }


def _box(offer: Offer, box: ConsentBox, texts: Mapping[str, str]) -> views.ConsentBox:
    name = form.BOX + box.purpose
    return views.ConsentBox(
        name=name,
        summary=summary(offer, box),
        wording_href=f"/wording/{offer.wordings[box.purpose].digest}",
        policy_href=f"/policy?edition={offer.edition.number}",
        edition=offer.edition.number,
        mandatory=box.mandatory,
        error=texts.get(name, ""),
    )


def _next(offer: Offer, values: Mapping[str, str]) -> str:
    wanted = values.get(form.NEXT, "")
    return wanted if wanted in offer.form.next else ""
