# SPDX-License-Identifier: Apache-2.0
"""An exercise's officer with a letter: it is typed in over HTTP, and stored apart from people's."""

from tests.office import quick_hashing
from tests.site import app
from tests.unit.assurance.test_scene import scene
from uphold.assurance import asked
from uphold.assurance.asked import Letters
from uphold.assurance.scene import Scene
from uphold.rights import stored

__all__ = ["app", "quick_hashing", "scene"]


def test_a_letter_is_typed_in_and_read_back(scene: Scene) -> None:
    letters = Letters(scene)
    made = letters.enter("complaint", asked.today(scene).isoformat(), representative="parent")
    assert made.status == 303
    found = letters.stored(made.number)
    assert found is not None
    assert (found.intake.exercise, str(found.intake.representative)) == (True, "parent")
    assert found.records == (scene.submission().record,)
    with scene.read() as connection:
        assert stored.open_(connection) == ()
    assert letters.enter("nonsense").number == 0
    assert letters.stored(0) is None
    assert asked.zone(scene) == "Europe/Moscow"
