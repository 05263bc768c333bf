# SPDX-License-Identifier: Apache-2.0
"""What another site gave out opens nothing here: sessions, tokens, links, names of things. Who brings it is a stranger.

The other site has keys of its own, and the same people with the same passwords. Tokens of its machine clients:
`test_matrix_api`.
"""

from collections.abc import Iterator

import pytest

from tests import cast, person, site, visitor
from tests.house.test_matrix import CONSOLE, LOG_IN, NOTHING
from tests.office import quick_hashing
from tests.visitor import Visitor
from uphold.access import staff
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import exercise
from uphold.vault import identifier

__all__ = ["quick_hashing"]

pytestmark = pytest.mark.usefixtures("quick_hashing")
UNKNOWN = 410


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("here"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.anew(tmp_path_factory.mktemp("elsewhere"))
    yield opened
    opened.close()


@pytest.fixture
def anna(here: App, elsewhere: App) -> Iterator[Visitor]:
    """Somebody at this site; both sites hold one submission and employ everybody."""
    with visitor.visiting(here) as found:
        for app in (here, elsewhere):
            if not visitor.stored(app)["submission_record"]:
                site.submit(app, doubts=(), **cast.subject.values())
                for one in cast.staff:
                    visitor.employ(app, one)
        yield found


def carry(there: Visitor, to: Visitor) -> None:
    """Take the cookies of one browser over to another."""
    assert there.cookies
    for name, value in there.cookies.items():
        to.cookies.set(name, value, domain="")


@pytest.mark.parametrize("who", cast.staff, ids=lambda one: one.role)
def test_a_session_of_another_site_is_a_strangers_at_every_door(
    here: App, elsewhere: App, anna: Visitor, who: cast.Staff
) -> None:
    with visitor.visiting(elsewhere) as there:
        assert there.sign_in(who).status == LOG_IN
        csrf = there.get("/console/account").page.fields["_csrf"]
        carry(there, anna)
    before = visitor.stored(here)
    for method, path in CONSOLE:
        kind = identifier.STAFF if "staff" in path else identifier.ENQUIRY
        address = path.replace("{id}", here.ring.identifiers.encode(kind, 1))
        address = address.replace("{number}", "1")
        answer = anna.get(address) if method == "GET" else anna.post(address, {"_csrf": csrf})
        assert answer.status == LOG_IN, path
        assert answer.location.startswith("/console/login"), path
        assert cast.leaks(answer.body) == []
    assert visitor.stored(here) == before


def test_a_token_against_forgery_of_another_site_is_refused(
    here: App, elsewhere: App, anna: Visitor
) -> None:
    with visitor.visiting(elsewhere) as there:
        there.sign_in(cast.owner)
        csrf = there.get("/console/account").page.fields["_csrf"]
    anna.sign_in(cast.owner)
    before = visitor.stored(here)
    for method, path in CONSOLE:
        if method == "POST":
            address = path.replace("{id}", here.ring.identifiers.encode(identifier.ENQUIRY, 1))
            assert anna.post(address, {"_csrf": csrf}).status == 403, path
    assert visitor.stored(here) == before


def test_a_link_for_staff_of_another_site_sets_no_password(
    here: App, elsewhere: App, anna: Visitor
) -> None:
    made = elsewhere.writer.run(lambda tx: staff.invite(tx, "newcomer", Role.OWNER, 0))
    before = visitor.stored(here)
    assert anna.get(f"/console/welcome/{made.token}").status == UNKNOWN
    given = {"password": "a-long-Enough-password-17", "again": "a-long-Enough-password-17"}
    assert anna.post(f"/console/welcome/{made.token}", given).status == UNKNOWN
    assert visitor.stored(here) == before


def test_a_persons_link_and_visit_of_another_site_lead_nowhere(
    elsewhere: App, anna: Visitor
) -> None:
    with visitor.visiting(elsewhere) as there:
        assert person.ask(there).status == 303
        secret = person.newest_link(elsewhere)
        answer = anna.post(person.ENTRANCE, {"token": secret})
        assert answer.status != 303
        assert cast.leaks(answer.body) == []
        assert there.post(person.ENTRANCE, {"token": secret}).status == 303
        carry(there, anna)
    assert not person.submissions(anna)
    shown = anna.get("/my/erase")
    assert (shown.status, shown.location.partition("?")[0]) == (303, "/my")


def test_names_of_things_of_another_site_name_nothing_here(elsewhere: App, anna: Visitor) -> None:
    ids = elsewhere.ring.identifiers
    receipt = ids.encode(identifier.RECEIPT, 1)
    assert anna.get(f"/receipt/{receipt}").status == NOTHING
    assert anna.get(f"/receipt/{receipt}.tlog-proof").status == NOTHING
    anna.sign_in(cast.owner)
    enquiry, account = ids.encode(identifier.ENQUIRY, 1), ids.encode(identifier.STAFF, 1)
    for path in (f"/console/enquiry/{enquiry}", f"/console/journal/record/{enquiry}"):
        assert anna.get(path).status == NOTHING
    for path in (f"/console/staff/{account}", f"/console/journal/staff/{account}"):
        assert anna.get(path).status == NOTHING
    assert anna.act("/console/journal", receipt=receipt).status == 422
    assert anna.act("/console/holds", what="record", receipt=receipt).status == 422


def test_the_mark_of_another_sites_exercise_is_refused(here: App, elsewhere: App) -> None:
    begun = exercise.begin(
        elsewhere.settings, elsewhere.writer, elsewhere.ring, 0, edition=1, configuration="a" * 64
    )
    before = visitor.stored(here)
    with begun as run, visitor.visiting(here, **{"uphold-exercise": run.mark()}) as somebody:
        assert somebody.send().status == 403
    assert visitor.stored(here) == before
