# SPDX-License-Identifier: Apache-2.0
"""Figures with noise as somebody at a terminal meets them: asked, paid, asked again, refused."""

from datetime import date
from pathlib import Path

import pytest

from tests import figures, site, terminal
from tests.figures import view
from tests.terminal import Told
from uphold.cli import noisy
from uphold.statistics import asked, recipe
from uphold.statistics.budget import Reason

DAYS = (date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 2))
MONTH = ("--month", "2025-10")
PEOPLE = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with visitors of a month that is over, whose recipe gives it a budget of 0.01."""
    app = site.build(tmp_path_factory.mktemp("noisy"))
    crowd = [view(number, "/home") for number in range(1, PEOPLE + 1)]
    figures.closed(app.keeper.store.folder, dict.fromkeys(DAYS, crowd))
    small = recipe.default().replace(b'budget = "0.5"', b'budget = "0.01"')
    (app.settings.folder / recipe.FILE).write_bytes(small)
    app.close()
    return app.settings.folder


def run(capsys: pytest.CaptureFixture[str], folder: Path, act: str, *words: str) -> Told:
    return terminal.run(capsys, "statistics", act, folder, *words)


def test_the_tables_are_those_that_are_answered() -> None:
    assert noisy.TABLES == asked.TABLES
    assert set(noisy.WHY) == set(Reason)


def test_a_question_is_answered_paid_and_answered_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = run(capsys, folder, "query", "visitors", *MONTH)
    assert told.code == 2
    assert "uphold statistics run" in told.advice
    assert run(capsys, folder, "budget").out == "Nothing was asked yet.\n"
    assert run(capsys, folder, "run").code == 0

    words = ("visitors", *MONTH, "--rho", "0.005")
    told = run(capsys, folder, "query", *words)
    assert told.code == 0
    assert told.out.startswith("visitors  2025-10-01 to 2025-10-31  noisy\n")
    assert "± 20  all" in told.out
    assert "Cost 0.005; left of 2025-10: 0.005." in told.out
    first = told.out.splitlines()[1]
    again = run(capsys, folder, "query", *words)
    assert again.out.splitlines()[1] == first
    assert "Answered before: cost nothing; left of 2025-10: 0.005." in again.out

    as_json = run(capsys, folder, "query", *words, "--json").json
    assert (as_json["label"], as_json["cost"], as_json["left"]) == ("noisy", "0", "0.005")
    # Sixty deviations.
    assert abs(as_json["cells"]["all"] - 2 * PEOPLE) < 600

    told = run(capsys, folder, "query", "visitors", *MONTH, "--rho", "0.006")
    assert told.code == 1
    assert "the budget of the month is spent" in told.err
    assert "It would cost 0.006, 0.005 may be spent." in told.err
    told = run(capsys, folder, "query", "visitors", *MONTH, "--rho", "0.006", "--json")
    assert (told.code, told.json["refused"]) == (1, "budget-spent")

    told = run(capsys, folder, "budget")
    assert told.out.startswith("2025-10  rho 0.005 of 0.01 spent, 0.005 left  1 answer  epsilon ")
    (account,) = run(capsys, folder, "budget", "--json").json
    assert (account["spent"], account["left"], account["closed"]) == ("0.005", "0.005", False)


@pytest.mark.parametrize(
    "words",
    [
        ("--month", "2025-10", "--from", "2025-10-01"),
        ("--from", "2025-10-01"),
        ("--from", "2025-09-30", "--to", "2025-10-01"),
        ("--month", "october"),
        ("--month", "2025-08"),
        ("--from", "2025-10-32", "--to", "2025-11-01"),
        ("--month", "2999-01"),
        ("--month", "2025-10", "--rho", "0"),
        ("--month", "2025-10", "--rho", "much"),
    ],
)
def test_a_wrong_question_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    run(capsys, folder, "run")
    told = run(capsys, folder, "query", "pages", *words)
    assert told.code == 2
    assert told.advice


def test_days_of_a_month_can_be_asked_about(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, folder, "run")
    words = ("--from", "2025-09-30", "--to", "2025-09-30", "--rho", "0.000001")
    told = run(capsys, folder, "query", "pages", *words)
    assert told.code == 0
    # So much noise lets nothing through.
    assert "Nothing that enough visitors have." in told.out
