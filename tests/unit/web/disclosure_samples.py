# SPDX-License-Identifier: Apache-2.0
"""The desk of disclosures with invented content: each state, what would leave, and where something was wrong."""

from dataclasses import replace

from tests import editions
from tests.unit.web import policy_samples, samples
from uphold.access.procedure import Outcome
from uphold.law import disclosure as grounds
from uphold.rights import telling
from uphold.web import disclosure_pages, disclosure_views, views
from uphold.web.disclosure_pages import PROBLEMS, REASONS, problem
from uphold.web.disclosure_views import About, Entered, Notice, Row, Step

AT = 1_795_000_000_000
DIGEST = "5f" * 32
KEY = "age1qx0xkvnqdx2zms7rk6h5x7y5qgcsxgd2gl4k3t7p2yw4n2u6zm3sqf7tuv"
EDITION = editions.example()
PURPOSE = "communication"


def row(language: str, number: int = 3, state: str = "prepared", until: int = 0) -> Row:
    name = EDITION.policy.recipients["authorities"].name[language]
    title = ground(language).title
    href = f"/console/disclosure/{number}"
    return Row(number, href, name, title, state, AT, "irina", 2, until)


def ground(language: str, name: str = "criminal-case") -> disclosure_views.Ground:
    law = next(one for one in grounds.of_profile("ru-152fz") if one.id == name)
    return disclosure_pages.ground(law, language)


def notice(
    language: str, number: int, state: str, cause: str = "corrected", outcome: str = ""
) -> Notice:
    told = state != "due"
    return Notice(
        number=number, href="/console/disclosure/3", recipient=row(language).recipient, cause=cause,
        fields=(samples.say(language, "Name", "Имя"),), caused_at=AT, state=state, disclosure=3, at=1,
        file=DIGEST, letter_href=f"/console/disclosure/3/notice/{number}",
        channel="letter" if told else "", told_at=AT if told else 0, told_by="irina" if told else "",
        outcome=outcome, answered_at=AT if outcome else 0,
    )  # fmt: skip


def notices(language: str) -> tuple[Notice, ...]:
    return (
        notice(language, 1, "due"),
        notice(language, 2, "told", "erased"),
        *(notice(language, n, "answered", "erased", str(o)) for n, o in enumerate(telling.Outcome, 3)),
    )  # fmt: skip


def listed(language: str, shows: str = "open") -> disclosure_views.Disclosures:
    states = ("refused", "closed") if shows == "ended" else ("prepared", "approved", "sent")
    rows = tuple(row(language, n, state, until=AT * (n % 2)) for n, state in enumerate(states, 3))
    waiting = notices(language)[:2] if shows == "open" else ()
    return disclosure_views.Disclosures(shows, rows, waiting, "/console/disclosures/new")


def new(language: str, *codes: str, second: bool = True) -> disclosure_views.Prepare:
    recipients = (views.Option("authorities", row(language).recipient),)
    purposes = tuple(views.Option(n, n) for n in EDITION.policy.purposes)
    first = disclosure_views.Prepare(
        action_href="/console/disclosures/new",
        decline_href="/console/disclosures/decline",
        recipients=recipients,
        purposes=purposes,
        reasons=REASONS,
        problems=tuple(problem(code, language) for code in codes),
    )
    if not second:
        return first
    return replace(
        first,
        recipient="authorities",
        purpose=PURPOSE,
        recipient_name=row(language).recipient,
        purpose_title=EDITION.policy.purposes[PURPOSE].title[language],
        grounds=(ground(language), replace(ground(language), id="b", obliges=False, unsure=True)),
        fields=disclosure_pages.options(EDITION, PURPOSE, language),
        known_key=KEY,
        entered=Entered("b", "A", "№ 2", fields=("name",)) if codes else Entered(),
    )


