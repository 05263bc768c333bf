# SPDX-License-Identifier: Apache-2.0
"""One sample of every page on the policy and on its proof in every state, in both languages."""

from dataclasses import replace

from tests.unit.web import processor_samples, samples
from uphold.web import drafts, policy_views, renewal_views, verdicts, views

HOUR = 3_600_000
PLACES = ("enquiries", "policy", "proof", "staff")


def frame(language: str, alarm: views.Alarm | None = None) -> views.Frame:
    person = views.Person("irina", "owner", PLACES)
    return replace(samples.frame(language, person=True), person=person, alarm=alarm)


def texts(language: str) -> dict[str, str]:
    say = samples.say
    return {
        "heading": say(language, "What is received", "Какие данные получает Оператор"),
        "form": say(
            language,
            "Personal information that the user provides about himself by filling out feedback "
            "forms. Mandatory information is marked in a special way.",
            "Персональная информация, которую пользователь предоставляет о себе при заполнении форм "
            "обратной связи. Обязательная информация помечена особым образом.",
        ),
        "measures": say(
            language,
            "The Operator evaluates whether its measures work.",
            "Оператор оценивает эффективность принимаемых мер.",
        ),
        "use": say(
            language,
            "Use of the site means unconditional consent.",
            "Использование сайта означает безоговорочное согласие.",
        ),
        "place": say(
            language,
            "The databases are in St. Petersburg.",
            "Базы данных находятся в Санкт-Петербурге.",
        ),
        "box": say(
            language,
            "The window for consent is empty until a person ticks it",
            "Окно согласия пусто, пока человек сам не поставит знак",
        ),
        "did": say(
            language,
            "Opens each form and looks at its boxes.",
            "Открывает каждую форму и смотрит на её окна.",
        ),
        "saw": say(
            language,
            "Form feedback: 1 box, none ticked.",
            "Форма feedback: одно окно, знака в нём нет.",
        ),
    }


def finding(language: str, kind: str = "over-claim") -> verdicts.Finding:
    say = samples.say
    return verdicts.Finding(
        kind=kind,
        title=say(language, "Use is taken for consent", "Использование выдаётся за согласие"),
        why=say(
            language,
            "Consent must be specific and given by an act of its own.",
            "Согласие должно быть конкретным и даваться отдельным действием.",
        ),
        way_out=say(
            language,
            "Drop the sentence, or say that it tells of the terms of use.",
            "Уберите фразу или напишите, что речь об условиях пользования.",
        ),
        source="152-FZ art. 9(1)" if language == "en" else "152-ФЗ, ст. 9, ч. 1",
        clause="" if kind == "gap" else "preamble.2",
        quote="" if kind == "gap" else texts(language)["use"],
    )


def probe(
    language: str, status: str = "kept", why: str = "", kind: str = "examine"
) -> verdicts.Probe:
    found = texts(language)
    ran = why != "not-run"
    return verdicts.Probe(
        id="consent.box-empty.page",
        kind=kind,
        does=found["did"],
        status=status,
        why=why,
        saw=(found["saw"],) if ran else (),
        at=samples.AT - 3 * HOUR if ran else 0,
        expires=samples.AT + 21 * HOUR if ran else 0,
        note_href="/console/proof/evidence/7" if ran else "",
    )


def promise(language: str, verdict: str, why: str = "") -> verdicts.Promise:
    found = texts(language)
    status = "kept" if verdict == "kept" else verdict
    probes = () if why == "not-built" else (probe(language), probe(language, status, why, "attack"))
    return verdicts.Promise(
        "consent.box-empty", found["box"], found["form"], verdict, why, ("152-fz:9.1",), probes
    )


def duty(language: str, state: str) -> verdicts.Duty:
    say = samples.say
    attested = state != "never"
    return verdicts.Duty(
        who=say(language, "The person responsible", "Ответственный за обработку"),
        what=say(language, "reviews the measures", "пересматривает меры"),
        every=say(language, "3 years", "3 года"),
        state=state,
        attested_at=samples.AT - 30 * samples.DAY if attested else 0,
        attested_by="irina" if attested else "",
        until=samples.AT + (samples.DAY if state == "attested" else -samples.DAY)
        if attested
        else 0,
        attest_href="/console/proof/attest",
    )


