# SPDX-License-Identifier: Apache-2.0
"""One sample of every public page in every state, in both languages: what tests render and look at."""

from dataclasses import replace

from tests.unit.web import receipt_samples, visit_samples
from tests.unit.web.receipt_samples import AT, DAY, DIGEST, NUMBER, say
from uphold.web import pages, receipt_views, renewal_views, views

# Those of another module that samples are asked for.
__all__ = ["AT", "DAY", "DIGEST", "NUMBER", "say"]

OPINIONS = receipt_views.Opinions(
    f"/receipt/{NUMBER}/opinion", "a-signed-slip", ("yes", "partly", "no")
)
KEY = "forms.example.org+1a2ce6e6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def frame(language: str, *, person: bool = False, flash: str = "") -> views.Frame:
    return views.Frame(
        language=language,
        site="forms.example.org",
        operator=say(language, "Example Workshop LLC", "ООО «Мастерская Пример»"),
        path="/f/feedback?from=site",
        chosen=language == "ru",
        demo=True,
        person=views.Person("irina", "owner") if person else None,
        token="csrf-token-of-a-sample" if person else "",
        flash=flash,
    )


def edition(number: int = 2, state: str = "in-force") -> views.EditionFacts:
    return views.EditionFacts(
        *(number, DIGEST, AT - 9 * DAY, AT - 8 * DAY, state, "2026-11-13"),
        href=f"/policy?edition={number}",
        since_at=0 if state == "coming" else AT - 8 * DAY,
        compare_href=f"/policy/compare/{number - 1}/{number}" if number > 1 else "",
    )


def agreement(language: str, withdrawn_at: int = 0, replaced_at: int = 0) -> views.Agreement:
    return views.Agreement(
        purpose=say(language, "Answering your message", "Ответ на ваше обращение"),
        wording_href=f"/wording/{DIGEST}",
        wording_digest=DIGEST,
        edition=2,
        policy_href="/policy?edition=2",
        given_at=AT,
        language=language,
        withdrawn_at=withdrawn_at,
        replaced_at=replaced_at,
        id="communication",
        withdrawn_proof_href=f"/receipt/{NUMBER}.tlog-proof?entry=7" if withdrawn_at else "",
        withdraw=None if withdrawn_at or replaced_at else receipt_samples.button(language),
        gone=receipt_samples.meaning(language) if withdrawn_at else None,
        again=receipt_samples.again(language) if withdrawn_at else None,
    )


def notice(language: str) -> views.PurposeNotice:
    return views.PurposeNotice(
        title=say(language, "Evidence of your consent", "Доказательство вашего согласия"),
        ground=say(
            language, "duty of the operator under the law", "обязанность оператора по закону"
        ),
        term=say(language, "3 years after the answer", "3 года после ответа"),
        wording_href=f"/wording/{DIGEST}",
    )


def tour(language: str) -> views.Tour:
    title = say(language, "Feedback", "Обратная связь")
    return views.Tour("/f/feedback", title, 1, 23, "demo-site", KEY, "/policy/proof")


def home(language: str) -> views.Home:
    forms = (
        views.FormLink(
            "/f/feedback",
            say(language, "Feedback", "Обратная связь"),
            say(language, "A question or a request.", "Вопрос или просьба."),
        ),
        views.FormLink("/f/visit", say(language, "Book a visit", "Запись на приём")),
    )
    title = say(language, "Privacy policy", "Политика конфиденциальности")
    return views.Home(title, 2, "2026-11-13", forms)


def policy(language: str, state: str = "in-force") -> views.Policy:
    site_use = say(
        language,
        "This Policy applies to all information that the Operator may receive about the user "
        "during the use of the Site.",
        "Настоящая Политика применяется ко всей информации, которую Оператор может получить "
        "о пользователе во время использования Сайта.",
    )
    heading = say(
        language,
        "Personal information of users received and processed by the Operator",
        "Персональная информация пользователей, которую получает и обрабатывает Оператор",
    )
    filled = say(
        language,
        "Personal information that the user provides about himself by filling out feedback forms. "
        "Mandatory information is marked in a special way.",
        "Персональная информация, которую пользователь предоставляет о себе при заполнении форм "
        "обратной связи. Обязательная для предоставления информация помечена особым образом.",
    )
    purpose = views.PurposeRow(
        title=say(language, "Answering your message", "Ответ на ваше обращение"),
        ground=say(language, "consent", "согласие"),
        data=(
            say(language, "name", "имя"),
            say(language, "e-mail address", "адрес электронной почты"),
        ),
        term=say(language, "1 year after the answer", "1 год после ответа"),
    )
    return views.Policy(
        title=say(language, "Privacy policy", "Политика конфиденциальности"),
        language=language,
        edition=edition(state=state),
        clauses=(
            views.Clause("preamble.1", "", (site_use, site_use)),
            views.Clause("1", "1.", (heading,), heading=True),
            views.Clause("1.1", "1.1.", (site_use,), depth=1),
            views.Clause("1.1.1", "1.1.1.", (filled, site_use), depth=2),
            views.Clause("1.1.2", "1.1.2.", (site_use,), depth=2),
            views.Clause("2", "2.", (heading,), heading=True),
            views.Clause("2.1", "2.1.", (filled,), depth=1),
        ),
        purposes=(purpose, purpose),
        processors=processors(language, purpose.data),
    )


