# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent gets a plain answer: nothing large, broken or strange makes the site fail or obey."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from uphold import errors
from uphold.assurance import html, stored
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import FORM_TYPE, Answer, Visitor
from uphold.submission.form import TOKEN

MULTIPART = "multipart/form-data; boundary=x"
JSON_TYPE = "application/json"
# Text that must come back as text. It names nothing but itself.
SPELL = '"><b id="exercise-spell">x</b>{{ 7 * 7 }}'
_FAULTS = ("traceback (most recent call last)", "jinja2.", "sqlalchemy.", "site-packages")


@dataclass(frozen=True, slots=True)
class Thrown:
    """Something sent: what it was, the statuses that are right for it, and what came of it.

    `status` is 0 where no answer came. `tells` says that the answer shows the program's inside, `stored` the
    state of a submission that came of it, "" for none.
    """

    what: str
    right: tuple[int, ...]
    status: int
    tells: bool
    stored: str


@dataclass(frozen=True, slots=True)
class Echo:
    """What was typed as code: whether it came back in the form, and whether as an element or worked out."""

    came_back: bool
    obeyed: bool


@dataclass(frozen=True, slots=True)
class Storm:
    """Everything that was thrown, the echo (None without a form), and whether the site still answers."""

    thrown: tuple[Thrown, ...]
    echo: Echo | None
    is_alive: bool


def throw(scene: Scene) -> Storm:
    """Send posts that are too large, of a wrong type, broken or nested deep; then text that looks like code."""
    found = []
    for key in list(scene.edition.forms)[:1]:
        offer = scene.offer(key)
        most = scene.settings.limits.body_bytes
        for what, kind, body, right in _bodies(offer.token, most):
            answer = _send(scene.stranger(), offer.path, kind, body)
            found.append(_thrown(what, right, answer, stored.state(scene, offer.token)))
    echo = _echo(scene) if found else None
    alive = scene.stranger().get("/healthz").status == 200
    return Storm(tuple(found), echo, alive)


def _bodies(token: str, most: int) -> Iterator[tuple[str, str, bytes, tuple[int, ...]]]:
    bound = f"{TOKEN}={token}&".encode()
    nested = b'{"name":' + b"[" * 5000 + b"]" * 5000 + b"}"
    part = b'--x\r\ncontent-disposition: form-data; name="a"; filename="f"\r\n\r\nx\r\n--x--\r\n'
    yield "too-large", FORM_TYPE, bound + b"message=" + b"x" * most, (413,)
    yield "no-type", "", bound + b"name=x", (415,)
    yield "wrong-type", "text/xml", b"<a/>", (415,)
    yield "not-utf-8", FORM_TYPE, bound + b"name=%ff%fe", (400,)
    yield "twice", FORM_TYPE, bound + b"name=a&name=b", (400,)
    yield "too-many", FORM_TYPE, b"&".join(b"f%d=x" % n for n in range(1000)), (400,)
    yield "broken-json", JSON_TYPE, b'{"name": ', (400,)
    yield "deep-json", JSON_TYPE, nested, (400,)
    yield "json-list", JSON_TYPE, b"[1, 2]", (400,)
    yield "json-surrogate", JSON_TYPE, b'{"name": "\\ud800"}', (400,)
    yield "json-number", JSON_TYPE, b'{"name": 1e999, "x": NaN}', (400,)
    yield "multipart-cut", MULTIPART, b"--x\r\nContent-Dispo", (400,)
    yield "multipart-file", MULTIPART, part, (400,)
    token_only = json.dumps({TOKEN: token, "name": "a\u0000b", "email": "x" * 300}).encode()
    yield "control-characters", JSON_TYPE, token_only, (422,)
    yield "token-of-rubbish", FORM_TYPE, TOKEN.encode() + b"=" + b"A" * 4000, (200, 422)


def _send(visitor: Visitor, path: str, kind: str, body: bytes) -> Answer | None:
    try:
        return visitor.post(path, body, {"content-type": kind} if kind else None)
    except errors.UpholdError:
        return None


