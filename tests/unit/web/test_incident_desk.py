# SPDX-License-Identifier: Apache-2.0
"""At the console: an incident is opened by hand, filled, counted, notified, learnt from and closed."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests import cast, visitor
from tests.office import quick_hashing
from tests.unit.web.test_alert_desk import alert, number
from tests.visitor import Visitor
from uphold.app import App
from uphold.detection.rule import Response
from uphold.journal import entry

__all__ = ["quick_hashing"]

LIST = "/console/incidents"
ONE = "/console/incident/1"
WORDS = "Someone <i>from outside</i> read the inbox of Mr Secretov"
LESSON = {"kind": "measure", "name": "second-factor", "due": "2027-03-01", "words": "Two factors."}


def minutes(ago: int) -> str:
    """A moment so many minutes ago, as a form sends it."""
    return (datetime.now(UTC) - timedelta(minutes=ago)).strftime("%Y-%m-%dT%H:%M")


def kinds(here: App) -> list[str]:
    with here.database.read() as connection:
        every = [entry.decode(raw).kind for _, raw in here.log.entries(connection)]
    return [one for one in every if one.startswith("incident")]


@pytest.fixture
def officer(here: App, quick_hashing: None) -> Iterator[Visitor]:
    """The officer, signed in, with an incident opened two hours after it was detected."""
    visitor.employ(here, cast.officer)
    with visitor.visiting(here) as one:
        one.sign_in(cast.officer)
        opened = one.act(LIST, detected=minutes(120), since=minutes(300), words=WORDS)
        assert opened.location == f"{ONE}?done=incident-opened"
        yield one


def test_from_the_opening_to_the_close(here: App, officer: Visitor) -> None:
    page = officer.get(ONE)
    assert page.status == 200
    assert "Someone &lt;i&gt;from outside" in page.html
    assert "the clock runs" in page.html
    assert "It cannot" in officer.act(f"{ONE}/close").html
    for fields in (
        {"what": "nature", "way": "unlawful", "nature-access": "1"},
        {"what": "breached", "value": "yes"},
        {"what": "causes", "words": "A guessed password."},
        {"what": "harm", "value": "medium", "words": "Letters are known outside."},
        {"what": "measures", "words": "The account is closed."},
        {"what": "person", "words": "A. Officer, +7 900 000-00-00"},
        {
            "what": "detected",
            "detected": minutes(180),
            "words": "The mail had come an hour before.",
        },
    ):
        assert officer.act(f"{ONE}/note", **fields).location == f"{ONE}?done=incident-noted", fields
    counted = officer.act(
        f"{ONE}/scope", **{"of-everything": "1", "since": minutes(300), "until": minutes(0)}
    )
    assert counted.location == f"{ONE}?done=incident-counted"
    for notice in ("ru-152fz-first", "ru-152fz-second"):
        told = {"notice": notice, "act": "given", "sent": minutes(1), "reference": "no. 77"}
        assert officer.act(f"{ONE}/notice", **told).location == f"{ONE}?done=incident-given"
    assert officer.act(f"{ONE}/lesson", **LESSON).location == f"{ONE}?done=incident-learnt"
    assert officer.act(f"{ONE}/close").location == f"{ONE}?done=incident-closed"
    closed = officer.get(ONE)
    assert "given in time" in closed.html
    # Lines are told in words: no digest of a draft, no moment as a number.
    assert not re.search(r"[0-9a-f]{64}|[0-9]{13}", closed.page.text)
    assert officer.act(f"{ONE}/note", what="causes", words="Too late.").status == 409
    again = officer.act(f"{ONE}/reopen", words="The authority has asked.")
    assert again.location == f"{ONE}?done=incident-reopened"
    assert kinds(here)[0] == "incident.opened"
    assert {"incident.notified", "incident.closed"} <= set(kinds(here))


def test_what_staff_write_is_in_no_address_journal_or_log(here: App, officer: Visitor) -> None:
    officer.act(f"{ONE}/note", what="causes", words="Mr Secretov again")
    with here.database.read() as connection:
        raw = b"".join(raw for _, raw in here.log.entries(connection))
    assert b"Secretov" not in raw
    folder = here.settings.folder / "data"
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Secretov" not in stored


def test_an_alert_becomes_an_incident_with_what_the_site_knows(here: App, officer: Visitor) -> None:
    visitor.employ(here, cast.owner)
    with visitor.visiting(here) as owner:
        owner.sign_in(cast.owner)
        made = alert(here, number(here, cast.owner), Response.LOG, Response.FREEZE_EXPORT)
        # Whom it is about has no part in it while there is another.
        assert owner.get(f"{LIST}?alert={made}").status == 404
        form = officer.get(f"{LIST}?alert={made}")
        assert f'name="alert" value="{made}"' in form.html
        opened = officer.act(LIST, alert=str(made))
        assert opened.location == "/console/incident/2?done=incident-opened"
        assert officer.get(f"{LIST}?alert={made}").location == "/console/incident/2"
        said = officer.get("/console/incident/2/ru-152fz-first/en/txt").html
        assert f"alert no. {made}, rule record-sweep" in said
        assert "exports frozen" in said
        assert owner.get("/console/incident/2").status == 404
        assert owner.act("/console/incident/2/note", what="causes", words="None.").status == 404
        assert "/console/incident/2" not in owner.get(LIST).html
    assert officer.get(f"{LIST}?alert=99").status == 404


def test_drafts_are_made_as_text_and_pdf(officer: Visitor) -> None:
    text = officer.get(f"{ONE}/ru-152fz-first/en/txt")
    assert text.status == 200
    assert "Still missing" in text.html
    assert "Mr Secretov" in text.html
    assert officer.get(f"{ONE}/ru-152fz-first/ru/pdf").html.startswith("%PDF")
    assert officer.get(f"{ONE}/ru-152fz-third/ru/pdf").status == 404
    assert officer.get(f"{ONE}/ru-152fz-first/xx/pdf").status == 404


def test_the_register_has_every_incident(officer: Visitor) -> None:
    rows = json.loads(officer.get(f"{LIST}/register/json").html)
    assert [one["number"] for one in rows] == [1]
    assert rows[0]["incident"] == [WORDS]
    assert rows[0]["ru-152fz-first"] == "running"
    assert "Secretov" in officer.get(f"{LIST}/register/csv").html
    assert officer.get(f"{LIST}/register/exe").status == 404


CAUSES = "Presumed causes that led to the breach"


def test_the_auditor_sees_that_but_not_what_was_written(here: App, officer: Visitor) -> None:
    visitor.employ(here, cast.auditor)
    with visitor.visiting(here) as auditor:
        auditor.sign_in(cast.auditor)
        before = auditor.get(ONE).page.text
        assert officer.act(f"{ONE}/note", what="causes", words="Mr Secretov").status == 303
        page = auditor.get(ONE)
        assert "Secretov" not in page.html
        # Written is written, for those too who may not read it.
        assert before.count(CAUSES) - 1 == page.page.text.count(CAUSES)
        assert "Secretov" not in auditor.get(f"{LIST}/register/json").html
        assert auditor.get(f"{ONE}/ru-152fz-first/en/txt").status == 404
        assert auditor.act(f"{ONE}/note", what="causes", words="x").status == 404


WRONG: list[tuple[str, dict[str, str], str]] = [
    (LIST, {"detected": "2999-01-01T00:00", "words": "x"}, "detected"),
    (
        f"{ONE}/note",
        {"what": "detected", "detected": "2026-01-01T00:00", "words": "no"},
        "detected-words",
    ),
    (f"{ONE}/note", {"what": "breached", "value": "no", "words": ""}, "breached-words"),
    (f"{ONE}/note", {"what": "nature", "way": "unlawful"}, "nature-value"),
    (f"{ONE}/scope", {"since": "2026-01-01T00:00", "until": "2026-01-02T00:00"}, "of"),
    (f"{ONE}/lesson", {**LESSON, "name": "Not an id"}, "lesson-name"),
    (
        f"{ONE}/notice",
        {"notice": "ru-152fz-first", "act": "given", "sent": "2020-01-01T00:00"},
        "ru-152fz-first-sent",
    ),
    (
        f"{ONE}/notice",
        {"notice": "ru-152fz-first", "act": "withhold", "words": "no"},
        "ru-152fz-first-words",
    ),
]


def test_what_does_not_fit_is_said_at_its_field(officer: Visitor) -> None:
    for address, fields, anchor in WRONG:
        told = officer.act(address, **fields)
        assert told.status == 422, anchor
        assert f'href="#{anchor}"' in told.html, anchor
        assert f'id="{anchor}-error"' in told.html, anchor
