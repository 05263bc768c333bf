# SPDX-License-Identifier: Apache-2.0
"""Purposes recognised in a policy's text, as proposals for the operator to judge (pure).

Recognition is by words, in English and Russian, and only among the clauses that a clause about
purposes introduces. A proposal is never a decision: it is written out with a comment that says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from uphold.policy.document import Clause


@dataclass(frozen=True, slots=True)
class Kind:
    """A purpose that policies often name: how it is recognised and what is proposed for it."""

    id: str
    pattern: re.Pattern[str]
    title: tuple[str, str]
    """In English, in Russian."""
    basis: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A kind of purpose and the clause that names it."""

    kind: Kind
    clause: str


def _words(english: str, russian: str) -> re.Pattern[str]:
    return re.compile(f"{english}|{russian}", re.IGNORECASE)


COMMUNICATION: Final = Kind(
    "communication",
    _words(
        r"communicat|feedback|enquir|inquir|contact(?:ing)? (?:with )?(?:you|the user)|\brespond",
        r"связ[ьи]\w* с|обратн\w+ связ|обработк\w+ (?:запрос|заявок|обращени)|коммуникац"
        r"|ответ\w* на (?:запрос|вопрос|обращени)",
    ),
    ("answering your message and dealing with your request",
     "ответ на ваше сообщение и рассмотрение обращения"),
    "consent",
    ("name", "email", "phone", "message"),
)  # fmt: skip
KINDS: Final = (
    Kind(
        "statistics",
        _words(r"statistic|depersonali|anonymi[sz]ed", r"статистическ|обезличен"),
        ("statistics on depersonalised data", "статистика по обезличенным данным"),
        "legitimate-interest",
        ("time", "page"),
    ),
    Kind(
        "newsletter",
        _words(r"newsletter|marketing|advertis|promotion", r"рассылк|реклам|маркетинг"),
        ("sending you our news", "рассылка наших новостей"),
        "consent",
        ("name", "email"),
    ),
    Kind(
        "personal-services",
        _words(r"personali[sz]ed", r"персонализирован|персонифицирован"),
        ("services that take account of what you told us",
         "услуги с учётом того, что вы о себе сообщили"),
        "consent",
        ("name", "email"),
    ),
    COMMUNICATION,
    Kind(
        "contract",
        _words(
            r"(?:perform|execut|conclu|fulfil)\w* (?:of )?(?:a |an |the |your )?(?:contract|order)",
            r"(?:заключени|исполнени)\w+ (?:\w+ )?(?:договор|заказ)",
        ),
        ("concluding and performing a contract with you", "заключение и исполнение договора с вами"),
        "contract",
        ("name", "email", "phone"),
    ),
    Kind(
        "improvement",
        _words(
            r"improv\w+|new (?:services|products)",
            r"улучшени|повышени\w+ качеств|нов\w+ (?:сервис|услуг|продукт)",
        ),
        ("improving our services", "улучшение наших услуг"),
        "consent",
        ("message",),
    ),
)  # fmt: skip

_ABOUT_PURPOSES = re.compile(r"\bpurposes?\b|\bцел(?:и|ей|ях|ью|ям)\b", re.IGNORECASE)
_TECHNICAL = re.compile(r"\bIP\b|\bcookies?\b|браузер|browser", re.IGNORECASE)
_EVIDENCE = re.compile(
    r"consent.{0,200}(?:window|box|tick|check|sign|button)|"
    r"соглас.{0,200}(?:окн|галочк|отметк|знак|чек-?бокс|кнопк)",
    re.IGNORECASE | re.DOTALL,
)


def purposes(clauses: Sequence[Clause]) -> tuple[Proposal, ...]:
    """The purposes that the text names, each once, in the order of their clauses."""
    about = [c.id for c in clauses if c.id[0].isdigit() and _ABOUT_PURPOSES.search(c.text)]
    introduced = [c for c in clauses if any(c.id.startswith(f"{name}.") for name in about)]
    leaves = [c for c in introduced if not any(o.id.startswith(f"{c.id}.") for o in introduced)]
    # The list of purposes outranks a sentence that merely mentions one of them.
    deepest = max((clause.id.count(".") for clause in leaves), default=0)
    found: dict[str, Proposal] = {}
    for clause in leaves:
        kind = next((kind for kind in KINDS if kind.pattern.search(clause.text)), None)
        if kind and clause.id.count(".") == deepest:
            found.setdefault(kind.id, Proposal(kind, clause.id))
    return tuple(found.values())


def technical(clauses: Sequence[Clause]) -> str:
    """The clause that speaks of what a browser sends by itself, or ""."""
    return next((c.id for c in clauses if c.id[0].isdigit() and _TECHNICAL.search(c.text)), "")


def evidence(clauses: Sequence[Clause]) -> str:
    """The clause that says how consent is given, or ""."""
    return next((c.id for c in clauses if c.id[0].isdigit() and _EVIDENCE.search(c.text)), "")
