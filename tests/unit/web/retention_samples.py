# SPDX-License-Identifier: Apache-2.0
"""The page of retention with everything on it, after a refused order, and as it is on the first day."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web import retention_views as desk, views

WAY = "/console/retention"


def retention(language: str) -> desk.Retention:
    feedback = samples.agreement(language).purpose
    security = samples.say(language, "Security of the site", "Безопасность сайта")
    papers = tuple(
        (code, f"{WAY}/act/7/{code}/pdf", f"{WAY}/act/7/{code}/html", f"{WAY}/act/7/{code}/json")
        for code in ("en", "ru")
    )
    reason = samples.say(language, "The term has run out", "Истёк срок хранения")
    done = desk.ActRow(7, security, reason, samples.AT, 1_234, "2027-01-30", papers)
    order = desk.OrderRow(
        3,
        samples.NUMBER,
        feedback,
        samples.say(language, "Court decision of 1 March", "Определение суда от 1 марта"),
        0,
        samples.AT + 90 * samples.DAY,
        samples.AT,
        "irina",
        0,
        "",
        f"{WAY}/order/3/lift",
    )
    ended = replace(
        order, number=1, receipt="", lifted_at=samples.AT, lifted_by="oleg", lift_href=""
    )
    return desk.Retention(
        endings=(
            desk.Ending("now", ((security, 12),)),
            desk.Ending("kept", ((feedback, 1),)),
            desk.Ending(
                samples.say(language, "December 2026", "декабрь 2026 г."),
                ((feedback, 40), (security, 12_345)),
            ),
            desk.Ending("never", ((feedback, 3),)),
        ),
        reckoned=2_000,
        beyond=120_000,
        swept_at=samples.AT,
        is_sweeping=False,
        run_href=f"{WAY}/run",
        acts=(
            replace(done, number=8, done_at=0, final_on=""),
            done,
            replace(done, final_on=""),
            replace(done, final_on="now"),
        ),
        more_acts=21,
        orders=(order, replace(order, number=2, receipt="", until_at=0, placed_by="")),
        past_orders=(ended, replace(ended, lifted_at=0)),
        place=place(feedback),
        keys=desk.Keys(
            (
                desk.EpochRow(2, samples.AT, 36_000, 0),
                desk.EpochRow(1, samples.AT - 30 * samples.DAY, 0, samples.AT + samples.DAY),
            ),
            samples.AT + 30 * samples.DAY,
            30,
            "same",
        ),
        backups=desk.Backups(is_set_up=True, made_at=samples.AT, keep_days=14, is_late=True),
    )


def place(purpose: str, **entered: str) -> desk.Place:
    empty = {"receipt": "", "purpose": "", "ground": "", "until": ""}
    options = (views.Option("feedback", purpose),)
    return desk.Place(f"{WAY}/order", options, {**empty, **entered})


def first_day(language: str) -> desk.Retention:
    calm = retention(language)
    return replace(
        calm,
        endings=(),
        beyond=0,
        swept_at=0,
        run_href="",
        acts=(),
        more_acts=0,
        orders=(),
        past_orders=(),
        place=None,
        keys=desk.Keys((desk.EpochRow(1, samples.AT, None, 0),), 0, 1, "none"),
        backups=desk.Backups(is_set_up=False, made_at=0, keep_days=1, is_late=False),
    )


def refused(language: str) -> desk.Retention:
    page = retention(language)
    assert page.place is not None
    said = samples.say(
        language, "Enter a day that is yet to come", "Укажите день, который ещё не наступил"
    )
    what = samples.say(
        language, "Name a receipt, a purpose or both", "Назовите расписку, цель или обе"
    )
    problems = (views.Problem(what, "receipt"), views.Problem(said, "until"))
    entered = {
        **page.place.entered,
        "purpose": "feedback",
        "ground": "Case 7",
        "until": "2020-01-01",
    }
    backups = replace(page.backups, made_at=0)
    keys = replace(page.keys, copy="differs")
    again = replace(page.place, problems=problems, entered=entered)
    return replace(page, is_sweeping=True, place=again, backups=backups, keys=keys)


def every(language: str) -> dict[str, samples.Page]:
    """The samples by name."""
    person = views.Person("irina", "owner", ("enquiries", "retention", "policy", "proof", "staff"))
    around = replace(samples.frame(language, person=True), person=person)
    return {
        "retention": (retention(language), around),
        "retention-refused": (refused(language), around),
        "retention-first": (first_day(language), around),
    }
