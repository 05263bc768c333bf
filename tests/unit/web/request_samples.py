# SPDX-License-Identifier: Apache-2.0
"""The desk of requests with invented content: full, empty, and where something was wrong."""

from dataclasses import replace

from tests.unit.web import policy_samples, samples
from uphold.rights.machine import Kind
from uphold.rights.stored import Representative
from uphold.web import console_views, request_views, views
from uphold.web.request_pages import BY_HAND, SEEN, problem
from uphold.web.request_views import About, ClockLine, Correctable, Entered, RequestRow

AT = 1_795_000_000_000
DIGEST = "5f" * 32


def line(state: str = "running", days: int = 12, *, law: int = 0) -> ClockLine:
    known = (
        ("Федеральный закон № 152-ФЗ «О персональных данных»", "152-fz:14.3, 152-fz:20.1"),
        ("Regulation (EU) 2016/679", "gdpr:12.3"),
    )
    return ClockLine(
        law=known[law][0],
        duty="Сообщить сведения части 7 статьи 14 и дать ознакомиться с данными; бесплатно",
        source=known[law][1],
        last_on="2026-12-04",
        days=days,
        state=state,
        extended=law == 0,
        certain=law == 0,
    )


def row(number: int, kind: str, state: str, due: ClockLine | None) -> RequestRow:
    return RequestRow(
        number, f"/console/request/{number}", kind, state, "paper", AT, "2026-11-20", due
    )


def requests(shows: str = "open") -> request_views.Requests:
    late = (row(17, "access", "received", line("late", -46)),)
    soon = (row(18, "rectification", "in-work", line("soon", 0)),)
    others = (
        row(19, "complaint", "identity-asked", None),
        replace(row(20, "portability", "verified", line()), channel="my", received_on=""),
    )
    if shows == "ended":
        ended = ("fulfilled", "refused", "retracted", "joined")
        return request_views.Requests(
            "ended", (), (), tuple(row(n, "erasure", s, None) for n, s in enumerate(ended, 1))
        )
    return request_views.Requests("open", late, soon, others, "/console/requests/enter")


def one(language: str, kind: str = "access") -> request_views.Request:
    href = "/console/request/17"
    return request_views.Request(
        row=row(17, kind, "in-work", line("soon", 3)),
        clocks=(line("soon", 3), line(law=1)),
        history=(
            request_views.Step(AT, "extend", "extended", "irina", 1207, "152-fz"),
            request_views.Step(AT, "verify", "verified", "", 1206, "", DIGEST, DIGEST),
        ),
        about=(
            About(1, "cgmpp4cr", "/console/enquiry/x", "Напишите нам", AT, left=True, barred=True),
            About(2, "ke5233fy", "/console/enquiry/y", "Write to us", AT, left=False),
        ),
        subject="LXZGT6WNNORH5KLY",
        identity="called-back",
        representative="power-of-attorney",
        language=language,
        person="irina",
        index=1204,
        steps=("ask-identity", "verify", "take", "extend", "refuse", "retract"),
        blocks=kind == "rectification",
        purposes=("Answering your message",),
        joined_href="/console/request/3" if kind == "erasure" else "",
        refused="Data are needed" if kind == "erasure" else "",
        move_href=f"{href}/move",
        fulfil_href=f"{href}/fulfil",
        package_href=f"{href}/package" if kind == "access" else "",
        grounds=(request_views.Ground("others", "Rights of others", "152-fz:14.8"),),
        longer=(request_views.Longer("ru-152fz", "152-FZ", "a reasoned notice"),),
        identities=tuple(str(each) for each in SEEN),
        fields=(
            (
                Correctable(
                    "cgmpp4cr", (("new.1.name", "Имя", "text"), ("new.1.m", "M", "textarea"))
                ),
            )
            if kind == "rectification"
            else ()
        ),
        letters=(console_views.Answer(AT, "", "queued", kind="request-received"),)
        if kind == "access"
        else (),
    )


def enter(language: str, *codes: str) -> request_views.Enter:
    typed = Entered("access", "phone", "2026-11-20", "cgmpp4cr", "x", "none", "parent", "ru")
    return request_views.Enter(
        action_href="/console/requests/enter",
        entered=typed if codes else Entered(),
        today="2026-11-22",
        kinds=tuple(str(each) for each in Kind),
        channels=tuple(str(each) for each in BY_HAND),
        identities=("none", *map(str, SEEN)),
        representatives=tuple(str(each) for each in Representative),
        purposes=(views.Option("communication", "Answering your message"),),
        problems=tuple(problem(code, language) for code in codes),
    )


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = policy_samples.frame(language, views.Alarm(0, 0, late=3))
    wrong = ("kind", "channel", "received", "receipts", "contact", "representative", "identity")
    found: dict[str, samples.Page] = {
        "requests": (requests(), around),
        "requests-ended": (requests("ended"), around),
        "requests-none": (request_views.Requests("open", (), (), ()), around),
        "request-enter": (enter(language), around),
        "request-enter-wrong": (enter(language, *wrong), around),
        "request-bare": (
            replace(one(language), clocks=(), about=(), move_href="", fulfil_href="", steps=()),
            around,
        ),
        "request-wrong": (
            replace(
                one(language, "rectification"),
                problems=tuple(
                    problem(code, language, anchor)
                    for code, anchor in (
                        ("identity", ""),
                        ("profile", ""),
                        ("told", ""),
                        ("ground", ""),
                        ("nothing", "fulfil"),
                        ("nothing", "new.1.name"),
                    )
                ),
            ),
            around,
        ),
    }
    for kind in Kind:
        found[f"request-{kind}"] = (one(language, str(kind)), around)
    return found
