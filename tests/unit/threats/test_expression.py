# SPDX-License-Identifier: Apache-2.0
"""Expressions of rules: what they may say, what comes of it, and what is refused with its place."""

from collections.abc import Mapping

import pytest

from uphold import errors
from uphold.threats import expression
from uphold.threats.element import Element, Fact, Value
from uphold.threats.logic import Scope


def thing(id_: str, facts: Mapping[str, Value]) -> Element:
    """Make an element of facts."""
    told = {name: Fact(value, "test:") for name, value in facts.items()}
    return Element(id_, id_.partition(":")[0], "app", told)


FLOW = thing(
    "flow:export/bank",
    {"what": "export", "personal": True, "sealed": False, "special": None, "fields": 3},
)
SITE = thing("site", {"https": True, "level": 3, "laws": ("ru-152fz", "eu-gdpr")})
FIELDS = (
    thing("field:a/email", {"form": "a", "special": False, "personal": True, "purposes": ("one",)}),
    thing("field:a/health", {"form": "a", "special": True, "personal": True, "purposes": ()}),
    thing("field:b/text", {"form": "b", "special": None, "personal": False, "purposes": None}),
)


def ask(text: str, fields: tuple[Element, ...] = FIELDS) -> expression.Answer:
    """Evaluate on the flow above."""
    read = expression.parse(text, "rule r, when", ("flow", "site"))
    return read.evaluate(Scope({"flow": FLOW, "site": SITE}, {"fields": fields}))


YES = (
    "True",
    "flow.what == 'export' and flow.personal and not flow.sealed",
    "flow.special or flow.personal",
    "'eu-gdpr' in site.laws and 'other' not in site.laws",
    "flow.what in ('export', 'disclose')",
    "flow.what in ['export']",
    "1 < flow.fields <= 3 != 4",
    "flow.fields > -1",
    "any(f.special for f in fields)",
    "any(f.special and f.form == 'a' for f in fields)",
    "all(f.personal for f in fields if f.form == 'a')",
    "len(fields) == 3 and len([f for f in fields if f.personal]) == 2",
    "len(site.laws) == 2 and len(flow.what) == 6",
    "any(name == 'eu-gdpr' for name in site.laws)",
    "any(any(p == 'one' for p in f.purposes) for f in fields if f.form == 'a')",
    "min(flow.fields, 5) == 3",
    "max(len(f.form) for f in fields) == 1",
    "flow.id == 'flow:export/bank' and flow.kind == 'flow' and flow.zone == 'app'",
    "(4 if flow.personal else 2) == 4",
    "(4 if flow.special else 4) == 4",
)
NO = (
    "flow.special and flow.sealed",
    "not flow.personal",
    "all(f.special for f in fields)",
    "any(f.special for f in fields if f.form == 'c')",
    "flow.fields < 3 and flow.special",
    "site.level == 1",
)
UNKNOWN = (
    "flow.special",
    "not flow.special",
    "flow.special and flow.personal",
    "flow.special or flow.sealed",
    "flow.what == 'export' and site.demo",
    "any(f.special for f in fields if f.form == 'b')",
    "all(f.personal for f in fields if not f.special and f.form == 'b') and flow.special",
    "len([f for f in fields if f.special]) > 1",
    "any(any(p == 'one' for p in f.purposes) for f in fields if f.form == 'b')",
    "min(len(f.form) for f in fields if f.form == 'none') == 1",
    "(4 if flow.special else 2) == 4",
    "1 < flow.fields and flow.special == True",
)
REFUSED = {
    "": "it cannot be read",
    "flow.": "it cannot be read",
    "a\0b": "it cannot be read",
    "not " * 140 + "flow.personal": "it has more than 250 parts",
    "flow.personal and " * 40 + "True": "it is longer than 600 characters",
    "flow": "flow is an element",
    "nobody.personal": "facts are asked of an element by its name",
    "flow.__class__": "__class__ is no fact that is told of flow",
    "flow.persnal": "persnal is no fact that is told of flow",
    "flow.what.upper": "facts are asked of an element by its name",
    "flow.what.upper()": "only any, all, len, min and max are called",
    "__import__('os')": "only any, all, len, min and max are called",
    "sum(f.personal for f in fields)": "only any, all, len, min and max are called",
    "any((f.personal for f in fields), key=1)": "any takes no keyword",
    "any(*fields)": "any takes no keyword and no star",
    "any(fields)": "it takes a list",
    "len()": "len takes one list",
    "max()": "it is taken of something",
    "any(f.personal for f in flow)": "`in` is followed by",
    "any(f.personal for f in fields for g in fields)": "a list has one plain `for`",
    "any(f.personal for f, g in fields)": "a list has one plain `for`",
    "any(flow.personal for flow in fields)": "flow is no new name",
    "any(fields.personal for fields in fields)": "fields is no new name",
    "any(_f.personal for _f in fields)": "_f is no new name",
    "any(any(any(f.personal for f in fields) for g in fields) for h in fields)": "no more than 2",
    "any(f.personal for f in fields) and f.personal": "facts are asked of an element",
    "flow.fields + 1": "BinOp is not allowed",
    "flow.fields is 3": "Is is not allowed",
    "~flow.fields": "`not` stands before yes or no",
    "-flow.fields": "`not` stands before yes or no",
    "lambda: 1": "Lambda is not allowed",
    "[f for f in fields]": "ListComp is not allowed",
    "{1: 2}": "Dict is not allowed",
    "flow.what[0]": "Subscript is not allowed",
    "f'{flow.what}'": "JoinedStr is not allowed",
    "(x := 1)": "NamedExpr is not allowed",
    "1.5": "a literal is True, False",
    "None": "a literal is True, False",
    "b'x'": "a literal is True, False",
    "flow.what in (flow.id,)": "a list of literals holds",
    "yield": "it cannot be read",
}
WRONG = {
    "flow.what and True": "it is neither yes nor no",
    "not flow.fields": "it is neither yes nor no",
    "flow.fields == '3'": "values of two kinds are compared",
    "flow.personal == 1": "values of two kinds are compared",
    "flow.what < 'b'": "values of two kinds are compared",
    "'x' in flow.what": "values of two kinds are compared",
    "any(f.form for f in fields)": "it is neither yes nor no",
    "any(True for f in flow.what)": "it is no list",
    "len(flow.fields)": "it has no length",
    "max(flow.what, 1)": "least and most are taken of whole numbers",
    "1 if flow.fields else 2": "it is neither yes nor no",
}


