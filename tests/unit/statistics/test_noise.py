# SPDX-License-Identifier: Apache-2.0
"""OpenDP's noise: whole numbers, as strong as claimed, over public keys or behind a threshold."""

from datetime import date

import pytest

from tests import trial
from uphold import errors
from uphold.statistics import calibrate, noise
from uphold.statistics.question import Question

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
DRAWS = 40_000
# A scale of 20, and truths two of it apart: there a mechanism a tenth too weak shows best.
RHO, SCALE, DISTANCE = 1_250, 20.0, 40


def public(keys: int, rho: int = 100_000, l0: int = 5) -> Question:
    return Question("pages", FIRST, LAST, l0, rho, keys=tuple(f"/{at}" for at in range(keys)))


def figures(true: int, rho: int = RHO) -> list[float]:
    """Many independent figures of the mechanism for one true count."""
    found = noise.draw(dict.fromkeys(public(DRAWS).keys or (), true), public(DRAWS, rho, 1))
    return list(found.cells.values())


def test_every_public_key_has_a_figure_and_no_other() -> None:
    found = noise.draw({"/1": 1000, "/secret": 1000}, public(3))
    assert set(found.cells) == {"/0", "/1", "/2"}
    assert found.error95 == 10
    # 60 deviations: the chance is below 1e-700.
    assert abs(found.cells["/1"] - 1000) < 300
    assert abs(found.cells["/0"]) < 300
    assert all(type(figure) is int for figure in found.cells.values())


def test_a_key_that_few_have_stays_unknown() -> None:
    few = Question("pages", FIRST, LAST, 5, 100_000, delta=calibrate.DELTA)
    counts = {"/many": 1000, "/nobody": 0, **{f"/person/{at}": 1 for at in range(5)}}
    # What these five show together is 1e-9 by the definition of delta.
    assert set(noise.draw(counts, few).cells) == {"/many"}
    assert noise.draw({"/nobody": 0}, few).cells == {}
    assert noise.draw({}, few).cells == {}


@pytest.mark.parametrize("l0", [1, 3, 7, 100])
@pytest.mark.parametrize("rho", [1, 999, 333_333, 10_000_000])
def test_opendp_agrees_with_the_closed_form(l0: int, rho: int) -> None:
    assert len(noise.draw({}, public(2, rho, l0)).cells) == 2
    noise.draw({"/": 5}, Question("pages", FIRST, LAST, l0, rho, delta=calibrate.DELTA))


def test_a_scale_that_is_too_small_is_refused_by_opendp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "scale", lambda l0, rho: 4.9)
    noise._gaussian.cache_clear()
    with pytest.raises(errors.Broken):
        noise.draw({}, public(2))


def test_a_threshold_that_is_too_low_is_refused_by_opendp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "threshold", lambda l0, scale, delta: 25)
    noise._threshold.cache_clear()
    with pytest.raises(errors.Broken):
        noise.draw({"/": 5}, Question("pages", FIRST, LAST, 5, 100_000, delta=1000))


def test_the_noise_is_as_strong_as_it_claims() -> None:
    # Fails by chance once in ten million runs.
    none, some = figures(0), figures(DISTANCE)
    assert trial.excess(none, some, DISTANCE, SCALE) < 0
    assert trial.digits(none, some) == 0


def test_noise_a_tenth_too_small_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = calibrate.scale
    monkeypatch.setattr(calibrate, "scale", lambda l0, rho: honest(l0, rho) * 0.9)
    monkeypatch.setattr(noise, "_require", lambda *_: None)
    noise._gaussian.cache_clear()
    try:
        # Missed by chance less than once in ten million runs: it would have to lie six deviations lower.
        assert trial.excess(figures(0), figures(DISTANCE), DISTANCE, SCALE) > 0
    finally:
        noise._gaussian.cache_clear()
