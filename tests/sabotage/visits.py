# SPDX-License-Identifier: Apache-2.0
"""What is left of visits: what was to be left out, what outlives its term, what figures are made of."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from tests import site as sites, visited
from tests.sabotage.sabotage import Ground, Sabotage, several
from uphold.app import App
from uphold.assurance.probes import visits as probed
from uphold.retention import ends
from uphold.submission import exercise
from uphold.vault import records
from uphold.visits import agent, compact, depersonalise, salt, template
from uphold.visits.layout import Event
from uphold.visits.record import Seen
from uphold.web import visit, visit_choice, visit_cookie

DAY = 24 * 60 * 60 * 1000
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


def _visit(app: App, kind: str = "view", item: str = "", back: int = 0) -> None:
    """Somebody looks at a page, as many milliseconds ago."""
    assert app.visits is not None
    app.visits.note(Seen(sites.now() - back, "192.0.2.7", _BROWSER, None, kind, item, "/policy"))
    app.keeper.flush()


def _wait_little(ground: Ground) -> None:
    """The probe need not wait long for counts that will not come."""
    ground.patch.setattr(probed, "_WAIT_SECONDS", 3.0)


def _ignore_wishes(ground: Ground) -> None:
    _wait_little(ground)
    ground.wrap(visit.Beacon, "_is_left_out", lambda _, __, headers: exercise.HEADER in headers)


def _take_programs(ground: Ground) -> None:
    _wait_little(ground)
    ground.patch.setattr(agent, "is_bot", lambda _: False)


def _take_from_anywhere(ground: Ground) -> None:
    _wait_little(ground)
    ground.wrap(visit.Beacon, "_host", lambda *_: "")


def _forget_the_term(ground: Ground) -> None:
    ground.wrap(ends, "note_visits", lambda *_: None)
    ground.later.append(lambda app: _visit(app, back=3 * DAY))


def _keep_the_salt(ground: Ground) -> None:
    ground.wrap(salt.Salts, "roll", lambda *_: None)
    made = {"name": "0" * 32, "key": "1" * 64, "made": sites.now() - 5 * DAY}
    file = ground.folder / "keys" / salt.FILE
    file.write_text(json.dumps({"salts": {"20261117": made}, "ended": []}))
    file.chmod(salt.MODE)


def _show_the_salt(ground: Ground) -> None:
    def show(app: App) -> None:
        _visit(app)
        os.chmod(ground.folder / "keys" / salt.FILE, 0o644)

    ground.later.append(show)


def _keep_the_query(ground: Ground) -> None:
    ground.patch.setattr(template, "page", lambda path: f"{path}/anna@subject.example")
    ground.later.append(_visit)


def _keep_the_number(ground: Ground) -> None:
    changed = compact._EVENTS.replace("SELECT hour, kind", "SELECT visitor, hour, kind")
    assert changed != compact._EVENTS
    ground.patch.setattr(compact, "_EVENTS", changed)

    def close(app: App) -> None:
        visited.lay(app, visited.DAYS + 1)
        visited.work(app)

    ground.later.append(close)


def _name_who_said_so(ground: Ground) -> None:
    def named(before: Callable[..., tuple[date, Event]], *arguments: object) -> tuple[date, Event]:
        day, event = before(*arguments)
        return day, replace(event, item=f"{event.item}.1042")

    ground.wrap(depersonalise, "event", named)
    ground.later.append(lambda app: _visit(app, "opinion", "yes"))


def _open_a_door(ground: Ground) -> None:
    ground.patch.setattr(compact, "records", records, raising=False)


def _tick_the_choice(ground: Ground) -> None:
    box = 'id="agree" name="agree" value="yes"'
    ground.template("visit_choice.html", box, f"{box} checked")


def _set_it_against_the_wish(ground: Ground) -> None:
    ground.patch.setattr(visit_choice, "_refuses", lambda _: False)


def _send_it_everywhere(ground: Ground) -> None:
    ground.patch.setattr(visit_cookie, "PATH", "/")


SABOTAGES: tuple[Sabotage, ...] = (
    *several(
        "visit.five-data",
        ("wishes", "Visits are recorded of browsers that ask not to be.", _ignore_wishes),
        ("programs", "Visits of programs are recorded as people's.", _take_programs),
        ("elsewhere", "Visits to pages on any host are recorded.", _take_from_anywhere),
    ),
    *several(
        "visit.short-lived",
        ("batches", "Batches of visits are stored without an end.", _forget_the_term),
        ("salt", "The salt of a day is never destroyed.", _keep_the_salt),
        ("salt-open", "Anybody on the machine may read the salts.", _show_the_salt),
    ),
    *several(
        "cookies.declared",
        ("choice-ticked", "The box of the cookie of visits comes ticked.", _tick_the_choice),
        ("wish", "The cookie is set though the browser asks for none.", _set_it_against_the_wish),
        ("everywhere", "The cookie of visits is sent to every page.", _send_it_everywhere),
    ),
    *several(
        "improvement.depersonalised",
        ("query", "An event keeps an address that stood in the page's.", _keep_the_query),
        ("number", "A closed day keeps its visitors' numbers.", _keep_the_number),
        ("opinion", "An opinion bears the number of who gave it.", _name_who_said_so),
        ("door", "What closes days can open sealed parts.", _open_a_door),
    ),
)
