# SPDX-License-Identifier: Apache-2.0
"""A package of personal data to be read: one HTML page that needs nothing else, and a PDF/A (pure).

Both show the same sections; whatever is a person's own text is shown as text and is never markup.
"""

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from uphold import typeset
from uphold.policy.document import Text, pick
from uphold.rights.package import Consent, Field, Package, Purpose, Submission

_STYLE: Final = (
    "@page{size:A4;margin:2cm}body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;"
    "padding:0 1rem;color:#111;background:#fff}h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem}"
    "h3{font-size:1rem;margin-top:1.5rem}table{border-collapse:collapse;width:100%;margin:.5rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;border:1px solid #767676;overflow-wrap:anywhere;"
    "white-space:pre-line}th{width:32%;font-weight:600}td p{margin:0 0 .5rem}td p:last-child{margin:0}"
    "small{display:block;font-weight:400}@media print{body{max-width:none;margin:0;padding:0}}"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A name, where the law asks for it ("" nowhere), and what there is to say."""

    name: str
    place: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of level 2 or 3, and rows below it."""

    heading: str
    level: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """A package in the words of one language. `at` is when it was made (unix seconds)."""

    title: str
    note: str
    language: str
    at: int
    sections: tuple[Section, ...]


_SAY: Final[dict[str, Text]] = {
    "title": {
        "en": "What is held about the person with the address {address}",
        "ru": "Какие данные хранятся о лице с адресом {address}",
    },
    "note": {
        "en": "Made on {at} by {operator}, under edition {edition} of its privacy policy. This page holds"
        " personal data: keep it as you keep a letter.",
        "ru": "Составлено {at}; оператор: {operator}; действует редакция {edition} политики. Документ содержит"
        " персональные данные: храните его, как письмо.",
    },
    "points": {"en": "What the law says you are told", "ru": "Сведения, которые полагаются по закону"},
    "submission": {"en": "{title}, sent on {at}", "ru": "{title}, отправлено {at}"},
    "purpose": {"en": "Held for: {title}", "ru": "Хранится для цели: {title}"},
    "receipt": {"en": "Receipt", "ru": "Расписка"},
    "edition": {"en": "Edition of the policy", "ru": "Редакция политики"},
    "basis": {"en": "Legal ground", "ru": "Правовое основание"},
    "source": {"en": "Source", "ru": "Источник"},
    "term": {"en": "Kept", "ru": "Срок хранения"},
    "given": {"en": "Consent given", "ru": "Согласие дано"},
    "withdrawn": {"en": "Consent withdrawn", "ru": "Согласие отозвано"},
    "wording": {"en": "Wording (SHA-256)", "ru": "Текст согласия (SHA-256)"},
    "answer": {"en": "Answer of the operator", "ru": "Ответ оператора"},
    "destroyed": {"en": "Destroyed", "ru": "Уничтожено"},
    "correction": {"en": "Corrected", "ru": "Исправлено"},
    "reading": {"en": "Opened", "ru": "Чтение"},
    "refused": {"en": "Refused", "ru": "Отказано в чтении"},
    "order": {"en": "Must be kept by law", "ru": "Обязательное хранение по закону"},
    "requests": {"en": "Requests", "ru": "Обращения за осуществлением прав"},
    "told-corrected": {
        "en": "was told on {at} that the data were corrected",
        "ru": "{at} сообщено, что данные исправлены",
    },
    "told-erased": {
        "en": "was told on {at} that the data were erased",
        "ru": "{at} сообщено, что данные уничтожены",
    },
    "disclosures": {"en": "Disclosures", "ru": "Передача другим лицам"},
    "request": {"en": "Request no. {number}", "ru": "Обращение № {number}"},
    "until": {"en": "until {at}", "ru": "до {at}"},
    "lifted": {"en": "until it is lifted", "ru": "до отмены"},
    "due": {"en": "answered by {at}", "ru": "ответ до {at}"},
    "on": {"en": "destroyed on {at}", "ru": "уничтожается {at}"},
    "none": {"en": "none", "ru": "нет"},
    "person": {"en": "you", "ru": "вы"},
    "request-source": {"en": "the request of your browser", "ru": "запрос вашего браузера"},
    "site": {"en": "the site itself", "ru": "сам сайт"},
}  # fmt: skip
_BASES: Final[dict[str, Text]] = {
    "consent": {"en": "consent", "ru": "согласие"},
    "contract": {"en": "contract", "ru": "договор"},
    "request": {"en": "request of the person", "ru": "обращение субъекта"},
    "legal-duty": {"en": "legal duty", "ru": "обязанность по закону"},
    "legitimate-interest": {"en": "legitimate interest", "ru": "законный интерес"},
}
# The evidence of consent has these as unix milliseconds.
_TIMES: Final = frozenset({"at", "shown_at"})
_LAWS: Final[dict[str, Text]] = {
    "152-fz": {"en": "152-FZ, article ", "ru": "152-ФЗ, ст. "},
    "gdpr": {"en": "GDPR, article ", "ru": "GDPR, ст. "},
}


def of(made: Package) -> Printed:
    """Lay a package out: first what the law asks, then each submission, then requests and disclosures."""
    return _Laid(made).printed()


def page(printed: Printed) -> bytes:
    """Return one HTML page, UTF-8, with its style inside."""
    title = html.escape(printed.title)
    sections = "".join(map(_section, printed.sections))
    return (
        f'<!doctype html><html lang="{html.escape(printed.language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{title}</title><style>{_STYLE}</style>"
        f"<main><h1>{title}</h1><p>{html.escape(printed.note)}</p>{sections}</main></html>\n"
    ).encode()


def pdf(printed: Printed) -> bytes:
    """Return a PDF/A-2b; raises as `typeset.pdf`."""
    sections: list[typeset.Data] = [
        {
            "heading": one.heading,
            "level": one.level,
            "rows": [
                {"name": row.name, "place": row.place, "values": row.values} for row in one.rows
            ],
        }
        for one in printed.sections
    ]
    told: dict[str, typeset.Data] = {
        "title": printed.title,
        "note": printed.note,
        "language": printed.language,
        "sections": sections,
    }
    return typeset.pdf("package", told, printed.at)


def place(law: str, language: str) -> str:
    """Say where a law asks for something: `152-fz:14.7.5` is `152-FZ, article 14(7)(5)`."""
    name, _, at = law.partition(":")
    # An item may have a number such as 9.1.
    article, *members = at.split(".", 2)
    if name == "152-fz" and language == "ru":
        # Part and item, as Russian acts are cited.
        within = "".join(f" {of} {one}" for of, one in zip(("ч.", "п."), members, strict=False))
    else:
        within = "".join(f"({one})" for one in members)
    return pick(_LAWS[name], language) + article + within


class _Laid:
    """One package, laid out."""

    def __init__(self, made: Package) -> None:
        self._made = made
        self._language = made.language

    def printed(self) -> Printed:
        made = self._made
        note = self._say(
            "note",
            at=self._time(made.made_at),
            operator=made.operator.name,
            edition=made.policy.edition,
        )
        return Printed(
            title=self._say("title", address=made.address),
            note=note,
            language=made.language,
            at=int(made.made_at.timestamp()),
            sections=tuple(self._sections()),
        )

    def _sections(self) -> Iterator[Section]:
        rows = (
            Row(point.title, self._places(point.law), tuple(point.text))
            for point in self._made.points
        )
        yield self._section("points", 2, rows)
        for one in self._made.submissions:
            yield from self._submission(one)
        yield self._section("requests", 2, self._requests())
        yield self._section("disclosures", 2, self._disclosures())

    def _submission(self, one: Submission) -> Iterator[Section]:
        heading = self._say("submission", title=one.title, at=self._time(one.received_at))
        yield Section(heading, 2, tuple(self._about(one)))
        for purpose in one.purposes:
            heading = self._say("purpose", title=purpose.title)
            yield Section(heading, 3, tuple(self._held(purpose)))

    def _about(self, one: Submission) -> Iterator[Row]:
        yield self._row("receipt", one.id)
        yield self._row("edition", str(one.edition))
        for act in one.consents:
            yield self._row(act.act, *self._consent(act))
        for gone in one.destroyed:
            yield self._row("destroyed", f"{gone.title}: {self._time(gone.at)}")
        for fix in one.corrections:
            by = self._by(fix.by)
            yield self._row(
                "correction", f"{fix.title}: {', '.join(fix.fields)}", f"{self._time(fix.at)}, {by}"
            )
        for read in one.readings:
            told = f"{self._time(read.at)}, {self._by(read.by)}"
            key = "refused" if read.denied else "reading"
            yield self._row(key, read.title, " ".join(filter(None, (told, read.denied))))
        for order in one.orders:
            until = (
                self._say("until", at=self._time(order.until))
                if order.until
                else self._say("lifted")
            )
            yield self._row("order", order.ground, until)

    def _consent(self, act: Consent) -> Iterator[str]:
        yield f"{act.title}: {self._time(act.at)}"
        if act.act == "given":
            yield f"{self._say('wording')}: {act.wording}"
            yield from filter(None, (act.wording_title, act.wording_text))

    def _held(self, one: Purpose) -> Iterator[Row]:
        for field in one.values:
            yield Row(field.label, "", tuple(self._words(field)))
        for answer in one.answers:
            yield self._row("answer", answer.subject, answer.text)
        basis = pick(_BASES[one.basis], self._language) if one.basis in _BASES else one.basis
        yield self._row("basis", basis, one.ground)
        source = {"person": "person", "request": "request-source", "site": "site"}[one.source]
        yield self._row("source", self._say(source))
        ends = self._say("on", at=self._time(one.ends_at)) if one.ends_at else ""
        yield self._row("term", ends, one.term)

    def _words(self, field: Field) -> Iterator[str]:
        value = field.value
        if isinstance(value, dict):
            yield from (f"{name}: {one}" for name, one in value.items())
        elif isinstance(value, list):
            yield from value
        elif isinstance(value, int) and field.key in _TIMES:
            yield self._time(datetime.fromtimestamp(value / 1000, UTC))
        else:
            yield str(value)

    def _requests(self) -> Iterator[Row]:
        for one in self._made.requests:
            due = self._say("due", at=one.due.isoformat()) if one.due else ""
            told = (f"{one.kind}, {self._time(one.received_at)}", one.state, due, one.ground)
            name = self._say("request", number=one.number)
            yield Row(name, "", tuple(filter(None, told)))

    def _disclosures(self) -> Iterator[Row]:
        for one in self._made.disclosures:
            told = (self._say(f"told-{each.cause}", at=self._time(each.at)) for each in one.told)
            said = (one.ground, one.law, self._time(one.at), one.title, ", ".join(one.fields))
            yield Row(one.recipient, "", tuple(filter(None, (*said, *told))))

    def _section(self, key: str, level: int, rows: Iterable[Row]) -> Section:
        heading = self._say(key)
        return Section(heading, level, tuple(rows) or (Row(heading, "", (self._say("none"),)),))

    def _row(self, key: str, *values: str) -> Row:
        return Row(self._say(key), "", tuple(filter(None, values)) or (self._say("none"),))

    def _by(self, who: str) -> str:
        return self._say(who) if who in ("person", "site") else who

    def _places(self, laws: Iterable[str]) -> str:
        """Where the law that the operator is under asks for it; where only the other does, that."""
        own = "gdpr:" if self._made.policy.profile == "eu-gdpr" else "152-fz:"
        every = list(laws)
        chosen = [law for law in every if law.startswith(own)] or every
        return "; ".join(place(law, self._language) for law in chosen)

    def _time(self, at: datetime) -> str:
        pattern = "%d.%m.%Y %H:%M UTC" if self._language == "ru" else "%Y-%m-%d %H:%M UTC"
        return at.strftime(pattern)

    def _say(self, key: str, **values: object) -> str:
        return pick(_SAY[key], self._language).format(**values)


def _section(one: Section) -> str:
    rows = "".join(map(_row, one.rows))
    heading = f"<h{one.level}>{html.escape(one.heading)}</h{one.level}>"
    return f"{heading}<table><tbody>{rows}</tbody></table>"


def _row(one: Row) -> str:
    where = f"<small>{html.escape(one.place)}</small>" if one.place else ""
    values = "".join(f"<p>{html.escape(value)}</p>" for value in one.values)
    return f'<tr><th scope="row">{html.escape(one.name)}{where}</th><td>{values}</td></tr>'
