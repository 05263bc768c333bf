# SPDX-License-Identifier: Apache-2.0
"""Tables and figures as they stand on the page."""

from collections.abc import Iterable, Sequence

from bench.medians import Spread


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; every column but the first is aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def number(value: float) -> str:
    """Return a figure with three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(spread: Spread) -> str:
    """Return a median with its range, such as `31.2 [28.0-35.1]`."""
    return f"{number(spread.median)} [{number(spread.low)}-{number(spread.high)}]"


def whole(count: float) -> str:
    """Return a count with its thousands apart."""
    return f"{int(count):,}".replace(",", " ")


def mark(*, reached: bool) -> str:
    """Say whether a target was reached."""
    return "yes" if reached else "**no**"
