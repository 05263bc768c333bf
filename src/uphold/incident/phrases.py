# SPDX-License-Identifier: Apache-2.0
"""The words of drafts, in English and Russian: data, and how a provision, a moment or a number is written (pure)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from uphold.policy.document import Text, pick

LANGUAGES: Final = ("en", "ru")

SAY: Final[Mapping[str, Text]] = {
    "exercise": {"en": "EXERCISE. NOT TO BE SENT", "ru": "УЧЕНИЯ. НЕ НАПРАВЛЯТЬ"},
    "draft": {"en": "Draft of {at}", "ru": "Проект от {at}"},
    "missing": {"en": "Still missing", "ru": "Ещё не хватает"},
    "missing-none": {
        "en": "Everything that the law asks for at least is there. Read it before you send it.",
        "ru": "Всё, чего закон требует как минимум, есть. Прочитайте, прежде чем направить.",
    },
    "least": {"en": "the law demands it", "ru": "требуется законом"},
    "blank": {"en": "[not known yet: fill in]", "ru": "[пока неизвестно: заполнить]"},
    "due": {"en": "Due", "ru": "Срок"},
    "due-at": {"en": "{at} ({term})", "ru": "{at} ({term})"},
    "hours": {"en": "{hours} hours from detection", "ru": "{hours} ч от выявления"},
    "at-once": {"en": "without undue delay", "ru": "без неоправданной задержки"},
    "late-by": {"en": "the term ended {span} before this draft", "ru": "срок истёк за {span} до этого проекта"},
    "number": {"en": "Incident", "ru": "Инцидент"},
    "number-of": {"en": "no. {number} of {origin}", "ru": "№ {number}, {origin}"},
    "law": {"en": "Ground", "ru": "Основание"},
    "evidence": {
        "en": "Numbers are counted from the site's journal and records; in square brackets is what people must add.",
        "ru": "Числа подсчитаны по журналу и хранимым записям сайта; в квадратных скобках то, что дополняют люди.",
    },
    "sender": {"en": "For whoever sends it: {note}", "ru": "Для отправителя: {note}"},
    "memory": {
        "en": "* The field is known to this program from a secondary description or from memory: compare it with the"
        " regulator's own form before sending.",
        "ru": "* Поле известно программе из вторичного источника или по памяти: сверьте с формой регулятора, прежде чем"
        " направлять.",
    },
    "sign": {"en": "Full name|Position|Signature|Date", "ru": "Фамилия, имя, отчество|Должность|Подпись|Дата"},
    "happened": {"en": "Happened from {since} to {until}", "ru": "Произошло с {since} по {until}"},
    "happened-at": {"en": "Happened on {since}", "ru": "Произошло {since}"},
    "moved": {
        "en": "On record at first: {was}. Corrected on {at} because: {why}",
        "ru": "Первоначально зафиксировано: {was}. Исправлено {at}, причина: {why}",
    },
    "by-alert": {
        "en": "Found by the site's own detection, alert no. {alert}",
        "ru": "Выявлен собственными средствами обнаружения сайта, тревога № {alert}",
    },
    "by-rule": {
        "en": "The site's own detection: alert no. {alert}, rule {rule}",
        "ru": "Собственные средства обнаружения сайта: тревога № {alert}, правило {rule}",
    },
    "responded": {
        "en": "The site itself, when it was detected: {names}",
        "ru": "Сам сайт, при выявлении: {names}",
    },
    "by-hand": {"en": "Put on record by a member of staff", "ru": "Зафиксирован сотрудником оператора"},
    "degree": {"en": "Degree of harm, preliminary: {degree}", "ru": "Степень вреда, предварительно: {degree}"},
    "officer": {
        "en": "As the published policy names: {who}",
        "ru": "Как названо в опубликованной политике: {who}",
    },
    "categories": {"en": "Data: {names}", "ru": "Данные: {names}"},
    "records": {"en": "Submissions (records): {count}", "ru": "Обращений (записей): {count}"},
    "subjects": {"en": "People: {count}", "ru": "Субъектов: {count}"},
    "subjects-note": {
        "en": "submissions that share an address are one person's; {nameless} without an address count as one each",
        "ru": "обращения с общим адресом относятся к одному лицу; {nameless} без адреса считаются каждое отдельно",
    },
    "identifiers": {
        "en": "Identifiers: {count} (e-mail addresses {emails}, telephone numbers {phones}, receipt numbers {records})",
        "ru": "Идентификаторов: {count} (адресов эл. почты {emails}, телефонов {phones}, номеров расписок {records})",
    },
    "added": {
        "en": "Beyond that, estimated by staff: people {subjects}, identifiers {identifiers}. {why}",
        "ru": "Сверх того по оценке сотрудников: субъектов {subjects}, идентификаторов {identifiers}. {why}",
    },
    "acts": {
        "en": "Opened: {opened}; sent to recipients: {disclosed}; export files taken: {exports}",
        "ru": "Открыто: {opened}; передано получателям: {disclosed}; взято файлов экспорта: {exports}",
    },
    "gone": {
        "en": "Of {gone} of them nothing is left, so their addresses could not be counted",
        "ru": "От {gone} из них ничего не осталось, поэтому их адреса не подсчитаны",
    },
    "collected": {"en": "Collected from {first} to {last}", "ru": "Собраны с {first} по {last}"},
    "current": {
        "en": "Kept as the people stated them; how recent they are was not checked since",
        "ru": "Хранятся в том виде, как указаны субъектами; актуальность с тех пор не проверялась",
    },
    "given": {"en": "Sent on {at}. {reference}", "ru": "Направлено {at}. {reference}"},
    "no-delay": {"en": "Not late: within the term", "ru": "Задержки нет: срок соблюдён"},
    "ask": {"en": "{who}, {contact}", "ru": "{who}, {contact}"},
    "registration": {"en": "Registration: {number}", "ru": "Регистрационный номер: {number}"},
}  # fmt: skip

NATURES: Final[Mapping[str, Text]] = {
    "unlawful": {"en": "unlawful", "ru": "неправомерно"},
    "accidental": {"en": "accidental", "ru": "случайно"},
    "access": {"en": "access", "ru": "доступ"},
    "provision": {"en": "provision", "ru": "предоставление"},
    "dissemination": {"en": "dissemination", "ru": "распространение"},
    "transfer": {"en": "transfer", "ru": "передача"},
    "copying": {"en": "copying", "ru": "копирование"},
    "modification": {"en": "modification", "ru": "изменение"},
    "blocking": {"en": "blocking", "ru": "блокирование"},
    "destruction": {"en": "destruction", "ru": "уничтожение"},
    "loss": {"en": "loss", "ru": "утрата"},
}
DEGREES: Final[Mapping[str, Text]] = {
    "low": {"en": "low", "ru": "низкая"},
    "medium": {"en": "medium", "ru": "средняя"},
    "high": {"en": "high", "ru": "высокая"},
}
RESPONSES: Final[Mapping[str, Text]] = {
    "delay": {"en": "requests slowed down", "ru": "запросы замедлены"},
    "step-up": {"en": "a new proof of identity demanded", "ru": "затребовано новое подтверждение личности"},
    "revoke": {"en": "sessions ended", "ru": "сеансы завершены"},
    "freeze-export": {"en": "exports frozen", "ru": "выгрузки остановлены"},
    "lock": {"en": "the account locked", "ru": "учётная запись заблокирована"},
    "freeze-vault": {"en": "all reading suspended", "ru": "всё чтение приостановлено"},
}  # fmt: skip
_ACTS: Final[Mapping[str, Text]] = {
    "152-fz": {"en": "152-FZ, article ", "ru": "152-ФЗ, ст. "},
    "gdpr": {"en": "GDPR, article ", "ru": "GDPR, статья "},
    "koap": {"en": "Code of administrative offences, article ", "ru": "КоАП РФ, ст. "},
    "rkn-187": {"en": "Roskomnadzor Order 187 of 14.11.2022", "ru": "приказ Роскомнадзора от 14.11.2022 № 187"},
}  # fmt: skip


def place(source: str, language: str) -> str:
    """Say where a law asks for something: `152-fz:21.3-1.1` is `152-FZ, article 21(3.1)(1)`."""
    return "; ".join(_place(one.strip(), language) for one in source.split(","))


def moment(at: int, language: str, zone: str) -> str:
    """A moment (unix ms) in the operator's zone, UTC where none is named, with the zone."""
    local = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone) if zone else UTC)
    pattern = "%d.%m.%Y %H:%M" if language == "ru" else "%Y-%m-%d %H:%M"
    offset = local.strftime("%z")
    return (
        f"{local.strftime(pattern)} UTC{'' if offset == '+0000' else f'{offset[:3]}:{offset[3:]}'}"
    )


