# SPDX-License-Identifier: Apache-2.0
"""Samples of the pages on how effective the measures are."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.web.evaluation_views import (
    Demand,
    Evaluation,
    Figures,
    Ground,
    Harm,
    Kind,
    Level,
    OrderRow,
    Paper,
    Signed,
)
from uphold.web.views import Alarm, Problem

AT = "/console/proof/evaluation"
STATUSES = ("kept", "broken", "stale", "outdated", "not-shown", "not-applicable", "")
FIGURES = Figures(
    measures=81,
    fresh=79,
    caught=340,
    sabotages=340,
    noticed=54,
    rules=55,
    lag=620,
    lag_most=1900,
    alerts=14,
    judged=12,
    false=1,
    days=30,
    per_day=0.02,
    threats=((5, 1, samples.AT - samples.DAY), (3, 12, samples.AT)),
)


def paper(number: int, *, signed: bool) -> Paper:
    return Paper(
        number=number,
        made_at=samples.AT,
        signatures=(Signed("anna", samples.AT),) if signed else (),
        papers=(("en", f"{AT}/3/en/pdf", f"{AT}/3/en/json"), ("ru", "", f"{AT}/3/ru/json")),
        sign_href="" if signed else f"{AT}/3/sign",
    )


def kinds() -> tuple[Kind, ...]:
    signed = Kind(
        code="evaluation",
        standing="signed",
        due_at=samples.AT + 1000 * samples.DAY,
        term="3 years",
        clauses=("4.2.2",),
        newest=paper(3, signed=True),
        changed=(),
        make_href=f"{AT}/make/evaluation",
    )
    late = replace(signed, code="threats", standing="overdue", newest=paper(4, signed=False))
    return (
        signed,
        late,
        replace(
            signed,
            code="harm",
            standing="never",
            due_at=0,
            clauses=(),
            changed=("special",),
            make_href=f"{AT}/harm",
        ),
    )


def evaluation(language: str) -> Evaluation:
    title = samples.say(language, "Roles are kept apart", "Роли разделены")
    group = samples.say(language, "Access control", "Управление доступом")
    level = Level(
        number=4,
        category="other",
        threat_type=3,
        people="few",
        warn=80_000,
        threshold=100_000,
        demands=(Demand(title, "decree-1119:13", "V2"),),
    )
    by = tuple((title, status) for status in STATUSES if status)
    return Evaluation(
        figures=FIGURES,
        threats_href="/console/threats",
        level=level,
        order=tuple(
            OrderRow(f"УПД.{number}", group, title, by if status else (), status)
            for number, status in enumerate(STATUSES, 1)
        ),
        kinds=kinds(),
        proof_href="/console/proof",
    )


def harm(language: str) -> Harm:
    what = samples.say(language, "Data are published on the site", "Данные публикуют на сайте")
    fault = samples.say(language, f"Answer yes or no: {what}", f"Ответьте да или нет: {what}")
    ground = Ground("published", "medium", what, "", ())
    return Harm(
        grounds=(
            replace(ground, id="special", degree="high", proposed="no", because=("site.x=false",)),
            replace(ground, id="consent", proposed="yes", because=("form:a.asks=true",)),
            ground,
            replace(ground, id="outside", degree="low"),
        ),
        entered={"special": "no", "consent": "no"},
        problems=(Problem(fault, "published"),),
        action_href=f"{AT}/harm",
        back_href=AT,
    )


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    around = samples.frame(language, person=True)
    page = evaluation(language)
    none = replace(
        FIGURES, lag=-1, lag_most=-1, alerts=0, judged=0, false=0, per_day=0.0, threats=()
    )
    many = replace(page.level, people="many", category="special", number=2)
    alarmed = replace(around, alarm=Alarm(0, 0, unsigned=2))
    return {
        "evaluation": (page, alarmed),
        "evaluation-near": (replace(page, level=replace(page.level, people="near")), around),
        "evaluation-many": (replace(page, level=replace(many, category="biometric")), around),
        "evaluation-special": (replace(page, level=many, figures=none), around),
        "evaluation-none": (replace(page, level=replace(page.level, number=0), kinds=()), around),
        "harm": (harm(language), around),
        "harm-asked": (replace(harm(language), entered={}, problems=()), around),
    }
