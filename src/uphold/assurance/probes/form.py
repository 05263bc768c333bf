# SPDX-License-Identifier: Apache-2.0
"""Forms: they ask what is declared and nothing else, mark what they need, and every input has its purpose."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from uphold.assurance import html, stored
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.probes.consent import codes
from uphold.assurance.scene import JSON, Scene
from uphold.policy.document import Edition, Form
from uphold.submission.form import BOX, RESERVED

NO_FORM = said(N_("The edition in force has no form."))
# What a label says in each language: the words of the page as a reader knows them, not the code's.
MARKS: Mapping[str, Mapping[str, bool]] = {
    "en": {"(mandatory)": True, "(optional)": False},
    "ru": {"(обязательно)": True, "(по желанию)": False},
}
_MARK = re.compile(r"\s*\([^()]*\)$")
# Beyond so many fields only the first are left out one by one: a probe is polite.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """The names that a form can send in one language, and the names that it should be able to send."""

    form: str
    language: str
    fields: tuple[str, ...]
    declared: tuple[str, ...]
    nameless: tuple[str, ...]
    """Inputs without a label."""


def look_at_fields(scene: Scene) -> tuple[Shown, ...]:
    """Read each form in each language."""
    return tuple(
        _shown(scene, form, language)
        for form in scene.edition.forms.values()
        for language in scene.edition.policy.languages
    )


def _shown(scene: Scene, form: Form, language: str) -> Shown:
    found = html.forms(html.parse(scene.offer(form.key, language).html))
    controls = [c for one in found for c in one.controls if c.name not in RESERVED]
    declared = [field.key for field in form.fields] + [BOX + box.purpose for box in form.consents]
    return Shown(
        form.key,
        language,
        tuple(dict.fromkeys(c.name for c in controls)),
        tuple(declared),
        tuple(c.name for c in controls if not c.label),
    )


def judge_fields(trace: tuple[Shown, ...]) -> Outcome:
    """The form asks exactly what is declared, by inputs with a label."""
    if not trace:
        return not_applicable(NO_FORM)
    return judged(
        [fault for one in trace for fault in _shown_faults(one)],
        said(
            N_("%(count)s forms as shown ask exactly what the edition declares."), count=len(trace)
        ),
    )


def _shown_faults(one: Shown) -> Iterator[Said]:
    for name in set(one.fields) - set(one.declared):
        yield said(
            N_("Form %(form)s (%(language)s) asks for %(field)s, which is not declared."),
            form=one.form,
            language=one.language,
            field=name[:40],
        )
    for name in set(one.declared) - set(one.fields):
        yield said(
            N_("Form %(form)s (%(language)s) does not show %(field)s, which is declared."),
            form=one.form,
            language=one.language,
            field=name,
        )
    for name in one.nameless:
        yield said(
            N_("Input %(field)s of form %(form)s (%(language)s) has no label."),
            form=one.form,
            language=one.language,
            field=name[:40],
        )


@dataclass(frozen=True, slots=True)
class Intrusion:
    """A post with something that no form declares; what came of it, and what is stored ("" nothing)."""

    form: str
    name: str
    status: int
    codes: tuple[str, ...]
    stored: str


def send_undeclared(scene: Scene) -> tuple[Intrusion, ...]:
    """Add to a complete post: a new field, a declared one in capitals, a box for another purpose."""
    made = []
    for form in scene.edition.forms.values():
        names = [
            "passport",
            BOX + "something-else",
            *[field.key.upper() for field in form.fields[:1]],
        ]
        for name in names:
            offer = scene.offer(form.key)
            fields = scene.filled(offer, {name: "exercise"})
            answer = scene.stranger().post(offer.path, fields, JSON)
            left = stored.state(scene, offer.token)
            made.append(Intrusion(form.key, name, answer.status, codes(answer), left))
    return tuple(made)


def judge_undeclared(trace: tuple[Intrusion, ...]) -> Outcome:
    """Each was refused by name, and nothing of it is stored."""
    if not trace:
        return not_applicable(NO_FORM)
    faults = [
        said(
            N_("Form %(form)s took a post with %(field)s, which is not declared (%(status)s)."),
            form=one.form,
            field=one.name,
            status=one.status,
        )
        for one in trace
        if one.stored or one.status != 422 or "undeclared" not in one.codes
    ]
    return judged(
        faults,
        said(N_("%(count)s posts with something undeclared were refused."), count=len(trace)),
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """What the labels of a form say in one language: mandatory (true), optional (false), nothing (None)."""

    form: str
    language: str
    marks: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A post without some fields: whether it was taken."""

    form: str
    without: tuple[str, ...]
    taken: bool


@dataclass(frozen=True, slots=True)
class Enforced:
    """What the labels say, and what the server does."""

    marked: tuple[Marked, ...]
    posts: tuple[LeftOut, ...]


def compare_marks(scene: Scene) -> Enforced:
    """Read the marks; then send each form without each field, without all optional ones, and whole."""
    marked, posts = [], []
    for form in scene.edition.forms.values():
        keys = [field.key for field in form.fields]
        for language in scene.edition.policy.languages:
            page = html.parse(scene.offer(form.key, language).html)
            labels = {c.name: c.label for one in html.forms(page) for c in one.fields}
            said_of = {key: _mark(labels.get(key, ""), language) for key in keys}
            marked.append(Marked(form.key, language, said_of))
        optional = tuple(key for key, needed in marked[-1].marks.items() if needed is False)
        lacking = [(key,) for key in keys[:_MOST]]
        for without in dict.fromkeys([(), optional, *lacking]):
            answer = scene.submit(form.key, changed=dict.fromkeys(without))
            posts.append(LeftOut(form.key, without, answer.status == 201))
    return Enforced(tuple(marked), tuple(posts))