def span(milliseconds: int, language: str) -> str:
    """A length of time in whole hours, or in minutes below one."""
    minutes = milliseconds // 60_000
    if minutes < 60:
        return f"{minutes} {pick({'en': 'min', 'ru': 'мин'}, language)}"
    return f"{minutes // 60} {pick({'en': 'h', 'ru': 'ч'}, language)}"


def nature(value: str, language: str) -> str:
    """What was done to the data, such as `unlawful access, copying`."""
    way, *acts = value.split("+")
    named = ", ".join(pick(NATURES[one], language) for one in acts)
    said = pick(NATURES[way], language)
    return f"{named} ({said})" if language == "ru" else f"{said} {named}"


def _place(source: str, language: str) -> str:
    act, _, at = source.partition(":")
    known = pick(_ACTS.get(act, {"en": source}), language)
    if not at:
        return known
    # A part such as 3.1 is written 3-1, because dots part the members; only an article has a dot of its own.
    article, members = (at[:5], at[6:]) if act == "koap" else at.partition(".")[::2]
    parts = [one.replace("-", ".") for one in members.split(".") if one]
    if language == "ru" and act != "gdpr":
        return (
            known
            + article
            + "".join(f", {of} {one}" for of, one in zip(("ч.", "п."), parts, strict=False))
        )
    return known + article + "".join(f"({one})" for one in parts)
