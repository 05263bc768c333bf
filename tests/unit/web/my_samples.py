# SPDX-License-Identifier: Apache-2.0
"""One sample of every page of `/my` in every state, in both languages. No real person's data."""

from dataclasses import replace

from tests.unit.web import samples
from tests.unit.web.samples import AT, DAY, say
from uphold.web import my_views, views

HREF = f"/my/{samples.NUMBER}"


def frame(language: str, *, proved: bool = True, flash: str = "") -> views.Frame:
    around = samples.frame(language, flash=flash)
    return replace(around, path="/my", token="csrf-token-of-a-sample" if proved else "")


def order(language: str, *, until: bool = True) -> my_views.Order:
    ground = say(
        language, "Request of the court, case 2-417/2026.", "Запрос суда, дело 2-417/2026."
    )
    return my_views.Order(ground, "2027-03-01" if until else "")


def requests(language: str) -> tuple[my_views.RequestLine, ...]:
    refused = say(language, "A law obliges us to keep it", "Закон обязывает хранить эти данные")
    return (
        my_views.RequestLine(
            12, "objection", "verified", AT, AT, "2026-12-04", "", "/my/request/12/retract"
        ),
        my_views.RequestLine(
            11, "complaint", "extended", AT, AT, "2026-12-11", "", "/my/request/11/retract"
        ),
        my_views.RequestLine(9, "erasure", "refused", AT, AT + DAY, "", refused),
        my_views.RequestLine(8, "rectification", "fulfilled", AT, AT),
        my_views.RequestLine(7, "access", "identity-asked", AT, AT, "2026-12-04"),
        my_views.RequestLine(6, "withdrawal", "joined", AT, AT),
        my_views.RequestLine(5, "restriction", "retracted", AT, AT),
        my_views.RequestLine(4, "portability", "in-work", AT, AT, "2026-12-04"),
    )


def home(language: str) -> my_views.Home:
    form = say(language, "Write to us", "Напишите нам")
    purposes = (
        say(language, "Answering your message", "Ответ на ваше обращение"),
        say(language, "Keeping the site safe", "Защита сайта"),
    )
    return my_views.Home(
        address="anna.very-long-address-of-somebody@mail.example.org",
        idle=30,
        lines=(
            my_views.Line(HREF, form, AT, purposes),
            my_views.Line(HREF, form, AT - DAY, purposes[:1], restricted=True),
            my_views.Line(HREF, form, AT - 40 * DAY, ()),
        ),
        requests=requests(language),
        formats=("json", "html", "pdf"),
        profile="ru-152fz" if language == "ru" else "eu-gdpr",
        contact="privacy@example.org",
        is_left=True,
    )


def record(language: str) -> my_views.Record:
    answer = say(language, "Answering your message", "Ответ на ваше обращение")
    fields = (say(language, "Name", "Имя"), say(language, "E-mail", "Электронная почта"))
    term = say(language, "1 month after the enquiry is answered", "через 1 месяц после ответа")
    return my_views.Record(
        href=HREF,
        form_title=say(language, "Write to us", "Напишите нам"),
        received_at=AT,
        language=language,
        edition=2,
        policy_href="/policy?edition=2",
        receipt_href=f"/receipt/{samples.NUMBER}",
        agreements=(
            samples.agreement(language),
            samples.agreement(language, withdrawn_at=AT + DAY),
        ),
        parts=(
            my_views.PartRow(
                answer, ", ".join(fields), say(language, "consent", "согласие"), AT + DAY, term
            ),
            my_views.PartRow(
                answer, ", ".join(fields), say(language, "consent", "согласие"), 0, term
            ),
        ),
        gone=(my_views.GoneRow(answer, AT + DAY),),
        openings=(
            my_views.Opening(AT + DAY, "you", answer, fields),
            my_views.Opening(AT, "clerk", answer, fields),
            my_views.Opening(AT, "site", answer, fields),
            my_views.Opening(AT, "officer", answer, (), "consent-withdrawn"),
        ),
        answers=(my_views.Sent(AT, AT + 1000), my_views.Sent(AT, 0)),
        corrections=(my_views.Correcting(AT, "you", fields[:1]),),
        orders=(order(language), order(language, until=False)),
        objections=(views.Option("communication", answer), views.Option("security", answer)),
        requests=requests(language)[:2],
        restricted=False,
        disclosed=disclosed(language, answer, fields),
        is_asked=True,
    )


