# SPDX-License-Identifier: Apache-2.0
"""What the journal says of a run: the right entries, of the right record, proven, and nobody else's."""

from tests import site
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.site import app
from tests.unit.assurance.test_scene import scene
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import console, trail
from uphold.assurance.scene import Scene
from uphold.vault import records

__all__ = ["app", "quick_hashing", "scene"]


def test_an_opening_is_told_of_its_own_record_alone(app: App, scene: Scene) -> None:
    own, desk = scene.submission(), console.Desk(scene, Role.CLERK)
    other = site.submit(app).number
    before = trail.size(scene)
    desk.open(own.record, PURPOSE)
    (told,) = trail.about(scene, own.record, before, "record.opened")
    assert (told.index, told.proven) == (before, True)
    assert (told.codes["staff"], told.codes["purpose"]) == (desk.staff, PURPOSE)
    assert trail.about(scene, other, before) == ()
    assert trail.about(scene, own.record, before, "access.denied") == ()
    assert trail.since(scene, before, "record.opened") == (told,)
    assert [index for index, _ in trail.raw(scene, before)] == [before]


def test_a_run_has_its_beginning(scene: Scene) -> None:
    began = trail.began(scene)
    (first, *_) = trail.since(scene, began)
    assert (first.index, first.kind) == (began, "exercise.began")
    assert first.codes["run"] == scene.run


def test_of_a_record_that_is_destroyed_nothing_is_told(app: App, scene: Scene) -> None:
    own = scene.submission()
    start = trail.began(scene)
    assert trail.about(scene, own.record, start, "record.stored")
    app.writer.run(lambda tx: records.destroy(tx, app.ring, own.record, None, "expired"))
    assert trail.about(scene, own.record, start) == ()


def test_who_may_read_for_what_by_the_policy(scene: Scene) -> None:
    assert trail.readable(scene, Role.CLERK) == PURPOSE
    assert PURPOSE not in trail.unreadable(scene, Role.CLERK)
    assert PURPOSE in trail.unreadable(scene, Role.OFFICER)
    assert trail.reader(scene, PURPOSE) is Role.CLERK
    assert trail.reader(scene, scene.edition.policy.technical) is Role.OFFICER
