# SPDX-License-Identifier: Apache-2.0
"""The sentences that consent documents are made of, in each language. Change one, and every wording
that uses it gets a new digest at the next publication; consents given keep pointing to the old one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from uphold.policy import term
from uphold.policy.document import Retention


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language. Names in braces are filled in by `wording`."""

    consent_title: str
    notice_title: str
    give: str
    who: str
    data: str
    marks: Mapping[bool, str]
    """By whether the field is mandatory."""
    purpose: str
    actions: str
    actions_of: Mapping[str, str]
    nobody: str
    somebody: str
    kinds: Mapping[str, str]
    until: str
    kept: str
    events: Mapping[str, str]
    at_most: str
    withdraw: str
    needed: str
    free: str
    proof: str
    law: Mapping[str, str]
    """By profile."""
    no_box: str
    consent: str
    bases: Mapping[str, str]
    ground: str
    rights: str
    contact: str


_EN = Phrases(
    consent_title="Consent to the processing of personal data: {purpose}",
    notice_title="Notice on personal data: {purpose}",
    give=(
        "By ticking the empty box on the form “{form}” I give, freely, knowingly and in my own "
        "interest, my consent to the processing of my personal data to the operator: {operator}. "
        "I consent to what is written on this page and to nothing else."
    ),
    who="Operator: {operator}.",
    data="Data: {data}.",
    marks={True: "mandatory", False: "optional"},
    purpose="Purpose: {purpose} (clause {clause} of the privacy policy). For no other purpose.",
    actions=(
        "Actions: {actions}. The data are processed by computer, and by the operator's staff where "
        "a person has to read them. The databases are here: {place}."
    ),
    actions_of={
        "collect": "collection",
        "record": "recording",
        "organise": "organisation",
        "accumulate": "accumulation",
        "store": "storage",
        "update": "clarification (updating, changing)",
        "extract": "extraction",
        "use": "use",
        "transfer": "transfer to the recipients named below",
        "depersonalise": "depersonalisation",
        "block": "blocking",
        "erase": "erasure",
        "destroy": "destruction",
    },
    nobody="Recipients: none. The data stay with the operator, unless a law obliges it to disclose them.",
    somebody="Recipients: {recipients}. Nobody else, unless a law obliges the operator to disclose the data.",
    kinds={
        "processor": "processes data on the operator's instruction",
        "third-party": "a third party",
        "authority": "a public authority",
    },
    until="Term: until the purpose ends or the consent is withdrawn. Data are destroyed {term}.",
    kept="Term: the data are destroyed {term}.",
    events={
        "received": "{term} after receipt",
        "answered": "{term} after the enquiry is answered",
        "closed": "{term} after the enquiry is closed",
        "withdrawn": "{term} after the consent is withdrawn",
        "visited": "{term} after the visit",
    },
    at_most=", and in any case {term} after receipt",
    withdraw=(
        "Withdrawal: I may withdraw this consent at any time, without a reason and without cost. {how} "
        "The operator then stops processing and destroys the data within {within}, unless a law "
        "obliges it to keep some of them. What was done before the withdrawal remains lawful."
    ),
    needed=(
        "Refusal: I need not consent. The form cannot be taken without this consent, because the "
        "operator would have no right to read it; I can still write to {contact}."
    ),
    free="Refusal: I need not consent. The form is taken without this consent just the same.",
    proof=(
        "Proof: to be able to prove this consent, the operator keeps which text I agreed to and when, "
        "apart from the data and on a ground of its own (clause {clause} of the privacy policy). "
        "This proof is destroyed {term}."
    ),
    law={
        "ru-152fz": (
            "Law: this consent is given under article 9 of Federal Law No. 152-FZ “On Personal Data” "
            "and is a document of its own, separate from the privacy policy. A ticked box is not "
            "consent in writing, and no data that need it are asked for. I have the rights of "
            "articles 14 to 17 of that law: to know what is processed, to have it corrected, blocked "
            "or destroyed, and to complain."
        ),
        "eu-gdpr": (
            "Law: this consent is given under article 6(1)(a) and article 7 of Regulation (EU) "
            "2016/679 and is separate from the privacy policy. I have the rights of articles 15 to 22 "
            "and may complain to a supervisory authority."
        ),
    },
    no_box="The form “{form}” has no consent box for this purpose: {basis}.",
    consent="your consent",
    bases={
        "contract": "the data are needed to conclude a contract with you or to keep it",
        "request": "the data are needed to do what you yourself ask for",
        "legal-duty": "a law obliges the operator to keep the data",
        "legitimate-interest": (
            "the operator needs the data for a lawful interest that does not outweigh your rights"
        ),
    },
    ground="Ground: {ground}",
    rights=(
        "Rights: you may learn what is processed about you, have it corrected, blocked or destroyed, "
        "object to the processing, and complain to the supervisory authority or to a court."
    ),
    contact="Questions and requests: {contact}.",
)

