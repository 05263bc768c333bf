# SPDX-License-Identifier: Apache-2.0
"""The person of an exercise comes in by the link for their own address, and does what a page's form does."""

import time
from dataclasses import replace

import pytest

from tests import cast
from tests.office import quick_hashing
from tests.site import app
from tests.unit.assurance.test_scene import scene
from uphold import errors
from uphold.assurance.person import Person
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer
from uphold.rights import identity
from uphold.vault import contact
from uphold.vault.contact import Contact

__all__ = ["app", "quick_hashing", "scene"]

STRANGER = Contact(contact.EMAIL, cast.stranger.email)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_they_come_in_and_see_their_own(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    own = scene.submission()
    anna = Person(scene, own)
    # Somebody else asks at the same moment.
    asked = anna.visitor.post

    def post(*arguments: object, **named: object) -> object:
        found = asked(*arguments, **named)  # type: ignore[arg-type] # passed on as it came
        scene.writer.run(lambda tx: identity.ask_link(tx, scene.ring, STRANGER, "en", scene.now))
        return found

    monkeypatch.setattr(anna.visitor, "post", post)
    anna.enter()
    monkeypatch.undo()
    assert anna.get(anna.path()).status == 200
    opened = anna.post(anna.path(), "open")
    assert opened.status == 200
    assert own.values["email"] in opened.text
    assert scene.stranger().get(anna.path()).status == 303
    with pytest.raises(errors.Missing):
        Person(scene, replace(own, values={}))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_whoever_is_asked_to_wait_does(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Person(scene, scene.submission())
    waited: list[float] = []
    answers = [Answer(429, (("retry-after", "600"),), b""), Answer(303, (), b"")]
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(anna.visitor, "post", lambda *_: answers.pop(0))
    assert anna.ask() == (Answer(303, (), b""), "")
    assert waited == [61]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_whoever_is_not_let_in_is_told_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Person(scene, scene.submission())
    with pytest.raises(errors.Unavailable):
        anna.post(anna.path(), "open")
    monkeypatch.setattr(identity, "link", lambda *_: None)
    with pytest.raises(errors.Unavailable):
        anna.enter()