def one(language: str, state: str = "prepared") -> disclosure_views.Disclosure:
    href = "/console/disclosure/3"
    say = samples.say
    return disclosure_views.Disclosure(
        row=row(language, state=state, until=AT if state == "approved" else 0),
        place="RU",
        ground=ground(language),
        purpose=EDITION.policy.purposes[PURPOSE].title[language],
        fields=tuple(o.label for o in disclosure_pages.options(EDITION, PURPOSE, language)[:2]),
        about=(About(1, "cgmpp4cr", "/console/enquiry/x", say(language, "Write to us", "Напишите нам"), AT),),
        history=(
            Step(AT, "confirm", "oleg", 1210, "received"),
            Step(AT, "send", "irina", 1209, "", DIGEST),
            Step(AT, "approve", "oleg", 1208),
        )
        if state in ("sent", "closed")
        else (),
        index=1204,
        key=KEY,
        is_mine=state == "prepared",
        requester=say(language, "District court", "Районный суд"),
        document=say(language, "Ruling No. 2/2026", "Определение № 2/2026"),
        look_href=f"{href}/look",
        refuse_href=f"{href}/refuse" if state != "sent" else "",
        send_href=f"{href}/send" if state in ("approved", "sent") else "",
        confirm_href=f"{href}/confirm" if state == "sent" else "",
        tell_href=f"{href}/tell",
        waits_for_another=state == "prepared",
        reasons=REASONS,
        outcomes=tuple(str(each) for each in Outcome),
        channels=tuple(str(each) for each in telling.Channel),
        answers=tuple(str(each) for each in telling.Outcome),
        notices=notices(language) if state == "sent" else (),
    )  # fmt: skip


def extract(language: str, *, decides: bool = True) -> disclosure_views.Extract:
    say = samples.say
    values = (
        (say(language, "Name", "Имя"), say(language, "A. Example", "А. Пример"), False),
        (say(language, "Message", "Сообщение"), "", True),
        (say(language, "Answer", "Ответ"), "<b>", True),
    )
    title = say(language, "Write to us", "Напишите нам")
    record = disclosure_views.Record(1, "cgmpp4cr", title, AT, values)
    href = "/console/disclosure/3"
    return disclosure_views.Extract(
        row=row(language, state="prepared" if decides else "sent"),
        ground=ground(language) if decides else None,
        purpose=EDITION.policy.purposes[PURPOSE].title[language],
        held=DIGEST,
        records=(record, replace(record, at=2)),
        back_href=href,
        approve_href=f"{href}/approve" if decides else "",
        refuse_href=f"{href}/refuse" if decides else "",
        reasons=REASONS,
    )


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = policy_samples.frame(language)
    mine = replace(extract(language), approve_href="", refuse_href="", is_mine=True)
    refused = replace(
        one(language), row=row(language, state="refused"), ground=None, about=(), key="", place="",
        look_href="", refuse_href="", tell_href="", waits_for_another=False, purpose="", fields=(),
    )  # fmt: skip
    return {
        "disclosures": (listed(language), around),
        "disclosures-ended": (listed(language, "ended"), around),
        "disclosures-none": (disclosure_views.Disclosures("open", ()), around),
        "disclosure-new": (new(language, second=False), around),
        "disclosure-new-nobody": (replace(new(language, second=False), recipients=()), around),
        "disclosure-new-second": (new(language), around),
        "disclosure-new-wrong": (new(language, *(c for c in PROBLEMS if c not in ("reason", "unfit"))), around),
        "disclosure-decline-wrong": (
            new(language, "requester", "document", "reason", second=False), around,
        ),
        **{f"disclosure-{s}": (one(language, s), around) for s in ("prepared", "approved", "sent", "closed")},
        "disclosure-denied": (replace(one(language), denied="record-held"), around),
        "disclosure-wrong": (replace(one(language), problems=(problem("reason", language),)), around),
        "disclosure-refused": (refused, around),
        "extract": (extract(language), around),
        "extract-mine": (mine, around),
        "extract-sent": (extract(language, decides=False), around),
    }  # fmt: skip
