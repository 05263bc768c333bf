# SPDX-License-Identifier: Apache-2.0
"""Consent: the box is empty, the tick is needed, the text stands by itself, nothing needs a signature."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from uphold.assurance import html, stored
from uphold.assurance.html import Control
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    said,
)
from uphold.assurance.scene import JSON, Scene
from uphold.assurance.visitor import Answer
from uphold.policy.document import Edition, Form
from uphold.submission.form import BOX, RESERVED, TOKEN

NO_BOX = said(N_("No form of the edition in force asks for consent."))


@dataclass(frozen=True, slots=True)
class Boxes:
    """One way to come to a form: the boxes that it should have, and every control it has by these names."""

    where: str
    form: str
    language: str
    expected: tuple[str, ...]
    found: tuple[Control, ...]


def languages(edition: Edition) -> tuple[str, ...]:
    """The languages that a form of this edition is read in."""
    return edition.policy.languages


def asking(edition: Edition) -> list[Form]:
    """The forms with a box."""
    return [form for form in edition.forms.values() if form.consents]


def _seen(where: str, form: Form, language: str, page: str) -> Boxes:
    names = tuple(BOX + box.purpose for box in form.consents)
    controls = [c for one in html.forms(html.parse(page)) for c in one.controls]
    found = tuple(c for c in controls if c.is_box or c.name in names)
    return Boxes(where, form.key, language, names, found)


def look_at_boxes(scene: Scene) -> tuple[Boxes, ...]:
    """Open each form plainly, and by an address that tries to tick its boxes."""
    seen = []
    for form in asking(scene.edition):
        for language in languages(scene.edition):
            seen.append(_seen("page", form, language, scene.offer(form.key, language).html))
            ticks = {BOX + box.purpose: "yes" for box in form.consents}
            tempting = {**ticks, "checked": "1", "consent": "yes", "consents": "all"}
            query = urlencode({**tempting, "lang": language})
            answer = scene.stranger().get(f"/f/{form.key}?{query}")
            seen.append(_seen("query", form, language, answer.text))
    return tuple(seen)


def send_ticked_and_wrong(scene: Scene) -> tuple[Boxes, ...]:
    """Send each form ticked, once with something undeclared and once without a token: it comes back."""
    seen = []
    for form in asking(scene.edition):
        offer = scene.offer(form.key)
        fields = scene.filled(offer)
        refused = {**fields, "undeclared": "exercise"}
        nameless = {name: text for name, text in fields.items() if name != TOKEN}
        for where, posted in (("refused", refused), ("without-token", nameless)):
            answer = scene.stranger().post(offer.path, posted)
            seen.append(_seen(where, form, offer.language, answer.text))
    return tuple(seen)


def judge_boxes(trace: tuple[Boxes, ...]) -> Outcome:
    """Every box is there, is a box, and is empty."""
    if not trace:
        return not_applicable(NO_BOX)
    return judged(
        [fault for one in trace for fault in _box_faults(one)],
        said(
            N_("%(count)s boxes on %(pages)s pages, all empty."),
            count=sum(len(one.found) for one in trace),
            pages=len(trace),
        ),
    )


def _box_faults(one: Boxes) -> Iterator[Said]:
    place = {"form": one.form, "language": one.language, "where": one.where}
    boxes = [control.name for control in one.found if control.is_box]
    if sorted(boxes) != sorted(one.expected):
        yield said(
            N_("The boxes of form %(form)s (%(language)s, %(where)s) are not the declared ones."),
            **place,
        )
    for control in one.found:
        if control.ticked:
            yield said(
                N_("Box %(box)s of form %(form)s comes ticked (%(language)s, %(where)s)."),
                **place,
                box=control.name,
            )
        if not control.is_box:
            yield said(
                N_("Form %(form)s sends %(box)s by itself (%(language)s, %(where)s)."),
                **place,
                box=control.name,
            )


@dataclass(frozen=True, slots=True)
class Attempt:
    """A post without one consent: how it was left out, what came back, what is stored of it ("" nothing)."""

    form: str
    box: str
    how: str
    status: int
    codes: tuple[str, ...]
    stored: str


@dataclass(frozen=True, slots=True)
class Attempts:
    """All of them, and how many consents appeared that belong to no submission."""

    made: tuple[Attempt, ...]
    strays: int


# How a program may try to be taken without a tick: by leaving it out, or by something that is none.
WAYS = {"left-out": None, "empty": "", "no": "no", "zero": "0"}


def codes(answer: Answer) -> tuple[str, ...]:
    """The codes of what is wrong with a post, as a program is told them."""
    told = answer.json()
    found = told.get("errors", []) if isinstance(told, dict) else []
    return tuple(str(one.get("code", "")) for one in found if isinstance(one, dict))


def send_without_tick(scene: Scene) -> Attempts:
    """Send each form complete but for one tick, in each way."""
    with scene.read() as connection:
        before = stored.last_consent(connection)
    made = []
    for form in asking(scene.edition):
        for box in (box for box in form.consents if box.mandatory):
            for how, value in WAYS.items():
                offer = scene.offer(form.key)
                fields = scene.filled(offer, {BOX + box.purpose: value})
                answer = scene.stranger().post(offer.path, fields, JSON)
                left = stored.state(scene, offer.token)
                made.append(Attempt(form.key, box.purpose, how, answer.status, codes(answer), left))
    # The control: the same with every tick is taken, or this raises and nothing is shown.
    if made:
        scene.submission()
    with scene.read() as connection:
        strays = stored.stray_consents(connection, before)
    return Attempts(tuple(made), strays)


def judge_attempts(trace: Attempts) -> Outcome:
    """Each was refused for the missing consent and left nothing; with the tick it is taken."""
    if not trace.made:
        return not_applicable(said(N_("No form of the edition in force has a mandatory box.")))
    faults = [fault for one in trace.made for fault in _attempt_faults(one)]
    if trace.strays:
        faults.append(
            said(N_("%(count)s consents appeared that belong to no form."), count=trace.strays)
        )
    return judged(
        faults,
        said(
            N_("%(count)s posts without a tick were refused, and nothing of them is stored."),
            count=len(trace.made),
        ),
    )


def _attempt_faults(one: Attempt) -> Iterator[Said]:
    place = {"form": one.form, "box": one.box, "how": one.how}
    if one.status != 422 or "consent-missing" not in one.codes:
        yield said(
            N_("Form %(form)s without the tick for %(box)s (%(how)s) was answered %(status)s."),
            **place,
            status=one.status,
        )
    if one.stored:
        yield said(N_("Form %(form)s was stored without the tick for %(box)s (%(how)s)."), **place)


@dataclass(frozen=True, slots=True)
class Linked:
    """A box, where its label leads, and the page of its wording as it is shown."""

    form: str
    purpose: str
    language: str
    links: tuple[str, ...]
    digest: str
    """That of the wording in the edition."""
    status: int
    title: str
    paragraphs: tuple[str, ...]
    policy_status: int

    @property
    def shown(self) -> str:
        """The digest of the text as it is shown: an edition stores it behind this head."""
        head = (
            f"<!-- wording: form={self.form} purpose={self.purpose} language={self.language} "
            "consent=yes -->"
        )
        text = f"{head}\n# {self.title}\n\n" + "\n\n".join(self.paragraphs) + "\n"
        return sha256(text.encode()).hexdigest()


def read_wordings(scene: Scene) -> tuple[Linked, ...]:
    """Follow the links of each box, in each language."""
    return tuple(
        linked
        for form in asking(scene.edition)
        for language in languages(scene.edition)
        for linked in _linked(scene, form, language)
    )


def _linked(scene: Scene, form: Form, language: str) -> Iterator[Linked]:
    page = html.parse(scene.offer(form.key, language).html)
    boxes = {c.name: c for one in html.forms(page) for c in one.boxes}
    for box in form.consents:
        shown = boxes.get(BOX + box.purpose)
        links = tuple(link.partition("?")[0] for link in shown.links) if shown else ()
        wanted = scene.edition.wording(form.key, box.purpose, language)
        visitor = scene.stranger({"accept-language": language})
        texts = [link for link in links if link.startswith("/wording/")]
        answer = visitor.get(texts[0] if texts else f"/wording/{wanted.digest}")
        wording = html.parse(answer.text)
        title = wording.all("h1")
        yield Linked(
            form.key,
            box.purpose,
            wanted.language,
            links,
            wanted.digest,
            answer.status,
            title[0].raw if title else "",
            tuple(node.raw for node in wording.all("p") if "text" in node.classes),
            visitor.get("/policy").status if "/policy" in links else 0,
        )


def judge_wordings(trace: tuple[Linked, ...]) -> Outcome:
    """Each box leads to its own text, letter for letter as published, and separately to the policy."""
    if not trace:
        return not_applicable(NO_BOX)
    return judged(
        [fault for one in trace for fault in _linked_faults(one)],
        said(
            N_("%(count)s wordings stand on pages of their own, letter for letter as published."),
            count=len(trace),
        ),
    )


def _linked_faults(one: Linked) -> Iterator[Said]:
    place = {"form": one.form, "purpose": one.purpose, "language": one.language}
    if [link for link in one.links if link.startswith("/wording/")] != [f"/wording/{one.digest}"]:
        yield said(
            N_(
                "The box of form %(form)s for %(purpose)s (%(language)s) does not lead to its text."
            ),
            **place,
        )
    if one.policy_status != 200:
        yield said(
            N_(
                "The box of form %(form)s for %(purpose)s (%(language)s) has no link to the policy."
            ),
            **place,
        )
    if one.status != 200 or one.shown != one.digest:
        yield said(
            N_(
                "The text of form %(form)s for %(purpose)s (%(language)s) is not the one published."
            ),
            **place,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as it is shown, and those of its declared categories that the law wants a signature for."""

    form: str
    field: str
    special: tuple[str, ...]


