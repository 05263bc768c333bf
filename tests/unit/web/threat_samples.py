# SPDX-License-Identifier: Apache-2.0
"""The page of threats with everything on it, one state alone, and as it is where nothing is open."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.threats import diagram, draw, element, words
from uphold.threats.element import ZONES, Element, facts
from uphold.web import threat_views as desk, views

WAY = "/console/threats"


def drawing(language: str) -> desk.Drawing:
    told = {"personal": True, "special": False, "encrypted": False, "leaves": False}
    ends = {"from_id": "actor:subject", "to_id": "form:feedback"}
    model = element.model(
        [
            Element("actor:subject", "actor", "internet", {}),
            Element("form:feedback", "form", "app", {}),
            Element("flow:submit/feedback", "flow", "internet", facts("", **ends, **told)),
        ]
    )
    shown = diagram.of(model)
    names = {one.id: words.title(one.id, None, language) for one in shown.boxes}
    zones = {zone: words.say("zone", zone, language) for zone in ZONES}
    title = samples.say(language, "Flows", "Потоки")
    rows = (
        desk.Flow(1, names["actor:subject"], names["form:feedback"], ("1", "2"), True, True),
        desk.Flow(2, names["form:feedback"], names["actor:subject"], ("3",), True, False),
        desk.Flow(3, names["form:feedback"], names["actor:subject"], ("4",), False, False),
    )
    return desk.Drawing(draw.draw(shown, draw.Words(names, zones, title, title)), rows)


def finding(language: str) -> desk.Finding:
    held = desk.Against(
        samples.say(language, "Guessing is slowed down", "Подбор замедляется"),
        "kept",
        words.say("held", "kept", language),
        samples.AT + samples.DAY,
    )
    return desk.Finding(
        uid="password-alone@account:7",
        title=samples.say(language, "A password alone opens an account", "Запись открывает пароль"),
        why=samples.say(language, "Whoever learns it is that person.", "Узнавший его войдёт."),
        element=samples.say(language, "account 7", "учётная запись 7"),
        element_id="account:7",
        level=4,
        severity=words.say("severity", "4", language),
        state="open",
        said=words.say("state", "open", language),
        consequence=words.say("consequence", "disclosure", language),
        because=("account:7.factor=false", "site.second_factor_required=false"),
        measures=(held, broken(language)),
        since=samples.AT - samples.DAY,
        accept_href=f"{WAY}/accept",
    )


def broken(language: str) -> desk.Against:
    title = samples.say(language, "Second factors are required", "Второй фактор обязателен")
    return desk.Against(title, "broken", words.say("held", "broken", language))


def threats(language: str) -> desk.Threats:
    one = finding(language)
    does = samples.say(language, "Nobody enters without one.", "Без него не входит никто.")
    other = replace(one, uid="password-alone@account:8", element_id="account:8", level=2, since=0)
    change = desk.Change(
        samples.AT,
        words.say("change", "reopened", language),
        one.title,
        one.element,
        one.because,
        1_234,
        "staff.factor-removed",
    )
    counts = tuple(
        desk.Count(
            state,
            words.say("state", state, language),
            (
                (words.say("severity", "4", language), high),
                (words.say("severity", "2", language), low),
            ),
            high + low,
            f"{WAY}?only={state}",
        )
        for state, high, low in (("open", 1, 2), ("accepted", 0, 0), ("unknown", 1, 0))
    )
    return desk.Threats(
        counts=counts,
        only="",
        only_said="",
        groups=(
            desk.Group(broken(language), does, (one, other), "accounts", f"{WAY}/attest"),
            desk.Group(None, "", (replace(one, uid="password-alone@account:9", measures=()),)),
        ),
        hidden=2,
        all_href=f"{WAY}?only=open",
        here_href=WAY,
        untried=1,
        proof_href="/console/proof",
        soonest="2026-11-24",
        latest="2027-11-23",
        duties=(
            desk.Duty("media", one.title, does, "never", attest_href=f"{WAY}/attest"),
            desk.Duty(
                *("premises", one.title, does, "overdue", samples.AT - 400 * samples.DAY, "irina"),
                until=samples.AT - 35 * samples.DAY,
                attest_href=f"{WAY}/attest",
            ),
            desk.Duty(
                *("updates", one.title, does, "attested", samples.AT, "oleg"),
                until=samples.AT + 365 * samples.DAY,
            ),
        ),
        drawing=drawing(language),
        changes=(change, replace(change, what="")),
        unknown=(desk.Unknown(one.element, "account:7", ("dormant", "factor")),),
        level=3,
        elements=71,
        digest="0123456789abcdef" * 4,
        files=(("JSON", f"{WAY}/file/json"), ("Markdown", f"{WAY}/file/md")),
    )


def accepted(language: str) -> desk.Threats:
    """Those alone that somebody answers for."""
    page, one = threats(language), finding(language)
    said = words.say("state", "accepted", language)
    given = replace(
        one,
        state="accepted",
        said=said,
        accepted_by="irina",
        until=samples.AT + 90 * samples.DAY,
        words=samples.say(language, "Keys are on their way.", "Ключи уже заказаны."),
        accept_href="",
    )
    group = desk.Group(broken(language), "", (given,), "accounts")
    return replace(page, only="accepted", only_said=said, groups=(group,), hidden=0)


def quiet(language: str) -> desk.Threats:
    """Nothing open, nothing unknown, nothing changed yet."""
    return replace(
        threats(language), groups=(), hidden=0, untried=0, changes=(), unknown=(), level=0
    )


def every(language: str) -> dict[str, samples.Page]:
    """The samples by name."""
    person = views.Person("irina", "owner", ("enquiries", "policy", "proof", "threats", "staff"))
    around = replace(samples.frame(language, person=True), person=person)
    return {
        "threats": (threats(language), around),
        "threats-accepted": (accepted(language), around),
        "threats-quiet": (quiet(language), around),
    }
