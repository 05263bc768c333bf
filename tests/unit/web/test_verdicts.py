# SPDX-License-Identifier: Apache-2.0
"""One verdict looks the same wherever it stands, and says by a word and a sign what its colour says."""

import re

import pytest

from tests.unit.web import policy_samples
from uphold.assurance.report import Verdict, Why
from uphold.web import pages, verdicts

WORD = re.compile(
    r'<span class="verdict ([a-z-]+)"><span class="sign" aria-hidden="true">(.)</span>([^<]+)</span>'
)


def shown(view: pages.View, language: str = "en") -> str:
    return pages.render(view, policy_samples.frame(language)).decode()


def words(html: str) -> set[tuple[str, str, str]]:
    return {(code, sign, word.strip()) for code, sign, word in WORD.findall(html)}


def test_console_page_and_report_say_a_verdict_alike() -> None:
    console, report = shown(policy_samples.proof("en")), shown(policy_samples.report("en"))
    assert words(console) == words(report)
    public = words(shown(verdicts.PublicProof(policy_samples.judged("en", hrefs=False))))
    assert public <= words(console) | {("not-applicable", "–", "not applicable")}


def test_each_verdict_has_a_word_of_its_own() -> None:
    found = words(shown(policy_samples.proof("en")))
    assert len({word for _, _, word in found}) == len(found)
    assert {code for code, _, _ in found} >= {
        "kept",
        "broken",
        "not-shown",
        "over-claimed",
        "duty",
        "overdue",
    }


@pytest.mark.parametrize("code", [code for code in Verdict if code])
def test_every_verdict_is_put_in_words(code: str) -> None:
    clause = verdicts.Clause("1.1", "1.1.", ("Text",), code)
    html = shown(verdicts.PublicProof(_with(clause)), "ru")
    (found,) = WORD.findall(html[html.index('id="1.1"') :])
    assert found[0] == code
    # A code that nobody put in words would stay English.
    assert re.fullmatch("[а-яё, ]+", found[2].strip())


@pytest.mark.parametrize("code", [code for code in Why if code])
def test_every_reason_is_put_in_words(code: str) -> None:
    clause = verdicts.Clause("1.1", "1.1.", ("Text",), "not-shown", code)
    html = shown(verdicts.ConsoleProof(_with(clause), None))
    assert f"<code>{code}</code>" not in html
    assert not re.search(rf">\s*{code}\s*<", html)


def _with(clause: verdicts.Clause) -> verdicts.Judged:
    found = policy_samples.judged("en", hrefs=False)
    return verdicts.Judged(found.title, "en", found.edition, (clause,), (), found.now_at)


def test_the_report_stands_alone() -> None:
    html = shown(policy_samples.report("en"))
    assert not re.search(r"<(script|link|img|iframe)\b", html)
    assert not re.search(r'(href|src)="[^#]', html)
    assert "url(" not in html
    assert "@import" not in html
    assert ".verdict {" in html
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
