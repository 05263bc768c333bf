# SPDX-License-Identifier: Apache-2.0
"""One sample of every page of the console in every state, in both languages."""

from dataclasses import replace

from tests.unit.web import (
    account_samples,
    alert_samples,
    client_samples,
    copy_samples,
    disclosure_samples,
    evaluation_samples,
    glass_samples,
    incident_samples,
    journal_samples,
    mail_samples,
    my_samples,
    policy_samples,
    published_samples,
    request_samples,
    retention_samples,
    samples,
    statistics_samples,
    threat_samples,
)
from uphold.web import console_views as desk, pages, views


def facts(language: str, state: str = "new") -> desk.EnquiryFacts:
    title = samples.say(language, "Feedback", "Обратная связь")
    return desk.EnquiryFacts(
        samples.NUMBER,
        samples.NUMBER[:8],
        title,
        samples.AT - samples.DAY,
        state,
        language,
        2,
        f"/console/enquiry/{samples.NUMBER}",
    )


def history(language: str) -> tuple[desk.Event, ...]:
    purpose = samples.agreement(language).purpose
    moved = "in-work"
    refused = "role-refused"
    return (
        desk.Event(samples.AT, "record.opened", 12_360, "irina", purpose),
        desk.Event(samples.AT - 60_000, "access.denied", 12_359, "oleg", purpose, refused),
        desk.Event(samples.AT - 120_000, "enquiry.moved", 12_358, "irina", "", moved),
        desk.Event(samples.AT - samples.DAY, "consent.given", 12_346, "", purpose),
        desk.Event(samples.AT - samples.DAY, "record.stored", 12_345),
        desk.Event(samples.AT - samples.DAY, "something.else", 12_344),
    )


def enquiry(language: str, *, choices: bool = True) -> desk.Enquiry:
    shown = tuple(field.label for field in samples.fields(language))[:2]
    purposes = (
        desk.PurposeChoice("feedback", samples.agreement(language).purpose, shown),
        desk.PurposeChoice("quality", samples.say(language, "Quality", "Качество"), shown[:1]),
    )
    return desk.Enquiry(
        facts=facts(language, "in-work"),
        agreements=(samples.agreement(language), samples.agreement(language, samples.AT))
        if choices
        else (),
        history=history(language) if choices else (),
        purposes=purposes if choices else (),
        open_href="/console/enquiry/x/open",
        move_href="/console/enquiry/x/move",
        moves=(desk.Move("answered"), desk.Move("closed"), desk.Move("new")) if choices else (),
        answers=(
            desk.Answer(samples.AT, "irina", "sent", samples.AT),
            desk.Answer(samples.AT, "oleg", "queued", 0, "relay-later"),
            desk.Answer(samples.AT, "oleg", "failed", 0, "address-refused"),
            desk.Answer(samples.AT, "", "exported", samples.AT),
            desk.Answer(samples.AT, "", "queued", 0, kind="request-received"),
            desk.Answer(samples.AT, "", "bounced", samples.AT, "mailbox-unknown", "withdrawn"),
        )
        if choices
        else (),
        problem="" if choices else samples.say(language, "Choose a purpose", "Выберите цель"),
        journal_href="/console/journal/record/x" if choices else "",
    )


def opened(language: str, *, reply: str = "yes") -> desk.Opened:
    faults = (
        views.Problem(samples.say(language, "Enter a subject", "Введите тему"), "subject"),
        views.Problem(samples.say(language, "Enter the text", "Введите текст"), "text"),
    )
    answer = desk.Reply(
        action_href="/console/enquiry/x/answer",
        purpose="feedback",
        address="" if reply == "nowhere" else "anna@example.com",
        subject=samples.say(language, "Your question to the workshop", "Ваш вопрос мастерской"),
        problems=faults if reply == "wrong" else (),
    )
    text = samples.say(
        language, "Hello,\nis it open on Sunday?", "Здравствуйте!\nВы открыты в воскресенье?"
    )
    surplus = ("passport", "snils", "inn", "card", "phone", "email") if reply == "nowhere" else ()
    return desk.Opened(
        facts=facts(language, "in-work"),
        purpose=samples.agreement(language).purpose,
        index=12_360,
        opened_at=samples.AT,
        fields=(
            desk.OpenedField(samples.say(language, "Your name", "Ваше имя"), "Анна <Пример>"),
            desk.OpenedField(samples.say(language, "Telephone", "Телефон"), "", "tel"),
            desk.OpenedField(
                samples.say(language, "Message", "Сообщение"), text, "textarea", surplus
            ),
        ),
        letters=(desk.Letter(samples.say(language, "Sunday", "Воскресенье"), text),)
        if reply == "wrong"
        else (),
        reply=answer if reply else None,
        move_href="/console/enquiry/x/move",
        moves=(desk.Move("in-work"),),
    )


