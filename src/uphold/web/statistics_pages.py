# SPDX-License-Identifier: Apache-2.0
"""Released figures as the pages show them: headlines, breakdowns, forms, answers (pure)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from uphold.statistics import released
from uphold.statistics.released import Period, Sum
from uphold.visits import layout
from uphold.web import statistics_lines, statistics_words
from uphold.web.statistics_period import Chosen
from uphold.web.statistics_views import (
    Answers,
    Around,
    Breakdown,
    Compared,
    ConsentRow,
    Figure,
    FormRow,
    Forms,
    LeftOut,
    Link,
    Row,
    Tile,
    Visits,
)
from uphold.web.statistics_words import Names

TABLES: Mapping[str, tuple[str, ...]] = {
    "visits": ("pages", "devices", "browsers", "countries", "hours", "page-devices"),
    "forms": ("started", "ticked", "submitted", "errors"),
    "answers": ("requests", "enquiries", "opinions", "given", "withdrawn"),
}
"""By page: the tables of the recipe that stand on it."""
ALL = "all"
_FIRST = 10
_HUNDRED = 100

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was released of the days that are shown and of those before, and what names stand for codes."""

    now: Period
    before: Period | None
    chosen: Chosen
    names: Names

    def table(self, name: str) -> Sum | None:
        """A table of the days that are shown, None where the recipe has none."""
        return self.now.tables.get(name)

    def earlier(self, name: str) -> Sum | None:
        """The same table of the days before."""
        return self.before.tables.get(name) if self.before else None


def visits(
    figures: Figures,
    around: Around,
    device: str = ALL,
    dropped: Mapping[tuple[int, str], int] = MappingProxyType({}),
) -> Visits:
    """Who came, when, to what, with what. `device` narrows the pages to those that one was used for.

    `dropped` is what was left out, by day and reason.
    """
    days = next((t for n in TABLES["visits"] if (t := figures.table(n)) is not None), None)
    earlier = figures.earlier(days.name) if days else None
    names, timeline = figures.names, None
    if days is not None:
        timeline = statistics_lines.over_time("days", days, earlier, figures.chosen, names)
    hours = figures.table("hours")
    lists = (
        _pages(figures, device),
        _one(figures, "devices", lambda code: names.of(statistics_words.DEVICES, code)),
        _one(figures, "browsers", names.named),
        _one(figures, "countries", lambda code: names.of(statistics_words.COUNTRIES, code)),
    )
    return Visits(
        around,
        _tiles(days, earlier),
        timeline,
        statistics_lines.by_hour(hours, figures.earlier("hours"), names) if hours else None,
        tuple(one for one in lists if one is not None),
        _filters(figures, around, device),
        _left_out(dropped),
    )


def forms(figures: Figures, around: Around) -> Forms:
    """Where people stumble: how many begin, tick and send each form, and which fields are refused."""
    names, sent = figures.names, figures.table("submitted")
    errors = _one(figures, "errors", lambda code: names.fields.get(code, code), acts=True)
    weeks = None
    if sent is not None:
        earlier = figures.earlier("submitted")
        weeks = statistics_lines.over_time("submitted", sent, earlier, figures.chosen, names)
    steps = {name: figures.table(name) for name in ("started", "ticked", "submitted")}
    found = {key for table in steps.values() if table is not None for key in table.cells}
    numbers = {key: tuple(_compared(figures, name, key) for name in steps) for key in sorted(found)}
    most = max((one.now.value or 0 for row in numbers.values() for one in row), default=0)
    rows = tuple(_form(names, key, row, most) for key, row in numbers.items())
    return Forms(around, rows, weeks, errors)


def answers(figures: Figures, around: Around, editions: Mapping[str, str]) -> Answers:
    """Time to answer, satisfaction, consents. `editions` are the addresses of editions by number."""
    names = figures.names
    requests = _worded(figures, "requests", statistics_words.TERMS)
    enquiries = _worded(figures, "enquiries", statistics_words.WAITS)
    opinions = _worded(figures, "opinions", statistics_words.OPINIONS)
    given, withdrawn = figures.table("given"), figures.table("withdrawn")
    keys = {key for table in (given, withdrawn) if table is not None for key in table.cells}
    consents = tuple(
        ConsentRow(
            edition,
            editions.get(edition, ""),
            names.purposes.get(purpose, purpose),
            statistics_lines.cell(given, (edition, purpose), acts=True) if given else Figure(),
            statistics_lines.cell(withdrawn, (edition, purpose), acts=True)
            if withdrawn
            else Figure(),
        )
        for edition, purpose in sorted(keys, key=lambda key: (-_edition(key[0]), key[1]))
    )
    return Answers(around, requests, enquiries, opinions, consents)


