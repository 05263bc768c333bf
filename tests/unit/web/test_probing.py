# SPDX-License-Identifier: Apache-2.0
"""Attempts are recognised, what people write is not; how much of each is stated in docs/design/detection.md."""

import random
import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import cast
from uphold.web import probing
from uphold.web.probing import MOST, Class, Where

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "tests" / "vectors" / "probing"
PAGE = ROOT / "docs" / "design" / "detection.md"
SIGNS = str.maketrans({"␤": "\n", "␍": "\r", "␀": "\0", "␛": "\x1b", "␉": "\t"})
DRAWS = 3
LEAST_RECALL = 0.95
LEAST_RECALL_HIDDEN = 0.85
MOST_FALSE = 0.01


def lines(name: str) -> Iterator[str]:
    for line in (CORPUS / name).read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("# "):
            yield line.translate(SIGNS)


def attempts() -> list[tuple[Class, str]]:
    pairs = [line.partition("\t") for line in lines("attempts.txt")]
    return [(Class(name), text) for name, _, text in pairs]


def seen(text: str, where: Where = Where.FORM) -> frozenset[Class]:
    """What is seen of a text as the doors look at it."""
    return probing.recognise(text, where) if probing.is_odd(text, where) else frozenset()


def hidden(text: str, kind: Class, draw: random.Random) -> str:
    """Write an attempt as an attacker may who knows that somebody looks."""
    if "\\" not in text:
        text = "".join(draw.choice((one.upper(), one.lower())) for one in text)
    if kind is Class.SQL and "%" not in text:
        text = text.replace(" ", draw.choice((" ", "/**/", "\t", "%0a", "  ", "/*x*/")))
    ways = [text, *(quote(text, safe=one) for one in ("", "/", "'\"<>() =")), quote(quote(text))]
    if "%" not in text and "\\" not in text:
        ways.append("".join(f"&#{ord(one)};" if draw.random() < 0.3 else one for one in text))
        ways.append("".join(f"\\u{ord(one):04x}" if draw.random() < 0.3 else one for one in text))
        wide = {one: chr(ord(one) + 0xFEE0) for one in "<>'\"(){}/"}
        ways.append("".join(wide.get(one, one) for one in text))
    return draw.choice(ways)


def test_the_corpus_is_large_enough() -> None:
    kinds = Counter(kind for kind, _ in attempts())
    assert set(kinds) == set(Class) - {Class.SCANNER}
    assert min(kinds.values()) >= 10
    assert len(set(attempts())) >= 150
    assert len(set(lines("ordinary.txt"))) >= 300


def test_attempts_are_recognised_as_what_they_are() -> None:
    missed = [(kind, text) for kind, text in attempts() if kind not in seen(text)]
    assert len(missed) <= (1 - LEAST_RECALL) * len(attempts()), missed


def test_hidden_attempts_are_recognised_too() -> None:
    seed = secrets.randbits(64)
    draw = random.Random(seed)
    drawn = [(kind, hidden(text, kind, draw)) for kind, text in attempts() for _ in range(DRAWS)]
    missed = [(kind, text) for kind, text in drawn if not seen(text)]
    assert len(missed) <= (1 - LEAST_RECALL_HIDDEN) * len(drawn), (seed, missed[:20])


def test_what_people_write_is_not() -> None:
    taken = [(text, seen(text)) for text in lines("ordinary.txt") if seen(text)]
    assert len(taken) <= MOST_FALSE * len(list(lines("ordinary.txt"))), taken


def test_letters_of_many_such_lines_are_not_either() -> None:
    seed = secrets.randbits(64)
    draw, ordinary = random.Random(seed), list(lines("ordinary.txt"))
    letters = ["\r\n".join(draw.sample(ordinary, 6)) for _ in range(200)]
    taken = [(text, seen(text)) for text in letters if seen(text)]
    assert len(taken) <= 6, (seed, taken)


def test_the_people_of_the_tests_are_no_attackers() -> None:
    assert [text for text in cast.subject.values().values() if seen(text)] == []


def test_the_page_tells_the_figures() -> None:
    """Recall and false share on the fixed corpus, as the page says them."""
    found = [kind in seen(text) for kind, text in attempts()]
    ordinary = list(lines("ordinary.txt"))
    taken = sum(bool(seen(text)) for text in ordinary)
    page = PAGE.read_text(encoding="utf-8")
    assert f"{sum(found)} of {len(found)} attempts" in page
    assert f"{taken} of {len(ordinary)} ordinary texts" in page


@pytest.mark.parametrize(
    "agent",
    [
        "sqlmap/1.8.2#stable (https://sqlmap.org)",
        "Mozilla/5.00 (Nikto/2.5.0)",
        "Nuclei - x",
        "WPScan v3",
    ],
)
def test_tools_name_themselves(agent: str) -> None:
    assert Class.SCANNER in seen(agent, Where.HEADER)
    assert Class.SCANNER not in seen(agent, Where.FORM)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        *("curl/8.5.0", "python-httpx/0.28", "https://uphold.example/policy?lang=ru"),
        "203.0.113.5, 10.0.0.1",
    ],
)
def test_what_browsers_send_is_ordinary(agent: str) -> None:
    assert not probing.is_odd(agent, Where.HEADER)
    assert probing.recognise(agent, Where.HEADER) == frozenset()


@pytest.mark.parametrize(
    "path",
    ["/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/", "/cgi-bin/x", "/backup.sql.gz"],
)
def test_what_scanners_look_for_is_known(path: str) -> None:
    assert Class.SCANNER in seen(path, Where.PATH)


@pytest.mark.parametrize(
    "path",
    ["/", "/policy/compare/1/2", "/receipt/abc.tlog-proof", "/console/staff", "/api/v1/enquiries"],
)
def test_what_stands_here_is_not_looked_for(path: str) -> None:
    assert not probing.is_odd(path, Where.PATH)


def test_what_is_far_behind_is_not_looked_at() -> None:
    assert seen(" " * MOST + "' or 1=1--") == frozenset()


def test_nothing_that_is_sent_makes_it_fail() -> None:
    for text in (
        "\ud800",
        "%",
        "%%%",
        "%u",
        "\\u",
        "\\u{}",
        "&#;",
        "&#1114112;",
        "%ff%fe",
        "\x00" * 9,
    ):
        for where in Where:
            probing.is_odd(text * 700, where)
            probing.recognise(text * 700, where)
