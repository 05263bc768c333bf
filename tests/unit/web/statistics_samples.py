# SPDX-License-Identifier: Apache-2.0
"""The pages of statistics, with everything on them and with nothing."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.visits.record import Dropped
from uphold.web import chart, statistics_views as views
from uphold.web.statistics_views import Around, Compared, Figure, Link, Picker, Row

HOME = "/console/statistics"
DAYS = 28


def around(language: str, chosen: str = "visits", **wanted: object) -> Around:
    ways = (("visits", ""), ("forms", "/forms"), ("answers", "/answers"), ("ledger", "/ledger"))
    tabs = tuple(Link(code, f"{HOME}{path}", code == chosen) for code, path in ways)
    spans = tuple(
        Link(code, f"{HOME}?last={code}", code == "28") for code in ("7", "28", "84", "364")
    )
    picker = Picker(
        *(HOME, "2026-10-26", "2026-11-22", "2026-09-28", "2026-11-22"),
        compare="before",
        grain="day" if chosen == "visits" else "week",
        spans=spans,
        before_start="2026-09-28",
        before_end="2026-10-25",
    )
    files = (Link("csv", f"{HOME}/file/visits/csv"), Link("json", f"{HOME}/file/visits/json"))
    found = Around(tabs, picker, files=files, made_up=True)
    return replace(found, **wanted)  # type: ignore[arg-type]  # the fields of Around


def compared(now: int | None, before: int = 0, *, at_least: bool = False) -> Compared:
    if now is None or not before:
        return Compared(Figure(now), None)
    change = None if at_least else round((now - before) * 100 / before)
    return Compared(Figure(now, at_least), Figure(before), change)


def days(language: str) -> views.Timeline:
    values = [None if at == 9 else 120 + (at * 37) % 90 - 60 * (at % 7 > 4) for at in range(DAYS)]
    before = [90 + (at * 29) % 70 - 40 * (at % 7 > 4) for at in range(DAYS)]
    named = [
        samples.say(language, f"{1 + at} November 2026", f"{1 + at} ноября 2026 г.")
        for at in range(DAYS)
    ]
    points = tuple(
        chart.Point(
            *(value, f"{name}: {value}"),
            tick=samples.say(language, f"{1 + at} Nov", f"{1 + at} ноя") if at % 7 == 0 else "",
            before=before[at],
        )
        for at, (value, name) in enumerate(zip(values, named, strict=True))
    )
    said = samples.say(language, "Visitors by day, a line", "Посетители по дням, линия")
    rows = tuple(
        views.Moment(name, Figure(value), Figure(value and value * 2), Figure(was))
        for name, value, was in zip(named, values, before, strict=True)
    )
    return views.Timeline(
        "days", chart.Graph("line", said, points, compares=True), rows, compares=True
    )


def hours(language: str) -> views.Timeline:
    values = [None if at == 4 else abs(14 - abs(at - 14)) * 9 for at in range(24)]
    points = tuple(
        chart.Point(value, f"{at}:00: {value}", f"{at}:00" if at % 3 == 0 else "", (value or 0) + 9)
        for at, value in enumerate(values)
    )
    said = samples.say(language, "Visitors by hour, columns", "Посетители по часам, столбцы")
    rows = tuple(
        views.Moment(f"{at}:00", Figure(value), Figure(value), Figure((value or 0) + 9))
        for at, value in enumerate(values)
    )
    return views.Timeline(
        "hours", chart.Graph("columns", said, points, compares=True), rows, compares=True
    )


def breakdown(code: str, names: tuple[str, ...], *, acts: bool = False) -> views.Breakdown:
    rows = tuple(
        Row(
            name,
            compared(1400 // (at + 1), 1100 // (at + 1) + 60 * (at % 2), at_least=at == 3),
            acts=Figure(3200 // (at + 1), at == 3) if acts else None,
            share=100 // (at + 1),
            share_before=80 // (at + 1),
        )
        for at, name in enumerate(names)
    )
    return views.Breakdown(code, rows[:10], rows[10:], hides=True, has_acts=acts, compares=True)


def visits(language: str) -> views.Visits:
    say = samples.say
    pages = ("/", "/f/feedback", "/policy", "/f/visit", "/receipt/{id}", "/wording/{id}")
    many = tuple(f"/catalogue/workshop/repairs-of-instruments/{{id}}/{n}" for n in range(7))
    devices = (say(language, "Computer", "Компьютер"), say(language, "Phone", "Телефон"))
    countries = (say(language, "Russia", "Россия"), say(language, "unknown", "неизвестна"))
    return views.Visits(
        around(language),
        tiles=(
            views.Tile("visitors", compared(3120, 2768)),
            views.Tile("visits", compared(7406, 7812)),
            views.Tile("each", compared(237, 282)),
        ),
        days=days(language),
        hours=hours(language),
        breakdowns=(
            breakdown("pages", (*pages, *many), acts=True),
            breakdown("devices", devices),
            breakdown("browsers", ("Yandex Browser", "Chrome", "Safari", "Firefox")),
            breakdown("countries", countries),
        ),
        filters=tuple(
            Link(code, f"{HOME}?device={code}", code == "all")
            for code in ("all", "desktop", "phone", "tablet", "other")
        ),
        left_out=tuple(views.LeftOut(code, 1200 * at) for at, code in enumerate(Dropped)),
    )


def forms(language: str) -> views.Forms:
    say = samples.say
    row = views.FormRow(
        say(language, "Feedback", "Обратная связь"),
        *(compared(412, 380), compared(350, 361), compared(298, 298)),
        share=72,
        bars=(100, 85, 72),
    )
    visit = say(language, "Book a visit", "Запись на приём")
    bare = replace(row, title=visit, share=None, started=Compared(Figure()), bars=(0, 20, 11))
    fields = tuple(
        say(language, *pair) for pair in (("E-mail", "Электронная почта"), ("Telephone", "Телефон"))
    )
    weeks = replace(days(language), code="submitted")
    return views.Forms(
        around(language, "forms"), (row, bare), weeks, breakdown("errors", fields, acts=True)
    )


def answers(language: str) -> views.Answers:
    say = samples.say
    terms = tuple(
        say(language, *pair)
        for pair in (
            ("the first quarter of the term", "первой четверти срока"),
            ("the second quarter", "второй четверти"),
            ("late", "с опозданием"),
        )
    )
    opinions = tuple(
        say(language, *pair) for pair in (("yes", "да"), ("partly", "отчасти"), ("no", "нет"))
    )
    purpose = samples.agreement(language).purpose
    return views.Answers(
        around(language, "answers"),
        breakdown("requests", terms),
        breakdown("enquiries", terms),
        breakdown("opinions", opinions),
        (
            views.ConsentRow(
                "2", "/policy?edition=2", purpose, Figure(214), Figure(6, at_least=True)
            ),
            views.ConsentRow("1", "", purpose, Figure(31), Figure()),
        ),
    )


def ledger(language: str) -> views.Ledger:
    say = samples.say
    measures = (
        views.Measure(say(language, "smallest group shown", "наименьшая показанная группа"), "5"),
        views.Measure(
            say(language, "hidden numbers recovered", "восстановлено скрытых чисел"), "0"
        ),
    )
    line = views.Line(
        7,
        samples.AT,
        "released",
        "2026-11-21",
        "",
        "aggregated",
        4,
        samples.DIGEST,
        12_345,
        measures,
    )
    lines = (
        replace(line, number=9, act="exported", what="visits", person="irina", measures=()),
        replace(line, number=8, act="used", what="visits", person="irina", measures=()),
        line,
        replace(line, number=6, act="refused", what="2026-11-20", label=""),
        replace(
            line,
            number=5,
            act="closed",
            what="2026-11-21",
            count=1200,
            label="pseudonymised",
            measures=(),
        ),
        replace(line, number=4, act="dropped", what="2024-10-21", label="", measures=()),
        replace(line, number=3, act="ran", what="", label="", measures=()),
    )
    recipe = views.RecipeFacts(
        *(2, samples.DIGEST, samples.AT - samples.DAY, "oleg", 5, 5, "0.5"),
        methods=(
            say(language, "generalisation", "обобщение"),
            say(language, "shuffling", "перемешивание"),
        ),
        tables=(
            views.RecipeTable("pages", "day"),
            views.RecipeTable("requests", "week"),
            views.RecipeTable("given", "month"),
        ),
    )
    acts = tuple(
        Link(code, f"{HOME}/ledger?only={code}", code == "all")
        for code in ("all", "released", "refused", "used", "closed", "dropped")
    )
    return views.Ledger(
        around(language, "ledger", picker=None),
        lines,
        acts,
        more_href=f"{HOME}/ledger?only=&more=yes",
        recipe=recipe,
        has_recipe=True,
    )


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    person = samples.frame(language, person=True)
    nothing = {
        f"statistics-{why}": (views.Visits(around(language, empty=why)), person)
        for why in ("off", "waiting", "refused", "span")
    }
    bare = replace(around(language, "forms"), files=(), made_up=False)
    assert bare.picker is not None
    wrong = replace(
        bare,
        picker=replace(
            bare.picker, problem="order", before_start="", before_end="", compare="none"
        ),
    )
    return {
        "statistics": (visits(language), person),
        "statistics-forms": (forms(language), person),
        "statistics-forms-none": (
            views.Forms(wrong, (), None, replace(breakdown("errors", ()), hides=False)),
            person,
        ),
        "statistics-answers": (answers(language), person),
        "statistics-answers-none": (
            views.Answers(replace(bare, tabs=around(language, "answers").tabs)),
            person,
        ),
        "statistics-ledger": (ledger(language), person),
        "statistics-ledger-none": (
            views.Ledger(around(language, "ledger", picker=None), ()),
            person,
        ),
        **nothing,
    }
