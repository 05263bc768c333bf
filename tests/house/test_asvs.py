# SPDX-License-Identifier: Apache-2.0
"""The table of the baseline is whole, its tests exist, and its page is written from it."""

from dataclasses import replace

import pytest

from tests.house import source
from tools import asvs, scan

TABLE = asvs.read(asvs.TABLE.read_text(encoding="utf-8"))


def test_the_table_is_whole_and_every_test_that_it_names_exists() -> None:
    assert list(asvs.faults(TABLE)) == []


def test_the_page_is_the_table() -> None:
    assert asvs.PAGE.read_text(encoding="utf-8") == asvs.page(TABLE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "nearly"},
        {"reason": ""},
        {"tests": ()},
        {"tests": ("tests/house/test_asvs.py::test_that_there_is_not",)},
        {"tests": ("tests/house/test_nothing.py",)},
        {"tests": ("tests/house/source.py",)},
        {"level": 3},
    ],
    ids=str,
)
def test_a_fault_is_found(wrong: dict[str, object]) -> None:
    assert TABLE[0].status == "met"
    changed = replace(TABLE[0], **wrong)  # type: ignore[arg-type]  # wrong on purpose
    assert len(list(asvs.faults((changed, *TABLE[1:])))) == 1


def test_it_is_said_how_soon_a_weak_package_is_replaced() -> None:
    said = (source.ROOT / "SECURITY.md").read_text(encoding="utf-8")
    packages = said.partition("## Packages")[2].partition("\n## ")[0]
    assert "7 days" in packages
    assert "30 days" in packages


def test_answers_to_scanners_name_what_is_there() -> None:
    known = scan.answers()
    assert known
    for one in known:
        assert asvs.is_there(source.ROOT, one["test"]), one
        assert one["why"]


def test_only_what_an_answer_names_is_answered() -> None:
    known = [{"what": "Forgery", "where": "POST /my", "why": "because", "test": "x"}]
    for what, where, why in (
        ("Forgery", "POST /my", "because"),
        ("Forgery", "POST /my/else", ""),
        ("Injection", "POST /my", ""),
    ):
        assert scan.answer_of(scan.Finding("wapiti", what, where, ""), known) == why


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ("sqlmap identified the following injection point(s)", ["SQL injection"]),
        ("all tested parameters do not appear to be injectable", []),
        ("unable to connect to the target URL", ["not tried"]),
    ],
)
def test_what_sqlmap_says_is_understood(told: str, what: list[str]) -> None:
    assert [one.what for one in scan.of_sqlmap("/my", told)] == what
