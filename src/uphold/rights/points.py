# SPDX-License-Identifier: Apache-2.0
"""What the law says a person must be told who asks what is held about them (pure).

Article 14, part 7 of 152-FZ, point by point (its item 9.1 is known from restatements only), and articles 15(1), 15(2)
and 20 of Regulation (EU) 2016/679. What the operator declares is taken from the register of processing, so that it is
said in the same words as to the regulator; what nothing declares says so, and is the operator's to tell.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from uphold.policy import register
from uphold.policy.document import Edition, Text, pick
from uphold.policy.register import Item
from uphold.rights.package import SCHEMA_PATH, Point

LANGUAGES: Final = ("en", "ru")

LAW: Final[Mapping[str, tuple[str, ...]]] = {
    "confirmation": ("152-fz:14.7.1", "gdpr:15.1"),
    "grounds": ("152-fz:14.7.2", "gdpr:15.1.a"),
    "methods": ("152-fz:14.7.3",),
    "operator": ("152-fz:14.7.4",),
    "recipients": ("152-fz:14.7.4", "gdpr:15.1.c"),
    "data": ("152-fz:14.7.5", "gdpr:15.1.b", "gdpr:15.1.g", "gdpr:15.3"),
    "terms": ("152-fz:14.7.6", "gdpr:15.1.d"),
    "rights": ("152-fz:14.7.7", "gdpr:15.1.e"),
    "complaint": ("152-fz:17.1", "gdpr:15.1.f"),
    "abroad": ("152-fz:14.7.8", "gdpr:15.2"),
    "processors": ("152-fz:14.7.9",),
    "duties": ("152-fz:14.7.9.1",),
    "automated": ("152-fz:16.1", "gdpr:15.1.h"),
    "other": ("152-fz:14.7.10",),
    "copy": ("gdpr:15.3", "gdpr:20.1"),
}
"""The points in their order, and where the law asks for each."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the points are told of: the edition in force, how many submissions are held, for which purposes."""

    edition: Edition
    language: str
    site: str
    submissions: int
    purposes: Collection[str]
    readings: int
    disclosures: int


def of(facts: Facts) -> list[Point]:
    """Tell every point, in English or Russian."""
    told = _Told(facts)
    return [
        Point(key=key, law=list(law), title=told.say(key), text=[*getattr(told, f"_{key}")()])
        for key, law in LAW.items()
    ]


_SAY: Final[dict[str, Text]] = {
    "confirmation": {"en": "Whether data are processed", "ru": "Подтверждение факта обработки"},
    "grounds": {"en": "Purposes and legal grounds", "ru": "Правовые основания и цели обработки"},
    "methods": {"en": "How data are processed", "ru": "Применяемые способы обработки"},
    "operator": {"en": "The operator", "ru": "Оператор: наименование и место нахождения"},
    "recipients": {
        "en": "Who else has access or may receive data",
        "ru": "Кто ещё имеет доступ к данным или может их получить",
    },
    "data": {"en": "The data and their source", "ru": "Обрабатываемые данные и источник их получения"},
    "terms": {"en": "How long data are kept", "ru": "Сроки обработки, в том числе хранения"},
    "rights": {"en": "How to exercise the rights", "ru": "Порядок осуществления прав"},
    "complaint": {"en": "Where to complain", "ru": "Куда пожаловаться"},
    "abroad": {"en": "Transfer across borders", "ru": "Трансграничная передача данных"},
    "processors": {
        "en": "Who processes data on instruction",
        "ru": "Кому поручена обработка данных",
    },
    "duties": {
        "en": "How the operator keeps its duties",
        "ru": "Как оператор исполняет обязанности, установленные статьёй 18.1",
    },
    "automated": {"en": "Automated decisions", "ru": "Решения на основании автоматизированной обработки"},
    "other": {"en": "Other information", "ru": "Иные сведения"},
    "copy": {"en": "The copy to take away", "ru": "Копия данных"},
    "held": {
        "en": "The operator processes personal data of the person with this address. Submissions: {count}.",
        "ru": "Оператор обрабатывает персональные данные лица с этим адресом. Обращений: {count}.",
    },
    "ended": {
        "en": "Of the submissions with this address nothing is held any more. Submissions: {count}.",
        "ru": "По обращениям с этим адресом ничего больше не хранится. Обращений: {count}.",
    },
    "nothing": {
        "en": "The operator holds no submission that names this address.",
        "ru": "Обращений, в которых указан этот адрес, у оператора нет.",
    },
    "staff": {
        "en": "Of the operator's own staff: {roles}; each reading is journaled first.",
        "ru": "Из работников оператора: {roles}; каждое чтение сначала записывается в журнал.",
    },
    "below": {
        "en": "The data themselves stand below, submission by submission. The fields of a form were stated by the"
        " person; the data of a request came from their browser; the evidence of consent was made by the site.",
        "ru": "Сами данные приведены ниже по каждому обращению. Поля формы указал сам субъект; данные о запросе"
        " получены от его браузера; подтверждение согласия составлено сайтом.",
    },
    "dates": {
        "en": "The day on which each part is destroyed stands with the submission.",
        "ru": "День уничтожения каждой части указан при обращении.",
    },
    "page": {
        "en": "On {site}/my: see, correct, suspend, erase, withdraw consent, object, complain, take away. No reason"
        " is asked, and nothing is charged.",
        "ru": "На странице {site}/my: увидеть, исправить, приостановить обработку, уничтожить, отозвать согласие,"
        " возразить, пожаловаться, забрать. Причину указывать не нужно, платы нет.",
    },
    "write": {
        "en": "Or by writing to {contact}, or to the operator's address.",
        "ru": "Либо письмом на {contact} или на адрес оператора.",
    },
    "ru-152fz": {
        "en": "To Roskomnadzor, the authority for the rights of data subjects, or to a court.",
        "ru": "В Роскомнадзор, уполномоченный орган по защите прав субъектов персональных данных, или в суд.",
    },
    "eu-gdpr": {
        "en": "To the supervisory authority of the member state where the person lives or works, or where the"
        " breach took place; or to a court.",
        "ru": "В надзорный орган государства-члена, где субъект живёт, работает или где произошло нарушение;"
        " либо в суд.",
    },
    "policy": {
        "en": "The policy is published: {site}/policy",
        "ru": "Политика опубликована: {site}/policy",
    },
    "no-decision": {
        "en": "The site takes no decision about a person by automated means alone: what looks suspicious is set"
        " aside, and a person looks at it.",
        "ru": "Сайт не принимает о человеке решений исключительно на основании автоматизированной обработки:"
        " подозрительное откладывается, и его рассматривает человек.",
    },
    "readings": {
        "en": "Readings and refusals so far: {count}; each stands with its submission.",
        "ru": "Чтений и отказов до сих пор: {count}; каждое указано при обращении.",
    },
    "disclosures": {
        "en": "Disclosures to others that the law lets the person be told of: {count}.",
        "ru": "Передач другим лицам, о которых закон позволяет сообщить: {count}.",
    },
    "schema": {
        "en": "The same as JSON, for programs; its schema: {site}{schema}",
        "ru": "То же в формате JSON, для программ; его схема: {site}{schema}",
    },
    "none": {"en": "Nothing is processed.", "ru": "Ничего не обрабатывается."},
    "undeclared": {
        "en": "The operator has not declared this; ask at {contact}.",
        "ru": "Оператор этого не указал; спросите по адресу {contact}.",
    },
}  # fmt: skip
_ROLES: Final[dict[str, Text]] = {
    "owner": {"en": "owner", "ru": "владелец"},
    "officer": {"en": "data protection officer", "ru": "ответственный за обработку"},
    "clerk": {"en": "clerk", "ru": "сотрудник"},
    "analyst": {"en": "analyst", "ru": "аналитик"},
    "auditor": {"en": "auditor", "ru": "аудитор"},
}


