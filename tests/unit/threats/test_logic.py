# SPDX-License-Identifier: Apache-2.0
"""Yes, no and unknown: nothing that becomes known turns a known answer round, and known facts give Python's answers."""

import contextlib
from collections.abc import Mapping

from hypothesis import given, settings, strategies as st

from uphold import errors
from uphold.threats import expression, logic
from uphold.threats.element import Element, Fact, Value
from uphold.threats.logic import Scope

BOOLS = ("personal", "sealed", "special", "crosses")
Facts = Mapping[str, Value]


def flow(facts: Facts) -> Element:
    """Make a flow of facts."""
    return Element("flow:x", "flow", "app", {name: Fact(one, "") for name, one in facts.items()})


def of(*more: None) -> st.SearchStrategy[Facts]:
    """Draw facts; with None, some of them unknown."""
    said = dict.fromkeys(BOOLS, st.sampled_from([True, False, *more]))
    fields = st.sampled_from([0, 1, 2, *more])
    return st.fixed_dictionaries(
        {**said, "fields": fields, "what": st.sampled_from(["export", "mail", *more])}
    )


known, facts = of(), of(None)


def compounds(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make larger expressions of smaller ones."""
    pairs = st.tuples(inner, st.sampled_from(["and", "or"]), inner)
    choices = st.tuples(inner, inner, inner)
    many = st.tuples(st.sampled_from(["any", "all"]), inner, inner)
    return st.one_of(
        inner.map("not ({})".format),
        pairs.map(lambda one: "({} {} {})".format(*one)),
        choices.map(lambda one: "({} if {} else {})".format(*one)),
        many.map(lambda one: f"{one[0]}({_each(one[1])} for f in flows if {_each(one[2])})"),
        many.map(lambda one: f"(len([f for f in flows if {_each(one[1])}]) > 1)"),
    )


def _each(text: str) -> str:
    # One level of lists is enough here; those within are as they are outside.
    return text if "flows" in text else text.replace("flow.", "f.")


leaves = st.sampled_from(
    [
        *(f"flow.{name}" for name in BOOLS),
        "flow.fields > 1",
        "0 < flow.fields < 2",
        "flow.what == 'export'",
        "flow.what in ('mail', 'export')",
        "max(flow.fields, 1) > 1",
    ]
)
expressions = st.recursive(leaves, compounds, max_leaves=6)


def scope(own: Facts, others: list[Facts]) -> Scope:
    """Put a flow among others."""
    return Scope({"flow": flow(own)}, {"flows": [flow(one) for one in others]})


def ask(text: str, on: Scope) -> Value:
    """Evaluate a text, False where it is larger than what is allowed."""
    try:
        read = expression.parse(text, "r", ("flow",))
    except errors.Invalid:
        return False
    return read.truth(on).value


@settings(max_examples=150, deadline=None)
@given(expressions, facts, st.lists(facts, max_size=3), st.data())
def test_what_becomes_known_turns_no_answer_round(
    text: str, own: Facts, others: list[Facts], data: st.DataObject
) -> None:
    before = ask(text, scope(own, others))
    own, *others = [_learned(one, data.draw(known)) for one in (own, *others)]
    after = ask(text, scope(own, others))
    assert after is not None, text
    assert before is None or after is before, text


def _learned(one: Facts, more: Facts) -> Facts:
    return {name: more[name] if value is None else value for name, value in one.items()}


@settings(max_examples=150, deadline=None)
@given(expressions, st.data())
def test_known_facts_give_the_answer_of_python(text: str, data: st.DataObject) -> None:
    own, others = data.draw(known), data.draw(st.lists(known, max_size=3))
    try:
        expression.parse(text, "r", ("flow",))
    except errors.Invalid:
        return
    names = {"flow": _Plain(own), "flows": [_Plain(one) for one in others]}
    allowed = {"any": any, "all": all, "len": len, "max": max}
    expected = eval(text, {"__builtins__": allowed, **names})
    assert ask(text, scope(own, others)) is bool(expected), text


class _Plain:
    def __init__(self, facts: Facts) -> None:
        self.__dict__.update(facts)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.text("flow.personal()[]{}'andornt ifels=<>,:for in_", max_size=60)
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(errors.Invalid):
        expression.parse(text, "r", ("flow",)).evaluate(scope({"personal": True}, []))


def test_spell() -> None:
    told = [logic.spell(one) for one in (True, False, None, 3, "word", ("a", "b"), ())]
    assert told == ["true", "false", "unknown", "3", "word", "a,b", ""]