def clauses(language: str) -> tuple[verdicts.Clause, ...]:
    found, clause = texts(language), verdicts.Clause
    at = samples.AT - 3 * HOUR
    kept, broken = promise(language, "kept"), promise(language, "broken")
    stale = promise(language, "not-shown", "stale")
    unbuilt = promise(language, "not-shown", "not-built")
    return (
        clause("preamble.1", "", (found["place"],), "fact"),
        clause("preamble.2", "", (found["use"],), "over-claimed", at=at, promises=(kept,),
               findings=(finding(language),)),
        clause("1", "1.", (found["heading"],), "", heading=True),
        clause("1.1", "1.1.", (found["form"],), "kept", "", at, depth=1, promises=(kept,)),
        clause("1.1.1", "1.1.1.", (found["form"],), "broken", "", at, depth=2,
               promises=(broken, kept)),
        clause("1.2", "1.2.", (found["form"],), "not-shown", "stale", at, depth=1,
               promises=(stale, unbuilt)),
        clause("1.3", "1.3.", (found["form"],), "not-shown", "unbound", depth=1),
        clause("4.1", "4.1.", (found["measures"],), "duty", depth=1, duty=duty(language, "attested")),
        clause("4.2", "4.2.", (found["measures"],), "overdue", depth=1, duty=duty(language, "overdue")),
        clause("4.3", "4.3.", (found["measures"],), "overdue", at=at, depth=1, promises=(kept,),
               duty=duty(language, "never")),
    )  # fmt: skip


def unlinked(found: tuple[verdicts.Clause, ...]) -> tuple[verdicts.Clause, ...]:
    """Clauses whose evidence nobody can take from here."""

    def bare(one: verdicts.Promise) -> verdicts.Promise:
        return replace(one, probes=tuple(replace(tried, note_href="") for tried in one.probes))

    return tuple(
        replace(clause, promises=tuple(bare(one) for one in clause.promises)) for clause in found
    )


def judged(language: str, *, hrefs: bool = True) -> verdicts.Judged:
    counts = {
        "broken": 1,
        "not-shown": 2,
        "over-claimed": 1,
        "overdue": 2,
        "duty": 1,
        "kept": 1,
        "fact": 1,
    }
    return verdicts.Judged(
        title=samples.say(language, "Privacy policy", "Политика конфиденциальности"),
        language=language,
        edition=samples.edition(),
        clauses=clauses(language) if hrefs else unlinked(clauses(language)),
        counts=tuple(
            verdicts.Count(code, n, f"/console/proof?only={code}" if hrefs else "")
            for code, n in counts.items()
        ),
        now_at=samples.AT,
        gaps=(finding(language, "gap"),) if hrefs else (),
        others=(promise(language, "kept"),) if hrefs else (),
    )


def without_probes(found: verdicts.Judged) -> verdicts.Judged:
    """What the public page is given."""
    bare = tuple(
        replace(
            clause,
            why="",
            findings=(),
            promises=tuple(replace(one, probes=(), why="", verdict="") for one in clause.promises),
        )
        for clause in found.clauses
    )
    return replace(found, clauses=bare)


def proof(language: str, *, under_way: bool = False) -> verdicts.ConsoleProof:
    box = texts(language)["box"]
    alerts = (
        verdicts.Alert("consent.box-empty", box, samples.AT, "/console/proof/alert/3/seen",
                       clauses=("1.1.1",)),
        verdicts.Alert("consent.box-empty", box, samples.AT - samples.DAY, "", samples.AT, "irina"),
    )  # fmt: skip
    return verdicts.ConsoleProof(
        judged=judged(language),
        run=verdicts.Run(
            12, samples.AT - 3 * HOUR, 0 if under_way else samples.AT - 2 * HOUR, "irina"
        ),
        alerts=() if under_way else alerts,
        under_way=under_way,
        run_href="" if under_way else "/console/proof/run",
    )


