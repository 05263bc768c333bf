# SPDX-License-Identifier: Apache-2.0
"""One line of a web server's log, in the Common Log Format or the combined one, becomes a view of a page (pure).

    192.0.2.7 - - [22/Nov/2026:13:55:36 +0300] "GET /about HTTP/1.1" 200 2326                            common
    192.0.2.7 - - [22/Nov/2026:13:55:36 +0300] "GET /about HTTP/1.1" 200 2326 "-" "Mozilla/5.0 ..."    combined

A view is a page that was asked for and sent: GET, answered 2xx or 304, and no style, script, picture or check of
a machine. Before the address a combined line may name the host it was sent to (Apache's `vhost_combined`). Limits: a
log does not say who asked not to be counted (Sec-GPC, DNT); a common one does not say which program asked, so
none is recognised in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from uphold.visits import agent

LONGEST = 8192
_PATH = 200
_TEXT = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(
    r"(?:\S+:\d+ )?(?P<address>\S+) \S+ [^\[]*\[(?P<time>[^\]]+)\] "
    rf"{_TEXT.replace('(', '(?P<asked>', 1)} (?P<status>\d{{3}}) (?:\d+|-)"
    rf"(?: {_TEXT} {_TEXT.replace('(', '(?P<agent>', 1)}.*)?\s*",
)
_ASKED = re.compile(r"([A-Z]+) (\S+)(?: HTTP/\d(?:\.\d)?)?")
_TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FILES = frozenset(
    "css js mjs map json xml txt png jpg jpeg gif webp avif svg ico bmp woff woff2 ttf otf eot "
    "mp3 mp4 webm ogg wav zip gz rss atom webmanifest".split()
)
_MACHINES = frozenset(("/healthz", "/readyz", "/visit"))
_NOT_MODIFIED = 304


class Left(StrEnum):
    """Why a line is no view."""

    UNREADABLE = "unreadable"
    BOT = "bot"
    # Not sent, not asked for by GET, or no page.
    OTHER = "other-request"


@dataclass(frozen=True, slots=True)
class View:
    """A view of a page as a log tells it, in the shape that `depersonalise.event` takes."""

    at: int
    address: str
    agent: str
    page: str
    cookie: str | None = None
    kind: str = "view"
    item: str = ""

    def __repr__(self) -> str:
        """Say nothing of what is in it."""
        return "<View>"


def read(line: str) -> View | Left:
    """Return the view that a line tells of, or why there is none."""
    found = _LINE.fullmatch(line) if len(line) <= LONGEST else None
    asked = _ASKED.fullmatch(found["asked"]) if found else None
    if found is None or (at := _moment(found["time"])) is None:
        return Left.UNREADABLE
    if asked is None or not _is_page(asked[1], asked[2], int(found["status"])):
        return Left.OTHER
    said = found["agent"]
    if said is not None and agent.is_bot("" if said == "-" else said):
        return Left.BOT
    page = asked[2].partition("?")[0][:_PATH]
    return View(at=at, address=found["address"], agent=said or "", page=page)


def _is_page(method: str, path: str, status: int) -> bool:
    if method != "GET" or not (200 <= status < 300 or status == _NOT_MODIFIED):
        return False
    bare = path.partition("?")[0]
    if not bare.startswith("/") or bare in _MACHINES or bare.startswith("/static/"):
        return False
    _, dot, ending = bare.rpartition("/")[2].rpartition(".")
    return not dot or ending.lower() not in _FILES


def _moment(said: str) -> int | None:
    """Return unix milliseconds, None for what is no time."""
    found = _TIME.fullmatch(said)
    if found is None or found[2] not in _MONTHS:
        return None
    month = _MONTHS.index(found[2]) + 1
    hour, minute, second = int(found[4]), int(found[5]), min(int(found[6]), 59)
    try:
        then = datetime(int(found[3]), month, int(found[1]), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    ahead = int(found[8]) * 3600 + int(found[9]) * 60
    return (int(then.timestamp()) - (ahead if found[7] == "+" else -ahead)) * 1000
