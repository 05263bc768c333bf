# SPDX-License-Identifier: Apache-2.0
"""A policy's text, plain or Markdown, split into numbered clauses without losing a word (pure).

Joining the clauses and normalising gives the normalised input again: see `normalise` and `join`.
Numbers are those of the body. A heading printed "1." above clauses 3.1, 3.2 is clause 3; a line
that starts with a number out of order is text, not a clause. Never raises for any `str`.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from uphold.errors import Invalid
from uphold.policy import dates
from uphold.policy.document import Clause, DateLine

Number = tuple[int, ...]

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_PART = r"[1-9]\d{0,2}"
# "1.", "1.1.", "1.1.2 Data", "## 1.1 Title", "**1.1.** Text", "1\. Title"
_MARK = re.compile(
    rf"(?P<head>#{{1,6}}\s+)?(?:\*\*|__)?"
    rf"(?P<number>{_PART}(?:\\?\.{_PART})*)(?P<dot>\\?\.|(?=[\s*_]|$))(?![.\d])(?:\*\*|__)?",
    re.ASCII,
)
_HEADING = re.compile(r"(#{1,6})\s+\S")
_LIST_ITEM = re.compile(r"[-*+•–—]\s|\(?[0-9a-zа-я]{1,3}[.)]\s", re.IGNORECASE)
# Lower case only: "the Site.We" is two sentences run together, not a domain.
_DOMAIN = re.compile(
    r"(?<![\w@.-])((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}"
    r"(?:[a-z]{2}|com|org|net|info|biz|pro|tech|site|online|shop|store|app|dev|name|moscow|tatar"
    r"|example|test|xn--[a-z0-9-]{2,59})|(?:[а-яё0-9][а-яё0-9-]{0,62}\.){1,10}(?:рф|рус|москва))"
    r"(?![\w@-])(?!\.\w)",
)
_NAMED_DOMAIN = re.compile(r"domain|website|web site|\bsite\b|домен|сайт|https?://", re.IGNORECASE)
_LONGEST_TITLE = 200
_LARGEST = 999
_DEEPEST = 10
_FURTHEST = 3  # how many numbers a policy may skip before a number is taken for mere text


@dataclass(frozen=True, slots=True)
class Imported:
    """What was found in a policy's text."""

    title: str
    domain: str
    """The site's domain name, or ""."""
    date: DateLine | None
    clauses: tuple[Clause, ...]


@dataclass(slots=True)
class _Block:
    """A clause in the making: consecutive lines, and the number that the text prints, if any."""

    lines: list[str]
    number: Number = ()
    depth: int = 0
    """Of a Markdown heading; 0 if it is none."""
    id: str = ""
    gap: bool = True
    """Whether a blank line stands before it."""

    @property
    def first(self) -> str:
        """The first line, without its indentation."""
        return self.lines[0].strip()


def decode(raw: bytes) -> str:
    """The text of a policy file; `errors.Invalid` if it is not text in UTF-8 or marked UTF-16."""
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as cause:
        raise Invalid(
            "The policy file is not text in UTF-8.",
            "Save it as plain text or Markdown in UTF-8 and try again.",
        ) from cause
    if "\0" in text:
        raise Invalid(
            "The policy file is not text: it holds zero bytes.",
            "Save the document as plain text or Markdown, not as a word processor's file.",
        )
    return text


def normalise(text: str) -> str:
    """The lines of `text` that hold something, without the white space around them."""
    lines = (line.strip() for line in _rows(text))
    return "\n".join(line for line in lines if line)


def join(clauses: Sequence[Clause]) -> str:
    """The whole text again, normalised."""
    return normalise("\n".join(clause.text for clause in clauses))


def split(text: str) -> Imported:
    """Split a policy's text into clauses and find its title, domain and date line."""
    blocks = list(_blocks(text))
    if not blocks:
        return Imported("", "", None, ())
    title = _take_title(blocks)
    if any(len(block.number) > 1 for block in blocks):
        _number_by_body(blocks)
    elif any(block.number for block in blocks):
        _number_by_heading_numbers(blocks)
    elif any(block.depth for block in blocks[1:] or blocks):
        _number_by_outline(blocks[1:] if title else blocks)
    date = _take_date(blocks)
    clauses = tuple(_clauses(blocks))
    return Imported(_plain(title), domain(text), date, clauses)


def printed(clause: Clause) -> tuple[str, str]:
    """A clause's text as (the number as printed, with its mark-up; the rest)."""
    if not clause.id[0].isdigit():
        return "", clause.text
    match = _MARK.match(clause.text)
    if match is None:
        heading = re.match(r"#{1,6}\s+", clause.text)
        end = heading.end() if heading else 0
    else:
        end = match.end()
    rest = clause.text[end:]
    return clause.text[:end], rest.lstrip(" \t")


def domain(text: str) -> str:
    """The domain name that the text calls its site, else the first one in it, else ""."""
    found = list(_DOMAIN.finditer(text))
    for match in found:
        if _NAMED_DOMAIN.search(text[max(0, match.start() - 60) : match.start()]):
            return match[1]
    return found[0][1] if found else ""


def _rows(text: str) -> list[str]:
    return _BREAKS.sub("\n", text.removeprefix("\ufeff")).split("\n")


