# SPDX-License-Identifier: Apache-2.0
"""At the console: an opening in an emergency is asked for, felt, shown to whoever must look, and ended."""

import pytest

from tests import cast, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.unit.web.second import clerk
from tests.visitor import Visitor
from uphold.app import App
from uphold.journal import entry
from uphold.vault import identifier

__all__ = ["clerk", "quick_hashing"]

LIST = "/console/glass"
WORDS = "The caller says that somebody is hurt <b>badly</b>"


@pytest.fixture
def enquiry(here: App, clerk: Visitor) -> str:
    """The address of an enquiry of the subject's."""
    clerk.send()
    return f"/console/enquiry/{here.ring.identifiers.encode(identifier.ENQUIRY, 1)}"


def plea(here: App, **changed: str) -> dict[str, str]:
    """What a clerk fills in to read the technical data."""
    technical = here.shelf.in_force().policy.technical
    asked = {"purpose": technical, "reason": "danger", "words": WORDS, "minutes": "60"}
    return {**asked, **changed}


def kinds(here: App) -> list[str]:
    with here.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in here.log.entries(connection)]


def test_from_the_plea_to_the_look_of_another(here: App, clerk: Visitor, enquiry: str) -> None:
    technical = here.shelf.in_force().policy.technical
    refused = clerk.act(f"{enquiry}/open", purpose=technical)
    assert refused.status == 403
    assert f"{enquiry}/glass" in refused.page.links
    assert f"{enquiry}/glass" in clerk.get(enquiry).page.links
    form = clerk.get(f"{enquiry}/glass")
    assert form.status == 200
    assert f'value="{technical}"' in form.html
    assert clerk.act(f"{enquiry}/glass", **plea(here)).location == f"{enquiry}?done=glass-broken"
    assert f'value="{technical}"' in clerk.get(enquiry).html
    opened = clerk.act(f"{enquiry}/open", purpose=technical)
    assert opened.status == 200
    assert cast.subject.email not in opened.html
    assert "IP address" in opened.html
    visitor.employ(here, cast.owner)
    with visitor.visiting(here) as owner:
        owner.sign_in(cast.owner)
        assert "1 opening in an emergency has not been looked at." in owner.get("/console").html
        shown = owner.get(LIST)
        assert "somebody is hurt &lt;b&gt;badly" in shown.html
        assert cast.clerk.login in shown.html
        assert owner.act(f"{LIST}/1/see").location == f"{LIST}?done=seen"
        assert "has not been looked at" not in owner.get("/console").html
        assert owner.act(f"{LIST}/1/end").location == f"{LIST}?done=glass-ended"
    assert clerk.act(f"{enquiry}/open", purpose=technical).status == 403
    assert [one for one in kinds(here) if one.startswith("glass")] == [
        *("glass.broken", "glass.read", "glass.seen", "glass.ended"),
    ]


def test_who_may_not_answer_is_asked_for_no_answer(here: App, clerk: Visitor, enquiry: str) -> None:
    """It could not be sent, and what was typed would be lost."""
    assert f"{enquiry}/answer" in clerk.act(f"{enquiry}/open", purpose=PURPOSE).page.actions
    visitor.employ(here, cast.officer)
    with visitor.visiting(here) as officer:
        officer.sign_in(cast.officer)
        officer.act(f"{enquiry}/glass", **plea(here, purpose=PURPOSE))
        opened = officer.act(f"{enquiry}/open", purpose=PURPOSE)
        assert (opened.status, f"{enquiry}/answer" in opened.page.actions) == (200, False)


def test_who_looks_after_it_is_another_and_the_auditor_reads_no_words(
    here: App, clerk: Visitor, enquiry: str
) -> None:
    clerk.act(f"{enquiry}/glass", **plea(here))
    assert clerk.get(LIST).status == 404
    assert clerk.act(f"{LIST}/1/see").status == 404
    visitor.employ(here, cast.auditor)
    with visitor.visiting(here) as auditor:
        auditor.sign_in(cast.auditor)
        shown = auditor.get(LIST)
        assert shown.status == 200
        assert "somebody is hurt" not in shown.html
        assert auditor.get(f"{enquiry}/glass").status == 404
        assert auditor.act(f"{LIST}/1/end").status == 404
    visitor.employ(here, cast.officer)
    with visitor.visiting(here) as officer:
        officer.sign_in(cast.officer)
        asked = officer.act(f"{enquiry}/glass", **plea(here, purpose="communication"))
        if asked.status == 303:
            assert officer.act(f"{LIST}/2/see").status == 409, "not one's own"
        assert officer.get(f"{LIST}").status == 200
        assert officer.act(f"{LIST}/x/end").status == 404
        assert officer.act(f"{LIST}/99/end").status == 404
    assert clerk.act(f"{LIST}/1/end").location == f"{enquiry}?done=glass-ended"


@pytest.mark.parametrize(
    "changed",
    [{"purpose": ""}, {"reason": "boredom"}, {"words": "  "}, {"minutes": "241"}, {"minutes": ""}],
    ids=["no purpose", "no reason", "no words", "too long", "no time"],
)
def test_what_is_missing_is_asked_for_again(
    here: App, clerk: Visitor, enquiry: str, changed: dict[str, str]
) -> None:
    again = clerk.act(f"{enquiry}/glass", **plea(here, **changed))
    assert again.status == 422
    (name,) = changed
    assert f'id="{name}-error"' in again.html
    assert "glass.broken" not in kinds(here)


def test_what_the_role_may_read_anyhow_needs_no_emergency_and_a_hold_admits_none(
    here: App, clerk: Visitor, enquiry: str
) -> None:
    needless = clerk.act(f"{enquiry}/glass", **plea(here, purpose="communication"))
    assert needless.status == 409
    undeclared = clerk.act(f"{enquiry}/glass", **plea(here, purpose="exercise-undeclared"))
    assert undeclared.status == 403
    assert "access.denied" in kinds(here)