_RU = Phrases(
    consent_title="Согласие на обработку персональных данных: {purpose}",
    notice_title="Уведомление о персональных данных: {purpose}",
    give=(
        "Ставя отметку в пустом окне формы «{form}», я свободно, своей волей и в своём интересе даю "
        "согласие на обработку моих персональных данных оператору: {operator}. Я соглашаюсь только с "
        "тем, что написано на этой странице."
    ),
    who="Оператор: {operator}.",
    data="Данные: {data}.",
    marks={True: "обязательно", False: "по желанию"},
    purpose="Цель: {purpose} (пункт {clause} политики). Ни для какой другой цели.",
    actions=(
        "Действия: {actions}. Обработка смешанная: автоматизированная, а там, где сведения должен "
        "прочесть человек, — с участием работников оператора. Базы данных находятся здесь: {place}."
    ),
    actions_of={
        "collect": "сбор",
        "record": "запись",
        "organise": "систематизация",
        "accumulate": "накопление",
        "store": "хранение",
        "update": "уточнение (обновление, изменение)",
        "extract": "извлечение",
        "use": "использование",
        "transfer": "передача получателям, названным ниже",
        "depersonalise": "обезличивание",
        "block": "блокирование",
        "erase": "удаление",
        "destroy": "уничтожение",
    },
    nobody="Получатели: нет. Данные остаются у оператора, если только закон не обяжет его раскрыть их.",
    somebody="Получатели: {recipients}. Больше никто, если только закон не обяжет оператора раскрыть данные.",
    kinds={
        "processor": "обрабатывает данные по поручению оператора",
        "third-party": "третье лицо",
        "authority": "орган власти",
    },
    until=(
        "Срок: согласие действует до достижения цели или до его отзыва. Данные уничтожаются {term}."
    ),
    kept="Срок: данные уничтожаются {term}.",
    events={
        "received": "через {term} после получения",
        "answered": "через {term} после ответа на обращение",
        "closed": "через {term} после закрытия обращения",
        "withdrawn": "через {term} после отзыва согласия",
        "visited": "через {term} после посещения",
    },
    at_most=", но в любом случае не позже чем через {term} после получения",
    withdraw=(
        "Отзыв: я могу отозвать согласие в любое время, без объяснения причин и бесплатно. {how} "
        "После этого оператор прекращает обработку и уничтожает данные не позже чем через {within}, "
        "если закон не обязывает его сохранить часть из них. Сделанное до отзыва остаётся законным."
    ),
    needed=(
        "Отказ: давать согласие необязательно. Без этого согласия форму принять нельзя, потому что у "
        "оператора не будет права её прочесть; написать можно и по адресу {contact}."
    ),
    free="Отказ: давать согласие необязательно. Форма будет принята и без этого согласия.",
    proof=(
        "Подтверждение: чтобы доказать получение согласия, оператор хранит сведения о том, на какой "
        "текст и когда оно дано, отдельно от самих данных и на самостоятельном основании "
        "(пункт {clause} политики). Эти сведения уничтожаются {term}."
    ),
    law={
        "ru-152fz": (
            "Закон: согласие даётся по статье 9 Федерального закона № 152-ФЗ «О персональных данных» "
            "и оформлено отдельно от политики и иных документов. Отметка в окне не является "
            "согласием в письменной форме, и данные, для которых оно нужно, не запрашиваются. Я "
            "пользуюсь правами по статьям 14–17 этого закона: знать, что обрабатывается, требовать "
            "уточнения, блокирования или уничтожения, обжаловать действия оператора."
        ),
        "eu-gdpr": (
            "Закон: согласие даётся по пункту (a) части 1 статьи 6 и по статье 7 Регламента (ЕС) "
            "2016/679, отдельно от политики. Я пользуюсь правами по статьям 15–22 и могу подать "
            "жалобу в надзорный орган."
        ),
    },
    no_box="В форме «{form}» нет окна согласия для этой цели: {basis}.",
    consent="ваше согласие",
    bases={
        "contract": "данные нужны, чтобы заключить с вами договор или исполнить его",
        "request": "данные нужны, чтобы сделать то, о чём вы сами просите",
        "legal-duty": "хранить данные оператора обязывает закон",
        "legitimate-interest": (
            "данные нужны оператору для законного интереса, который не нарушает ваших прав"
        ),
    },
    ground="Основание: {ground}",
    rights=(
        "Права: вы можете узнать, что о вас обрабатывается, требовать уточнения, блокирования или "
        "уничтожения, возразить против обработки, обратиться с жалобой в надзорный орган или в суд."
    ),
    contact="Вопросы и обращения: {contact}.",
)

PHRASES: Final[Mapping[str, Phrases]] = {"en": _EN, "ru": _RU}


def end(say: Phrases, ends: Retention, language: str) -> str:
    """When the data of a purpose go, in words."""
    text = say.events[ends.after].format(term=term.words(ends.term, language))
    if not ends.at_most:
        return text
    return text + say.at_most.format(term=term.words(ends.at_most, language))
