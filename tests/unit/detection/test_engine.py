# SPDX-License-Identifier: Apache-2.0
"""Rules over a stream: one alert for a group while it is quiet, chains, exercises apart, the same each time."""

from tests.unit.detection.rules import correlated, described, event, load
from uphold.detection import engine
from uphold.detection.engine import Engine, Match

FAILED = described("failed", "{a: {kind: failed}, condition: a}")
ENTERED = described("entered", "{a: {kind: entered}, condition: a}")
MANY = correlated(
    "many",
    "{type: event_count, rules: [failed], group-by: [login], timespan: 10m, condition: {gte: 3}}",
    "uphold: {quiet: PT10M}",
)
THEN = correlated(
    "then",
    "{type: temporal_ordered, rules: [many, entered], group-by: [login], timespan: 10m}",
)


def told(matches: list[Match]) -> list[tuple[str, tuple[str, ...]]]:
    return [(match.rule, match.events) for match in matches]


def failures(*times: int, login: str = "a") -> list[dict[str, str | int | bool]]:
    return [dict(event(at, at, "failed", login=login)) for at in times]


def test_a_rule_by_itself_keeps_quiet_for_its_group() -> None:
    rules = load(
        described("r", "{a: {kind: a}, condition: a}", "uphold: {quiet: PT1M, against: staff}")
    )
    events = [event(n, n * 20, staff=n % 2) for n in range(8)]
    # Each of two people: at 0 and 20 seconds, and a minute later again.
    assert [match.events[0] for match in engine.matches_of(rules, events)] == [
        "j0",
        "j1",
        "j4",
        "j5",
    ]


def test_a_count_fires_once_while_it_is_quiet() -> None:
    found = engine.matches_of(load(FAILED, MANY), failures(0, 1, 2, 3, 500, 601, 602, 603))
    assert told(found) == [
        ("many", ("j0", "j1", "j2")),
        ("many", ("j2", "j3", "j500", "j601", "j602")),
    ]
    assert [(match.first_at, match.last_at, match.count) for match in found] == [
        (0, 2000, 3),
        (2000, 602_000, 5),
    ]
    assert found[0].group == (("login", "a"),)


def test_a_chain_hands_on_what_holds_though_it_is_quiet() -> None:
    events = [*failures(0, 1, 2), event(9, 9, "entered", login="A")]
    assert told(engine.matches_of(load(FAILED, ENTERED, MANY, THEN), events)) == [
        ("many", ("j0", "j1", "j2")),
        ("then", ("j0", "j1", "j2", "j9")),
    ]
    other = [*failures(0, 1, 2), event(9, 9, "entered", login="b")]
    assert len(engine.matches_of(load(FAILED, ENTERED, MANY, THEN), other)) == 1


def test_a_clock_that_was_ahead_blinds_nothing() -> None:
    lot = correlated(
        "lot",
        "{type: event_count, rules: [failed], timespan: 10m, condition: {gte: 100}}",
        "uphold: {quiet: PT0S}",
    )
    post = Engine(load(FAILED, lot))
    for one in failures(10**9, *range(5100)):
        found = post.feed(one)
    assert [(match.rule, match.count) for match in found] == [("lot", 601)]


def test_exercises_are_noticed_and_kept_apart() -> None:
    events = failures(0, 1)
    drilled = [{**one, "exercise": True} for one in failures(2, 3, 4)]
    [match] = engine.matches_of(load(FAILED, MANY), [*events, *drilled])
    assert match.exercise
    assert match.events == ("j2", "j3", "j4")


def test_the_same_events_give_the_same_matches_with_the_same_identities() -> None:
    rules = load(FAILED, ENTERED, MANY, THEN)
    events = [*failures(*range(0, 3000, 100)), *failures(*range(50, 3000, 70), login="b")]
    once, again = (engine.matches_of(rules, events) for _ in range(2))
    assert once == again
    assert len({match.identity for match in once}) == len(once) > 2


def test_who_raised_an_alert_before_keeps_quiet() -> None:
    begun = Engine(load(FAILED, MANY))
    begun.fired("many", False, (("login", "A"),), 2000)
    assert [match for one in failures(0, 1, 2, 3) for match in begun.feed(one)] == []


def test_rules_are_asked_about_their_kinds_alone() -> None:
    rules = load(FAILED, described("all", "{a: {staff: 7}, condition: a}"))
    assert told(engine.matches_of(rules, [event(1, 1, "other", staff=7)])) == [("all", ("j1",))]
    assert told(engine.matches_of(rules, [event(1, 1, "Failed")])) == [("failed", ("j1",))]


def test_what_is_over_is_forgotten() -> None:
    begun = Engine(load(FAILED, MANY))
    for number in range(11_000):
        begun.feed(event(number, number, "failed", login=f"who{number}"))
    assert begun.dropped == 0
    [(_, correlator)] = begun._correlated
    assert len(correlator._series) < 2000
