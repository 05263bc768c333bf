# SPDX-License-Identifier: Apache-2.0
"""What threatens the site, told badly: drawn once, forgotten in part, held off by words, or not kept."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold.assurance import measures, modelled, threatened
from uphold.threats import cause, facts_policy, facts_site, judge, rule
from uphold.threats.element import Element, Fact, Model
from uphold.threats.judge import Finding, Held, Measured
from uphold.threats.register import Looked


def draw_once(ground: Ground) -> None:
    """The model is made when the process begins, as a drawing is, and never again."""
    drawn: list[Model] = []

    def derive(before: Callable[..., Model], *what: Any) -> Model:
        if not drawn:
            drawn.append(before(*what))
        return drawn[0]

    ground.wrap(modelled, "derive", derive)


def keep_nothing(ground: Ground) -> None:
    ground.patch.setattr(threatened, "look", lambda *_: Looked(-1, ()))


def forget_a_form(ground: Ground) -> None:
    """A kind of element got lost when the code was rearranged."""

    def elements(before: Callable[..., Iterator[Element]], *what: Any) -> Iterator[Element]:
        return (one for one in before(*what) if one.kind != "field")

    ground.wrap(facts_policy, "elements", elements)


def believe_in_tls(ground: Ground) -> None:
    """A fact is taken from what should be so."""

    def element(before: Callable[..., Element], *what: Any) -> Element:
        found = before(*what)
        wrong = not found.value("https")
        return replace(found, facts={**found.facts, "https": Fact(wrong, "config:site")})

    ground.wrap(facts_site, "element", element)


def hold_by_word(ground: Ground) -> None:
    """Whoever names a measure has one."""
    ground.patch.setattr(judge, "holds", lambda _rule, _states: True)


def count_the_unexamined(ground: Ground) -> None:
    """What nobody has examined counts as kept until somebody finds it broken."""

    def of(before: Callable[..., Measured], *what: Any) -> Measured:
        found = before(*what)
        return found if found.status is Held.BROKEN else replace(found, status=Held.KEPT)

    ground.wrap(measures, "of", of)


def leave_out_the_gravest(ground: Ground) -> None:
    """A list for the board, without what would alarm it."""

    def judged(before: Callable[..., tuple[Finding, ...]], *what: Any) -> tuple[Finding, ...]:
        return tuple(one for one in before(*what) if one.severity < 4)

    ground.wrap(judge, "judge", judged)


def name_no_cause(ground: Ground) -> None:
    ground.patch.setattr(cause, "find", lambda _change, _happened: 0)


def misspell_a_measure(ground: Ground) -> None:
    """A rule names a measure that was renamed."""
    every = dict(rule.catalogue())
    one = every["backups-off"]
    every[one.id] = replace(one, measures=("backups-frsh",))
    ground.patch.setattr(rule, "catalogue", lambda: every)


def let_rows_go(ground: Ground) -> None:
    """The triggers that keep what was found are gone after somebody tidied up the database."""
    ground.sql()


SABOTAGES = several(
    "threats.identified",
    ("drawn-once", "The model of threats is made once and never again", draw_once),
    ("not-kept", "What threatens the site is judged and not kept", keep_nothing),
    ("fields", "The model knows no field of any form", forget_a_form),
    ("wished", "The model says of TLS what is not so", believe_in_tls),
    ("by-word", "A threat is held off by a measure's name", hold_by_word),
    ("unexamined", "A measure that nobody examined counts as kept", count_the_unexamined),
    ("gravest", "The gravest threats are left out", leave_out_the_gravest),
    (
        "causeless",
        "Changes of threats name the journal's first entry as their cause",
        name_no_cause,
    ),
    ("misspelt", "A rule of threats names a measure that nobody knows", misspell_a_measure),
    ("tidied", "The database lets findings be deleted", let_rows_go),
)
