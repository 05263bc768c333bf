# SPDX-License-Identifier: Apache-2.0
"""A scene on a site that is served by a thread of this process, on each engine."""

import os
from collections.abc import Iterator

import pytest

from tests.office import quick_hashing
from tests.site import app
from uphold import errors
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import exercise
from uphold.assurance.process import Process
from uphold.assurance.scene import Scene
from uphold.submission import record
from uphold.web import run

__all__ = ["app", "quick_hashing"]


@pytest.fixture
def scene(app: App, quick_hashing: None) -> Iterator[Scene]:
    begun = exercise.begin(app.settings, app.writer, app.ring, 0, edition=1, configuration="c" * 64)
    with run.serving(app) as target, begun:
        yield Scene(app.premises(), target, begun)


def exercised(scene: Scene) -> int:
    with scene.read() as connection:
        return len(connection.execute(record.exercised(scene.run)).all())


def test_a_stranger_sees_the_site_and_what_is_posted_is_the_exercises(scene: Scene) -> None:
    assert scene.stranger().get("/policy").status == 200
    first = scene.submission()
    assert scene.submission() is first
    assert exercised(scene) == 1
    assert scene.stranger().get(first.receipt).status == 200
    assert set(first.marks) <= set(scene.marks)
    assert first.marks
    assert all(any(mark in text for text in first.values.values()) for mark in first.marks)


def test_a_post_can_be_changed_field_by_field(scene: Scene) -> None:
    needed = next(field.key for field in scene.form().fields if field.mandatory)
    assert scene.submit().status == 201
    refused = scene.submit(changed={needed: None})
    assert (refused.status, refused.json()["errors"][0]["field"]) == (422, needed)
    with pytest.raises(errors.Unavailable, match="status 422"):
        scene.submitted(changed={needed: None})


def test_every_form_is_offered_once_and_in_the_language_asked_for(scene: Scene) -> None:
    tokens = {scene.offer(language="ru").token for _ in range(9)}
    assert len(tokens) == 9
    assert scene.offer(language="ru").language == "ru"
    with pytest.raises(errors.Missing):
        scene.offer("nothing")


@pytest.mark.parametrize("role", list(Role))
def test_staff_of_each_role_is_signed_in_over_http(scene: Scene, role: Role) -> None:
    one = scene.staff(role)
    assert scene.staff(role) is one
    assert one.get("/console/account").status == 200
    other = scene.sign_in(role)
    assert other.cookies != one.cookies
    assert scene.stranger().get("/console/account").status == 303


def test_the_serving_process_and_what_it_logs_are_found(scene: Scene) -> None:
    assert scene.process() == Process(os.getpid())
    assert scene.outputs() == (scene.target.log,)


def test_the_sites_files_are_named(scene: Scene) -> None:
    files = scene.files
    assert files.ring.is_file()
    assert files.head.parent == files.ring.parent
    assert files.database is None or files.database.is_relative_to(files.data)
    assert scene.form().key in scene.edition.forms
    assert (scene.address, scene.edition) == (scene.target.address, scene.editions[0])