def report(language: str) -> verdicts.Report:
    run = verdicts.Run(12, samples.AT - HOUR, samples.AT)
    return verdicts.Report(
        judged(language, hrefs=False), run, "forms.example.org/journal", samples.KEY, "0.1.0"
    )


def fault(line: int = 12) -> drafts.Fault:
    return drafts.Fault(
        "policy/policy.toml", line, "purpose-unknown", "Purpose 'answer' is not declared.",
        "Declare it in [purpose.ID].", 'purposes = ["answer"]' if line else "",
    )  # fmt: skip


def draft(language: str, state: str = "") -> drafts.DraftPage:
    tab = drafts.FileTab
    address = "/console/policy/draft?file="
    tabs = (
        tab("policy/policy.md", f"{address}policy/policy.md", "text", "en"),
        tab("policy/policy.ru.md", f"{address}policy/policy.ru.md", "text", "ru"),
        tab("policy/policy.toml", f"{address}policy/policy.toml", "declarations", faults=2),
        tab("forms/feedback.toml", f"{address}forms/feedback.toml", "form", key="feedback"),
    )
    text = 'languages = ["en", "ru"]\nprofile = "ru-152fz"\n' + "# " + "x" * 90 + "\n" * 30
    wrong = state in ("", "checked")
    return drafts.DraftPage(
        tabs=tabs,
        name="policy/policy.toml",
        text=text,
        seen=samples.DIGEST,
        faults=(fault(), fault(0)) if wrong else (),
        elsewhere=(replace(fault(3), file="forms/feedback.toml"),) if wrong else (),
        findings=(finding(language), finding(language, "contradiction")) if wrong else (),
        state=state,
        theirs=policy_views.beside(text, text.replace("ru-152fz", "eu-gdpr"))
        if state == "clash"
        else (),
        compare_href="/console/policy/compare?old=2&new=draft",
        publish_href="/console/policy/publish",
    )


def differences(language: str, *, material: bool = True) -> drafts.Differences:
    say, piece = samples.say, renewal_views.Piece
    words = texts(language)["form"].split(" ")
    runs = (
        piece(" ".join(words[:5]) + " "),
        piece(say(language, "users provide ", "сообщают пользователи "), "+"),
        piece(" ".join(words[5:8]) + " ", "-"),
        piece(" ".join(words[8:])),
    )
    change = drafts.ClauseChange
    rules = (
        drafts.RuleChange("retention", say(language, "Answering: kept for 3 years instead of 1 year.",
                          "Ответы: хранятся 3 года вместо 1 года."), material=True),
        drafts.RuleChange("form", say(language, "Form feedback: a field is added.",
                          "Форма feedback: добавлено поле."), material=False),
    )  # fmt: skip
    return drafts.Differences(
        material=material,
        clauses=(
            change("changed", "1.1.1", runs, language),
            change("moved", "2.3", (piece(texts(language)["place"]),), "", "2.2"),
            change("added", "2.4", (piece(texts(language)["measures"], "+"),), language),
            change("removed", "3.1", (piece(texts(language)["use"], "-"),), language),
        ),
        rules=rules if material else (),
    )


def compare(language: str, *, same: bool = False) -> drafts.ComparePage:
    found = drafts.Differences(False, (), ()) if same else differences(language)
    return drafts.ComparePage("1", "draft", ("1", "2", "draft"), found)


def publish(language: str, state: str = "") -> drafts.PublishPage:
    say = samples.say
    impact = drafts.Impact(
        (drafts.Concerned(say(language, "Answering", "Ответ на обращение"), 1200, 34),),
        (say(language, "Feedback: a field is added.", "Обратная связь: добавлено поле."),),
        (say(language, "Answering: 3 years.", "Ответ на обращение: 3 года."),),
    )
    problem = say(language, "Say why", "Укажите причину")
    faulty = state == "faulty"
    return drafts.PublishPage(
        digest="" if faulty else samples.DIGEST,
        number=3,
        faults=(fault(),) if faulty else (),
        findings=(finding(language),),
        differences=None if faulty else differences(language, material=state != "changed"),
        impact=None if faulty else (drafts.Impact() if state == "changed" else impact),
        state="" if faulty else state,
        problems=(views.Problem(problem, "reason"),) if state == "wrong" else (),
    )


