# SPDX-License-Identifier: Apache-2.0
"""Drafts: filled from what is on record, plain about what is missing, loud about an exercise."""

import pytest

from tests import incidents
from tests.incidents import AT, HOUR, LAWS, drafted, line
from uphold.incident import clock, draft
from uphold.incident.case import What, Whose
from uphold.law import breach

COUNTED = (
    '{"biometric":false,"categories":["email","name"],"disclosed":0,"emails":2,"exports":1,'
    '"first_at":1795300000000,"gone":1,"last_at":1795390000000,"nameless":1,"of":["account"],'
    '"opened":3,"phones":2,"purposes":["communication"],"records":3,"since":1,"special":false,'
    '"staff":2,"subjects":3,"until":2}'
)
FULL = (
    line(What.NATURE, "unlawful+access"),
    line(What.OCCURRED, f"{AT - 9 * HOUR}+{AT - HOUR}"),
    line(What.INCIDENT, words="The inbox was read."),
    line(What.CAUSES, words="A guessed password."),
    line(What.HARM, "medium", "Letters are known."),
    line(What.MEASURES, words="The account is closed."),
    line(What.PERSON, words="A. Officer, +7 900 000-00-00"),
    line(What.SOURCE, words="A reader wrote."),
    line(What.SCOPE, COUNTED),
    line(What.INVESTIGATION, words="One account, one night."),
    line(What.ACTORS, words="Nobody was found."),
)
IDS = [one.id for one in breach.notices(LAWS, clock.moment_day(AT, ""))]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_is_not_known_is_named_and_left_blank(language: str) -> None:
    for notice in IDS:
        made = drafted(incidents.case(), notice, language)
        least = {one.id for one in made.items if one.minimum}
        # Whom to ask the policy knows; an authority is still to be named a person.
        assert set(draft.lacks(made)) == least - ({"person"} if made.to == "people" else set())
        said = draft.text(made)
        assert said.count(made.blank) == sum(one.lacks for one in made.items)
        assert all(f"- {name}" in said for name in made.missing)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_full_record_fills_what_the_law_asks_for(language: str) -> None:
    first = [incidents.given("ru-152fz-first", AT + HOUR)]
    for notice in IDS:
        made = drafted(incidents.case(FULL, first), notice, language)
        assert draft.lacks(made) == (), notice
        assert made.banner == ""


def test_both_times_of_a_moved_detection_are_told() -> None:
    moved = line(What.DETECTED, str(AT - HOUR), "The mail had come before.", AT + HOUR)
    said = draft.text(drafted(incidents.case([moved]), "ru-152fz-first", "en"))
    assert "2026-11-23 02:00 UTC+03:00" in said
    assert "On record at first: 2026-11-23 03:00 UTC+03:00" in said
    assert "The mail had come before." in said


def test_numbers_are_those_that_were_counted() -> None:
    said = draft.text(drafted(incidents.case(FULL), "eu-gdpr-authority", "en"))
    assert "Submissions (records): 3" in said
    assert "People: 3" in said
    assert "Identifiers: 7 (e-mail addresses 2, telephone numbers 2, receipt numbers 3)" in said
    added = line(What.ESTIMATE, "12+24", "A list was left on a table.")
    said = draft.text(drafted(incidents.case([added]), "eu-gdpr-authority", "en"))
    assert "people 12, identifiers 24. A list was left" in said


def test_the_second_notice_names_the_first() -> None:
    made = drafted(
        incidents.case(sent=[incidents.given("ru-152fz-first", AT)]), "ru-152fz-second", "en"
    )
    assert "Sent on 2026-11-23 03:00 UTC+03:00. no. 77" in draft.text(made)


def test_a_late_notice_asks_for_reasons() -> None:
    made = drafted(incidents.case(FULL), "eu-gdpr-authority", "en", AT + 80 * HOUR)
    assert "the term ended 8 h before this draft" in draft.text(made)
    assert "delay" in {one.id for one in made.items if one.lacks}
    on_time = drafted(incidents.case(FULL), "eu-gdpr-authority", "en")
    assert "delay" not in {one.id for one in on_time.items if one.lacks}


@pytest.mark.parametrize("whose", [Whose.PROBES, Whose.DRILL])
def test_an_exercise_says_so_first(whose: Whose) -> None:
    made = drafted(incidents.case(FULL, whose=whose), "ru-152fz-first", "ru")
    assert draft.text(made).startswith("УЧЕНИЯ. НЕ НАПРАВЛЯТЬ\n")


def test_what_the_site_knows_of_an_alert_is_told() -> None:
    lines = [line(What.RULE, "export-at-night"), line(What.RESPONDED, "lock+revoke")]
    made = drafted(incidents.case(lines, alert=9), "ru-152fz-first", "en")
    said = draft.text(made)
    assert "alert no. 9, rule export-at-night" in said
    assert "the account locked, sessions ended" in said
    assert "measures" not in draft.lacks(made)


def test_people_read_no_provisions_and_no_marks() -> None:
    said = draft.text(drafted(incidents.case(FULL), "eu-gdpr-people", "en"))
    assert "GDPR, article" not in said
    assert "*" not in said
    assert "Data: " in said


def test_the_same_record_has_the_same_digest() -> None:
    one, two = (drafted(incidents.case(FULL), "ru-152fz-first", "ru") for _ in range(2))
    assert one.digest == two.digest
    assert one.digest != drafted(incidents.case(), "ru-152fz-first", "ru").digest
