# SPDX-License-Identifier: Apache-2.0
"""A page's address made into its template: `/receipt/5dK0...?x=1` is `/receipt/{id}` (pure).

What could name a person or one thing of theirs leaves the path: the query and the fragment, every segment that
holds an address, a number, a date, a token or more than a word may, and whatever follows a word such as `users`.
A word that is a name cannot be told from a word (`/team/ivan`); the minimum cell hides it while few visit it.
"""

import re
import unicodedata
from itertools import pairwise
from urllib.parse import unquote

from uphold.visits.layout import OTHER

ID = "{id}"
REST = "{rest}"
# A page deeper than this, or a segment or path longer, is not one that a person reads the name of.
_DEPTH, _SEGMENT, _LENGTH = 6, 60, 120

# What follows one of these is one person or one thing of theirs, whatever it looks like. The first line is our
# own routes; the rest are those that other software uses most.
_OWNERS = frozenset(
    "receipt wording compare tile my api "
    "u user users member members profile profiles account accounts people person author authors "
    "customer customers client clients patient patients order orders cart ticket tickets invoice invoices "
    "token reset confirm verify activate unsubscribe invite session sessions share s "
    "пользователь пользователи профиль автор клиент заказ заказы".split()
)
# Words, joined as addresses join them, with an ending such as ".html".
_WORDS = re.compile(r"[^\W_]+(?:[-_.+][^\W_]+)*")
_DIGITS = re.compile(r"\d")
_HEX = re.compile(r"[0-9a-fA-F]{8,}")
_MIXED = re.compile(r"(?=\w*\d)(?=\w*[^\W\d_])\w{8,}")
# Longer than any word of a title; German and Russian compounds in addresses stay below.
_WORD = 24
# So many digits in one segment are a date, a telephone or an order, not the year or the version of a title.
_MANY = 5


def page(path: str) -> str:
    """Return the template of a path; "other" where it is no path at all.

    Segments are compared as people read them: percent-encoding is undone first. Nothing is remembered, as a path
    may hold what its template leaves out.
    """
    bare = re.split(r"[?#;]", path, maxsplit=1)[0]
    if not bare.startswith("/") or any(unicodedata.category(char) == "Cc" for char in bare):
        return OTHER
    made: list[str] = []
    segments = [part for part in bare.split("/") if part]
    for at, segment in enumerate(segments):
        if at == _DEPTH:
            made.append(REST)
            break
        follows = at > 0 and segments[at - 1].lower() in _OWNERS
        made.append(ID if follows else _segment(segment))
    whole = "/" + "/".join(made)
    return whole if len(whole) <= _LENGTH else OTHER


def _segment(raw: str) -> str:
    said = unicodedata.normalize("NFC", unquote(raw, errors="replace"))
    return said if len(said) <= _SEGMENT and _is_name(said) else ID


def _is_name(said: str) -> bool:
    """Tell whether a segment is words only. A number alone is none, and nor is what looks made by a machine."""
    if not _WORDS.fullmatch(said) or said.isdigit() or len(_DIGITS.findall(said)) >= _MANY:
        return False
    words = re.split(r"[-_.+]", said)
    if any(_HEX.fullmatch(word) and _DIGITS.search(word) for word in words):
        return False
    if any(_MIXED.fullmatch(word) or len(word) > _WORD or _is_jumbled(word) for word in words):
        return False
    return any(not word.isdigit() for word in words)


def _is_jumbled(word: str) -> bool:
    """Tell whether capitals stand within, as they do in tokens: `aXbQrT`, but not `README` or `iPhone`."""
    turns = sum(a.islower() and b.isupper() for a, b in pairwise(word))
    return turns >= 3  # a name in camel case has two at most
