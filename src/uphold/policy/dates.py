# SPDX-License-Identifier: Apache-2.0
"""Dates in a policy's text, in English, Russian and ISO form, words run together or not (pure)."""

import re
from datetime import date
from typing import Final

from uphold.policy.document import DateLine

_ENGLISH = (
    "january february march april may june july august september october november december"
).split()
_RUSSIAN = (
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
).split()
_MONTHS: Final = {name: n % 12 + 1 for n, name in enumerate([*_ENGLISH, *_RUSSIAN])}
_MONTH: Final = "|".join(_MONTHS)

# No word boundary before a month's name: in real policies "dated" and the place run together.
_DATE: Final = re.compile(
    rf"(?P<m1>{_MONTH})\s*(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<y1>\d{{4}})(?!\d)"
    rf"|(?<!\d)(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?(?P<m2>{_MONTH})\s*,?\s*(?P<y2>\d{{4}})(?!\d)"
    r"|(?<!\d)(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})(?!\d)"
    r"|(?<!\d)(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4})(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_UPDATED = re.compile(
    r"updat|amend|revis|modif|edition|version|редакци|изменен|обновл|дополнен", re.IGNORECASE
)
_WORDS_OF_A_DATE_LINE = re.compile(
    r"dated|date|as of|adopt|approv|effective|in force|of$|from$|on$"
    r"|утвержд|принят|действует|дата|датирован|от$|от\s*$",
    re.IGNORECASE,
)
# What stands between the place and the first date; the place may run into it.
_JOIN = re.compile(
    r"[\s,;:.()]*(?:dated|date|as of|adopted(?:\s+on)?|approved(?:\s+on)?|of|from|on"
    r"|утвержден[аоы]?|принят[аоы]?|от)?[\s,;:]*$",
    re.IGNORECASE,
)
# A line that says nothing about its date is a date line only if it is a place and a date.
_PLACE = re.compile(
    r"(?:(?:г\.\s*)?[^\W\d_a-zа-яё][\w.-]*(?:\s[^\W\d_a-zа-яё][\w.-]*){0,3}[\s,]*)?"
)
_LONGEST = 300
_LONGEST_PLACE = 80


def find(text: str) -> list[tuple[int, int, date]]:
    """Every valid date in `text` as (start, end, date), in order of appearance."""
    found = []
    for match in _DATE.finditer(text):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        month = _MONTHS.get(parts["m"].lower()) or int(parts["m"])
        try:
            found.append(
                (match.start(), match.end(), date(int(parts["y"]), month, int(parts["d"])))
            )
        except ValueError:
            continue
    return found


def line(text: str) -> DateLine | None:
    """Read `text` as a date line, or tell that it is none.

    A date line is short, holds a date, and says what the date is (or is nothing but the date and
    a place). The first date is the adoption unless the words before it speak of an update.
    """
    if len(text) > _LONGEST:
        return None
    found = find(text)
    if not found:
        return None
    before = text[: found[0][0]]
    place = _JOIN.sub("", before).strip(" \t\n,;:*_#")
    stated = _WORDS_OF_A_DATE_LINE.search(before.rstrip()) or _UPDATED.search(before)
    if len(before) > _LONGEST_PLACE:
        return None
    if not stated and (not _PLACE.fullmatch(before.lstrip()) or len(text) - found[-1][1] > 5):
        return None
    dates = tuple(day for _, _, day in found)
    if _UPDATED.search(before):
        return DateLine("", None, dates)
    if _WORDS_OF_A_DATE_LINE.search(place):
        place = ""
    return DateLine(place, dates[0], dates[1:])
