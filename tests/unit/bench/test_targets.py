# SPDX-License-Identifier: Apache-2.0
"""Targets are compared with the median of the per-round ratios."""

from typing import Any

from bench import targets
from bench.targets import DEFAULT, NAIVE, TUNED


def row(number: int, variant: str, clients: int, rate: float) -> dict[str, Any]:
    return {
        "round": number,
        "variant": variant,
        "connections": clients,
        "per_second": rate,
        "cpu_us": 1e6 / rate,
    }


ROWS = [
    row(number, variant, clients, rate * slow)
    for number, slow in ((2, 0.5), (1, 1.0), (3, 2.0))
    for variant, rates in {
        "uphold-sqlite": (3000, 2900),
        "django-sqlite-default": (100, 100),
        "django-sqlite-tuned": (300, 250),
    }.items()
    for clients, rate in zip((64, 256), rates, strict=True)
]


def test_values_stand_in_the_order_of_the_rounds() -> None:
    assert targets.values(ROWS, "uphold-sqlite", 64, "per_second") == [3000, 1500, 6000]


def test_what_was_not_measured_has_no_ratio() -> None:
    assert targets.ratio(ROWS, NAIVE, None) is None
    assert targets.ratio(ROWS, DEFAULT, 1) is None


def test_outcomes() -> None:
    found = {(one.target.pair, one.target.clients): one for one in targets.outcomes(ROWS, [])}
    assert found[DEFAULT, 64].reached
    assert found[DEFAULT, 64].measured == (30, 30, 30)
    assert not found[TUNED, 64].reached
    # At 256 clients the target is the ratio at 64 in the same run.
    assert (found[DEFAULT, 256].wanted, found[DEFAULT, 256].reached) == (30, False)
    assert (found[TUNED, 256].wanted, found[TUNED, 256].reached) == (10, True)
    assert len(found) == 4


def test_every_target_and_pair_is_of_a_variant_with_a_title() -> None:
    pairs = [*targets.PAIRS, *(target.pair for target in targets.TARGETS)]
    assert {name for pair in pairs for name in pair} <= set(targets.TITLES)
