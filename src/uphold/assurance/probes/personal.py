# SPDX-License-Identifier: Apache-2.0
"""Personalisation: no page is fitted to anybody without the consent for just that; with it, one press ends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from uphold.assurance import formless, html, trail
from uphold.assurance.html import Control
from uphold.assurance.person import Person, can_enter
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, said
from uphold.assurance.scene import Scene, Submitted
from uphold.assurance.visitor import Visitor
from uphold.policy.document import Form
from uphold.submission.form import BOX

_OPENED = "subject.opened"
_PREFILL = "/my/prefill"
_DONE = 303
_COOKIES = "uphold_my={value}; prefill=1; remember=1"


@dataclass(frozen=True, slots=True)
class Fitted:
    """What forms came with for whom: numbers of fields that were not empty.

    `public`: at their public address, for strangers who tempt them and for a person with a proved address.
    `refused`: for that person below `/my` without the consent, and `opened` how often that was read from all the same.
    With the consent, where the policy declares a purpose: `filled` of `expected`, `foreign` that do not serve it,
    `read` entries in the journal. After one press, answered with `off`: `after`, and `reread` entries more.
    """

    declared: bool
    public: int
    refused: int
    opened: int
    expected: int = 0
    filled: int = 0
    foreign: int = 0
    read: int = 0
    off: int = _DONE
    after: int = 0
    reread: int = 0


def _fit(scene: Scene) -> Fitted:
    purpose = scene.edition.policy.personalisation
    form = _form(scene, purpose)
    box = {BOX + purpose: None} if purpose else {}
    own = scene.submitted(form.key, changed=box)
    if not can_enter(form):
        return Fitted(bool(purpose), _public(scene, own, None), 0, 0)
    person, start = Person(scene, own), trail.size(scene)
    person.enter()
    refused = _values(person.visitor, f"/my/f/{form.key}")
    opened = len(_read(scene, own, start))
    public = _public(scene, own, person.visitor)
    without = Fitted(bool(purpose), public, len(refused), opened)
    return _agree(scene, form, purpose, without) if purpose else without


def _form(scene: Scene, purpose: str) -> Form:
    forms = scene.edition.forms.values()
    return next((one for one in forms if purpose in one.purposes), scene.form())


def _agree(scene: Scene, form: Form, purpose: str, found: Fitted) -> Fitted:
    own = scene.submitted(form.key)
    person, start = Person(scene, own), trail.size(scene)
    person.enter()
    path = f"/my/f/{form.key}"
    shown = _values(person.visitor, path)
    serving = {field.key for field in form.fields if purpose in field.purposes}
    read = _read(scene, own, start)
    off = person.post(_PREFILL, "off").status
    start = trail.size(scene)
    after = _values(person.visitor, path)
    return Fitted(
        declared=True,
        public=found.public + _public(scene, own, person.visitor),
        refused=found.refused,
        opened=found.opened,
        expected=len(serving & own.values.keys()),
        filled=sum(one.name in serving for one in shown),
        foreign=sum(one.name not in serving for one in shown),
        read=read.count(purpose),
        off=off,
        after=len(after),
        reread=len(_read(scene, own, start)),
    )


def _read(scene: Scene, own: Submitted, start: int) -> list[str]:
    """The purposes for which a record was opened for its own person since."""
    found = trail.about(scene, own.record, start, _OPENED)
    return [str(one.codes["purpose"]) for one in found]


def _public(scene: Scene, own: Submitted, proved: Visitor | None) -> int:
    """Tempt every form at its public address: by what its address says, by cookies, with a visit below `/my`."""
    secret = next(iter(proved.cookies.values()), "x") if proved else "x"
    guests = [
        scene.stranger(),
        scene.stranger({"cookie": _COOKIES.format(value=secret)}),
        *([proved] if proved else []),
    ]
    query = urlencode({**own.values, "prefill": "1", "receipt": own.id, "id": own.id})
    paths = [f"/f/{key}{more}" for key in scene.edition.forms for more in ("", f"?{query}")]
    return sum(len(_values(guest, path)) for guest in guests for path in paths)


def _values(guest: Visitor, path: str) -> list[Control]:
    """The fields of a form that do not come empty."""
    page = guest.get(path)
    key = path.partition("?")[0].rpartition("/")[2]
    return [
        control
        for form in html.forms(html.parse(page.text))
        if form.action.partition("?")[0] == f"/f/{key}"
        for control in form.controls
        if _is_filled(control)
    ]


def _is_filled(control: Control) -> bool:
    if control.kind in {"hidden", "submit", "button"}:
        return False
    if control.kind in {"checkbox", "radio"}:
        return control.ticked
    return bool(control.value.strip())


def judge_fitted(found: Fitted) -> Outcome:
    """Judge: empty for everybody; filled in below `/my` by the consent for it, from its own data, until one press."""
    faults = list(_faults(found))
    if not found.declared:
        seen = said(
            N_("No form comes filled in for anybody: the policy declares no purpose for it.")
        )
    else:
        text = N_(
            "Filled in only for who agreed: %(count)s fields, journaled; none after one press."
        )
        seen = said(text, count=found.filled)
    return judged(faults, seen)


def _faults(found: Fitted) -> Iterator[Said]:
    if found.public:
        text = N_("Fields that come filled in at a form's public address: %(count)s.")
        yield said(text, count=found.public)
    if found.refused or found.opened:
        text = N_(
            "Without the consent for it, %(count)s fields were filled in, and data opened %(opened)s times."
        )
        yield said(text, count=found.refused, opened=found.opened)
    if not found.declared:
        return
    if found.foreign:
        text = N_("Fields filled in from data of another purpose: %(count)s.")
        yield said(text, count=found.foreign)
    if found.filled != found.expected:
        text = N_("Of %(expected)s fields that the person agreed to %(filled)s are filled in.")
        yield said(text, expected=found.expected, filled=found.filled)
    if found.read != 1:
        text = N_("One filling in has %(count)s entries in the journal under its purpose.")
        yield said(text, count=found.read)
    if found.off != _DONE:
        yield said(N_("Switching it off was answered with status %(status)s."), status=found.off)
    if found.after or found.reread:
        text = N_(
            "After it was switched off, %(count)s fields were filled in, and data opened %(opened)s times."
        )
        yield said(text, count=found.after, opened=found.reread)


FITTED = Probe(
    id="personalisation.own-consent.form",
    promise="personalisation.own-consent",
    kind=Kind.ATTACK,
    does=N_(
        "Tempts every form to come filled in, without the consent, with it, and after it was withdrawn."
    ),
    act=formless.spared(_fit),
    oracle=formless.judged(judge_fitted),
)

PROBES = (FITTED,)