def _thrown(what: str, right: tuple[int, ...], answer: Answer | None, state: str) -> Thrown:
    return Thrown(what, right, answer.status if answer else 0, _tells(answer), state)


def _tells(answer: Answer | None) -> bool:
    text = answer.text.lower() if answer else ""
    return any(fault in text for fault in _FAULTS)


def _echo(scene: Scene) -> Echo:
    """Type code into the first field and leave out the ticks: the form comes back with it."""
    offer = scene.offer()
    key = scene.form().fields[0].key
    fields = {TOKEN: offer.token, key: SPELL}
    page = html.parse(scene.stranger().post(offer.path, fields).text)
    controls = {c.name: c.value for form in html.forms(page) for c in form.controls}
    obeyed = page.by_id("exercise-spell") is not None or "{{" not in controls.get(key, "{{")
    return Echo(controls.get(key) == SPELL, obeyed)


def judge_storm(trace: Storm) -> Outcome:
    """Each got its plain answer and left nothing; code is text; the site goes on."""
    if not trace.thrown:
        return not_applicable(said(N_("The edition in force has no form.")))
    faults = [fault for one in trace.thrown for fault in _thrown_faults(one)]
    if trace.echo and trace.echo.obeyed:
        faults.append(said(N_("Text that looks like code was obeyed by the page.")))
    if trace.echo and not trace.echo.came_back:
        faults.append(said(N_("Text that looks like code did not come back as it was typed.")))
    if not trace.is_alive:
        faults.append(said(N_("The site does not answer afterwards.")))
    return judged(
        faults, said(N_("%(count)s posts got a plain answer each."), count=len(trace.thrown))
    )


def _thrown_faults(one: Thrown) -> Iterator[Said]:
    if one.status not in one.right:
        yield said(
            N_("A post (%(what)s) was answered %(status)s."), what=one.what, status=one.status
        )
    if one.tells:
        yield said(N_("The answer to a post (%(what)s) shows the program's inside."), what=one.what)
    if one.stored:
        yield said(N_("A post (%(what)s) was stored."), what=one.what)


# What no browser asks for: methods, escapes, lengths.
_LONG = "a" * 4000
ADDRESSES: tuple[tuple[str, str, str, tuple[int, ...]], ...] = (
    ("long-path", "GET", f"/{_LONG}", (404, 414)),
    ("long-query", "GET", f"/policy?edition={_LONG}", (404, 414)),
    ("no-edition", "GET", "/policy?edition=999999999", (404,)),
    ("edition-text", "GET", "/policy?edition=1%27--", (404,)),
    ("bad-escape", "GET", "/wording/%zz%00", (404,)),
    ("bytes", "GET", "/f/%ff%fe", (404,)),
    ("language", "GET", "/policy?lang=../../etc", (200,)),
    ("no-form", "GET", "/f/there-is-none", (404,)),
    ("tile", "GET", "/journal/tile/99/x999/999", (404,)),
    ("wrong-method", "DELETE", "/policy", (405,)),
    ("strange-method", "PROPFIND", "/", (405, 400)),
    ("put", "PUT", "/journal/checkpoint", (405,)),
)


def ask(scene: Scene) -> Storm:
    """Ask for addresses that nobody would type, by methods that no browser has."""
    found = []
    for what, method, path, right in ADDRESSES:
        try:
            answer: Answer | None = scene.stranger().ask(method, path)
        except errors.UpholdError:
            answer = None
        found.append(_thrown(what, right, answer, ""))
    return Storm(tuple(found), None, scene.stranger().get("/healthz").status == 200)


POSTS = Probe(
    id="input.bounded.post",
    promise="input.bounded",
    kind=Kind.ATTACK,
    does=N_(
        "Sends posts that are too large, broken or nested deep, and text that looks like code."
    ),
    act=throw,
    oracle=judge_storm,
)
ASKED = Probe(
    id="input.bounded.addresses",
    promise="input.bounded",
    kind=Kind.ATTACK,
    does=N_("Asks for addresses that nobody would type, by methods that no browser has."),
    act=ask,
    oracle=judge_storm,
)

PROBES = (POSTS, ASKED)
