# SPDX-License-Identifier: Apache-2.0
"""With a sabotage in, `prove` turns red at that promise and its clauses; with it out, it is green."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sabotage import harmless, sabotage, stage, table
from tests.sabotage.sabotage import Sabotage
from uphold.assurance.report import Report, Verdict
from uphold.policy import promise

GREEN = {Verdict.KEPT, Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize("one", table.SABOTAGES, ids=lambda one: one.id)
def test_it_is_caught(
    one: Sabotage,
    template: Path,
    tmp_path: Path,
    clean: Report,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("sabotage", one.id)  # for the table at the end
    assert clean.promises[one.promise].verdict is Verdict.KEPT, clean.promises[one.promise]
    # The probe that saw it last time is asked first; where it sees nothing now, another may.
    asked = dict.fromkeys([table.catcher(one), one.only])
    reports = (_sabotaged(one, begins, stage.copy(template, tmp_path / begins)) for begins in asked)
    assert any(sabotage.is_caught(report, one.promise) for report in reports), one.id


def _sabotaged(one: Sabotage, begins: str, folder: Path) -> Report:
    with sabotage.laid(folder, one.apply) as ground:
        return sabotage.examined(ground, frozenset({one.promise}), begins)


def test_without_a_sabotage_every_promise_that_is_built_is_green(clean: Report) -> None:
    built = {name for name, one in promise.catalogue().items() if one.built}
    red = {
        name: clean.promises[name] for name in built if clean.promises[name].verdict not in GREEN
    }
    assert red == {}


def test_what_changes_words_alone_is_no_catch(folder: Path) -> None:
    """A log line, a page or a comment that says it broke: everything that is sabotaged elsewhere stays green."""
    tried = frozenset(one.promise for one in table.SABOTAGES)
    with sabotage.laid(folder, *harmless.HARMLESS) as ground:
        report = sabotage.examined(ground, tried)
    assert {name for name in tried if report.promises[name].verdict not in GREEN} == set()
    assert not any(sabotage.is_caught(report, name) for name in tried)


def test_no_promise_is_without_a_sabotage() -> None:
    built = {name for name, one in promise.catalogue().items() if one.built}
    assert built - {one.promise for one in table.SABOTAGES} == set()


def test_each_sabotage_is_named_after_its_promise() -> None:
    assert len(table.by_id()) == len(table.SABOTAGES)
    for one in table.SABOTAGES:
        assert one.id.startswith(f"{one.promise}/")
        assert promise.catalogue()[one.promise].built
