# SPDX-License-Identifier: Apache-2.0
"""Probes of reading: what opens for which purpose, what a visit leaves, and that values come back as typed."""

import ipaddress
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from uphold.access import permission
from uphold.access.permission import Permission, Role
from uphold.assurance import console, filling, formless, trail
from uphold.assurance.console import Shown
from uphold.assurance.probe import (
    N_,
    Kind,
    Outcome,
    Probe,
    Said,
    judged,
    not_applicable,
    not_shown,
    said,
)
from uphold.assurance.process import Unseen
from uphold.assurance.scene import JSON, Scene, Submitted
from uphold.policy.document import Field
from uphold.vault import identifier

UNDECLARED = "exercise-undeclared"
NOTHING: frozenset[int] = frozenset()
# The policy's clause names these five and no more.
FIVE = 5
MINUTES = 10


# --- purpose.bound-reading --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Try:
    """One opening that was tried: by which role, for which purpose, and which marks the page then held.

    `expected` are the numbers of the marks that the policy lets this role see for this purpose; None where it
    must be refused.
    """

    role: str
    purpose: str
    expected: frozenset[int] | None
    status: int
    seen: frozenset[int]


def _read_for_purposes(scene: Scene) -> tuple[Try, ...]:
    own = scene.submission()
    purposes = [*scene.edition.policy.purposes, *_retired(scene), UNDECLARED]
    return tuple(
        _try(scene, own, role, purpose)
        for role in Role
        if permission.holds(role, Permission.RECORD_OPEN)
        for purpose in purposes
    )


def _retired(scene: Scene) -> list[str]:
    """Purposes of earlier editions that the one in force has no more."""
    former = {name for edition in scene.editions for name in edition.policy.purposes}
    return sorted(former - set(scene.edition.policy.purposes))


def _try(scene: Scene, own: Submitted, role: Role, purpose: str) -> Try:
    answer = console.Desk(scene, role).open(own.record, purpose)
    declared = scene.edition.policy.purposes.get(purpose)
    allowed = declared is not None and role in declared.roles and _has_part(scene, own, purpose)
    expected = _serving(scene, own, purpose) if allowed else None
    seen = frozenset(n for n, mark in enumerate(own.marks) if mark in answer.text)
    return Try(role, purpose, expected, answer.status, seen)


def _has_part(scene: Scene, own: Submitted, purpose: str) -> bool:
    """Whether the record holds anything for a purpose: one that no field serves opens to nobody."""
    policy, form = scene.edition.policy, scene.form(own.form)
    if purpose == policy.evidence:
        return bool(form.consents)
    return purpose == policy.technical or any(purpose in item.purposes for item in form.fields)


def _serving(scene: Scene, own: Submitted, purpose: str) -> frozenset[int]:
    """Which marks the policy lets a purpose see, by the form's own declaration."""
    policy, fields = scene.edition.policy, scene.form(own.form).fields
    keys = {item.key for item in fields if purpose in item.purposes}
    if purpose == policy.evidence:
        # The proof of a consent names whom it is of: the addresses that were given.
        keys |= {item.key for item in fields if item.type in {"email", "phone"}}
    texts = [own.values[key] for key in keys if key in own.values]
    return frozenset(n for n, mark in enumerate(own.marks) if any(mark in text for text in texts))


def judge_purposes(tries: tuple[Try, ...]) -> Outcome:
    """Judge: refused where the policy says no, and where it says yes exactly the fields of that purpose."""
    held = [one for one in tries if one.expected is not None and one.status == 403]
    faults = [fault for one in tries for fault in _faults_of_try(one)]
    if not faults and held:
        return not_shown(
            said(
                N_("%(role)s could not open for %(purpose)s: is reading suspended by a hold?"),
                role=held[0].role,
                purpose=held[0].purpose,
            )
        )
    opened = sum(one.expected is not None for one in tries)
    return judged(
        faults,
        said(
            N_(
                "Openings that showed the fields of their purpose only: %(opened)s; refused: %(refused)s."
            ),
            opened=opened,
            refused=len(tries) - opened,
        ),
    )