def rules(language: str, draft: str = "differs") -> drafts.Rules:
    found, bound, own = texts(language), drafts.BoundClause, duty(language, "never")
    keeper = drafts.Keeper("consent.box-empty", found["box"], found["form"])
    owed = drafts.OwnDuty(own.who, own.what, own.every)
    none = draft == "none"
    return drafts.Rules(
        title=samples.say(language, "Privacy policy", "Политика конфиденциальности"),
        language=language,
        edition=None if none else samples.edition(),
        clauses=()
        if none
        else (
            bound("1", "1.", (found["heading"],), heading=True),
            bound(
                "1.1",
                "1.1.",
                (found["form"],),
                depth=1,
                keepers=(keeper, replace(keeper, built=False)),
            ),
            bound("1.2", "1.2.", (found["place"],), depth=1, fact=True),
            bound("1.3", "1.3.", (found["use"],), depth=1, unbound=True),
            bound("4.1", "4.1.", (found["measures"],), depth=1, duty=owed),
        ),
        editions=()
        if none
        else (
            drafts.Published(samples.edition(3, "coming"), "irina", texts(language)["place"]),
            drafts.Published(samples.edition()),
        ),
        draft=draft,
        draft_href="/console/policy/draft",
        compare_href="" if none else "/console/policy/compare?old=2&new=draft",
        publish_href="/console/policy/publish",
        proof_href="/console/proof",
        ask_href="/console/policy/ask",
        uses=() if none else uses(language),
        unused_days=90,
        processors=() if none else processor_samples.rows(language),
        services=() if none else processor_samples.SERVICES,
    )


def uses(language: str) -> tuple[drafts.FieldUse, ...]:
    form, use = samples.say(language, "Write to us", "Напишите нам"), drafts.FieldUse
    return (
        use("one.email", form, "E-mail", 1_760_000_000_000, form, 1_779_000_000_000),
        use("one.phone", form, "<b>", 1_760_000_000_000, "", 0, is_unused=True),
        use("one.name", form, "№", 0, "", 0),
    )


def every(language: str) -> dict[str, samples.Page]:
    """All samples by name."""
    signed = frame(language)
    found: dict[str, samples.Page] = {
        "proof-console": (proof(language), frame(language, views.Alarm(1, 2))),
        "proof-running": (proof(language, under_way=True), signed),
        "proof-only": (replace(proof(language), only="broken"), signed),
        "proof-none": (
            replace(proof(language), run=None, judged=replace(judged(language), clauses=())), signed),
        "proof": (
            verdicts.PublicProof(without_probes(judged(language, hrefs=False))),
            samples.frame(language),
        ),
        "compare": (compare(language), signed),
        "compare-same": (compare(language, same=True), signed),
    }  # fmt: skip
    public = drafts.PublicComparison(
        samples.edition(1, "past"),
        samples.edition(2),
        "/policy/compare/2/1",
        differences(language),
    )
    found["compare-public"] = (public, samples.frame(language))
    found["ask"] = (drafts.AskPage(3, 1204, 7, 31), signed)
    found["ask-changed"] = (drafts.AskPage(3, 1, 7, 31, state="changed"), signed)
    found["ask-nobody"] = (drafts.AskPage(3, 0, 7, 31), signed)
    found["ask-running"] = (drafts.AskPage(3, 900, 311, 31, under_way=True), signed)
    for state in ("", "checked", "clash", "unfit", "unwritten"):
        found[f"draft-{state or 'saved'}"] = (draft(language, state), signed)
    for state in ("", "wrong", "changed", "same", "undated", "faulty"):
        found[f"publish-{state or 'well'}"] = (publish(language, state), signed)
    for state in ("differs", "same", "faulty", "none"):
        found[f"policy-{state}"] = (rules(language, state), signed)
    return found
