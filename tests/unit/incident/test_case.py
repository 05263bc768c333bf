# SPDX-License-Identifier: Apache-2.0
"""What lines tell: the last one stands, measures add up, and what a notice or a close still needs is named."""

import pytest

from tests import incidents
from tests.incidents import AT, HOUR, LAWS, line
from uphold.incident import case as cases, clock
from uphold.incident.case import Need, What, Whose
from uphold.law import breach

NOTICES = {one.id: one for one in breach.notices(LAWS, clock.moment_day(AT, ""))}
NOW = AT + HOUR


def test_the_last_line_of_a_sort_stands_and_measures_add_up() -> None:
    found = incidents.case(
        [
            line(What.CAUSES, words="one"),
            line(What.CAUSES, words="two"),
            line(What.MEASURES, words="a"),
            line(What.MEASURES, words="b"),
        ]
    )
    assert found.words(What.CAUSES) == ("two",)
    assert found.words(What.MEASURES) == ("a", "b")
    assert found.words(What.HARM) == ()
    assert len(found.all(What.CAUSES)) == 2


def test_a_moved_detection_stands_and_the_first_stays() -> None:
    found = incidents.case([line(What.DETECTED, str(AT - HOUR), "The mail was earlier.")])
    assert found.detected_at == AT - HOUR
    assert [one.value for one in found.all(What.DETECTED)] == [str(AT), str(AT - HOUR)]


def test_who_must_be_told_depends_on_each_law() -> None:
    first, second = NOTICES["ru-152fz-first"], NOTICES["ru-152fz-second"]
    authority, people = NOTICES["eu-gdpr-authority"], NOTICES["eu-gdpr-people"]
    asked = {name: cases.need(incidents.case(), one) for name, one in NOTICES.items()}
    assert set(asked.values()) == {Need.UNDECIDED}
    # The Russian law asks for a breach of rights, and for no risk; the GDPR the other way round.
    found = incidents.case([line(What.BREACHED, "yes"), line(What.RISK, "none", "All was sealed.")])
    assert [cases.need(found, one) for one in (first, second, authority, people)] == [
        *(Need.NEEDED, Need.NEEDED, Need.NOT_NEEDED, Need.NOT_NEEDED),
    ]
    found = incidents.case(
        [line(What.BREACHED, "no", "Nobody was named."), line(What.RISK, "risk")]
    )
    assert [cases.need(found, one) for one in (first, authority, people)] == [
        *(Need.NOT_NEEDED, Need.NEEDED, Need.NOT_NEEDED),
    ]
    found = incidents.case([line(What.RISK, "high")])
    assert cases.need(found, people) is Need.NEEDED


def test_what_keeps_an_incident_open_is_named_until_nothing_does() -> None:
    every = list(NOTICES.values())
    assert cases.bars(incidents.case(), every) == ("breached", "risk", "scope", "lesson")
    said = [line(What.BREACHED, "yes"), line(What.RISK, "none"), line(What.ESTIMATE, "1+1")]
    found = incidents.case(said, lessons=[incidents.lesson()])
    assert cases.bars(found, every) == ("ru-152fz-first", "ru-152fz-second")
    withheld = line(What.WITHHELD, "ru-152fz-second", "Told by telephone.")
    sent = [incidents.given("ru-152fz-first", AT)]
    found = incidents.case([*said, withheld], sent, [incidents.lesson()])
    assert cases.bars(found, every) == ()
    assert cases.bars(incidents.case([*said, withheld], sent), every) == ("lesson",)


def test_a_notice_that_is_given_after_all_ends_the_decision_against_it() -> None:
    withheld = line(What.WITHHELD, "ru-152fz-first", "Why.")
    assert incidents.case([withheld]).withheld("ru-152fz-first") is not None
    found = incidents.case([withheld], [incidents.given("ru-152fz-first", AT)])
    assert found.withheld("ru-152fz-first") is None


def test_it_is_closed_until_it_is_opened_again() -> None:
    closed = line(What.CLOSED)
    assert incidents.case([closed]).is_closed
    assert incidents.case([closed]).closed_at == AT
    again = incidents.case([closed, line(What.REOPENED, "", "The authority asks.")])
    assert (again.is_closed, again.closed_at) == (False, 0)


def test_whom_it_names_has_no_part_in_it_while_there_is_another() -> None:
    assert cases.barred(2, 2, [2, 3])
    assert not cases.barred(2, 2, [2])
    assert not cases.barred(2, 3, [2, 3])


def test_only_a_persons_incident_is_no_exercise() -> None:
    assert [incidents.case(whose=one).exercise for one in Whose] == [False, True, True]


@pytest.mark.parametrize(
    ("what", "value", "words", "fault"),
    [
        (What.DETECTED, str(NOW), "Noted an hour late.", ""),
        (What.DETECTED, str(NOW), "", "reason"),
        (What.DETECTED, str(NOW + 1), "It lies ahead of now.", "value"),
        (What.DETECTED, "soon", "It is no moment.", "value"),
        (What.OCCURRED, f"{AT}+{NOW}", "", ""),
        (What.OCCURRED, f"{NOW}+{AT}", "", "value"),
        (What.NATURE, "unlawful+access+copying", "", ""),
        (What.NATURE, "unlawful", "", "value"),
        (What.NATURE, "access", "", "value"),
        (What.NATURE, "unlawful+theft", "", "value"),
        (What.BREACHED, "yes", "", ""),
        (What.BREACHED, "no", "", "reason"),
        (What.RISK, "none", "no", "reason"),
        (What.RISK, "high", "", ""),
        (What.RISK, "low", "", "value"),
        (What.HARM, "medium", "Letters are known.", ""),
        (What.HARM, "great", "Letters are known.", "value"),
        (What.CAUSES, "", " ", "words"),
        (What.CAUSES, "", "x" * 4001, "words"),
        (What.ESTIMATE, "12+24", "A list was left on a table.", ""),
        (What.ESTIMATE, "12+-4", "A list was left on a table.", "value"),
        (What.WITHHELD, "ru-152fz-first", "", "reason"),
    ],
)
def test_what_a_line_needs(what: What, value: str, words: str, fault: str) -> None:
    assert cases.fault(what, value, words, now=NOW) == fault