def _faults_of_try(one: Try) -> Iterator[Said]:
    where = {"role": one.role, "purpose": one.purpose}
    if one.expected is None and one.status != 403:
        text = N_(
            "%(role)s asked for %(purpose)s and was answered %(status)s instead of a refusal."
        )
        yield said(text, status=one.status, **where)
    elif one.expected is not None and one.status not in {200, 403}:
        text = N_("%(role)s asked for %(purpose)s and was answered %(status)s.")
        yield said(text, status=one.status, **where)
    if one.seen - (one.expected or NOTHING):
        yield said(N_("%(role)s saw a field that does not serve %(purpose)s."), **where)
    if one.status == 200 and one.expected is not None and one.expected - one.seen:
        yield said(N_("%(role)s did not see a field that serves %(purpose)s."), **where)


# --- visit.five-data --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visited:
    """What the technical part of a submission showed, and what had been sent around it.

    `role` is "" where the policy lets no role open it. `strange` counts what was sent and is none of the five
    (a referrer, a language, ...) and was found in any part of the record.
    """

    role: str
    status: int
    values: tuple[str, ...] = field(repr=False)
    browser: str = field(repr=False)
    page: str = ""
    sent_at: int = 0
    strange: int = 0


def _visit(scene: Scene) -> Visited:
    policy = scene.edition.policy
    roles = [
        role
        for role in (Role.OFFICER, Role.OWNER, Role.CLERK)
        if role in policy.purposes[policy.technical].roles
    ]
    if not roles:
        return Visited("", 0, (), "")
    strange = [filling.mark() for _ in range(5)]
    browser = f"Exercise/{filling.mark()}"
    offer, sent_at = scene.offer(), scene.now
    scene.pace.calm()
    headers = {
        "user-agent": browser,
        "referer": f"{scene.address}/?{strange[0]}",
        "accept-language": f"en, {strange[1]};q=0.1",
        "cookie": f"other={strange[2]}",
        "sec-ch-ua": f'"{strange[3]}"',
        "x-exercise": strange[4],
    }
    scene.marks += [*strange, browser]
    told = scene.stranger(headers).post(offer.path, scene.filled(offer), JSON).json()
    record = scene.ring.identifiers.decode(identifier.RECEIPT, told["id"])
    desk = console.Desk(scene, roles[0])
    answer = desk.open(record or 0, policy.technical)
    pages = [desk.open(record or 0, purpose).text for purpose in policy.purposes]
    found = sum(any(mark in page for page in (answer.text, *pages)) for mark in strange)
    shown = console.shown(answer) if answer.status == 200 else Shown((), (), "")
    values = tuple(text for _, text in shown.fields)
    return Visited(roles[0], answer.status, values, browser, offer.path, sent_at, found)


