# SPDX-License-Identifier: Apache-2.0
"""An exercise on a site that another process serves: marked over HTTP, signed in over HTTP, gone in the end."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cast, site_process, visitor
from tests.editions import PURPOSE
from tests.office import quick_hashing
from tests.site_process import JSON, Site
from uphold import app as apps
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import audit, exercise
from uphold.assurance.exercise import Run
from uphold.enquiry import desk
from uphold.submission import record
from uphold.vault import identifier, remains

__all__ = ["quick_hashing"]

DIGEST = "a" * 64
HEADER = "uphold-exercise"


@pytest.fixture
def served(tmp_path: Path, engine_url: str, quick_hashing: None) -> Iterator[Site]:
    with site_process.served(tmp_path, engine_url) as site:
        yield site


@pytest.fixture
def app(served: Site) -> Iterator[App]:
    """The same site, opened by this process too."""
    opened = apps.open_site(served.settings)
    yield opened
    opened.close()


def begin(app: App) -> Run:
    return exercise.begin(app.settings, app.writer, app.ring, 0, edition=1, configuration=DIGEST)


def send(site: Site, app: App, mark: str = "") -> int:
    """Post a form, marked or not; the number of the record."""
    answer = site.post(site.fields(), {**JSON, **({HEADER: mark} if mark else {})})
    assert answer.status == 201, answer.text
    number = app.ring.identifiers.decode(identifier.RECEIPT, answer.json["id"])
    assert number is not None
    return number


def submitted(app: App) -> dict[str, int]:
    """What of submissions is stored; what a site that is served writes by itself meanwhile is none of it."""
    names = ("submission_record", "vault_part", "vault_key", "consent_event", "enquiry_item")
    stored = visitor.stored(app)
    return {name: stored[name] for name in names}


class Browser:
    """A member of staff, real or not, at the console of the served site."""

    def __init__(self, site: Site, login: str, password: str) -> None:
        self.site = site
        answer = site.post({"login": login, "password": password}, path="/console/login")
        assert answer.status == 303
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    def get(self, path: str) -> site_process.Answer:
        return self.site.get(path, {"cookie": self.cookie, "accept-language": "en"})

    def act(self, path: str, **fields: str) -> site_process.Answer:
        found = re.search(r'name="_csrf" value="([^"]+)"', self.get("/console").text)
        assert found is not None
        return self.site.post({"_csrf": found[1], **fields}, {"cookie": self.cookie}, path)


def enquiry(app: App, number: int) -> str:
    return f"/console/enquiry/{app.ring.identifiers.encode(identifier.ENQUIRY, number)}"


def live(app: App, number: int) -> bool:
    with app.database.read() as connection:
        return bool(remains.live(connection, number))


def test_people_and_an_exercise_never_meet(served: Site, app: App) -> None:
    visitor.employ(app, cast.owner)
    owner = Browser(served, cast.owner.login, cast.owner.password)
    with begin(app) as run:
        person, own = send(served, app), send(served, app, run.mark())
        account = run.account(Role.OWNER)
        someone = Browser(served, account.login, account.password)
        for who, mine, other in ((owner, person, own), (someone, own, person)):
            listed = who.get("/console").text
            assert enquiry(app, mine) in listed
            assert enquiry(app, other) not in listed
            assert who.get(enquiry(app, mine)).status == 200
            assert who.get(enquiry(app, other)).status == 404
            assert who.act(f"{enquiry(app, other)}/move", to="in-work").status == 404
            opened = who.act(f"{enquiry(app, mine)}/open", purpose=PURPOSE)
            assert opened.status == 200
            assert "@example.org" in opened.text
            denied = who.act(f"{enquiry(app, other)}/open", purpose=PURPOSE)
            assert denied.status == 403
            assert "@example.org" not in denied.text
        assert account.login in owner.get("/console/staff").text
        assert someone.act("/console/staff", login="anna", role="owner").status == 403
    assert someone.get("/console").status == 303
    assert not live(app, own)
    assert live(app, person)
    assert account.login not in owner.get("/console/staff").text
    assert list(audit.run(app.settings)) == []


def test_guards_are_not_told_to_look_away(served: Site, app: App) -> None:
    with begin(app) as run:
        fields = served.fields(_gotcha="a robot")
        answer = served.post(fields, {**JSON, HEADER: run.mark()})
        assert answer.status == 201
        with app.database.read() as connection:
            counts = desk.counts(connection, exercise=True)
    assert counts[desk.State.ASIDE] == 1


@pytest.mark.parametrize("change", ["run", "expiry", "tag", "ended"])
def test_a_mark_that_is_not_good_stores_nothing(served: Site, app: App, change: str) -> None:
    with begin(app) as run:
        good = run.mark()
        send(served, app, good)
    number, expiry, tag = good.split(".")
    forged = {
        "run": f"{int(number) + 1}.{expiry}.{tag}",
        "expiry": f"{number}.{int(expiry) + 60}.{tag}",
        "tag": f"{number}.{expiry}.{tag[:-1]}{'A' if tag[-1] != 'A' else 'Q'}",
        "ended": good,
    }[change]
    before = submitted(app)
    for headers in ({**JSON, HEADER: forged}, {HEADER: forged}):
        answer = served.post(served.fields(), headers)
        assert answer.status == (400 if change == "ended" else 403)
    assert submitted(app) == before


DIES = """
import os, signal, sys
from pathlib import Path
from tests.flow import test_exercise as told
from tests import site_process
from uphold import app as apps, config
from uphold.access.permission import Role
from uphold.assurance import exercise

folder, port, end = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "end"
app = apps.open_site(config.load(Path(folder)))
offer = site_process.form.derive(app.shelf.in_force(), site_process.FORM, "en")
site = site_process.Site(app.settings, offer, app.ring.token_key, port=port)
run = told.begin(app)
run.account(Role.CLERK)
numbers = [told.send(site, app, run.mark()) for _ in range(6)]
print(*numbers, flush=True)
if end:
    exercise._TOGETHER = 2
    first = exercise._remove_some
    def some(*given, **named):
        found = first(*given, **named)
        if len(named["removed"]) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    exercise._remove_some = some
    run.end()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("moment", ["midway", "end"])
def test_a_run_that_is_killed_leaves_nothing_after_the_next(
    served: Site, app: App, moment: str
) -> None:
    person = send(served, app)
    done = subprocess.run(
        [sys.executable, "-c", DIES, str(served.folder), str(served.port), moment],
        capture_output=True,
        text=True,
        timeout=site_process.PATIENCE,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    numbers = [int(text) for text in done.stdout.split()]
    assert len(numbers) == 6
    assert any(live(app, number) for number in numbers)
    with begin(app):
        assert not any(live(app, number) for number in numbers)
        with app.database.read() as connection:
            assert sum(desk.counts(connection, exercise=True).values()) == 0
            assert len(record.facts(connection, numbers)) == 6
    assert live(app, person)
    assert list(audit.run(app.settings)) == []