def _plain(title: str) -> str:
    return title.lstrip("# ").strip(" \t*_")


def _blocks(text: str) -> Iterator[_Block]:
    """Cut before every numbered line, every heading, and every paragraph."""
    block: _Block | None = None
    gap = True
    for row in _rows(text):
        line = row.strip()
        if not line:
            gap = True
            continue
        match = _MARK.match(line)
        number = tuple(map(int, match["number"].replace("\\", "").split("."))) if match else ()
        if match and len(number) == 1 and not match["dot"] and not match["head"]:
            number = ()  # "30 days" is no clause 30
        heading = _HEADING.match(line)
        if number or heading or gap or block is None or block.depth:
            if block:
                yield block
            depth = len(heading[1]) if heading else 0
            block = _Block([row.rstrip()], number, depth, gap=gap)
        else:
            block.lines.append(row.rstrip())
        gap = False
    if block:
        yield block


def _take_title(blocks: list[_Block]) -> str:
    first = blocks[0]
    if first.number or len(first.lines) > 1 or len(first.first) > _LONGEST_TITLE:
        return ""
    if not first.depth and (first.first.endswith((".", ";", ":", ",")) or len(blocks) == 1):
        return ""
    first.id = "title"
    return first.first


def _follows(last: Number, number: Number) -> bool:
    """Whether `number` may come next after `last` in a numbered document."""
    if number <= last or len(number) > _DEEPEST:
        return False
    common = 0
    while common < min(len(last), len(number)) and last[common] == number[common]:
        common += 1
    reached = last[common] if common < len(last) else 0
    return number[common] - reached <= _FURTHEST and all(
        part <= _FURTHEST for part in number[common + 1 :]
    )


def _number_by_body(blocks: list[_Block]) -> None:
    """Number a document that prints numbers such as 1.1: those rule, headings follow them."""
    last: Number = ()
    for index, block in enumerate(blocks):
        if len(block.number) > 1 and _follows(last, block.number):
            last = block.number
            block.id = ".".join(map(str, last))
            continue
        section = last[0] if last else 0
        if (len(block.number) == 1 or block.depth) and not block.id:
            below = _first_below(blocks, index)
            if below and below[0] > section and _follows(last, below):
                last = (below[0],)
            elif len(block.number) == 1 and _is_next_section(blocks, index, section):
                last = block.number
            else:
                continue
            block.id = str(last[0])


def _first_below(blocks: list[_Block], index: int) -> Number:
    """The number of the clause right under a heading, over the unnumbered text between."""
    for block in blocks[index + 1 :]:
        if len(block.number) > 1:
            return block.number
        if block.number or block.depth:
            return ()
    return ()


def _is_next_section(blocks: list[_Block], index: int, section: int) -> bool:
    """Whether a section without numbered clauses starts here, rather than a list in the text."""
    number = section + 1
    if blocks[index].number != (number,):
        return False
    later = (block.number for block in blocks[index + 1 :] if len(block.number) > 1)
    return all(below[0] > number for below in later)


def _number_by_heading_numbers(blocks: list[_Block]) -> None:
    """Number a document that prints only 1., 2., 3."""
    last = 0
    for block in blocks:
        if block.number and 0 < block.number[0] - last <= _FURTHEST:
            last = block.number[0]
            block.id = str(last)


def _number_by_outline(blocks: list[_Block]) -> None:
    """Number a document that prints no number, by its Markdown headings and paragraphs."""
    open_: list[int] = []
    counts = [0]
    for block in blocks:
        if block.depth:
            while open_ and open_[-1] >= block.depth:
                open_.pop()
                counts.pop()
        elif not open_ or _LIST_ITEM.match(block.first):
            continue
        if counts[-1] >= _LARGEST:
            continue
        counts[-1] += 1
        block.id = ".".join(map(str, counts))
        if block.depth:
            open_.append(block.depth)
            counts.append(0)


def _take_date(blocks: list[_Block]) -> DateLine | None:
    """Find the date line: the last block, or one of those above the first numbered clause."""
    top = itertools.takewhile(lambda block: block.id in ("", "title"), blocks)
    for block in [blocks[-1], *top]:
        if not block.id:
            found = dates.line("\n".join(block.lines))
            if found:
                block.id = "date"
                return found
    return None


def _clauses(blocks: list[_Block]) -> Iterator[Clause]:
    """The clauses; text without a number goes to the clause above it, or is a preamble."""
    body: list[str] = []
    name = ""
    preambles = 0
    numbered = False
    for block in blocks:
        opens = block.id
        if not opens and not numbered and not _continues_preamble(block, name, preambles):
            preambles += 1
            opens = f"preamble.{preambles}"
        if opens:
            if name:
                yield Clause(name, "\n".join(body))
            name, body = opens, [block.first, *block.lines[1:]]
            numbered = numbered or name[0].isdigit()
        else:
            body += [*([""] if block.gap else []), *block.lines]
    if name:
        yield Clause(name, "\n".join(body))


def _continues_preamble(block: _Block, name: str, preambles: int) -> bool:
    """Whether an unnumbered block belongs to the paragraph above: a list does."""
    if not name.startswith("preamble."):
        return False
    return bool(_LIST_ITEM.match(block.first)) or preambles >= _LARGEST
