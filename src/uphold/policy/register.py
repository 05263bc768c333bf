# SPDX-License-Identifier: Apache-2.0
"""The register of processing, from what policy.toml declares and nothing else (pure).

Two renderings of the same facts: the record of processing activities (article 30(1) of Regulation (EU)
2016/679) and the fields of the notice to the Russian regulator (article 22 parts 3 and 3.1 of 152-FZ,
the form of Order 180 of 28.10.2022; the fields come from a restatement, the order itself was not read).
What nothing declares is there with no values, and says where to give it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from uphold.policy import phrases
from uphold.policy.document import Policy, Purpose, Recipient, Text, pick
from uphold.policy.phrases import PHRASES, Phrases

RECORD: Final = "gdpr-30"
NOTICE: Final = "order-180"
# Members of the European Economic Area, ISO 3166-1 alpha-2: a transfer within it is none (GDPR, chapter V).
EEA: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()
)


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a register: its name and its values, in one language."""

    key: str
    name: str
    values: tuple[str, ...]
    """Empty where the operator must still give it."""
    place: str
    """Where it is declared, such as `[operator] name`."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Processing for one purpose."""

    purpose: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """One rendering, in one language."""

    id: str
    """RECORD or NOTICE."""
    title: str
    language: str
    items: tuple[Item, ...]
    """What concerns all processing."""
    activities: tuple[Activity, ...]

    @property
    def open(self) -> tuple[Item, ...]:
        """What the operator must still give, each once."""
        every = [*self.items, *(item for one in self.activities for item in one.items)]
        return tuple({item.key: item for item in every if not item.values}.values())


def of(policy: Policy, language: str) -> tuple[Register, ...]:
    """Both renderings, in the policy's first language if it does not have this one."""
    spoken = language if language in policy.languages else policy.language
    facts = _Facts(policy, spoken)
    return tuple(
        Register(
            id=name,
            title=_say(_TITLES[name], spoken),
            language=spoken,
            items=tuple(facts.item(key) for key in general),
            activities=tuple(
                Activity(
                    purpose.id,
                    pick(purpose.title, spoken, policy.language),
                    tuple(facts.item_of(key, purpose) for key in each),
                )
                for purpose in policy.purposes.values()
            ),
        )
        for name, general, each in ((RECORD, *_RECORD), (NOTICE, *_NOTICE))
    )


_TITLES: Final[dict[str, Text]] = {
    RECORD: {
        "en": "Record of processing activities (Regulation (EU) 2016/679, article 30)",
        "ru": "Реестр действий по обработке (Регламент (ЕС) 2016/679, статья 30)",
    },
    NOTICE: {
        "en": "Fields of the notice on the processing of personal data (152-FZ, article 22; Order 180)",
        "ru": "Сведения для уведомления об обработке персональных данных (152-ФЗ, статья 22; приказ № 180)",
    },
}
# What each rendering holds: of all processing, and of each purpose.
_RECORD: Final = (
    ("operator", "address", "contact", "responsible", "measures"),
    ("purpose", "ground", "subjects", "categories", "recipients", "abroad", "safeguards", "term"),
)
_NOTICE: Final = (
    ("operator", "address", "responsible", "contact", "measures", "encryption", "security",
     "started", "ends", "transfer", "databases", "processors"),
    ("purpose", "ground", "categories", "subjects", "actions", "methods", "term"),
)  # fmt: skip
# By key: the name in English and in Russian, and where it is declared.
_FIELDS: Final = {
    "operator": ("Operator", "Оператор", "[operator] name, registration"),
    "address": ("Address", "Адрес", "[operator] address"),
    "contact": ("Contact", "Контакты", "[operator] contact, phone"),
    "responsible": ("Responsible for personal data", "Ответственный за обработку", "[operator] responsible"),
    "measures": ("Technical and organisational measures", "Технические и организационные меры", "[register] measures"),
    "encryption": ("Means of encryption", "Шифровальные (криптографические) средства", "[register] encryption"),
    "security": ("Security: threats and level", "Обеспечение безопасности: угрозы и уровень", "[register] security"),
    "started": ("Processing began", "Дата начала обработки", "[register] started"),
    "ends": ("Term or condition of its end", "Срок или условие прекращения обработки", "[register] ends"),
    "transfer": ("Cross-border transfer", "Трансграничная передача", "[storage] country, [recipient.ID]"),
    "databases": ("Place of the databases", "Место нахождения базы данных", "[storage] place, country"),
    "processors": ("Processing on instruction", "Обработка по поручению", "[recipient.ID]"),
    "purpose": ("Purpose", "Цель", "[purpose.ID] title"),
    "ground": ("Legal ground", "Правовое основание", "[purpose.ID] basis, ground"),
    "categories": ("Categories of data", "Категории данных", "[purpose.ID] categories"),
    "subjects": ("Categories of people", "Категории субъектов", "[register] subjects"),
    "actions": ("Operations", "Перечень действий", "[purpose.ID] actions"),
    "methods": ("Methods", "Способы обработки", "[register] methods"),
    "recipients": ("Recipients", "Получатели", "[purpose.ID] recipients"),
    "abroad": ("Transfers to third countries", "Передача в третьи страны", "[storage] country, [recipient.ID]"),
    "safeguards": ("Safeguards of transfers", "Гарантии при передаче", "[register] safeguards"),
    "term": ("Time limit for destruction", "Срок обработки и хранения", "[purpose.ID] retention"),
}  # fmt: skip
# Where no data leave the area of the law.
_HOME: Final = {"ru-152fz": frozenset({"RU"}), "eu-gdpr": EEA}
# The wordings speak to the person; a register speaks of them.
_BASES: Final[dict[str, Text]] = {
    "consent": {"en": "consent of the person", "ru": "согласие субъекта"},
    "contract": {"en": "contract with the person", "ru": "договор с субъектом"},
    "request": {"en": "request of the person", "ru": "обращение субъекта"},
    "legal-duty": {"en": "legal duty", "ru": "обязанность по закону"},
    "legitimate-interest": {"en": "legitimate interest", "ru": "законный интерес"},
}
# The wordings say "to the recipients named below"; here they stand elsewhere.
_TRANSFER: Final = {"en": "transfer", "ru": "передача"}
_NONE: Final = {"en": "none", "ru": "нет"}
_OPERATOR_ALONE: Final = {"en": "nobody but the operator", "ru": "никто, кроме оператора"}


