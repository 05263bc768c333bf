# SPDX-License-Identifier: Apache-2.0
"""Rules of threats are read strictly: whatever is not as it must be is refused with the rule and the place."""

import pytest

from uphold import errors
from uphold.threats import rule
from uphold.threats.element import Element, Fact

GOOD = """
[export-plain]
title.en = "Plain export"
title.ru = "Открытая выгрузка"
why.en = "{id} carries {fields} fields, sealed: {sealed}."
why.ru = "{id} несёт полей: {fields}."
applies_to = "flow"
when = "flow.what == 'export' and flow.personal and not flow.sealed"
severity = "5 if flow.special else 3"
measures = ["export-sealed"]
measures_any = ["export-limits", "export-watched"]
privacy = true
stride = "I"
linddun = ["Dd"]
consequence = "disclosure"
violators = ["staff", "outsider"]
objects.en = "exports"
objects.ru = "выгрузки"
ways.en = "a lost file"
ways.ru = "потерянный файл"
tactics = ["T9"]
cwe = [311]
ubi = [67]
attack = ["T1567"]
asvs = ["14.2.3"]

[[export-plain.tests]]
given = { flow = { what = "export", personal = true, sealed = false }, site = {} }
expect = "open"
severity = 5

[[export-plain.tests]]
given = { flow = { what = "export", personal = true, sealed = true }, fields = [{ special = true }] }
expect = "na"
"""
CHANGED = {
    ("[export-plain]", "[Export]"): "rule Export: an id is of small letters",
    ('title.en = "Plain export"\n', ""): "title is in en and ru",
    ('title.en = "Plain export"', 'title.en = ""'): "title is in en and ru",
    ("{fields} fields", "{fjelds} fields"): "why: fjelds is no fact of flow",
    ('applies_to = "flow"', 'applies_to = "flaw"'): "there is no kind flaw",
    ("not flow.sealed", "not flow.saeled"): "when, column 49: saeled is no fact",
    ("5 if flow.special", "5 if field.special"): "severity, column 6: facts are asked",
    ("privacy = true", 'privacy = "yes"'): "privacy",
    ("cwe = [311]", 'cwe = ["311"]'): "cwe",
    ("ubi = [67]", "ubi = [67]\nnote = 1"): "unknown field `note`",
    ('stride = "I"', 'stride = "X"'): "some of the letters STRIDE",
    ('violators = ["staff", "outsider"]', "violators = []"): "names no violator",
    ('expect = "na"', 'expect = "no"'): "tests[1].expect",
    ("sealed = true", "sealed = 1"): "test 2, flow: sealed is bool of flow",
    ("sealed = true", "saeled = true"): "test 2, flow: saeled is no fact of flow",
    ("fields = [{", "roles = [{"): "test 2, roles: special is no fact of role",
    ("fields = [{ special = true }]", "form = {}"): "test 2, form: the rule knows no",
    ("site = {}", "site = 3"): "tests[0].given",
}


def test_a_rule_is_read() -> None:
    (one,) = rule.read(GOOD, "x.toml")
    assert (one.id, one.applies_to, one.privacy, one.cwe) == ("export-plain", "flow", True, (311,))
    assert one.names == ("export-sealed", "export-limits", "export-watched")
    assert one.severity.highest == 5
    assert [(case.expect, case.severity) for case in one.tests] == [("open", 5), ("na", 0)]
    assert one.tests[1].given["fields"] == ({"special": True},)


def test_what_is_wrong_is_refused_with_its_place() -> None:
    for (before, after), why in CHANGED.items():
        text = GOOD.replace(before, after)
        assert text != GOOD, before
        with pytest.raises(errors.Invalid) as caught:
            rule.read(text, "x.toml")
        assert "rule " in caught.value.message, why
        assert why in caught.value.message, why


def test_a_rule_without_a_measure_is_refused() -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith("measures"))
    with pytest.raises(errors.Invalid, match="names no measure"):
        rule.read(text, "x.toml")


def test_a_file_that_is_no_toml_is_refused() -> None:
    with pytest.raises(errors.Invalid, match=r"x\.toml cannot be read"):
        rule.read("[", "x.toml")


def test_say_fills_gaps() -> None:
    (one,) = rule.read(GOOD, "x.toml")
    facts = {"fields": Fact(3, ""), "sealed": Fact(None, "")}
    flow = Element("flow:export/bank", "flow", "app", facts)
    told = rule.say(one.why["en"], flow)
    assert told == "flow:export/bank carries 3 fields, sealed: unknown."


def test_the_catalogue_has_each_rule_once() -> None:
    assert all(name == one.id for name, one in rule.catalogue().items())