def disclosed(
    language: str, purpose: str, fields: tuple[str, ...]
) -> tuple[my_views.Disclosed, ...]:
    court = say(language, "District court", "Районный суд")
    ground = say(language, "A court demands it", "Требование суда")
    told = (("corrected", ""), ("erased", "done"))
    return (
        my_views.Disclosed(AT, court, ground, "152-fz:6.1.3", purpose, fields, told),
        my_views.Disclosed(AT, court, ground, "152-fz:6.1.3", purpose, fields),
    )


def opened(language: str, *, wrong: bool = False) -> my_views.Opened:
    answer = say(language, "Answering your message", "Ответ на ваше обращение")
    shown = samples.form(language, wrong=wrong)
    values = (
        my_views.Value(say(language, "Name", "Имя"), say(language, "Anna Petrova", "Анна Петрова")),
        my_views.Value(say(language, "Telephone", "Телефон"), ""),
        my_views.Value(
            say(language, "Message", "Сообщение"),
            say(language, "When do you open?\n\nThank you.", "Когда вы открываетесь?\n\nСпасибо."),
            "textarea",
        ),
    )
    letter = my_views.Letter(
        say(language, "Your question", "Ваш вопрос"),
        say(language, "We open at nine.", "Мы открываемся в девять."),
    )
    return my_views.Opened(
        HREF,
        say(language, "Write to us", "Напишите нам"),
        AT,
        (my_views.Group(answer, values),),
        (letter,),
        shown.fields,
        tuple(one for one in shown.problems if not one.anchor.startswith("consent.")),
    )


def erase(language: str, *, empty: bool = False) -> my_views.Erase:
    answer = say(language, "Answering your message", "Ответ на ваше обращение")
    form = say(language, "Write to us", "Напишите нам")
    doomed = (
        my_views.Doomed(form, AT, (answer,), ()),
        my_views.Doomed(form, AT, (), (order(language),)),
    )
    return my_views.Erase("/my/erase", "/my", () if empty else doomed, "2027-02-01")


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    outside, inside = frame(language, proved=False), frame(language)
    asking = {
        f"my-ask-{problem or 'fresh'}": (
            my_views.Ask("/my", "privacy@example.org", problem, 90),
            outside,
        )
        for problem in ("", "invalid", "phone", "throttled", "expired", "left")
    }
    label = say(language, "Name", "Имя")
    changes = (my_views.Changed(label, "Anna", "Anna Petrova"), my_views.Changed(label, "", "1\n2"))
    return {
        **asking,
        "my-asked": (my_views.Asked(60), outside),
        "my-enter": (my_views.Enter("t" * 43, "/my/enter", "/my"), outside),
        "my-enter-over": (my_views.Enter("", "/my/enter", "/my"), outside),
        "my-home": (home(language), inside),
        "my-home-empty": (
            replace(home(language), lines=(), requests=(), is_left=False),
            frame(language, flash="complained"),
        ),
        "my-record": (record(language), inside),
        "my-record-restricted": (
            replace(record(language), restricted=True, openings=(), orders=(), answers=()),
            frame(language, flash="restricted"),
        ),
        "my-record-gone": (
            replace(record(language), parts=(), agreements=(), objections=(), requests=()),
            inside,
        ),
        "my-opened": (opened(language), inside),
        "my-opened-wrong": (opened(language, wrong=True), inside),
        "my-opened-unavailable": (replace(opened(language), retry_after=5), inside),
        "my-opened-gone": (
            replace(opened(language), groups=(), letters=(), fields=(), problems=()),
            inside,
        ),
        "my-corrected": (
            my_views.Corrected(HREF, 8, changes, samples.DIGEST, samples.DIGEST[::-1]),
            inside,
        ),
        "my-erase": (erase(language), inside),
        "my-erase-nothing": (erase(language, empty=True), inside),
        "my-erased": (
            my_views.Erased(9, 3, (4, 5), (order(language),), "2027-02-01"),
            inside,
        ),
    }