def _edition(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _tiles(days: Sum | None, earlier: Sum | None) -> tuple[Tile, ...]:
    if days is None:
        return ()
    now, was = days.total, earlier.total if earlier else None
    visitors = _against(_persons(now), _persons(was) if was else None)
    # Of visitors alone, without their pages, it is not known how often they came.
    if days.name not in ("pages", "page-devices"):
        return (Tile("visitors", visitors),)
    each = _against(_each(now), _each(was) if was else None)
    acts = _against(_acts(now), _acts(was) if was else None)
    return (Tile("visitors", visitors), Tile("visits", acts), Tile("each", each))


def _each(figure: released.Figure) -> Figure:
    if figure.is_hidden or not figure.persons:
        return Figure()
    return Figure(round(figure.count * _HUNDRED / figure.persons))


def _persons(figure: released.Figure) -> Figure:
    return Figure() if figure.is_hidden else Figure(figure.persons, figure.at_least)


def _acts(figure: released.Figure) -> Figure:
    return Figure() if figure.is_hidden else Figure(figure.count, figure.at_least)


def _against(now: Figure, before: Figure | None) -> Compared:
    """Two numbers; in per cent only where both are exact, since a sum with gaps says nothing of more or less."""
    if before is None or now.value is None or not before.value or now.at_least or before.at_least:
        return Compared(now, before)
    return Compared(now, before, round((now.value - before.value) * _HUNDRED / before.value))


def _compared(figures: Figures, name: str, key: Key) -> Compared:
    table, earlier = figures.table(name), figures.earlier(name)
    if table is None:
        return Compared(Figure())
    return _against(
        statistics_lines.cell(table, key), statistics_lines.cell(earlier, key) if earlier else None
    )


def _worded(figures: Figures, table: str, words: Mapping[str, str]) -> Breakdown | None:
    """A table whose codes are known beforehand, in their order."""
    return _one(figures, table, lambda code: figures.names.of(words, code), tuple(words))


def _pages(figures: Figures, device: str) -> Breakdown | None:
    if device == ALL:
        return _one(figures, "pages", figures.names.named, acts=True)
    return _one(figures, "page-devices", figures.names.named, acts=True, of=device, code="pages")


def _one(
    figures: Figures,
    table: str,
    named: Callable[[str], str],
    order: tuple[str, ...] = (),
    *,
    acts: bool = False,
    of: str = "",
    code: str = "",
) -> Breakdown | None:
    """One table as a list, the greatest first or in an order of its own; None where the recipe has no such table."""
    now, before = figures.table(table), figures.earlier(table)
    if now is None:
        return None
    found: list[tuple[str, Compared, Figure]] = []
    for key in now.cells:
        if of and key[1:] != (of,):
            continue
        was = statistics_lines.cell(before, key) if before else None
        persons = _against(statistics_lines.cell(now, key), was)
        if persons.now.value != 0:
            found.append((key[0], persons, statistics_lines.cell(now, key, acts=True)))
    found.sort(key=lambda one: _place(one[0], one[1].now, order))
    most = max((v for _, one, _ in found for v in _both(one)), default=0)
    rows = tuple(
        Row(
            named(value),
            persons,
            often if acts else None,
            _share(persons.now, most),
            # A line for what may be more would look like a loss, or a gain, that nobody knows of.
            _share(persons.before if persons.change is not None else None, most),
        )
        for value, persons, often in found
    )
    return Breakdown(
        code or table, rows[:_FIRST], rows[_FIRST:], now.hides, acts, compares=before is not None
    )


def _place(value: str, figure: Figure, order: tuple[str, ...]) -> tuple[int, int, str]:
    if value in order:
        return order.index(value), 0, value
    return len(order), -1 if figure.value is None else -figure.value - 1, value


def _both(one: Compared) -> tuple[int, ...]:
    before = one.before.value if one.before and one.change is not None else 0
    return one.now.value or 0, before or 0


def _share(figure: Figure | None, most: int) -> int:
    value = figure.value if figure else None
    return max(1, round(value * _HUNDRED / most)) if value and most else 0


def _left_out(dropped: Mapping[tuple[int, str], int]) -> tuple[LeftOut, ...]:
    """Sum up by reason, the most first.

    Each day is cut before, since one who asked not to be counted may be alone on a day, and the sums of many times,
    cut only afterwards, taken one from the other, would tell it.
    """
    found: Counter[str] = Counter()
    for (_, reason), count in dropped.items():
        found[reason] += count // _HUNDRED * _HUNDRED
    return tuple(LeftOut(code, number) for code, number in found.most_common())


def _filters(figures: Figures, around: Around, device: str) -> tuple[Link, ...]:
    table = figures.table("page-devices")
    if table is None or around.picker is None:
        return ()
    home = f"{around.picker.action_href}?{figures.chosen.query}"
    there = {key[1] for key in table.cells}
    links = (
        Link(code, f"{home}&device={code}", code == device)
        for code in layout.DEVICES
        if code in there
    )
    return (Link(ALL, home, device == ALL), *links)


def _form(names: Names, key: Key, steps: Sequence[Compared], most: int) -> FormRow:
    started, ticked, sent = steps
    share = _sent(started.now, sent.now)
    bars = (_share(started.now, most), _share(ticked.now, most), _share(sent.now, most))
    title = names.forms.get(key[0], key[0])
    return FormRow(title, started, ticked, sent, share, bars)


def _sent(begun: Figure, sent: Figure) -> int | None:
    """How many in a hundred of those who began it sent it. Who has no script begins without being counted."""
    if not begun.value or sent.value is None or begun.at_least or sent.at_least:
        return None
    return min(_HUNDRED, round(sent.value * _HUNDRED / begun.value))