def judge_visit(visited: Visited) -> Outcome:
    """Judge: address, cookie, browser, time and page, each of them what was sent, and nothing else."""
    if not visited.role:
        return not_applicable(said(N_("The policy lets no role open what a visit leaves.")))
    if visited.status != 200:
        return not_shown(
            said(N_("What the visit left did not open (status %(status)s)."), status=visited.status)
        )
    faults = []
    if len(visited.values) != FIVE:
        text = N_("A visit left another number of data than five: %(count)s.")
        faults.append(said(text, count=len(visited.values)))
    for name, is_there in (
        ("ip", any(map(_is_address, visited.values))),
        ("cookie", "" in visited.values),
        ("browser", visited.browser in visited.values),
        ("time", any(_is_about(text, visited.sent_at) for text in visited.values)),
        ("page", visited.page in visited.values),
    ):
        if not is_there:
            faults.append(
                said(N_("The datum %(name)s is missing or is not what was sent."), name=name)
            )
    if visited.strange:
        text = N_("Things that a browser sent besides and that were kept: %(count)s.")
        faults.append(said(text, count=visited.strange))
    return judged(
        faults,
        said(
            N_(
                "%(role)s opened what a visit left: address, cookie, browser, time, page, and nothing else."
            ),
            role=visited.role,
        ),
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_about(text: str, moment: int) -> bool:
    try:
        stated = datetime.fromisoformat(text).timestamp()
    except ValueError:
        return False
    return abs(stated - moment / 1000) < MINUTES * 60


# --- values.as-stated -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stated:
    """What was typed by field and what came back; `looked_up` are hosts that were reached meanwhile.

    `looked_up` is None where the serving process cannot be looked at.
    """

    status: int
    typed: dict[str, str] = field(repr=False)
    returned: dict[str, str] = field(repr=False)
    looked_up: int | None = None


def _state(scene: Scene) -> Stated:
    form = scene.form()
    odd = {item.key: text for item in form.fields if (text := _odd(item))}
    before = _reached(scene)
    own = scene.submitted(changed=odd)
    after = _reached(scene)
    scene.marks += filling.marks(form.fields, odd)
    returned: dict[str, str] = {}
    status = 0
    for purpose in form.purposes:
        role = trail.reader(scene, purpose)
        if role is None:
            continue
        answer = console.Desk(scene, role).open(own.record, purpose)
        status = max(status, answer.status)
        keys = [item.key for item in form.fields if purpose in item.purposes]
        if answer.status == 200:
            texts = [text for _, text in console.shown(answer).fields]
            returned |= dict(zip(keys, texts, strict=False))
    served = [
        item.key for item in form.fields if any(trail.reader(scene, p) for p in item.purposes)
    ]
    typed = {key: own.values[key] for key in served if key in own.values}
    looked_up = None if before is None or after is None else len(after - before)
    return Stated(status, typed, {key: returned.get(key, "") for key in typed}, looked_up)


def _reached(scene: Scene) -> set[tuple[str, int]] | None:
    process = scene.process()
    found = process if isinstance(process, Unseen) else process.connections()
    if isinstance(found, Unseen):
        return None
    return {(one.remote, one.remote_port) for one in found}


def _odd(item: Field) -> str:
    """A value that anything that mends, trims inside, folds or decodes would change; "" for a fixed kind."""
    mark = filling.mark()
    match item.type:
        case "email":
            text = f"Exercise.{mark}+Tag@Example.org"
        case "phone":
            digits = f"{secrets.randbelow(10**7):07}"
            text = f"+7 (921) {digits[:3]}-{digits[3:5]}.{digits[5:7]}"
        case "text":
            text = f"O'{mark}  Ёж e\u0301 <b>&amp; %41 \\n ‎🙂"
        case "long-text":
            text = f"{mark}\n\n\t«два  пробела» %00 ${{x}} <script>\n\"'\\ &lt; é ё\n🙂."
        case _:
            return ""
    return text if not item.max or len(text) <= item.max else ""


def judge_stated(stated: Stated) -> Outcome:
    """Judge: every value comes back letter for letter, and nobody was asked about it."""
    if not stated.typed:
        return not_applicable(said(N_("The policy lets nobody read the fields of the form.")))
    if stated.status != 200:
        return not_shown(
            said(N_("The record did not open (status %(status)s)."), status=stated.status)
        )
    faults = [
        said(N_("The field %(field)s does not come back as it was typed."), field=key)
        for key, text in stated.typed.items()
        if stated.returned.get(key) != text
    ]
    if stated.looked_up:
        text = N_("New connections to other hosts that were open after the post: %(count)s.")
        faults.append(said(text, count=stated.looked_up))
    watched = (
        said(
            N_(
                "The process that serves cannot be looked at from here, so look-ups were not watched for."
            )
        )
        if stated.looked_up is None
        else said(N_("No other host was asked about them."))
    )
    return judged(
        faults,
        said(
            N_("Odd values that came back letter for letter: %(count)s."), count=len(stated.typed)
        ),
        watched,
    )


PURPOSES = Probe(
    id="purpose.bound-reading.roles",
    promise="purpose.bound-reading",
    kind=Kind.ATTACK,
    does=N_(
        "Asks as every role for every purpose, a former one and one that is not declared, to open a submission."
    ),
    act=formless.spared(_read_for_purposes),
    oracle=formless.judged(judge_purposes),
)
VISIT = Probe(
    id="visit.five-data.stored",
    promise="visit.five-data",
    kind=Kind.EXAMINE,
    does=N_(
        "Sends a form from a browser that tells much about itself, and opens what was kept of that."
    ),
    act=formless.spared(_visit),
    oracle=formless.judged(judge_visit),
)
STATED = Probe(
    id="values.as-stated.returned",
    promise="values.as-stated",
    kind=Kind.EXAMINE,
    does=N_(
        "Sends odd values and compares what staff are shown; watches for connections meanwhile."
    ),
    act=formless.spared(_state),
    oracle=formless.judged(judge_stated),
)

PROBES = (PURPOSES, VISIT, STATED)
