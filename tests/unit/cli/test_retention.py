# SPDX-License-Identifier: Apache-2.0
"""What is due, acts and orders as somebody at a terminal meets them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import cast, site, terminal
from tests.office import Office, quick_hashing
from uphold.retention.sweep import Sweep
from uphold.vault import identifier

__all__ = ["quick_hashing"]

DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Place:
    """A site with one submission, and the receipt's number."""

    folder: Path
    receipt: str


@pytest.fixture
def place(tmp_path: Path, quick_hashing: None) -> Place:
    app = site.build(tmp_path)
    office = Office(app)
    office.staff(cast.officer)
    office.staff(cast.clerk)
    receipt = app.ring.identifiers.encode(identifier.RECEIPT, office.submit())
    app.close()
    return Place(app.settings.folder, receipt)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two weeks and a day have passed."""
    run, preview = Sweep.run, Sweep.preview
    moment = site.now() + 15 * DAY
    monkeypatch.setattr(Sweep, "run", lambda sweep, _now=None: run(sweep, moment))
    monkeypatch.setattr(Sweep, "preview", lambda sweep, _now=None: preview(sweep, moment))


def test_nothing_is_due_on_the_first_day(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    told = terminal.run(capsys, "retention", "run", place.folder)
    assert (told.code, told.out) == (0, "Nothing is due.\n")
    told = terminal.run(capsys, "retention", "acts", place.folder)
    assert told.out == "No act: nothing has been destroyed for its term yet.\n"


def test_what_is_due_is_told_before_and_destroyed_after(
    place: Place, later: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        dry = terminal.run(capsys, "retention", "run", place.folder, "--dry-run", "--json").json
        part = {"purpose": "security", "edition": 1, "reason": "term-ended", "parts": 1}
        assert dry == {"records": 1, "parts": [part], "kept": 0, "acts": []}
    told = terminal.run(capsys, "retention", "run", place.folder)
    assert told.out.splitlines() == [
        "       1  security  (edition 1, term-ended)",
        "1 part(s) of 1 record(s) destroyed.",
        "Act 1: uphold retention acts DIR 1",
    ]
    listed = terminal.run(capsys, "retention", "acts", place.folder)
    assert listed.out.startswith("    1  security  (edition 1, term-ended)  1 part(s), done 20")
    (one,) = terminal.run(capsys, "retention", "acts", place.folder, "--json").json
    assert (one["act"], one["parts"], one["reason"]) == (1, 1, "term-ended")


def test_an_act_has_the_fields_of_the_order_in_both_languages(
    place: Place, later: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.run(capsys, "retention", "run", place.folder)
    words = ("retention", "acts", place.folder, "1")
    points = [*"abcdeefghij"]
    for language, operator in (("ru", "Тихая гавань"), ("en", "Quiet Harbour")):
        act = terminal.run(capsys, *words, "--language", language, "--json").json
        assert [f"3 {letter}" for letter in points] == [
            item["point"] for item in act["act"] if item["point"].startswith("3")
        ]
        assert [item["point"] for item in act["log"]][:5] == ["5 a", "5 b", "5 c", "5 d", "5 e"]
        assert operator in act["act"][0]["values"][0]
        empty = [item["key"] for item in act["act"] if not item["values"]]
        assert empty == ["executors"]
        page = tmp_path / f"{language}.html"
        terminal.run(capsys, *words, "--language", language, "--html", page)
        text = page.read_text(encoding="utf-8")
        assert act["title"] in text
        assert all(head in text for head in act["sign"])
        assert cast.subject.email not in text
        pdf = tmp_path / f"{language}.pdf"
        told = terminal.run(capsys, *words, "--language", language, "--pdf", pdf)
        assert told.out == f"Wrote {pdf}.\n"
        assert pdf.read_bytes().startswith(b"%PDF-")
    printed = terminal.run(capsys, *words, "--language", "ru").out
    assert printed.startswith("Акт об уничтожении персональных данных № 1\n")


def test_an_order_is_placed_listed_and_lifted(
    place: Place, later: None, capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(
        capsys, "retention", "order", "place", place.folder, "--receipt", place.receipt,
        "--ground", "Case 7", "--by", cast.officer.login, "--until", "2199-12-31",
    )  # fmt: skip
    assert told.code == 0, told.err
    run = terminal.run(capsys, "retention", "run", place.folder, "--dry-run").out
    assert run == "Nothing is due.\n1 part(s) are due and kept by a preservation order.\n"
    (one,) = terminal.run(capsys, "retention", "order", "list", place.folder, "--json").json
    assert (one["ground"], one["receipt"]) == ("Case 7", place.receipt)
    assert (one["until"], one["lifted"]) == ("2200-01-01T00:00:00Z", None)
    listed = terminal.run(capsys, "retention", "order", "list", place.folder).out
    assert place.receipt in listed
    words = ("retention", "order", "lift", place.folder, "1", "--by", cast.officer.login)
    assert terminal.run(capsys, *words).code == 0
    assert terminal.run(capsys, *words).code == 2
    assert "destroyed." in terminal.run(capsys, "retention", "run", place.folder).out


@pytest.mark.parametrize(
    "words",
    [
        ["--ground", "x", "--by", cast.officer.login],
        ["--ground", "x", "--by", cast.clerk.login, "--purpose", "security"],
        ["--ground", "x", "--by", "nobody", "--purpose", "security"],
        ["--ground", " ", "--by", cast.officer.login, "--purpose", "security"],
        ["--ground", "x", "--by", cast.officer.login, "--purpose", "unheard-of"],
        ["--ground", "x", "--by", cast.officer.login, "--receipt", "abc"],
        ["--ground", "x", "--by", cast.officer.login, "--purpose", "security", "--until", "2001-01-01"],
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_meant_is_refused(
    place: Place, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = terminal.run(capsys, "retention", "order", "place", place.folder, *words)
    assert told.code == 2
    assert told.advice
    assert terminal.run(capsys, "retention", "order", "list", place.folder).out == "No order.\n"


def test_an_act_that_there_is_not(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.run(capsys, "retention", "acts", place.folder, "9").code == 2
    assert terminal.run(capsys, "retention", "acts", place.folder, "--html", "x").code == 2
