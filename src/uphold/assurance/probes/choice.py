# SPDX-License-Identifier: Apache-2.0
"""The probe of the cookie of visits: it is there for who agreed by an empty box, and for nobody else.

What the probe agrees to it takes back at once; both stand in the journal by numbers that nobody holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie

from uphold.assurance import html
from uphold.assurance.html import Form
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_applicable, said
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer

CHOICE = "/visit/choice"
NAME = "uphold_visit"
SENT_TO = "/visit"
LONGEST = 180 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came of asking for the cookie in each way.

    `unasked` are the ways in which a cookie was set though nobody had agreed; `attributes` those that the cookie of who
    agreed lacks, None where it was not set at all; `is_ended`: taking it back removed it.
    """

    is_offered: bool
    status: int = 0
    is_ticked: bool = False
    unasked: tuple[str, ...] = ()
    attributes: tuple[str, ...] | None = ()
    is_ended: bool = True


def _choose(scene: Scene) -> Chosen:
    visits = scene.settings.visits
    if not (visits.record and visits.cookie):
        return Chosen(is_offered=False)
    shown = scene.stranger().get(CHOICE)
    form = _form(shown)
    if shown.status != 200 or form is None:
        return Chosen(is_offered=True, status=shown.status)
    slip = {one.name: one.value for one in form.controls if one.kind == "hidden"}
    boxes = {one.name: one.value or "on" for one in form.controls if one.is_box}
    agree = {**slip, **boxes, "act": "agree"}
    ways = (
        ("read", shown),
        ("unticked", scene.stranger().post(CHOICE, {**slip, "act": "agree"})),
        ("gpc", scene.stranger({"sec-gpc": "1"}).post(CHOICE, agree)),
        ("dnt", scene.stranger({"dnt": "1"}).post(CHOICE, agree)),
        ("unsigned", scene.stranger().post(CHOICE, {**boxes, "act": "agree"})),
    )
    somebody = scene.stranger()
    given = _cookie(somebody.post(CHOICE, agree))
    ended = _cookie(somebody.post(CHOICE, {**slip, "act": "end"}))
    return Chosen(
        is_offered=True,
        status=shown.status,
        is_ticked=any(one.ticked for one in form.controls),
        unasked=tuple(name for name, answer in ways if _cookie(answer) is not None),
        attributes=None if given is None else tuple(_lacking(scene, given)),
        is_ended=given is None or (ended is not None and not ended.value),
    )


def _form(answer: Answer) -> Form | None:
    found = html.forms(html.parse(answer.text)) if answer.status == 200 else []
    return next((form for form in found if form.action.partition("?")[0] == CHOICE), None)


def _cookie(answer: Answer) -> "Morsel[str] | None":
    for text in answer.all("set-cookie"):
        found = SimpleCookie(text)
        if NAME in found:
            return found[NAME]
    return None


def _lacking(scene: Scene, cookie: "Morsel[str]") -> Iterator[str]:
    if not cookie["httponly"]:
        yield "HttpOnly"
    if cookie["samesite"].lower() != "strict":
        yield "SameSite"
    if cookie["path"] != SENT_TO:
        yield "Path"
    if not 0 < int(cookie["max-age"] or 0) <= LONGEST:
        yield "Max-Age"
    if scene.settings.site.address.startswith("https:") and not cookie["secure"]:
        yield "Secure"


def judge_choice(trace: Chosen) -> Outcome:
    """Judge: an empty box, no cookie without a tick or against the browser's wish, and one that can be taken back."""
    if not trace.is_offered:
        return not_applicable(said(N_("This site offers no cookie to visitors.")))
    return judged(
        _faults(trace),
        said(N_("The cookie of visits is set for who ticked the box, and for nobody else.")),
    )


def _faults(trace: Chosen) -> Iterator[Said]:
    if trace.status != 200:
        text = N_("The page of the choice was answered %(status)s, or has no form.")
        yield said(text, status=trace.status)
        return
    if trace.is_ticked:
        yield said(N_("The box of the cookie comes ticked."))
    for way in trace.unasked:
        text = N_("A cookie was set for somebody who had not agreed (%(way)s).")
        yield said(text, way=way)
    if trace.attributes is None:
        yield said(N_("Who agrees to the cookie gets none."))
    for name in trace.attributes or ():
        yield said(N_("The cookie of visits lacks %(name)s as declared."), name=name)
    if not trace.is_ended:
        yield said(N_("Taking the agreement back leaves the cookie."))


CHOSEN = Probe(
    id="cookies.declared.choice",
    promise="cookies.declared",
    kind=Kind.ATTACK,
    does=N_(
        "Asks for the cookie of visits without ticking the box, against the browser's own wish and by a made-up post;"
        " then agrees to it, and takes that back."
    ),
    act=_choose,
    oracle=judge_choice,
)

PROBES = (CHOSEN,)
