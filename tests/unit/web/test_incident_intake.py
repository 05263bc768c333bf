# SPDX-License-Identifier: Apache-2.0
"""What is posted at the desk of incidents becomes a line, or the name of the field that is wrong."""

import pytest

from tests import incidents
from tests.incidents import AT, HOUR
from uphold.incident.case import What, Whose
from uphold.incident.scope import Of, Wanted
from uphold.incident.store import Opening
from uphold.web import incident_intake as intake
from uphold.web.incident_intake import Note, Wrong

NOW = AT + HOUR
MIDNIGHT = "2026-11-23T00:00"


def test_a_moment_is_read_as_it_is_shown() -> None:
    assert intake.moment(MIDNIGHT) == AT
    assert intake.shown(AT) == MIDNIGHT
    assert (intake.moment("soon"), intake.shown(0)) == (0, "")


def test_an_opening_by_hand() -> None:
    posted = {"detected": MIDNIGHT, "since": "2026-11-22T20:00", "words": " A list is gone. "}
    made = intake.opening(posted, None, NOW, exercise=False)
    assert made == Opening(AT, occurred=(AT - 4 * HOUR, AT - 4 * HOUR), words="A list is gone.")
    by_probe = intake.opening(posted, None, NOW, exercise=True)
    assert isinstance(by_probe, Opening)
    assert by_probe.whose is Whose.PROBES
    for name, text in (
        ("detected", "2027-01-01T00:00"),
        ("since", "2027-01-01T00:00"),
        ("words", ""),
    ):
        assert intake.opening({**posted, name: text}, None, NOW, exercise=False) == Wrong(name)


@pytest.mark.parametrize(
    ("posted", "made"),
    [
        ({"what": "causes", "words": " A key. "}, Note(What.CAUSES, "", "A key.")),
        (
            {"what": "nature", "way": "accidental", "nature-loss": "1"},
            Note(What.NATURE, "accidental+loss", ""),
        ),
        ({"what": "occurred", "since": MIDNIGHT}, Note(What.OCCURRED, f"{AT}+{AT}", "")),
        ({"what": "harm", "value": "high", "words": "Much."}, Note(What.HARM, "high", "Much.")),
        (
            {"what": "estimate", "subjects": "3", "identifiers": "x", "words": "By the list."},
            Wrong("estimate-value"),
        ),
        ({"what": "risk", "value": "none"}, Wrong("risk-words")),
        ({"what": "closed"}, Wrong("what")),
        ({}, Wrong("what")),
    ],
)
def test_a_line(posted: dict[str, str], made: Note | Wrong) -> None:
    assert intake.note(posted, NOW) == made


def test_what_is_to_be_counted() -> None:
    posted = {"of-account": "1", "account": "3", "since": MIDNIGHT, "until": MIDNIGHT}
    made = intake.wanted(posted, incidents.case(), NOW)
    assert made == Wanted((Of.ACCOUNT,), AT, AT + 59_999, 3)
    assert intake.wanted({**posted, "since": ""}, incidents.case(), NOW) == Wrong("span")
    assert intake.wanted({**posted, "of-account": ""}, incidents.case(), NOW) == Wrong("of")


def test_a_notice_is_given_between_the_detection_and_now() -> None:
    posted = {"notice": "ru-152fz-first", "sent": MIDNIGHT}
    assert not isinstance(intake.given(posted, incidents.case(), 1, "", NOW), Wrong)
    for sent in ("2026-11-22T23:59", "2026-11-23T01:01", ""):
        assert intake.given({**posted, "sent": sent}, incidents.case(), 1, "", NOW) == Wrong("sent")


def test_a_lesson() -> None:
    posted = {"kind": "rule", "name": "export-at-night", "due": "2026-12-01", "words": "At night."}
    assert not isinstance(intake.learnt(posted, 2, NOW), Wrong)
    for name, text in (("kind", "hope"), ("name", "?"), ("due", ""), ("words", "")):
        assert intake.learnt({**posted, name: text}, 2, NOW) == Wrong(f"lesson-{name}")
