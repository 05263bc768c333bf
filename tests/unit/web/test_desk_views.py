# SPDX-License-Identifier: Apache-2.0
"""From rows to what the console shows. What a person sees of it is in tests/flow/test_console_work.py."""

import time
from collections.abc import Callable

import pytest
from starlette.requests import Request

from tests import cast, site
from tests.editions import FORM, PURPOSE
from uphold.access import reading, staff
from uphold.access.permission import Actor, Role
from uphold.access.reading import Denied, Opened, Question
from uphold.access.session import Session
from uphold.app import App
from uphold.enquiry import desk
from uphold.submission import record
from uphold.submission.record import Facts
from uphold.web import console_views, desk_views
from uphold.web.staffed import Visit

Make = Callable[..., Request]


@pytest.fixture
def visit_of(here: App, request_of: Make) -> Callable[..., Visit]:
    def make(
        role: Role = Role.CLERK, staff: int = 7, address: str = "/console", **posted: str
    ) -> Visit:
        known = Session(1, "anna", Actor(staff, role), 0)
        return Visit(here, request_of(address), known, "token", posted, time.time_ns() // 1_000_000)

    return make


def facts(app: App, number: int) -> Facts:
    with app.database.read() as connection:
        return record.facts(connection, [number])[number]


def item(app: App, number: int) -> desk.Item:
    with app.database.read() as connection:
        return desk.find(connection, number)


def past(app: App, number: int) -> desk_views.Past:
    with app.database.read() as connection:
        return desk_views.gather(connection, number)


def question(app: App, number: int, purpose: str = PURPOSE, role: Role = Role.CLERK) -> Question:
    edition = app.shelf.in_force()
    return Question(Actor(7, role), number, FORM, purpose, edition, edition, False)


def opened(app: App, number: int, purpose: str = PURPOSE, role: Role = Role.CLERK) -> Opened:
    found = reading.open_record(app.writer, app.ring, question(app, number, purpose, role))
    assert isinstance(found, Opened)
    return found


def test_an_enquiry_before_it_is_opened(here: App, visit_of: Callable[..., Visit]) -> None:
    number = site.submit(here).number
    shown = desk_views.enquiry(
        here, visit_of(), item(here, number), facts(here, number), past(here, number)
    )
    assert [choice.id for choice in shown.purposes] == [PURPOSE]
    assert shown.purposes[0].fields == ("Name", "E-mail", "Telephone", "Message")
    assert [move.to for move in shown.moves] == ["in-work", "closed"]
    assert [event.act for event in shown.history] == ["record.stored", "consent.given"]
    assert shown.facts.number.startswith(shown.facts.short)
    assert shown.open_href == f"{shown.facts.href}/open"
    assert shown.answers == ()


def test_the_owner_is_offered_what_is_kept_beside(
    here: App, visit_of: Callable[..., Visit]
) -> None:
    number = site.submit(here).number
    visit = visit_of(Role.OWNER, address="/console?lang=ru")
    shown = desk_views.enquiry(
        here, visit, item(here, number), facts(here, number), past(here, number)
    )
    fields = {choice.id: choice.fields for choice in shown.purposes}
    assert fields.keys() == {PURPOSE, "consent-evidence", "security"}
    assert "IP-адрес" in fields["security"]
    assert len(fields["security"]) == 5


def test_what_is_kept_beside_is_shown_in_words(here: App, visit_of: Callable[..., Visit]) -> None:
    number = site.submit(here).number
    for purpose, expected in (
        ("security", {"IP address": "192.0.2.7", "Browser": "Browser/1.0"}),
        ("consent-evidence", {"Form": "feedback", "Act": "ticked an empty box"}),
    ):
        outcome = opened(here, number, purpose, Role.OWNER)
        view = desk_views.opened(
            here, visit_of(Role.OWNER), item(here, number), facts(here, number), outcome, None
        )
        found = {field.label: field.value for field in view.fields}
        assert expected.items() <= found.items()
        assert all(isinstance(value, str) for value in found.values())
        times = [value for label, value in found.items() if label.startswith("Time of consent")]
        assert all(value.endswith(" UTC") for value in times)


def test_more_than_was_needed_is_told_of_a_message_and_kept_nowhere(
    here: App, visit_of: Callable[..., Visit]
) -> None:
    values = cast.subject.values()
    again = f"Call {values['phone']}, or write to {values['email']}."
    for message, expected in (
        (again, ()),
        ("My passport is 4510 123456, card 4111 1111 1111 1111.", ("passport", "card")),
    ):
        number = site.submit(here, doubts=(), **{**values, "message": message}).number
        outcome = opened(here, number)
        view = desk_views.opened(
            here, visit_of(), item(here, number), facts(here, number), outcome, None
        )
        assert [field.surplus for field in view.fields if field.kind == "textarea"] == [expected]
        assert not any(field.surplus for field in view.fields if field.kind == "text")
        with here.database.read() as connection:
            size = here.log.head(connection).size
        # Telling it is no act: nothing came after the opening's own entry.
        assert size == outcome.entry + 1


def test_readings_of_others_are_the_owners(here: App, visit_of: Callable[..., Visit]) -> None:
    number = site.submit(here).number
    opened(here, number)
    known = past(here, number)

    def acts(visit: Visit) -> list[str]:
        view = desk_views.enquiry(here, visit, item(here, number), facts(here, number), known)
        return [event.act for event in view.history]

    assert "record.opened" in acts(visit_of(Role.OWNER, 1))
    assert "record.opened" in acts(visit_of(Role.CLERK, 7))
    assert "record.opened" not in acts(visit_of(Role.CLERK, 8))


def test_earlier_answers_are_shown_with_the_fields(
    here: App, visit_of: Callable[..., Visit]
) -> None:
    story = site.live(here)
    outcome = opened(here, story.answered)
    view = desk_views.opened(
        here, visit_of(), item(here, story.answered), facts(here, story.answered), outcome, None
    )
    assert [letter.text for letter in view.letters] == ["We deliver on Monday."] * 2
    shown = desk_views.enquiry(
        here,
        visit_of(),
        item(here, story.answered),
        facts(here, story.answered),
        past(here, story.answered),
    )
    assert [answer.state for answer in shown.answers] == ["queued", "queued"]


@pytest.mark.parametrize(
    ("code", "subject", "anchor", "said"),
    [
        ("answer-empty", "S", "text", "Write the answer"),
        ("answer-text-too-long", "S", "text", "The answer is too long: the limit is 100000"),
        ("answer-subject-too-long", "S", "subject", "The subject is too long: the limit is 200"),
        ("answer-no-address", "S", "text", "no e-mail address that an answer can be sent to"),
    ],
)
def test_a_faulty_answer_is_kept(
    visit_of: Callable[..., Visit], code: str, subject: str, anchor: str, said: str
) -> None:
    form = console_views.Reply("/answer", PURPOSE, "a@b.example")
    visit = visit_of(subject=subject, text="T")
    found = desk_views.with_problem(form, visit, code)
    assert found is not None
    assert (found.subject, found.text) == (subject, "T")
    (problem,) = found.problems
    assert problem.anchor == anchor
    assert said in problem.message
    assert desk_views.with_problem(None, visit, code) is None


def test_an_answer_is_offered_where_it_can_be_given(
    here: App, visit_of: Callable[..., Visit]
) -> None:
    number = site.submit(here).number
    outcome = opened(here, number)
    asked = question(here, number)

    def form() -> console_views.Reply | None:
        return desk_views.answer_form(
            here, visit_of(), item(here, number), facts(here, number), asked, outcome
        )

    offered = form()
    assert offered is not None
    assert offered.address == outcome.values["email"]
    here.writer.run(lambda tx: desk.move(tx, here.ring, number, desk.State.CLOSED, 7))
    assert form() is None


def test_a_denial_names_even_an_unknown_purpose(here: App, visit_of: Callable[..., Visit]) -> None:
    number = site.submit(here).number
    found = reading.open_record(here.writer, here.ring, question(here, number, "unheard-of"))
    assert isinstance(found, Denied)
    view = desk_views.denied(
        here, visit_of(), item(here, number), facts(here, number), "unheard-of", found
    )
    assert (view.purpose, view.reason) == ("unheard-of", "purpose-undeclared")


def test_only_some_may_destroy(here: App, visit_of: Callable[..., Visit]) -> None:
    number = site.submit(here, doubts=("honeypot", "too-fast")).number
    releases = {Role.OWNER, Role.CLERK}
    for role, may in ((Role.OWNER, True), (Role.CLERK, False), (Role.AUDITOR, False)):
        view = desk_views.aside(
            here, visit_of(role), item(here, number), facts(here, number), past(here, number)
        )
        assert view.may_discard is may
        assert view.may_release is (role in releases)
        assert view.reasons == ("honeypot", "too-fast")


def test_a_page_of_the_list(here: App, visit_of: Callable[..., Visit]) -> None:
    for _ in range(3):
        site.submit(here)
    with here.database.read() as connection:
        lines = desk.page(connection, desk.State.NEW, limit=3)
        counts = desk.counts(connection)
    shown = desk_views.enquiries(here, visit_of(), desk.State.NEW, counts, lines, 2)
    assert len(shown.rows) == 2
    assert shown.next_href == f"/console?state=new&before={lines[1].item.record}"
    assert shown.previous_href == ""
    later = visit_of(address=shown.next_href)
    last = desk_views.enquiries(here, later, desk.State.NEW, counts, lines[2:], 2)
    assert (last.next_href, last.previous_href) == ("", "/console?state=new")
    assert [tab.count for tab in shown.tabs] == [3, 0, 0, 0, 0]


def test_an_account_of_an_exercise_gets_no_new_link(here: App) -> None:
    known = staff.Account(9, "exercise-1-clerk-00", Role.CLERK, staff.State.ACTIVE, 1, 0)
    assert desk_views.account(here, known, renews=False).renew_href == ""
    assert desk_views.account(here, known).renew_href.endswith("/renew")


@pytest.mark.parametrize(
    ("count", "shown", "more"),
    [(3, 3, False), (desk.MOST, desk.MOST, False), (desk.MOST + 1, desk.MOST, True)],
)
def test_a_count_that_ended_says_that_there_are_more(count: int, shown: int, more: bool) -> None:
    tab = desk_views.tab_of(desk.State.NEW, count, "/x")
    assert tab == console_views.Tab("new", shown, "/x", more)