class _Told:
    """The points of one package in one language."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._policy = facts.edition.policy
        self._language = facts.language if facts.language in LANGUAGES else LANGUAGES[0]
        record, notice = register.of(self._policy, facts.language)
        self._general = {one.key: one for one in (*record.items, *notice.items)}
        self._each = {
            purpose: {
                one.key: one
                for told in (record, notice)
                for activity in told.activities
                if activity.purpose == purpose
                for one in activity.items
            }
            for purpose in facts.purposes
            if purpose in self._policy.purposes
        }

    def say(self, key: str, **values: object) -> str:
        facts = {"site": self._facts.site, "contact": self._policy.operator.contact}
        return pick(_SAY[key], self._language).format(**facts, **values)

    def _of(self, key: str) -> Iterator[str]:
        """What is declared of all processing."""
        yield from self._values(self._general[key])

    def _by_purpose(self, *keys: str) -> Iterator[str]:
        """What is declared of each purpose, its title first."""
        for items in self._each.values():
            values = [value.rstrip(".") for key in keys for value in self._values(items[key])]
            yield f"{', '.join(items['purpose'].values)}: {'; '.join(values)}."
        if not self._each:
            yield self.say("none")

    def _values(self, item: Item) -> Iterator[str]:
        yield from item.values or (self.say("undeclared"),)

    def _confirmation(self) -> Iterator[str]:
        count = self._facts.submissions
        key = "held" if self._facts.purposes else ("ended" if count else "nothing")
        yield self.say(key, count=count)

    def _grounds(self) -> Iterator[str]:
        yield from self._by_purpose("ground")

    def _methods(self) -> Iterator[str]:
        yield from self._by_purpose("methods", "actions")

    def _operator(self) -> Iterator[str]:
        for key in ("operator", "address", "contact"):
            yield from self._of(key)

    def _recipients(self) -> Iterator[str]:
        yield from self._by_purpose("recipients")
        known = self._policy.purposes
        roles = dict.fromkeys(role for one in self._each for role in known[one].roles)
        if roles:
            named = ", ".join(pick(_ROLES[role], self._language) for role in roles)
            yield self.say("staff", roles=named)

    def _data(self) -> Iterator[str]:
        yield from self._by_purpose("categories")
        yield self.say("below")

    def _terms(self) -> Iterator[str]:
        yield from self._by_purpose("term")
        yield self.say("dates")

    def _rights(self) -> Iterator[str]:
        yield self.say("page")
        yield self.say("write")
        yield pick(self._policy.withdrawal.how, self._language, self._policy.language)

    def _complaint(self) -> Iterator[str]:
        yield self.say(self._policy.profile)

    def _abroad(self) -> Iterator[str]:
        for key in ("transfer", "databases"):
            yield f"{self._general[key].name}: {', '.join(self._of(key))}."

    def _processors(self) -> Iterator[str]:
        yield from self._of("processors")

    def _duties(self) -> Iterator[str]:
        yield self.say("policy")
        for key in ("responsible", "measures", "security"):
            yield from self._of(key)

    def _automated(self) -> Iterator[str]:
        yield self.say("no-decision")

    def _other(self) -> Iterator[str]:
        yield self.say("readings", count=self._facts.readings)
        yield self.say("disclosures", count=self._facts.disclosures)

    def _copy(self) -> Iterator[str]:
        yield self.say("schema", schema=SCHEMA_PATH)