def test_answers() -> None:
    for texts, expected in ((YES, True), (NO, False), (UNKNOWN, None)):
        for text in texts:
            assert ask(text).value is expected, text


def test_refused_with_the_place() -> None:
    for text, why in REFUSED.items():
        with pytest.raises(errors.Invalid, match=r"^rule r, when") as caught:
            expression.parse(text, "rule r, when", ("flow", "site"))
        assert why in caught.value.message, text


def test_wrong_kinds_are_told_with_the_place() -> None:
    for text, why in WRONG.items():
        with pytest.raises(errors.Invalid, match=r"^rule r, when, column \d+: ") as caught:
            ask(text)
        assert why in caught.value.message, text


def test_an_answer_rests_on_what_decided_it() -> None:
    answer = ask("flow.sealed or any(f.special for f in fields)")
    assert [str(one) for one in answer.read] == ["field:a/health.special=true"]
    answer = ask("flow.personal and not flow.sealed and flow.special")
    assert [str(one) for one in answer.read] == [
        "flow:export/bank.personal=true",
        "flow:export/bank.sealed=false",
        "flow:export/bank.special=unknown",
    ]


def test_what_it_may_ask_is_known_before() -> None:
    read = expression.parse("any(f.special for f in fields) or site.https", "r", ("site",))
    assert read.reads == {("field", "special"), ("site", "https")}


def test_a_missing_site_is_unknown() -> None:
    read = expression.parse("site.https", "r", ("site",))
    answer = read.truth(Scope({"site": None}))
    assert (answer.value, [str(one) for one in answer.read]) == (None, ["site.https=unknown"])


def test_truth_and_severity_are_of_their_kind() -> None:
    scope = Scope({"flow": FLOW})
    with pytest.raises(errors.Invalid, match="neither yes nor no"):
        expression.parse("flow.fields", "r", ("flow",)).truth(scope)
    for text in ("flow.personal", "0", "6", "flow.what"):
        with pytest.raises(errors.Invalid, match="no number from 1 to 5"):
            expression.parse(text, "r", ("flow",)).severity(scope)
    assert expression.parse("5 if flow.personal else 3", "r", ("flow",)).severity(scope).value == 5
    assert (
        expression.parse("5 if flow.special else 3", "r", ("flow",)).severity(scope).value is None
    )


def test_an_evaluation_is_bounded() -> None:
    many = tuple(thing(f"field:a/{number}", {"personal": True}) for number in range(317))
    with pytest.raises(errors.Invalid, match="more than 100000 elements"):
        ask("all(all(g.personal for g in fields) for f in fields)", many)


def test_the_next_evaluation_knows_nothing_of_the_last() -> None:
    scope = Scope({"flow": FLOW, "site": SITE}, {"fields": FIELDS})
    first = expression.parse("any(f.special for f in fields)", "r", ("flow",)).evaluate(scope)
    second = expression.parse("flow.personal", "r", ("flow",)).evaluate(scope)
    assert len(first.read) == 1
    assert [one.fact for one in second.read] == ["personal"]
