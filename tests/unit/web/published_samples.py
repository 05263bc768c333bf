# SPDX-License-Identifier: Apache-2.0
"""The public page of figures, with a year of months and with nothing."""

from dataclasses import replace

from tests.unit.web import samples
from uphold.statistics.asked import Month
from uphold.statistics.question import Drawn
from uphold.web import published, published_views, views

PAGES = Drawn(
    {
        "/": 9_120,
        "/policy": 1_204,
        "/f/feedback": 812,
        "/news/{id}": 5_430,
        "/services/repairs-of-all-kinds/of-clocks-and-watches/{id}": 377,
        "/contacts": 12,
    },
    32,
)
DEVICES = Drawn({"desktop": 7_310, "phone": 6_890, "tablet": 402, "other": -3}, 20)


def months(count: int) -> tuple[Month, ...]:
    """So many months, the newest first."""
    named = [f"2026-{10 - at:02}" if at < 10 else f"2025-{22 - at:02}" for at in range(count)]
    return tuple(
        Month(
            name,
            {
                "visitors": Drawn({"all": 14_600 - 900 * at}, 20),
                "pages": PAGES,
                "devices": DEVICES,
            },
        )
        for at, name in enumerate(named)
    )


def every(language: str) -> dict[str, tuple[published_views.Published, views.Frame]]:
    around = replace(samples.frame(language), has_figures=True, path="/statistics")
    return {
        "published": (published.view(months(12), "", language, is_demo=True), around),
        "published-one": (published.view(months(1), "", language), around),
        "published-none": (published.view((), "", language), around),
    }
