# SPDX-License-Identifier: Apache-2.0
"""Rules are read strictly: what is not known is refused by file, rule and key."""

import pytest

from tests.unit.detection.rules import correlated, described, load
from uphold.detection import sigma
from uphold.detection.correlate import Type
from uphold.detection.rule import Against, Response
from uphold.errors import Invalid

ONE = described("one", "{a: {kind: x}, condition: a}")
OWN = """uphold:
  title: {ru: Раз}
  why: {en: Because, ru: Потому}
  severity: 4
  respond: [lock, log, step-up]
  for: P1DT2H
  quiet: PT0S
  against: staff
  spoofable: true
  confirm: person
"""


def test_a_rule_is_what_it_says() -> None:
    rule = load(described("one", "{a: {kind: x}, condition: a}", OWN))["one"]
    assert (rule.title["ru"], rule.why["en"], rule.severity) == ("Раз", "Because", 4)
    # In the order of the ladder.
    assert rule.respond == (Response.LOG, Response.STEP_UP, Response.LOCK)
    assert (rule.for_ms, rule.quiet_ms) == (26 * 3_600_000, 0)
    assert (rule.against, rule.group) == (Against.STAFF, ("staff",))
    assert rule.spoofable
    assert rule.confirm
    assert rule.alerts


def test_what_is_left_out_is_mild() -> None:
    rule = load(ONE)["one"]
    assert (rule.severity, rule.respond, rule.against) == (2, (Response.LOG,), Against.SITE)
    assert (rule.group, rule.for_ms, rule.quiet_ms) == ((), 3_600_000, 3_600_000)
    assert not rule.spoofable
    assert not rule.confirm


def test_a_correlation_is_what_it_says() -> None:
    rules = load(
        correlated(
            "two",
            "{type: value_sum, rules: one, group-by: [who], timespan: 2h,"
            " condition: {field: n, gt: 9}, aliases: {who: {one: staff}}}",
        ),
        ONE,
    )  # fmt: skip
    assert [rule.name for rule in rules.every] == ["one", "two"]
    asked = rules["two"].correlation
    assert asked is not None
    assert (asked.type, asked.least, asked.span_ms) == (Type.VALUE_SUM, 10, 7_200_000)
    assert asked.named("who", "one") == "staff"
    assert asked.named("n", "one") == "n"
    assert rules["two"].group == ("who",)
    assert rules.reach_ms == 7_200_000


@pytest.mark.parametrize(
    ("more", "asked", "alerting"),
    [
        ("", "", ["two"]),
        ("uphold: {}", "", ["one", "two"]),
        ("", ", generate: true", ["one", "two"]),
    ],
)
def test_what_is_named_by_another_alerts_only_when_told_to(
    more: str, asked: str, alerting: list[str]
) -> None:
    rules = load(
        described("one", "{a: {kind: x}, condition: a}", more),
        correlated("two", f"{{type: temporal, rules: [one], timespan: 1h{asked}}}"),
    )
    assert [rule.name for rule in rules.alerting] == alerting


def test_the_digest_follows_what_rules_say_and_not_where() -> None:
    other = described("one", "{a: {kind: y}, condition: a}")
    once = sigma.load([("a.yml", ONE.encode())])
    assert once.digest == sigma.load([("b.yml", ("# said\n" + ONE).encode())]).digest
    assert once.digest != load(other).digest


def test_what_is_off_is_asked_for_others_alone() -> None:
    rules = load(ONE, correlated("two", "{type: temporal, rules: [one], timespan: 1h}"))
    assert [rule.name for rule in rules.without({"one"}).every] == ["one", "two"]
    assert rules.without({"two"}).every == ()


