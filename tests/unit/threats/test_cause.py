# SPDX-License-Identifier: Apache-2.0
"""Each change names the entry that caused it: of a fact by where it was seen, of a measure its evidence."""

from dataclasses import replace

from uphold.threats import cause
from uphold.threats.cause import Happened
from uphold.threats.change import Change, Kind
from uphold.threats.judge import State

HAPPENED = Happened(
    sources={"account:3": ("db:access_staff",), "listener:web": ("config:serve",)},
    newest={"staff": 40, "policy": 45, "record": 60, "probe": 50},
    modelled=61,
    accepted={"a@form:a": 33},
)
ADDED = Change("a@account:3", "a", "account:3", Kind.ADDED, "none", State.OPEN, 0, 3)


def test_a_fact_of_an_account_by_the_newest_entry_on_staff() -> None:
    assert cause.find(ADDED, HAPPENED) == 40


def test_a_setting_by_the_model_of_this_look() -> None:
    assert cause.find(replace(ADDED, element="listener:web"), HAPPENED) == 61


def test_another_elements_fact_where_ones_own_are_as_they_were() -> None:
    assert cause.find(replace(ADDED, element="form:a"), HAPPENED) == 40
    only = replace(HAPPENED, sources={"listener:web": ("config:serve",)})
    assert cause.find(replace(ADDED, element="form:a"), only) == 61


def test_a_measure_by_its_newest_evidence() -> None:
    one = replace(ADDED, kind=Kind.REOPENED, before=State.MITIGATED, evidence=(12, 50))
    assert cause.find(one, HAPPENED) == 50
    # Evidence of another configuration did not change by itself.
    assert cause.find(replace(one, is_outdated=True), HAPPENED) == 40


def test_an_acceptance_by_its_entry_when_it_begins_and_when_it_ends() -> None:
    began = Change("a@form:a", "a", "form:a", Kind.ACCEPTED, State.OPEN, State.ACCEPTED, 3, 3)
    ended = replace(began, kind=Kind.REOPENED, before=State.ACCEPTED, after=State.OPEN)
    assert cause.find(began, HAPPENED) == cause.find(ended, HAPPENED) == 33


def test_nothing_in_the_journal() -> None:
    nothing = Happened({}, {}, -1, {})
    assert cause.find(ADDED, nothing) == -1


def test_the_longest_source_that_fits_tells() -> None:
    places = {"account:3": ("db:access_client",)}
    happened = replace(HAPPENED, sources=places, newest={"staff": 40, "client": 12})
    assert cause.find(ADDED, happened) == 12


def test_what_happens_daily_is_a_cause_where_nothing_else_happened() -> None:
    told = [(7, "staff.invited"), (8, "staff.signed-in"), (9, "detection.alerted")]
    found = cause.newest(told)
    assert cause.find(ADDED, replace(HAPPENED, newest=found)) == 7
    assert cause.find(ADDED, replace(HAPPENED, newest=cause.newest(told[1:]))) == 8
    rules = replace(HAPPENED, sources={"account:3": ("detection:rules",)}, newest=found)
    assert cause.find(ADDED, rules) == 61, "an alert says nothing of the rules"
    with_rules = cause.newest([*told, (10, "detection.rules"), (11, "detection.alerted")])
    assert cause.find(ADDED, replace(rules, newest=with_rules)) == 10