def _mark(label: str, language: str) -> bool | None:
    known = MARKS.get(language, {})
    return next((needed for word, needed in known.items() if label.endswith(word)), None)


def judge_marks(trace: Enforced) -> Outcome:
    """What is marked mandatory is what the server needs, in every language; the rest it does not need."""
    if not trace.posts:
        return not_applicable(NO_FORM)
    return judged(
        [*_unmarked(trace), *_unequal(trace)],
        said(
            N_("%(posts)s posts over what may be left out; the labels of %(pages)s pages agree."),
            posts=len(trace.posts),
            pages=len(trace.marked),
        ),
    )


def _unmarked(trace: Enforced) -> Iterator[Said]:
    for one in trace.marked:
        for field, needed in one.marks.items():
            if needed is None:
                yield said(
                    N_("Field %(field)s of form %(form)s has no mark in its label (%(language)s)."),
                    field=field,
                    form=one.form,
                    language=one.language,
                )


def _unequal(trace: Enforced) -> Iterator[Said]:
    for post in trace.posts:
        for one in (marked for marked in trace.marked if marked.form == post.form):
            expected = not any(one.marks.get(key) for key in post.without)
            if post.taken != expected:
                yield said(
                    N_("Form %(form)s without %(fields)s: the marks (%(language)s) say otherwise."),
                    form=post.form,
                    fields="+".join(post.without) or "-",
                    language=one.language,
                )


@dataclass(frozen=True, slots=True)
class Justified:
    """An input as it is shown: the purposes it is declared for, those that do not cover it, and where it is named."""

    form: str
    field: str
    language: str
    purposes: tuple[str, ...]
    uncovered: tuple[str, ...]
    is_named: bool
    """Whether a text that the form links to names it by its label."""


def look_for_purposes(scene: Scene) -> tuple[Justified, ...]:
    """Compare the inputs of each form with the texts that it links to."""
    return tuple(
        one
        for form in scene.edition.forms.values()
        for language in scene.edition.policy.languages
        for one in _justified(scene, form, language)
    )


def _justified(scene: Scene, form: Form, language: str) -> Iterator[Justified]:
    page = html.parse(scene.offer(form.key, language).html)
    visitor = scene.stranger({"accept-language": language})
    addresses = {link.href for link in html.links(page) if link.href.startswith("/wording/")}
    texts = [html.parse(visitor.get(path).text).text for path in sorted(addresses)]
    for control in (c for one in html.forms(page) for c in one.fields if c.name not in RESERVED):
        declared = form.field(control.name)
        label = _MARK.sub("", control.label)
        yield Justified(
            form.key,
            control.name,
            language,
            declared.purposes if declared else (),
            _uncovered(scene.edition, declared.purposes, declared.categories) if declared else (),
            any(label in text for text in texts) if label else False,
        )


def _uncovered(
    edition: Edition, purposes: tuple[str, ...], categories: tuple[str, ...]
) -> tuple[str, ...]:
    known = edition.policy.purposes
    return tuple(
        name
        for name in purposes
        if name not in known or not set(categories) <= set(known[name].categories)
    )


def judge_purposes(trace: tuple[Justified, ...]) -> Outcome:
    """Each input serves a declared purpose that covers it, and a text that the form links to says so."""
    if not trace:
        return not_applicable(NO_FORM)
    faults = [
        said(
            N_("Input %(field)s of form %(form)s (%(language)s) is not justified by a purpose."),
            field=one.field[:40],
            form=one.form,
            language=one.language,
        )
        for one in trace
        if not one.purposes or one.uncovered or not one.is_named
    ]
    return judged(
        faults,
        said(N_("%(count)s inputs, each named in the text of its purpose."), count=len(trace)),
    )


SHOWN = Probe(
    id="form.declared-fields.shown",
    promise="form.declared-fields",
    kind=Kind.EXAMINE,
    does=N_("Compares the inputs of each form, in every language, with the declared fields."),
    act=look_at_fields,
    oracle=judge_fields,
)
REFUSED = Probe(
    id="form.declared-fields.refused",
    promise="form.declared-fields",
    kind=Kind.ATTACK,
    does=N_("Sends what no form declares together with a complete post."),
    act=send_undeclared,
    oracle=judge_undeclared,
)
ENFORCED = Probe(
    id="form.mandatory-marked.enforced",
    promise="form.mandatory-marked",
    kind=Kind.ATTACK,
    does=N_(
        "Reads the marks of the labels and leaves each field out to see what is really needed."
    ),
    act=compare_marks,
    oracle=judge_marks,
)
JUSTIFIED = Probe(
    id="minimal.every-field-justified.shown",
    promise="minimal.every-field-justified",
    kind=Kind.EXAMINE,
    does=N_("Looks for each input of each form in the texts that say what it is for."),
    act=look_for_purposes,
    oracle=judge_purposes,
)

PROBES = (SHOWN, REFUSED, ENFORCED, JUSTIFIED)