def look_for_special(scene: Scene) -> tuple[Asked, ...]:
    """Read the fields of each form, and their categories in the edition."""
    special = {c.id for c in scene.edition.policy.categories.values() if c.special}
    asked = []
    for form in scene.edition.forms.values():
        page = html.parse(scene.offer(form.key).html)
        for control in (c for one in html.forms(page) for c in one.fields):
            if control.name in RESERVED:
                continue
            declared = form.field(control.name)
            named = declared.categories if declared else ()
            asked.append(Asked(form.key, control.name, tuple(n for n in named if n in special)))
    return tuple(asked)


def judge_special(trace: tuple[Asked, ...]) -> Outcome:
    """No field asks by a tick for what needs consent in writing (152-FZ art. 10 and 11)."""
    if not trace:
        return not_applicable(said(N_("The edition in force has no form.")))
    faults = [
        said(
            N_("Form %(form)s asks for %(field)s, which needs consent in writing, by a tick."),
            form=one.form,
            field=one.field,
        )
        for one in trace
        if one.special
    ]
    return judged(
        faults,
        said(N_("None of %(count)s inputs needs consent in writing."), count=len(trace)),
    )


BOX_ON_PAGE = Probe(
    id="consent.box-empty.page",
    promise="consent.box-empty",
    kind=Kind.ATTACK,
    does=N_("Opens each form, also by an address that tries to tick its boxes."),
    act=look_at_boxes,
    oracle=judge_boxes,
)
BOX_AGAIN = Probe(
    id="consent.box-empty.again",
    promise="consent.box-empty",
    kind=Kind.ATTACK,
    does=N_("Sends each form ticked and not acceptable, and looks whether it comes back ticked."),
    act=send_ticked_and_wrong,
    oracle=judge_boxes,
)
REQUIRED = Probe(
    id="consent.required.refused",
    promise="consent.required",
    kind=Kind.ATTACK,
    does=N_("Sends each form complete but for one tick, in every way that a program could."),
    act=send_without_tick,
    oracle=judge_attempts,
)
SEPARATE = Probe(
    id="consent.separate-wording.linked",
    promise="consent.separate-wording",
    kind=Kind.EXAMINE,
    does=N_("Follows the links of each box and compares the text, letter for letter."),
    act=read_wordings,
    oracle=judge_wordings,
)
WRITTEN = Probe(
    id="consent.written-form.fields",
    promise="consent.written-form",
    kind=Kind.EXAMINE,
    does=N_("Looks for inputs whose data need consent in writing."),
    act=look_for_special,
    oracle=judge_special,
)

PROBES = (BOX_ON_PAGE, BOX_AGAIN, REQUIRED, SEPARATE, WRITTEN)