class _Facts:
    """The values of one policy's declarations in one language."""

    def __init__(self, policy: Policy, language: str) -> None:
        self.policy = policy
        self.language = language
        self.words: Phrases = PHRASES.get(language, PHRASES["en"])
        self.home = _HOME.get(policy.profile, EEA)

    def item(self, key: str) -> Item:
        return self._item(key, tuple(value for value in self.general(key) if value))

    def item_of(self, key: str, purpose: Purpose) -> Item:
        return self._item(key, tuple(value for value in self.each(key, purpose) if value))

    def _item(self, key: str, values: tuple[str, ...]) -> Item:
        english, russian, place = _FIELDS[key]
        return Item(key, _say({"en": english, "ru": russian}, self.language), values, place)

    def general(self, key: str) -> Iterator[str]:
        who = self.policy.operator
        match key:
            case "operator":
                yield from (self.text(who.name), who.registration)
            case "address":
                yield self.text(who.address)
            case "contact":
                yield from (who.contact, who.phone)
            case "responsible":
                yield self.text(who.responsible)
            case "databases":
                yield from (self.text(self.policy.storage), self.policy.country)
            case "transfer":
                yield from self.across(self.policy.recipients, frozenset({"RU"}))
            case "processors":
                kept = [r for r in self.policy.recipients.values() if r.kind == "processor"]
                yield from map(self.recipient, kept)
                yield "" if kept else _say(_OPERATOR_ALONE, self.language)
            case _:
                yield self.given(key)

    def each(self, key: str, purpose: Purpose) -> Iterator[str]:
        match key:
            case "purpose":
                yield self.text(purpose.title)
            case "ground":
                yield _say(_BASES.get(purpose.basis, {}), self.language)
                yield self.text(purpose.ground)
            case "categories":
                known = self.policy.categories
                yield from (self.text(known[c].title) for c in purpose.categories if c in known)
            case "actions":
                said = {**self.words.actions_of, "transfer": _say(_TRANSFER, self.language)}
                yield from (said[action] for action in purpose.actions)
            case "recipients":
                yield from self.recipients(purpose)
            case "abroad":
                yield from self.across(purpose.recipients, self.home)
            case "safeguards":
                stays = self.policy.country and not self.outside(purpose.recipients, self.home)
                yield _say(_NONE, self.language) if stays else self.given(key)
            case "term":
                ends = purpose.retention
                yield (
                    phrases.end(self.words, ends, self.language) if ends.after and ends.term else ""
                )
            case _:
                yield self.given(key)

    def given(self, key: str) -> str:
        return self.text(self.policy.register.get(key, {}))

    def recipients(self, purpose: Purpose) -> Iterator[str]:
        named = [
            self.policy.recipients[r] for r in purpose.recipients if r in self.policy.recipients
        ]
        yield from map(self.recipient, named)
        yield "" if named else _say(_OPERATOR_ALONE, self.language)

    def recipient(self, who: Recipient) -> str:
        place = ", ".join(filter(None, (self.text(who.name), self.text(who.address), who.country)))
        return f"{place}. {self.text(who.task)}".rstrip(" .") + "."

    def outside(self, names: Iterable[str], within: frozenset[str]) -> list[str]:
        """The countries outside `within` where these recipients, or the databases, are."""
        known = self.policy.recipients
        countries = [self.policy.country, *(known[name].country for name in names if name in known)]
        return sorted({country for country in countries if country and country not in within})

    def across(self, names: Iterable[str], within: frozenset[str]) -> Iterator[str]:
        found = self.outside(names, within)
        yield from found
        # Where the databases are is not said, nobody can say that nothing leaves.
        yield "" if found or not self.policy.country else _say(_NONE, self.language)

    def text(self, text: Text) -> str:
        return pick(text, self.language, self.policy.language)


def _say(text: Text, language: str) -> str:
    return pick(text, language)
