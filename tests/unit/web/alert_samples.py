# SPDX-License-Identifier: Apache-2.0
"""Samples of the pages of alerts."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web import views
from uphold.web.account_views import Proof
from uphold.web.alert_views import (
    Alert,
    AlertRow,
    Alerts,
    Behind,
    Bond,
    Judged,
    RuleRow,
    Rules,
    Step,
)
from uphold.web.console_views import Login

AT, HOUR = samples.AT, 3_600_000
HOME = "/console/alerts"


def row(language: str) -> AlertRow:
    return AlertRow(
        href=f"{HOME}/alert/7",
        number=7,
        title=samples.say(
            language, "One person opens records in bulk", "Сотрудник открывает записи подряд"
        ),
        why=samples.say(
            language,
            "Forty people's records within an hour are more than answering letters takes.",
            "Записи сорока человек за час: для ответов на письма столько не нужно.",
        ),
        severity=4,
        login="oleg",
        raised_at=AT,
        steps=(
            Step("log", "applied"),
            Step("notify", "applied"),
            Step("step-up", "applied"),
            Step("lock", "spared"),
        ),
    )


def rows(language: str) -> tuple[AlertRow, ...]:
    first = row(language)
    guessed = samples.say(
        language, "One password is guessed from one place", "Пароль подбирают из одного места"
    )
    return (
        first,
        replace(first, number=6, severity=3, verdict="false", steps=(Step("delay", "stands"),)),
        replace(
            first,
            number=5,
            title=guessed,
            severity=2,
            login="",
            is_dry=True,
            verdict="true",
            steps=(Step("log", "applied"), Step("delay", "would"), Step("freeze-vault", "person")),
        ),
    )


def bonds(language: str) -> tuple[Bond, ...]:
    title, until = row(language).title, AT + HOUR
    lift = f"{HOME}/restraint/1/lift"
    return (
        Bond("vault", "", "", AT, until, asked_by="irina", number=2),
        Bond("step-up", "oleg", title, AT, until, lift_href=lift, number=1),
        Bond("delay", "", title, AT, until, lift_href=lift, number=3),
        Bond("export", "", title, AT, until, lift_href=lift, number=4),
        Bond("lock", "oleg", title, AT, until, AT + 60_000, "irina", number=5),
    )


def alert(language: str) -> Alert:
    opened = samples.say(
        language, "Opened: Answering. Fields: Name (oleg)", "Открыто: Ответ. Поля: Имя (oleg)"
    )
    return Alert(
        row=row(language),
        first_at=AT - HOUR,
        last_at=AT,
        count=40,
        events=(Behind(4017, AT, opened), Behind(4016, AT - 1000, opened), Behind(0, AT, opened)),
        bonds=bonds(language)[1:2],
        back_href=HOME,
        journal_href="/console/journal/staff/x",
        judge_href=f"{HOME}/alert/7/judge",
        incident_href="/console/incidents?alert=7",
        verdicts=("true", "false"),
    )


def rules(language: str) -> Rules:
    one = row(language)
    steps = ("log", "notify", "step-up")
    first = RuleRow("record-sweep", one.title, one.why, 4, "on", steps, AT, 12, 1)
    second = RuleRow("canary-record", one.title, one.why, 5, "dry", ("log", "lock"), 0, 0, 0)
    third = replace(second, name="public-probing", severity=1, state="off", may_spoof=True)
    return Rules((first, second, replace(third, asks=True)), HOME)


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = samples.frame(language, person=True)
    alarmed = replace(around, alarm=views.Alarm(0, 0, alerts=2))
    listed = Alerts(
        rows=rows(language),
        bonds=bonds(language),
        past=bonds(language)[3:],
        waiting=2,
        rules_href=f"{HOME}/rules",
        others_href=f"{HOME}?of=exercises",
        older_href=f"{HOME}?before=5",
    )
    none = replace(listed, rows=(), bonds=(), past=(), waiting=0, older_href="", is_on=False)
    whole = alert(language)
    judged = replace(whole, judged=Judged("false", "irina", AT), problem="verdict")
    hidden = replace(whole, events=(), is_hidden=True, is_exercise=True, judge_href="", bonds=())
    both = Proof("/console/again", "code", begins=False, is_alerted=True, asks_both=True)
    locked = Login(login="oleg", problem="locked", until_at=AT + HOUR)
    return {
        "alerts": (listed, alarmed),
        "alerts-own": (replace(listed, problem="own", acts=False), around),
        "alerts-same": (replace(listed, problem="same"), around),
        "alerts-exercise": (replace(none, is_exercise=True), around),
        "alert": (whole, around),
        "alert-judged": (judged, around),
        "alert-own": (replace(whole, problem="own", judge_href=""), around),
        "alert-hidden": (hidden, around),
        "alert-rules": (rules(language), around),
        "prove-both": (both, around),
        "login-locked": (locked, samples.frame(language)),
    }