def enquiries(language: str, *, state: str = "new", empty: bool = False) -> desk.Enquiries:
    counts = {"new": 1204, "in-work": 3, "answered": 12, "closed": 9, "aside": 2}
    rows = tuple(
        desk.EnquiryRow(
            f"{samples.NUMBER[n:]}{samples.NUMBER}"[:8],
            f"/console/enquiry/{n}",
            samples.say(language, "Feedback", "Обратная связь"),
            samples.AT - n * 40_000_000 - 300_000,
            state,
            "ru" if n % 2 else "en",
        )
        for n in range(7)
    )
    return desk.Enquiries(
        state=state,
        tabs=tuple(desk.Tab(key, n, f"/console?state={key}") for key, n in counts.items()),
        rows=() if empty else rows,
        now_at=samples.AT,
        previous_href="" if empty else "/console?page=1",
        next_href="" if empty else "/console?page=3",
    )


def staff(language: str, problem: str = "") -> desk.Staff:
    address = f"http://127.0.0.1:8000/console/welcome/{samples.DIGEST[:43]}"
    return desk.Staff(
        rows=(
            desk.StaffRow(1, "irina", "owner", "active", samples.AT, "/console/staff/x/renew"),
            desk.StaffRow(2, "oleg", "clerk", "invited", 0, "/console/staff/y/renew"),
            desk.StaffRow(3, "vera", "officer", "active", samples.AT, "/console/staff/z/renew"),
        ),
        exercise=()
        if problem
        else (desk.StaffRow(4, "exercise-7-clerk-0a1b2c3d", "clerk", "active"),),
        roles=("owner", "officer", "clerk"),
        problem=problem,
        role="clerk",
        invitation=None if problem else desk.Invitation("oleg", address, samples.AT + samples.DAY),
    )


def console(language: str) -> dict[str, samples.Page]:
    out, signed_in = samples.frame(language), samples.frame(language, person=True)
    flashed = samples.frame(language, person=True, flash="answered")
    found: dict[str, samples.Page] = {
        "login": (desk.Login(next="/console"), out),
        "login-refused": (desk.Login(login="irina", problem="refused"), out),
        "login-throttled": (desk.Login(problem="throttled", retry_after=64), out),
        "login-expired": (desk.Login(problem="expired"), out),
        "login-out": (desk.Login(problem="signed-out"), out),
        "welcome": (desk.Welcome("/console/welcome", "token", "irina"), out),
        "welcome-short": (
            desk.Welcome("/console/welcome", "token", "irina", problem="password-too-short"),
            out,
        ),
        "welcome-used": (desk.Welcome("/console/welcome", problem="link-spent"), out),
        "enquiries": (enquiries(language), signed_in),
        "enquiries-aside": (enquiries(language, state="aside"), flashed),
        "enquiries-none": (enquiries(language, empty=True), signed_in),
        "enquiry": (enquiry(language), signed_in),
        "enquiry-closed": (enquiry(language, choices=False), signed_in),
        "denied": (
            desk.Denied(
                facts(language),
                samples.agreement(language).purpose,
                "role-refused",
                12_361,
                samples.AT,
            ),
            signed_in,
        ),
        "aside": (
            desk.Aside(
                facts(language, "aside"),
                ("honeypot", "too-fast", "too-many"),
                history(language)[-2:],
                "/console/enquiry/x/move",
            ),
            signed_in,
        ),
        "staff": (staff(language), signed_in),
        "staff-exercise": (
            replace(staff(language), rows=(), may_invite=False, invitation=None),
            signed_in,
        ),
    }
    for reply in ("yes", "wrong", "nowhere", ""):
        found[f"opened-{reply or 'alone'}"] = (opened(language, reply=reply), signed_in)
    for problem in ("login", "taken", "role"):
        found[f"staff-{problem}"] = (staff(language, problem), signed_in)
    return found


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    return {
        **samples.public(language),
        **console(language),
        **policy_samples.every(language),
        **request_samples.every(language),
        **disclosure_samples.every(language),
        **retention_samples.every(language),
        **mail_samples.every(language),
        **copy_samples.every(language),
        **journal_samples.every(language),
        **account_samples.every(language),
        **client_samples.every(language),
        **glass_samples.every(language, facts(language)),
        **alert_samples.every(language),
        **incident_samples.every(language),
        **my_samples.every(language),
        **evaluation_samples.every(language),
        **statistics_samples.every(language),
        **threat_samples.every(language),
        **published_samples.every(language),
    }


def rendered(language: str) -> dict[str, bytes]:
    """All samples as HTML."""
    return {name: pages.render(view, around) for name, (view, around) in every(language).items()}
