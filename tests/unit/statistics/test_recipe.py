# SPDX-License-Identifier: Apache-2.0
"""A recipe says what is counted and how; what is wrong in one is told by its key."""

import hashlib
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from uphold import errors
from uphold.statistics import recipe
from uphold.statistics.recipe import Grain

DEFAULT = recipe.default().decode()


def test_the_default_recipe_makes_every_table() -> None:
    made = recipe.parse(recipe.default())
    assert set(made.tables) == set(recipe.KINDS)
    assert made.minimum == 5
    assert made.digest == hashlib.sha256(recipe.default()).hexdigest()
    assert (made.budget, made.micro) == (Fraction(1, 2), 500_000)
    assert "pages" in made.of(Grain.DAY)
    assert "given" in made.of(Grain.WEEK)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minimum = 5", "minimum = 2", "minimum"),
        ('budget = "0.5"', 'budget = "0"', "budget"),
        ('budget = "0.5"', 'budget = "0.0000001"', "budget"),
        ('budget = "0.5"', "budget = 0.5", "budget"),
        ('"decomposition"', '"guessing"', "guessing"),
        ('pages = "day"', 'visitors = "day"', "visitors"),
        ('pages = "day"', 'pages = "year"', "year"),
        ('pages = "day"', 'pages = "week"', "two grains"),
        ('"journal", ', "", "source journal"),
        ('"country", ', "", "columns country"),
        ("minimum = 5", "minimum = 5\nlevel = 1", "level"),
        ("minimum = 5", "minimum", "statistics.toml"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, said: str) -> None:
    assert old in DEFAULT
    with pytest.raises(errors.Invalid, match=said) as told:
        recipe.parse(DEFAULT.replace(old, new, 1).encode())
    assert told.value.advice


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(errors.Invalid, match="UTF-8"):
        recipe.parse(b"\xff")


def test_a_site_without_a_recipe_has_the_default(tmp_path: Path) -> None:
    assert recipe.load(tmp_path) == recipe.default()
    (tmp_path / recipe.FILE).write_bytes(b"minimum = 7")
    assert recipe.load(tmp_path) == b"minimum = 7"


def test_each_method_says_how_well_it_is_known() -> None:
    assert {one.seen for one in recipe.methods().values()} <= {
        "quoted",
        "named",
        "inferred",
        "open",
    }
    assert all({"en", "ru"} == set(one.title) for one in recipe.methods().values())


@pytest.mark.parametrize(
    ("grain", "atom", "first", "count"),
    [
        (Grain.DAY, "2026-12-31", date(2026, 12, 31), 1),
        (Grain.WEEK, "2026-W53", date(2026, 12, 28), 7),
        (Grain.MONTH, "2026-12", date(2026, 12, 1), 31),
    ],
)
def test_an_atom_is_a_run_of_days(grain: Grain, atom: str, first: date, count: int) -> None:
    day = date(2026, 12, 31)
    assert recipe.atom(grain, day) == atom
    assert recipe.grain_of(atom) is grain
    days = recipe.days_of(atom)
    assert days == tuple(first + timedelta(days=at) for at in range(count))
    assert {recipe.atom(grain, one) for one in days} == {atom}


@pytest.mark.parametrize("text", ["", "2026-13", "2026-W60", "2026-02-30", "x"])
def test_what_is_no_atom(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        recipe.days_of(text)
