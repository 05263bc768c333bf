# SPDX-License-Identifier: Apache-2.0
"""A form is never lost: what was typed comes back, sending twice counts once, doubtful posts are kept; and the
site is not the only way to the operator.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from uphold import errors
from uphold.access.permission import Role
from uphold.assurance import console, html, stored
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.scene import JSON, Scene
from uphold.policy.document import pick
from uphold.submission.form import HONEYPOT, RESERVED, TOKEN
from uphold.submission.record import ASIDE
from uphold.vault import identifier

NO_FORM = said(N_("The edition in force has no form."))


@dataclass(frozen=True, slots=True)
class Back:
    """A post that could not be taken: why, its status, fields whose value did not come back, boxes that did."""

    form: str
    why: str
    status: int
    lost: tuple[str, ...]
    ticked: tuple[str, ...]
    has_token: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """The same form sent twice: both answers, whether both name one receipt, and the script that keeps a draft."""

    backs: tuple[Back, ...]
    statuses: tuple[int, ...]
    receipts: frozenset[str]
    keeps_draft: bool


def send_wrong_and_twice(scene: Scene) -> Sent:
    """Send each form in ways that cannot be taken; then one form twice, as on a bad connection."""
    backs: list[Back] = []
    for form in scene.edition.forms.values():
        for why in ("without-tick", "without-token", "too-long"):
            backs += _back(scene, form.key, why)
    if not backs:
        return Sent((), (), frozenset(), keeps_draft=True)
    offer = scene.offer()
    fields = scene.filled(offer)
    answers = [scene.stranger().post(offer.path, fields, JSON) for _ in range(2)]
    receipts = frozenset(str((answer.json() or {}).get("id", "")) for answer in answers)
    page = html.parse(offer.html)
    scripts = [scene.stranger().get(path).text for path in html.loads(page) if ".js" in path]
    keeps = any("data-draft" in node.attrs for node in page.all("form"))
    return Sent(
        tuple(backs),
        tuple(answer.status for answer in answers),
        receipts,
        keeps and any("sessionStorage" in text for text in scripts),
    )


def _back(scene: Scene, key: str, why: str) -> Iterator[Back]:
    offer = scene.offer(key)
    fields = scene.filled(offer)
    longest = next(
        (f for f in scene.edition.form(key).fields if f.max and f.type == "long-text"), None
    )
    if why == "without-tick":
        fields = {name: text for name, text in fields.items() if name not in offer.boxes}
    elif why == "without-token":
        fields = {name: text for name, text in fields.items() if name != TOKEN}
    elif longest is None:
        return
    else:
        fields[longest.key] = "x" * (longest.max + 1)
    if why == "without-tick" and not offer.boxes:
        return
    answer = scene.stranger().post(offer.path, fields)
    shown = [form for form in html.forms(html.parse(answer.text)) if TOKEN in form.hidden]
    # Of a choice of several, the one that is on; of anything else, the only one.
    every = sorted((c for form in shown for c in form.controls), key=lambda c: c.ticked)
    controls = {c.name: c for c in every}
    typed = {n: t for n, t in fields.items() if n not in RESERVED and n not in offer.boxes}
    yield Back(
        key,
        why,
        answer.status,
        tuple(n for n, text in typed.items() if n not in controls or controls[n].value != text),
        tuple(c.name for c in controls.values() if c.is_box and c.ticked),
        bool(shown),
    )


def judge_backs(trace: Sent) -> Outcome:
    """Every value came back, no box is ticked, and two sendings are one submission."""
    if not trace.backs:
        return not_applicable(NO_FORM)
    faults = [fault for one in trace.backs for fault in _back_faults(one)]
    if trace.statuses != (201, 201) or len(trace.receipts) != 1:
        faults.append(said(N_("The same form sent twice is not one submission.")))
    if not trace.keeps_draft:
        faults.append(
            said(N_("The page of the form does not keep a draft over a broken connection."))
        )
    return judged(
        faults,
        said(
            N_("%(count)s posts that could not be taken came back with all that was typed."),
            count=len(trace.backs),
        ),
    )


def _back_faults(one: Back) -> Iterator[Said]:
    place = {"form": one.form, "why": one.why}
    if one.status not in {200, 422} or not one.has_token:
        yield said(
            N_("Form %(form)s (%(why)s) did not come back as a form: %(status)s."),
            **place,
            status=one.status,
        )
    elif one.lost:
        yield said(
            N_("Form %(form)s (%(why)s) came back without what was typed into %(fields)s."),
            **place,
            fields="+".join(one.lost),
        )
    for box in one.ticked:
        yield said(N_("Form %(form)s (%(why)s) came back with %(box)s ticked."), **place, box=box)


@dataclass(frozen=True, slots=True)
class Ways:
    """Whether a text in one language names the postal address and the contact that the edition declares."""

    path: str
    language: str
    has_address: bool
    has_contact: bool


def read_ways(scene: Scene) -> tuple[Ways, ...]:
    """Read the policy and each consent's text for a way that needs no site."""
    return tuple(
        _ways(scene, path, language)
        for language in scene.edition.policy.languages
        for path in _texts(scene, language)
    )


