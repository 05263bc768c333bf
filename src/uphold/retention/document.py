# SPDX-License-Identifier: Apache-2.0
"""The act of destruction and the export of the log, with the fields of Order 179 of 28.10.2022 (pure).

Points 3 and 5 of the order; in brackets in `Item.point` the letter. The order's text was not read whole: of
the act's letter e one source says categories, another the data themselves, so both stand there. People are
named by pseudonymous numbers ("other information relating to a specific person"). What only people can give
(names, positions, signatures) is left open; so is that a tool passed conformity assessment, which this program
did not.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from uphold.policy import phrases
from uphold.policy.document import Edition, Text, pick
from uphold.policy.phrases import PHRASES
from uphold.retention import act, final
from uphold.retention.act import Act, Line
from uphold.retention.final import Terms

LANGUAGES: Final = ("en", "ru")


@dataclass(frozen=True, slots=True)
class Item:
    """One field. Without values it is for people to fill in."""

    key: str
    point: str
    """Where Order 179 asks for it, such as `3 a`; "" for what it does not ask."""
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """An act with the export of the log, in one language."""

    number: int
    at: int
    """When it was closed, else opened (unix ms)."""
    language: str
    title: str
    note: str
    act: tuple[Item, ...]
    log_title: str
    log: tuple[Item, ...]
    sign: tuple[str, ...]
    """The headings of the columns in which those who destroyed sign."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an act is printed from. `edition` is that of the act, `system` names the information system.

    `origin` is the journal's, `terms` say how long old keys are kept.
    """

    act: Act
    lines: Sequence[Line]
    edition: Edition
    system: str
    origin: str
    terms: Terms


def of(ground: Ground, language: str) -> Document:
    """Print an act in one of `LANGUAGES`; one that is not closed says so in its title."""
    told = _Told(ground, language)
    title = "title" if ground.act.done_at else "open"
    return Document(
        number=ground.act.number,
        at=ground.act.done_at or ground.act.opened_at,
        language=language,
        title=told.say(title).format(number=ground.act.number),
        note=told.say("note"),
        act=tuple(told.item(key, point) for key, point in _ACT),
        log_title=told.say("log").format(number=ground.act.number),
        log=tuple(told.item(key, point) for key, point in _LOG),
        sign=tuple(told.say("sign").split("|")),
    )


# What the act and the export hold, in their order, and where the order asks for it.
_ACT: Final = (
    ("operator", "3 a"), ("processors", "3 b"), ("subjects", "3 c"), ("executors", "3 d"),
    ("categories", "3 e"), ("data", "3 e"), ("media", "3 f"), ("system", "3 g"), ("way", "3 h"),
    ("reason", "3 i"), ("date", "3 j"), ("backups", ""), ("conformity", ""), ("kept", "8"),
)  # fmt: skip
_LOG: Final = (
    ("subjects", "5 a"), ("categories", "5 b"), ("system", "5 c"), ("reason", "5 d"),
    ("date", "5 e"), ("entries", ""),
)  # fmt: skip
_NAMES: Final[dict[str, Text]] = {
    "operator": {"en": "Operator", "ru": "Оператор"},
    "processors": {
        "en": "Processors acting on instruction",
        "ru": "Лица, обрабатывающие данные по поручению оператора",
    },
    "subjects": {
        "en": "Persons whose data were destroyed (pseudonymous number: parts)",
        "ru": "Субъекты, чьи данные уничтожены (псевдонимный номер: число частей)",
    },
    "executors": {
        "en": "Who destroyed: full name, position, signature",
        "ru": "Лица, уничтожившие данные: фамилия, имя, отчество, должность, подпись",
    },
    "categories": {
        "en": "Categories of the destroyed data",
        "ru": "Перечень категорий уничтоженных данных",
    },
    "data": {
        "en": "The data, as the forms ask them",
        "ru": "Перечень данных, как их запрашивают формы",
    },
    "media": {
        "en": "Medium and number of sheets (manual processing)",
        "ru": "Материальный носитель и количество листов (обработка без средств автоматизации)",
    },
    "system": {
        "en": "Information system the data were destroyed from",
        "ru": "Информационная система, из которой уничтожены данные",
    },
    "way": {"en": "Way of destruction", "ru": "Способ уничтожения"},
    "reason": {"en": "Reason of destruction", "ru": "Причина уничтожения"},
    "date": {"en": "Date of destruction", "ru": "Дата уничтожения"},
    "backups": {"en": "Copies in backups", "ru": "Копии в резервных копиях"},
    "conformity": {
        "en": "Conformity of the tool of destruction (the operator's own duty)",
        "ru": "Соответствие средства уничтожения (обязанность самого оператора)",
    },
    "kept": {"en": "To be kept until", "ru": "Хранить до"},
    "entries": {"en": "Entries of the journal", "ru": "Записи журнала"},
}
_TEXTS: Final[dict[str, Text]] = {
    "title": {
        "en": "Act no. {number} of the destruction of personal data",
        "ru": "Акт об уничтожении персональных данных № {number}",
    },
    "open": {
        "en": "Act no. {number} of the destruction of personal data: not completed",
        "ru": "Акт об уничтожении персональных данных № {number}: уничтожение не завершено",
    },
    "log": {
        "en": "Export of the event log to act no. {number}",
        "ru": "Выгрузка из журнала регистрации событий к акту № {number}",
    },
    "note": {
        "en": "Fields by points 3 and 5 of Order No. 179 of Roskomnadzor of 28.10.2022.",
        "ru": "Сведения по пунктам 3 и 5 приказа Роскомнадзора от 28.10.2022 № 179.",
    },
    "sign": {
        "en": "Full name|Position|Signature|Date",
        "ru": "Фамилия, имя, отчество|Должность|Подпись|Дата",
    },
    "none": {"en": "none", "ru": "нет"},
    "automated": {
        "en": "none: the data were processed by automated means only",
        "ru": "нет: данные обрабатывались только средствами автоматизации",
    },
    "way": {
        "en": "The key of each part was destroyed, its ciphertext and its index values were deleted, and the"
        " database overwrote them and truncated its log where it can.",
        "ru": "Ключ каждой части уничтожен, её шифртекст и значения поискового индекса удалены; база данных"
        " перезаписала их и усекла свой журнал там, где она это умеет.",
    },
    "backups": {
        "en": "An older backup opens with an older key ring only, and with none once the epoch key of that time is"
        " burned: `uphold keys rotate`, and at the earliest {days} days later `uphold keys burn`.",
        "ru": "Прежняя резервная копия открывается только прежней связкой ключей и не открывается ничем, когда"
        " ключ той эпохи сожжён: `uphold keys rotate` и не ранее чем через {days} дн. `uphold keys burn`.",
    },
    "final": {
        "en": "By {day} nobody can open them: backups hold keys wrapped under the key of their time, and by"
        " then that one is burned (the next rotation of keys, and {days} days). Copies of the key ring that"
        " were made elsewhere the operator destroys.",
        "ru": "Не позднее {day} их не сможет открыть никто: ключи в копиях зашифрованы ключом того времени,"
        " а он к этому дню сожжён (ближайшая смена ключей и {days} дн.). Копии связки ключей, сделанные"
        " в других местах, уничтожает оператор.",
    },
    "gone": {
        "en": "Nobody can open them any more: backups hold keys wrapped under the key of their time, and that one is"
        " burned. Copies of the key ring that were made elsewhere the operator destroys.",
        "ru": "Их уже не сможет открыть никто: ключи в копиях зашифрованы ключом того времени, а он сожжён. Копии"
        " связки ключей, сделанные в других местах, уничтожает оператор.",
    },
    "conformity": {
        "en": "Uphold has not passed conformity assessment. Whether the law asks for a tool that has (152-FZ,"
        " article 19, part 2, item 3.1), the operator decides and sees to.",
        "ru": "Uphold не проходил оценку соответствия. Требуется ли прошедшее её средство (пункт 3.1 части 2"
        " статьи 19 152-ФЗ), решает и обеспечивает оператор.",
    },
    "rule": {"en": "Declared term", "ru": "Заявленный срок"},
    "requested": {
        "en": "{origin}: destruction requested, entry {index}",
        "ru": "{origin}: уничтожение начато, запись {index}",
    },
    "done": {
        "en": "{origin}: destruction done, entry {index}; SHA-256 of the lines {digest}",
        "ru": "{origin}: уничтожение завершено, запись {index}; SHA-256 строк {digest}",
    },
}
REASONS: Final[dict[str, Text]] = {
    "term-ended": {
        "en": "The purpose of processing is reached or its term has run out",
        "ru": "Цель обработки достигнута или истёк срок хранения",
    },
    "withdrawn": {
        "en": "The person withdrew the consent",
        "ru": "Субъект отозвал согласие",
    },
    "erased-on-request": {
        "en": "The person asked for erasure",
        "ru": "Субъект потребовал уничтожения",
    },
    "discarded": {
        "en": "A suspicious submission was examined and discarded",
        "ru": "Подозрительное обращение проверено и отклонено",
    },
}


class _Told:
    """The fields of one act in one language."""

    def __init__(self, ground: Ground, language: str) -> None:
        self._ground = ground
        self._language = language if language in LANGUAGES else LANGUAGES[0]
        self._purpose = ground.edition.policy.purposes.get(ground.act.kind.purpose)

    def say(self, key: str) -> str:
        return pick(_TEXTS[key], self._language)

    def item(self, key: str, point: str) -> Item:
        values = tuple(value for value in getattr(self, f"_{key}")() if value)
        return Item(key, point, pick(_NAMES[key], self._language), values)

    def _pick(self, text: Text) -> str:
        return pick(text, self._language, self._ground.edition.policy.language)

    def _operator(self) -> Iterable[str]:
        operator = self._ground.edition.policy.operator
        return self._pick(operator.name), self._pick(operator.address)

    def _processors(self) -> Iterable[str]:
        known = self._ground.edition.policy.recipients
        named = [known[one] for one in (self._purpose.recipients if self._purpose else ())]
        found = [
            ", ".join(filter(None, (self._pick(one.name), self._pick(one.address))))
            for one in named
            if one.kind == "processor"
        ]
        return found or (self.say("none"),)

    def _subjects(self) -> Iterable[str]:
        counted = Counter(line.subject for line in self._ground.lines)
        return [f"{subject}: {count}" for subject, count in counted.items()]

    def _executors(self) -> Iterable[str]:
        return ()

    def _categories(self) -> Iterable[str]:
        known = self._ground.edition.policy.categories
        declared = self._purpose.categories if self._purpose else ()
        return [self._pick(known[one].title) for one in declared]

    def _data(self) -> Iterable[str]:
        purpose = self._ground.act.kind.purpose
        asked = {
            self._pick(field.label): None
            for form in self._ground.edition.forms.values()
            for field in form.fields
            if purpose in field.purposes
        }
        # The technical data and the evidence of consent are asked on no form.
        return list(asked) or self._categories()

    def _media(self) -> Iterable[str]:
        return (self.say("automated"),)

    def _system(self) -> Iterable[str]:
        return (self._ground.system,)

    def _way(self) -> Iterable[str]:
        return (self.say("way"),)

    def _reason(self) -> Iterable[str]:
        code = self._ground.act.kind.reason
        reason = pick(REASONS[code], self._language) if code in REASONS else code
        if self._purpose is None:
            return (reason,)
        rule = self._purpose.retention
        term = phrases.end(PHRASES[self._language], rule, self._language) if rule.after else ""
        told = f"{self.say('rule')}: {term}" if term else ""
        return reason, self._pick(self._purpose.title), told

    def _date(self) -> Iterable[str]:
        moments = [one.destroyed_at for one in self._ground.lines if one.destroyed_at is not None]
        return sorted({day(moment, self._language) for moment in moments})

    def _backups(self) -> Iterable[str]:
        terms, done = self._ground.terms, self._ground.act.done_at
        at = final.on(done, terms) if done else None
        if done is None or at is None:
            return (self.say("backups").format(days=terms.burn_days),)
        if at <= done:
            return (self.say("gone"),)
        # The end of that day.
        return (self.say("final").format(day=day(at, self._language), days=terms.burn_days),)

    def _conformity(self) -> Iterable[str]:
        return (self.say("conformity"),)

    def _kept(self) -> Iterable[str]:
        done = self._ground.act.done_at
        return (day(act.kept_until(done), self._language),) if done else ()

    def _entries(self) -> Iterable[str]:
        act_, origin = self._ground.act, self._ground.origin
        yield self.say("requested").format(origin=origin, index=act_.entry)
        if act_.done_entry is not None:
            lines = act.digest(self._ground.lines)
            yield self.say("done").format(origin=origin, index=act_.done_entry, digest=lines)


def place(point: str, language: str) -> str:
    """Say where Order 179 asks for a field, such as `p. 3 a`, in Russian by the letters of its text."""
    if language != "ru":
        return f"p. {point}" if point else ""
    number, _, letter = point.partition(" ")
    lettered = f" «{dict(zip('abcdefghij', 'абвгдежзик', strict=True))[letter]}»" if letter else ""
    return f"п. {number}{lettered}" if point else ""


def day(moment: int, language: str) -> str:
    """A moment (unix ms) as its day in UTC: 2026-11-22, in Russian 22.11.2026."""
    pattern = "%d.%m.%Y" if language == "ru" else "%Y-%m-%d"
    return datetime.fromtimestamp(moment // 1000, UTC).strftime(pattern)
