# SPDX-License-Identifier: Apache-2.0
"""What a model is derived from: what nobody told of is unknown in it, and is never taken for no."""

from dataclasses import dataclass

from tests import modelled, site
from tests.office import Office


@dataclass(frozen=True, slots=True)
class Told:
    """A rule of detection as another room tells of it."""

    id: str
    on: bool = True
    dry_run: bool = False
    acts: bool = True
    spoofable: bool = False
    own: bool = False
    severity: int = 3


def test_what_no_room_told_of_is_unknown(sqlite_office: Office) -> None:
    found = modelled.derive(sqlite_office.app)
    assert modelled.value(found, "field:feedback.phone", "unused") is None
    assert modelled.value(found, "job:examination", "late") is None
    assert modelled.value(found, "job:detection", "late") is None
    assert found.of("rule") == ()


def test_what_was_told_stands_in_the_model(sqlite_office: Office) -> None:
    found = modelled.derive(
        sqlite_office.app,
        rules=[Told("many-reads"), Told("probing", acts=False, spoofable=True)],
        unused=frozenset({"feedback.phone"}),
        examined_at=site.now(),
        detected_at=1,
    )
    assert modelled.value(found, "field:feedback.phone", "unused") is True
    assert modelled.value(found, "field:feedback.email", "unused") is False
    assert modelled.value(found, "job:examination", "late") is False
    assert modelled.value(found, "job:detection", "late") is True
    assert modelled.value(found, "rule:probing", "spoofable") is True
    assert modelled.value(found, "rule:many-reads", "acts") is True
