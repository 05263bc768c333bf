# SPDX-License-Identifier: Apache-2.0
"""What a browser says of itself, made coarse: a program or a person, a family of browsers, a class of devices.

Which strings are programs is kept by crawlerdetect, which strings are which browser by ua-parser; both are data
of those libraries and ask nobody. A family is one of FAMILIES: the string is the sender's to write, so a name
that it holds is never taken over. Without the extra `statistics` nothing is recognised and nothing recorded.
"""

import re
from functools import cache, lru_cache

from uphold.visits.layout import OTHER

try:
    import crawlerdetect
    import ua_parser
except ModuleNotFoundError:
    # The extra `statistics` is not installed; whoever turns the record on is told.
    INSTALLED = False
else:
    INSTALLED = True

# Families that a figure may name, each with how ua-parser's names of it begin.
_BEGINNINGS = (
    ("Chrome", "Chrome"),
    ("Chromium", "Chrome"),
    ("Firefox", "Firefox"),
    ("Mobile Safari", "Safari"),
    ("Safari", "Safari"),
    ("Edge", "Edge"),
    ("Opera", "Opera"),
    ("Yandex Browser", "Yandex Browser"),
    ("Samsung Internet", "Samsung Internet"),
    ("UC Browser", "UC Browser"),
    ("IE", "Internet Explorer"),
    ("MiuiBrowser", "MIUI Browser"),
    ("Huawei Browser", "Huawei Browser"),
    ("Vivaldi", "Vivaldi"),
    ("Brave", "Brave"),
    ("DuckDuckGo", "DuckDuckGo"),
)
FAMILIES = (*dict.fromkeys(family for _, family in _BEGINNINGS), OTHER)

# Longer strings are cut before any pattern sees them, so that none of them costs more than another.
_LENGTH = 400
# Distinct strings of one day on a middling site; the cache holds no address.
_REMEMBERED = 4096

_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk|Kindle")
_PHONE = re.compile(r"iPhone|iPod|Windows Phone|Mobile|Opera Mini")
_DESKTOP = re.compile(r"Windows NT|Macintosh|X11|CrOS|Linux")


@cache
def _crawlers() -> "crawlerdetect.CrawlerDetect":
    return crawlerdetect.CrawlerDetect()


@lru_cache(_REMEMBERED)
def is_bot(agent: str) -> bool:
    """Tell whether a program sent it. No browser of a person leaves the string out, so "" is a program."""
    return not agent.strip() or bool(_crawlers().is_crawler(agent[:_LENGTH]))


@lru_cache(_REMEMBERED)
def family(agent: str) -> str:
    """Return the browser's family, one of FAMILIES."""
    found = ua_parser.parse_user_agent(agent[:_LENGTH])
    name = found.family if found else ""
    return next((known for start, known in _BEGINNINGS if name.startswith(start)), OTHER)


@lru_cache(_REMEMBERED)
def device(agent: str) -> str:
    """Return the class of device, one of `layout.DEVICES`."""
    said = agent[:_LENGTH]
    if _TABLET.search(said) or ("Android" in said and "Mobile" not in said):
        return "tablet"
    if _PHONE.search(said):
        return "phone"
    return "desktop" if _DESKTOP.search(said) else OTHER