def processors(language: str, sees: tuple[str, ...]) -> tuple[views.ProcessorRow, ...]:
    host = say(language, "Granite Data Centre LLC", "ООО «Гранит ЦОД»")
    relay = say(language, "Post Relay LLC", "ООО «Почтовый узел»")
    place = say(language, "St. Petersburg, RU", "г. Санкт-Петербург, RU")
    keeps = say(language, "Keeps the server.", "Содержит сервер.")
    return (
        views.ProcessorRow("hosting", host, place, keeps),
        views.ProcessorRow("mail-relay", relay, place, keeps, sees),
        views.ProcessorRow("older", relay, place, keeps, is_stated=False),
    )


def editions(language: str) -> views.Editions:
    title = say(language, "Privacy policy", "Политика конфиденциальности")
    rows = (edition(3, "coming"), edition(2), edition(1, "past"))
    return views.Editions(title, rows)


def fields(language: str, *, wrong: bool = False) -> tuple[views.Field, ...]:
    name = say(language, "Your name", "Ваше имя")
    mail = say(language, "E-mail", "Электронная почта")
    return (
        views.Field(
            "name",
            name,
            mandatory=True,
            autocomplete="name",
            maximum=100,
            error=pages.problem("required", name, language) if wrong else "",
        ),
        views.Field(
            "email",
            mail,
            kind="email",
            mandatory=True,
            autocomplete="email",
            maximum=254,
            hint=say(language, "Only to answer you.", "Только для ответа вам."),
            value="anna@" if wrong else "",
            error=pages.problem("not-email", mail, language) if wrong else "",
        ),
        views.Field("phone", say(language, "Telephone", "Телефон"), kind="tel", autocomplete="tel"),
        views.Field(
            "topic",
            say(language, "What is it about?", "О чём ваше обращение?"),
            kind="radio",
            options=(
                views.Option("order", say(language, "An order", "О заказе")),
                views.Option("other", say(language, "Something else", "О другом")),
            ),
            value="other" if wrong else "",
        ),
        views.Field(
            "city",
            say(language, "City", "Город"),
            kind="select",
            options=tuple(views.Option(f"c{n}", f"№ {n}") for n in range(7)),
        ),
        views.Field("on", say(language, "Convenient day", "Удобный день"), kind="date"),
        views.Field("count", say(language, "How many", "Сколько"), kind="number", maximum=99),
        views.Field(
            "message",
            say(language, "Message", "Сообщение"),
            kind="textarea",
            mandatory=True,
            maximum=4000,
            value="<b>&\nline two" if wrong else "",
        ),
    )


def form(
    language: str, *, wrong: bool = False, kind: str = "", every_field: bool = True
) -> views.Form:
    title = say(language, "Feedback", "Обратная связь")
    box = views.ConsentBox(
        name="consent.feedback",
        summary=say(
            language,
            "that Example Workshop LLC processes my name, e-mail and message to answer me",
            "на обработку ООО «Мастерская Пример» моих имени, адреса электронной почты и сообщения, "
            "чтобы мне ответить",
        ),
        wording_href=f"/wording/{DIGEST}",
        policy_href="/policy?edition=2",
        edition=2,
        error=pages.problem("consent-missing", "", language) if wrong else "",
    )
    shown = fields(language, wrong=wrong)
    shown = shown if every_field else (shown[0], shown[1], shown[7])
    problems = tuple(views.Problem(field.error, field.key) for field in shown if field.error)
    if wrong:
        undeclared = pages.problem("undeclared", "passport", language)
        problems += (views.Problem(box.error, box.name), views.Problem(undeclared))
    changes = (
        views.Change("form", title),
        views.Change("wording", agreement(language).purpose, f"/wording/{DIGEST}"),
    )
    return views.Form(
        title=title,
        action_href="/f/feedback",
        token="signed-token-of-a-sample",
        fields=shown,
        consents=(box,),
        notices=(notice(language),),
        intro=say(language, "Ask us, and we answer by e-mail.", "Спросите — ответим по почте."),
        problems=problems,
        notice=views.FormNotice(kind, changes, f"/receipt/{NUMBER}", 30) if kind else None,
        next="https://example.org/thanks",
    )


