# SPDX-License-Identifier: Apache-2.0
"""Samples of the page of the cookie of visits, in every state."""

from uphold.web import visit_choice, visit_views

NAMES = ("choice", "choice-wrong", "choice-agreed", "choice-refused")


def views(language: str) -> dict[str, visit_views.Choice]:
    def choice(state: str = "none", problem: str = "") -> visit_views.Choice:
        wording = visit_choice.wording(language)
        return visit_views.Choice(visit_choice.PATH, "0" * 32, wording, 180, state, problem)

    unticked = "Tick the box if you agree; nothing was set"
    if language == "ru":
        unticked = "Поставьте отметку, если согласны; ничего не установлено"
    made = (choice(), choice(problem=unticked), choice("agreed"), choice("refused"))
    return dict(zip(NAMES, made, strict=True))
