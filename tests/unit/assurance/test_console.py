# SPDX-License-Identifier: Apache-2.0
"""An exercise's staff at the console of a served site: what they open, and what the page is read as."""

import pytest

from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.site import app
from tests.unit.assurance.test_scene import scene
from uphold import errors
from uphold.access.permission import Role
from uphold.assurance import console
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer

__all__ = ["app", "quick_hashing", "scene"]

OPENED = """
<main><h1>Enquiry</h1><p>Opened.</p>
<dl class="facts">
<div><dt>Name</dt><dd>O&#39;Neil  &lt;b&gt;</dd></div>
<div><dt>Message</dt><dd class="text">one

 two</dd></div>
<div><dt>Telephone</dt><dd><span class="soft">left empty</span></dd></div>
</dl>
<div class="slip"><p><strong>About it</strong></p><p class="text">An answer.</p></div>
<form method="post" action="/console/enquiry/x/answer?lang=en">
<p>Goes to a.person@example.org. It is sealed.</p></form>
<dl><div><dt>Form</dt><dd>Feedback</dd></div></dl>
</main>"""


def page(html: str) -> Answer:
    return Answer(200, (), html.encode())


def test_an_opened_page_is_read_letter_for_letter() -> None:
    found = console.shown(page(OPENED))
    assert found.fields == (
        ("Name", "O'Neil  <b>"),
        ("Message", "one\n\n two"),
        ("Telephone", ""),
    )
    assert found.letters == (("About it", "An answer."),)
    assert found.address == "a.person@example.org"
    assert "O'Neil" not in repr(found)


def test_a_page_that_shows_no_fields_is_none() -> None:
    with pytest.raises(errors.Invalid, match="no list"):
        console.shown(page("<main><p>Not opened</p></main>"))


def test_a_clerk_opens_answers_and_moves(scene: Scene) -> None:
    own, desk = scene.submission(), console.Desk(scene, Role.CLERK)
    assert desk.look(own.record).status == 200
    opened = console.shown(desk.open(own.record, PURPOSE))
    assert [text for _, text in opened.fields] == list(own.values.values())
    assert opened.address == own.values["email"]
    assert desk.answer(own.record, PURPOSE, "About it", "An answer.").status == 303
    again = console.shown(desk.open(own.record, PURPOSE))
    assert again.letters == (("About it", "An answer."),)
    assert desk.move(own.record, "closed").status == 303
    assert desk.post("/console/staff", login="x", role="clerk").status == 404


def test_who_is_not_signed_in_has_no_token(scene: Scene) -> None:
    with pytest.raises(errors.Unavailable, match="no form"):
        console.token(scene.stranger())
