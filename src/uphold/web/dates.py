# SPDX-License-Identifier: Apache-2.0
"""Times and numbers as people read them, in English and Russian. Pure; every time is shown in UTC."""

from datetime import UTC, date, datetime

_MONTHS = {
    "en": (
        "January February March April May June July August September October November December"
    ).split(),
    "ru": (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    ).split(),
}
# Alone, without a day, a Russian month stands in another case.
_ALONE = {
    "en": _MONTHS["en"],
    "ru": (
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
    ).split(),
}
# A no-break space keeps a day with its month and a number in one piece at the end of a line.
_GAP = "\N{NO-BREAK SPACE}"


def instant(at_ms: int) -> datetime:
    """The UTC time of `at_ms` unix milliseconds, cut to whole seconds."""
    return datetime.fromtimestamp(at_ms // 1000, tz=UTC)


def day(moment: date, language: str) -> str:
    """`22 November 2026` or `22 ноября 2026 г.`"""
    months = _MONTHS.get(language, _MONTHS["en"])
    text = f"{moment.day}{_GAP}{months[moment.month - 1]} {moment.year}"
    return f"{text}{_GAP}г." if language == "ru" else text


def month(text: str, language: str) -> str:
    """A month `YYYY-MM` as `November 2026` or `ноябрь 2026 г.`"""
    year, _, number_ = text.partition("-")
    named = f"{_ALONE.get(language, _ALONE['en'])[int(number_) - 1]} {int(year)}"
    return f"{named}{_GAP}г." if language == "ru" else named


def clock(moment: datetime) -> str:
    """`12:15 UTC`"""
    return f"{moment:%H:%M}{_GAP}UTC"


def number(value: int, language: str) -> str:
    """`12,345` in English; in Russian groups of three with a gap, from five digits on."""
    if language == "ru":
        return f"{value:,}".replace(",", _GAP) if abs(value) >= 10_000 else str(value)
    return f"{value:,}"


def hundredths(value: int, language: str) -> str:
    """`2.34` for 234; in Russian `2,34`."""
    text = f"{value // 100}.{value % 100:02}"
    return text.replace(".", ",") if language == "ru" else text


def short(moment: date, language: str) -> str:
    """`3 Nov` or `3 ноя`, for where there is little room."""
    months = _MONTHS.get(language, _MONTHS["en"])
    return f"{moment.day}{_GAP}{months[moment.month - 1][:3]}"


def span(milliseconds: int) -> tuple[str, int]:
    """The largest whole unit of a length of time: `("day", 3)`, `("hour", 5)` or `("minute", 0)`."""
    minutes = max(0, milliseconds) // 60_000
    if minutes >= 24 * 60:
        return "day", minutes // (24 * 60)
    if minutes >= 60:
        return "hour", minutes // 60
    return "minute", minutes