ORDERED = "{type: temporal_ordered, rules: [a, b], timespan: 1h, condition: {gte: 1}}"
ASKED = "{type: event_count, rules: [one], timespan: 1h, condition: {gte: 2}%s}"


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ("- a", "map"),
        ("a: [", "line"),
        ("a: 1\na: 2", "line 2: the key a stands twice"),
        ("a: &x [1]\nb: *x", "line 2: an alias"),
        ("? [a]\n: 1\n? [b]\n: 2", "a key is a plain text"),
        ("a:\n  ? {b: 1}\n  : 2", "a key is a plain text"),
        ("--- !!timestamp 9", "line 1: a tag"),
        ("a: !!bool x", "line 1: a tag"),
        ("a: !!int ''", "line 1: a tag"),
        (described("one", f"{{a: {{n: 0x{'f' * 9000}}}, condition: a}}"), "too many digits"),
        ("[" * 40, "nested"),
        ("title: T", "name is"),
        ("title: T\nname: Big", "name is"),
        (ONE + "\n---\n" + ONE, "one is a rule of test.yml already"),
        (ONE.replace("title: T", "title: 5"), "one: title"),
        (ONE + "near: 1", "one: near is no key"),
        (ONE + "correlation: {}", "one: detection is no key"),
        (ONE + "uphold: {near: 1}", "uphold.near is no key"),
        (ONE + "uphold: {severity: 6}", "uphold.severity"),
        (ONE + "uphold: {severity: true}", "uphold.severity"),
        (ONE + "level: huge", "level is one of"),
        (ONE + "uphold: {respond: [shout]}", "uphold.respond is one of log"),
        (ONE + "uphold: {respond: log}", "uphold.respond is a list"),
        (ONE + "uphold: {for: 1h}", "uphold.for is a duration"),
        (ONE + "uphold: {for: PT}", "uphold.for is a duration"),
        (ONE + "uphold: {against: all}", "uphold.against is one of"),
        (ONE + "uphold: {spoofable: 1}", "uphold.spoofable"),
        (ONE + "uphold: {confirm: true}", "uphold.confirm"),
        (ONE + "uphold: {title: {de: T}}", "uphold.title"),
        (ONE + "uphold: {group: [1]}", "uphold.group"),
        (ONE.replace("product: uphold", "product: linux"), "logsource.product"),
        (ONE.replace("product: uphold", "product: uphold, service: dns"), "logsource.service"),
        (ONE.replace("product: uphold", "product: uphold, category: x"), "logsource.category"),
        (ONE.replace("condition: a", "condition: b"), "detection.condition"),
        (ONE.replace("kind: x", "kind|near: x"), "detection.a.kind|near"),
        (correlated("two", "{}"), "correlation.type"),
        (correlated("two", ASKED % ", near: 1"), "correlation.near"),
        (correlated("two", ASKED.replace("[one]", "[]") % ""), "correlation.rules"),
        (correlated("two", ASKED % ""), "names one, which is no rule"),
        (correlated("two", ASKED.replace("1h", "1y") % ""), "correlation.timespan"),
        (correlated("two", ASKED.replace("1h", "9999d") % ""), "correlation.timespan"),
        (correlated("two", ASKED.replace("gte", "eq") % ""), "correlation.condition.eq"),
        (correlated("two", ASKED.replace("gte: 2", "gte: 2, gt: 1") % ""), "one of gt and gte"),
        (correlated("two", ASKED.replace("gte: 2", "gte: 99999") % ""), "asks for 1 to"),
        (correlated("two", ASKED.replace("gte: 2", "gte: 2, field: x") % ""), "condition.field"),
        (correlated("two", ASKED.replace("event_", "value_") % ""), "condition.field"),
        (correlated("two", ASKED % ", aliases: {a: {z: b}}"), "correlation.aliases.a"),
        (correlated("two", ASKED % "", "uphold: {group: [a]}"), "uphold.group"),
        (correlated("two", ORDERED), "all of its rules"),
        (correlated("one", ASKED % ""), "names itself"),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(document: str, key: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(document)
    assert key in caught.value.message
    assert caught.value.message.startswith("test.yml: ")


def test_a_chain_asks_for_groups_alone() -> None:
    first = correlated("two", ASKED.replace("1h", "1h, group-by: [staff]") % "")
    for asked in ("group-by: [source]", "group-by: [staff], condition: {field: n, gte: 2}"):
        kind = "value_count" if "field" in asked else "temporal"
        chained = correlated("three", f"{{type: {kind}, rules: [two], timespan: 1h, {asked}}}")
        with pytest.raises(Invalid, match="is nothing that two groups by"):
            load(ONE, first, chained)


def test_no_bytes_but_text_and_not_too_many() -> None:
    for raw in (b"\xff", b"a: " + b"x" * sigma.MOST_BYTES, b"a: \x00"):
        with pytest.raises(Invalid, match=r"test\.yml: "):
            sigma.load([("test.yml", raw)])
    assert sigma.load([("test.yml", b"")]).every == ()