def _texts(scene: Scene, language: str) -> list[str]:
    wordings = scene.edition.wordings.values()
    return ["/policy", *(f"/wording/{w.digest}" for w in wordings if w.language == language)]


def _ways(scene: Scene, path: str, language: str) -> Ways:
    policy = scene.edition.policy
    answer = scene.stranger({"accept-language": language}).get(path)
    articles = html.parse(answer.text).all("article") if answer.status == 200 else []
    text = " ".join(article.text for article in articles)
    address = " ".join(pick(policy.operator.address, language, policy.language).split())
    return Ways(path, language, bool(address) and address in text, policy.operator.contact in text)


def judge_ways(trace: tuple[Ways, ...]) -> Outcome:
    """Each text names the postal address and the contact."""
    faults = [
        said(
            N_("%(path)s (%(language)s) names no way to the operator but the site."),
            path=one.path,
            language=one.language,
        )
        for one in trace
        if not (one.has_address and one.has_contact)
    ]
    return judged(
        faults,
        said(N_("%(count)s texts name the postal address and the contact."), count=len(trace)),
    )


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A post that looks like spam: its answer, its state in the database, and whether staff can see it."""

    form: str
    status: int
    state: str
    is_seen: bool


def send_doubtful(scene: Scene) -> tuple[Doubtful, ...]:
    """Fill in the trap of each form, as programs do, and look where the post went."""
    found = []
    desk = console.Desk(scene, Role.OWNER)
    for form in scene.edition.forms.values():
        offer = scene.offer(form.key)
        answer = scene.stranger().post(offer.path, scene.filled(offer, {HONEYPOT: "x"}), JSON)
        public = str((answer.json() or {}).get("id", ""))
        record = scene.ring.identifiers.decode(identifier.RECEIPT, public)
        seen = record is not None and desk.look(record).status == 200
        listed = desk.visitor.get(f"{console.HOME}?state={ASIDE}")
        if listed.status != 200:
            raise errors.Unavailable(f"The staff's list does not open (status {listed.status}).")
        path = console.enquiry(scene, record) if record is not None else ""
        links = [link.href.partition("?")[0] for link in html.links(html.parse(listed.text))]
        state = stored.state(scene, offer.token)
        found.append(Doubtful(form.key, answer.status, state, seen and path in links))
    return tuple(found)


def judge_doubtful(trace: tuple[Doubtful, ...]) -> Outcome:
    """Each was acknowledged, kept apart, and lies before a person."""
    if not trace:
        return not_applicable(NO_FORM)
    return judged(
        [fault for one in trace for fault in _doubt_faults(one)],
        said(N_("%(count)s doubtful posts were kept and lie before staff."), count=len(trace)),
    )


def _doubt_faults(one: Doubtful) -> Iterator[Said]:
    if one.status != 201:
        yield said(
            N_("A doubtful post of form %(form)s was answered %(status)s."),
            form=one.form,
            status=one.status,
        )
    if not one.state:
        yield said(N_("A doubtful post of form %(form)s is not stored."), form=one.form)
    elif one.state != ASIDE:
        yield said(N_("A doubtful post of form %(form)s is not set aside."), form=one.form)
    elif not one.is_seen:
        yield said(
            N_("A doubtful post of form %(form)s is in no list of the staff."), form=one.form
        )


FORM_KEPT = Probe(
    id="availability.form-kept.post",
    promise="availability.form-kept",
    kind=Kind.ATTACK,
    does=N_("Sends forms that cannot be taken, and one form twice, and looks what comes back."),
    act=send_wrong_and_twice,
    oracle=judge_backs,
)
SECOND_WAY = Probe(
    id="availability.second-way.page",
    promise="availability.second-way",
    kind=Kind.EXAMINE,
    does=N_("Reads the policy and each consent's text for a way that works without the site."),
    act=read_ways,
    oracle=judge_ways,
)
NOT_DROPPED = Probe(
    id="setaside.not-dropped.post",
    promise="setaside.not-dropped",
    kind=Kind.ATTACK,
    does=N_("Fills in the trap of each form, as programs do, and looks where the post went."),
    act=send_doubtful,
    oracle=judge_doubtful,
)

PROBES = (FORM_KEPT, SECOND_WAY, NOT_DROPPED)
