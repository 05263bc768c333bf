# SPDX-License-Identifier: Apache-2.0
"""Terms of storage: ISO 8601 durations, read and put into words (pure)."""

import re
from typing import Final

_UNITS: Final = ("years", "months", "weeks", "days", "hours", "minutes")
_TERM = re.compile(
    r"P(?=[0-9T])(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?=\d)(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?",
    re.ASCII,
)
_ENGLISH: Final = dict(zip(_UNITS, ("year", "month", "week", "day", "hour", "minute"), strict=True))
# One, two to four, five and more; in the accusative, as after "через".
_RUSSIAN: Final = {
    "years": ("год", "года", "лет"),
    "months": ("месяц", "месяца", "месяцев"),
    "weeks": ("неделю", "недели", "недель"),
    "days": ("день", "дня", "дней"),
    "hours": ("час", "часа", "часов"),
    "minutes": ("минуту", "минуты", "минут"),
}


def parse(text: str) -> dict[str, int] | None:
    """A duration such as P1Y, P30D or PT24H as {unit: count}; None if it is none or is zero."""
    match = _TERM.fullmatch(text)
    if match is None:
        return None
    found = {unit: int(n) for unit, n in zip(_UNITS, match.groups(), strict=True) if n}
    return found if any(found.values()) else None


def words(text: str, language: str) -> str:
    """The duration in words, in Russian or else in English; the text itself if it is none."""
    found = parse(text)
    if found is None:
        return text
    name = _russian if language == "ru" else _english
    return " ".join(f"{count} {name(unit, count)}" for unit, count in found.items() if count)


def _english(unit: str, count: int) -> str:
    return _ENGLISH[unit] if count == 1 else f"{_ENGLISH[unit]}s"


def _russian(unit: str, count: int) -> str:
    one, few, many = _RUSSIAN[unit]
    if count % 10 == 1 and count % 100 != 11:
        return one
    return few if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else many
