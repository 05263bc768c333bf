# SPDX-License-Identifier: Apache-2.0
"""Samples of the pages of incidents."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web import views
from uphold.web.incident_views import (
    Again,
    Alerted,
    Clock,
    Fine,
    Incident,
    Incidents,
    Lesson,
    Line,
    Open,
    Row,
    Said,
    Scope,
)
from uphold.web.views import Option, Problem

HOUR = 3_600_000
ROW = Row(
    number=4,
    href="/console/incident/4",
    nature=("unlawful", "access", "copying"),
    detected_at=samples.AT,
    is_closed=False,
    stand="late",
    due_at=samples.AT + 24 * HOUR,
    is_known=True,
    subjects=1204,
    identifiers=3611,
    alert=17,
    lessons=0,
)
CLOSED = replace(ROW, number=3, is_closed=True, stand="", due_at=0, alert=0, lessons=1, nature=())
NATURES = ("access", "provision", "dissemination", "transfer", "copying", "modification", "loss")
TOLD = ("incident", "causes", "harm", "measures", "person", "source", "investigation", "actors")


def clocks(language: str) -> tuple[Clock, ...]:
    """Notices that stand in each way."""
    title = samples.say(language, "First notice to Roskomnadzor", "Первичное уведомление")
    first = Clock(
        id="ru-152fz-first",
        title=title,
        by="152-FZ",
        when="breached",
        need="needed",
        stand="late",
        is_at_once=False,
        is_open=True,
        due_at=samples.AT + 24 * HOUR,
        given_at=0,
        missing=(samples.say(language, "Presumed causes", "Предполагаемые причины"),),
        drafts=(("PDF, ru", "/console/incident/4/ru-152fz-first/ru/pdf"),),
    )
    shut = replace(first, is_open=False)
    return (
        first,
        replace(first, id="b", stand="running", need="undecided", missing=()),
        replace(shut, id="c", stand="given-late", given_at=samples.AT, reference="77-12"),
        replace(shut, id="d", stand="withheld", reason="The data were sealed."),
        replace(shut, id="e", stand="not-needed", need="not-needed", when="risk"),
        replace(first, id="f", stand="soon", is_at_once=True, when="high-risk", need="undecided"),
    )


def scope(language: str) -> Scope:
    """What was counted, with what was added."""
    return Scope(
        is_counted=True,
        subjects=1204,
        identifiers=3611,
        records=1300,
        emails=1190,
        phones=1121,
        nameless=14,
        gone=2,
        opened=1300,
        disclosed=4,
        exports=1,
        since=samples.AT - 9 * HOUR,
        until=samples.AT,
        of=("account", "record"),
        person="oleg",
        categories=(samples.say(language, "Health", "Здоровье"),),
        special=True,
        added_subjects=12,
        added_identifiers=24,
        added_why="A paper list.",
    )


def incident(language: str) -> Incident:
    """An incident with everything on record."""
    words = samples.say(language, "A password was guessed.\nBy night.", "Пароль подобран.\nНочью.")
    return Incident(
        number=4,
        href="/console/incident/4",
        whose="drill",
        is_closed=False,
        may_write=True,
        alert=17,
        detected_at=samples.AT,
        first_detected_at=samples.AT - HOUR,
        occurred=(samples.AT - 9 * HOUR, samples.AT - 3 * HOUR),
        nature=("unlawful", "access", "copying"),
        breached="yes",
        risk="high",
        thresholds=("A threshold in words.",),
        identifier=("What counts as an identifier.",),
        clocks=clocks(language),
        said=tuple(Said(what, (words,), "medium", samples.AT, "irina", 2) for what in TOLD),
        scope=scope(language),
        fines=(Fine("A leak", "3 to 5 million roubles", "article 13.11(12)", True),),
        lessons=(Lesson("measure", "second-factor", samples.AT, "irina", words),),
        lines=(
            Line(samples.AT, "harm", "medium", "irina", 41, words),
            Line(samples.AT, "scope", "1204 / 3611", "", 40),
            Line(samples.AT, "breached", "yes", "irina", 39),
        ),
        bars=("breached", "risk", "scope", "lesson", "A notice"),
        natures=NATURES,
        kinds=("rule", "measure", "risk"),
        counts=("account", "record", "destroyed", "everything"),
        people=(Option("2", "oleg"),),
        suspect="2",
        now="2026-11-23T10:00",
        since="2026-11-23T01:00",
        until="2026-11-23T07:00",
        detected="2026-11-23T09:00",
        asks_risk=True,
        asks_breached=True,
    )


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = samples.frame(language, person=True)
    alarmed = replace(around, alarm=views.Alarm(0, 0, incidents=2))
    whole = incident(language)
    bare = replace(
        whole,
        whose="peoples",
        alert=0,
        first_detected_at=whole.detected_at,
        occurred=(0, 0),
        nature=(),
        breached="",
        risk="",
        said=tuple(Said(what, (), "", 0, "", 0) for what in TOLD),
        scope=None,
        fines=(),
        lessons=(),
        suspect="",
    )
    asked = Open("/console/incidents", {"detected": "2026-11-23T09:00"})
    wrong = tuple(Problem("Wrong", name) for name in ("detected", "since", "words"))
    fields = ("detected-words", "nature-value", "of", "lesson-name", "ru-152fz-first-sent")
    return {
        "incidents": (
            Incidents(
                (ROW, CLOSED),
                (replace(ROW, is_known=False, stand=""),),
                (Again(3, "/console/incident/3", "rule", "export-at-night", samples.AT),),
                (("CSV", "/console/incidents/register/csv"),),
                asked,
                (Alerted(17, "/console/incidents?alert=17", "Exports at night", samples.AT, True),),
            ),
            around,
        ),
        "incidents-alert": (
            Incidents((), (), (), (), replace(asked, alert=17, title="Exports at night")),
            around,
        ),
        "incidents-wrong": (Incidents((), (), (), (), replace(asked, problems=wrong)), around),
        "incident": (whole, alarmed),
        "incident-bare": (bare, around),
        "incident-wrong": (
            replace(bare, problems=tuple(Problem("Wrong", one) for one in fields)),
            around,
        ),
        "incident-looked": (replace(whole, may_write=False), around),
        "incident-closed": (replace(whole, is_closed=True, bars=()), around),
    }