def wording(language: str, *, current: bool = True) -> views.Wording:
    text = say(
        language,
        "I consent that Example Workshop LLC, 1 Example Street, processes my personal data.\n\n"
        "The data: name; e-mail address; text of the message.\n\nThe purpose: answering my message "
        "(clause 2.2.2 of the policy).\n\nI may withdraw the consent at any time: write to "
        "privacy@example.org and give the number of the receipt.",
        "Я даю согласие ООО «Мастерская Пример», ул. Примерная, 1, на обработку моих персональных "
        "данных.\n\nДанные: имя; адрес электронной почты; текст сообщения.\n\nЦель: ответ на моё "
        "обращение (пункт 2.2.2 политики).\n\nСогласие можно отозвать в любое время: напишите на "
        "privacy@example.org и укажите номер расписки.",
    )
    return views.Wording(
        title=say(
            language,
            "Consent to the processing of personal data",
            "Согласие на обработку персональных данных",
        ),
        text=text,
        language=language,
        digest=DIGEST,
        form_title=say(language, "Feedback", "Обратная связь"),
        form_href="/f/feedback" if current else "",
        purpose=agreement(language).purpose,
        edition=2,
        policy_href="/policy?edition=2",
        current=current,
    )


def receipt(language: str, *, consents: bool = True) -> views.Receipt:
    origin = "https://forms.example.org"
    return views.Receipt(
        number=NUMBER,
        received_at=AT,
        form_title=say(language, "Feedback", "Обратная связь"),
        edition=2,
        policy_href="/policy?edition=2",
        agreements=(agreement(language), agreement(language, AT + DAY)) if consents else (),
        notices=(notice(language),),
        withdraw=(
            say(
                language,
                "You may withdraw your consent at any time. We then destroy the data within 30 days.",
                "Вы можете отозвать согласие в любое время. Тогда мы уничтожим данные за 30 дней.",
            ),
        ),
        contact="privacy@example.org",
        proof=views.Proof(
            index=12_345,
            size=12_351,
            origin="forms.example.org",
            key=KEY,
            address=f"{origin}/receipt/{NUMBER}.tlog-proof",
            script=f"{origin}/journal/verify.sh",
            file=f"{NUMBER}.tlog-proof",
            proof_href=f"/receipt/{NUMBER}.tlog-proof",
            record_href=f"/receipt/{NUMBER}.jsonld",
        ),
        back_href="https://example.org/thanks" if consents else "",
    )


def renewals(language: str, problem: str = "") -> renewal_views.Renewals:
    one = renewal_views.Renewal(
        name="consent.feedback",
        purpose=agreement(language).purpose,
        summary=say(
            language,
            "that Example Workshop LLC processes my data (name, e-mail) for this purpose: answering me",
            "на обработку ООО «Мастерская Пример» моих данных (имя, почта) для этой цели: ответ мне",
        ),
        why=(
            say(language, "a new recipient: Asker LLC", "новый получатель: ООО «Опрос»"),
            say(language, "kept longer: 3 years (was: 1 year)", "дольше: 3 года (было: 1 год)"),
        ),
        pieces=(
            renewal_views.Piece(
                say(language, "The data are destroyed after", "Данные уничтожаются через")
            ),
            renewal_views.Piece(say(language, " 1 year", " 1 год"), "-"),
            renewal_views.Piece(say(language, " 3 years", " 3 года"), "+"),
            renewal_views.Piece("."),
        ),
        language=language,
        wording_href=f"/wording/{DIGEST}",
    )
    return renewal_views.Renewals(
        *(3, "/policy?edition=3", "/policy/compare/2/3", f"/receipt/{NUMBER}", "signed-token"),
        asked=(one, replace(one, name="consent.news", pieces=())),
        problem=problem,
    )


Page = tuple[pages.View, views.Frame]


def public(language: str) -> dict[str, Page]:
    around = frame(language)
    shown: dict[str, pages.View] = {
        "tour": tour(language),
        "home": home(language),
        "policy": policy(language),
        "policy-past": policy(language, "past"),
        "policy-coming": policy(language, "coming"),
        "editions": editions(language),
        "form": form(language, every_field=False),
        "form-all": form(language),
        "form-wrong": form(language, wrong=True),
        "wording": wording(language),
        "wording-past": wording(language, current=False),
        "receipt": receipt(language),
        "receipt-plain": replace(receipt(language, consents=False), opinions=OPINIONS),
        "receipt-anew": replace(receipt(language), renewals=renewals(language)),
        "receipt-anew-wrong": replace(
            receipt(language),
            agreements=(agreement(language, replaced_at=AT + DAY), agreement(language)),
            renewals=renewals(
                language,
                say(language, "Tick a box if you agree", "Поставьте отметку, если согласны"),
            ),
        ),
        "gone": views.Gone(NUMBER, AT),
        **visit_samples.views(language),
    }
    for kind in ("stale", "received", "unavailable", "check"):
        shown[f"form-{kind}"] = form(language, kind=kind, every_field=False)
    for status in (400, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 429, 500, 502, 503):
        details = (say(language, "The body is cut short.", "Тело запроса оборвано."),)
        shown[f"error-{status}"] = views.Error(
            status, details if status == 400 else (), 90 * (status > 420), 65_536, "/f/feedback"
        )
    return {name: (view, around) for name, view in shown.items()}
