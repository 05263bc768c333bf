# SPDX-License-Identifier: Apache-2.0
"""Posts against their form: exactly the declared and mandatory set, each box by the person's own tick."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tests import cast, orders
from tests.editions import PURPOSE
from tests.unit.submission.conftest import ORDER, feedback, order
from uphold.policy.document import Field, Option
from uphold.submission import form, validate
from uphold.submission.form import Offer
from uphold.submission.validate import Accepted, Problem

BOX = f"consent.{PURPOSE}"
GOOD = {**cast.subject.values(), BOX: "yes"}
MANDATORY = {"email", "message"}


def codes(found: Accepted | list[Problem]) -> list[tuple[str, str]]:
    assert isinstance(found, list)
    return [(problem.field, problem.code) for problem in found]


def accepted(found: Accepted | list[Problem]) -> Accepted:
    assert isinstance(found, Accepted), found
    return found


def of_type(kind: str, **more: object) -> Offer:
    """An offer of one mandatory field `x` of this type, without boxes."""
    text = {"en": "X"}
    options = (Option("lamp", text), Option("chair", text))
    field = Field("x", text, kind, True, (), (), "", 0, text, options)
    field = replace(field, **more)  # type: ignore[arg-type] # whatever the test changes
    only = replace(feedback().form, fields=(field,), consents=())
    return replace(feedback(), form=only, fields={"x": field}, boxes={}, rests_on_consent=False)


@pytest.mark.parametrize("person", cast.people)
def test_a_good_post_is_accepted(person: cast.Person) -> None:
    found = accepted(validate.check(feedback(), {**person.values(), BOX: "yes", "_token": "x"}))
    assert found.values == {k: v.replace("\r\n", "\n") for k, v in person.values().items()}
    assert found.consents == (PURPOSE,)


@pytest.mark.parametrize("left_out", [(), ("name",), ("phone",), ("name", "phone")])
@pytest.mark.parametrize("as_empty", [True, False])
def test_what_is_optional_may_be_left_out(left_out: tuple[str, ...], as_empty: bool) -> None:
    given = {k: v for k, v in GOOD.items() if k not in left_out}
    if as_empty:
        given |= dict.fromkeys(left_out, " \r\n ")
    assert set(accepted(validate.check(feedback(), given)).values) == set(GOOD) - {
        BOX,
        *left_out,
    }


@pytest.mark.parametrize("missing", sorted(MANDATORY))
@pytest.mark.parametrize("blank", [None, "", "  ", "\t\n"])
def test_what_is_mandatory_may_not(missing: str, blank: str | None) -> None:
    given = {k: v for k, v in GOOD.items() if k != missing}
    if blank is not None:
        given[missing] = blank
    assert codes(validate.check(feedback(), given)) == [(missing, "required")]


@pytest.mark.parametrize("tick", ["yes", "on", "true", "1", "YES", "On"])
def test_a_tick_is_consent(tick: str) -> None:
    assert accepted(validate.check(feedback(), {**GOOD, BOX: tick})).consents == (PURPOSE,)


@pytest.mark.parametrize(
    "tick", [None, "", "no", "off", "false", "0", " yes", "да", "communication"]
)
def test_anything_else_is_none(tick: str | None) -> None:
    given = {k: v for k, v in GOOD.items() if k != BOX} | ({} if tick is None else {BOX: tick})
    assert codes(validate.check(feedback(), given)) == [(BOX, "consent-missing")]


@pytest.mark.parametrize(
    "name",
    ["age", "", "Email", "email ", "consent.", "consent.newsletter", "_token2", "constructor"],
)
def test_what_is_not_declared_is_refused_by_name(name: str) -> None:
    assert codes(validate.check(feedback(), {**GOOD, name: ""})) == [(name, "undeclared")]


def test_reserved_names_are_no_fields() -> None:
    given = GOOD | dict.fromkeys(form.RESERVED, "something")
    assert set(accepted(validate.check(feedback(), given)).values) == set(cast.subject.values())


def test_every_problem_is_listed_in_the_order_of_the_form() -> None:
    given = {"zzz": "1", "phone": "call me", "name": "n" * 101, "email": "nobody"}
    assert codes(validate.check(feedback(), given)) == [
        ("name", "too-long"),
        ("email", "not-email"),
        ("phone", "not-phone"),
        ("message", "required"),
        (BOX, "consent-missing"),
        ("zzz", "undeclared"),
    ]


def test_a_limit_is_told_with_its_problem() -> None:
    found = validate.check(feedback(), {**GOOD, "message": "x" * 4001})
    assert found == [Problem("message", "too-long", 4000)]
    assert accepted(validate.check(feedback(), {**GOOD, "message": "й" * 4000}))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "a@b.example"),
        ("email", "имя@почта.рф"),
        ("email", "o'neil+tag@mail.co.example"),
        ("email", "a" * 244 + "@b.example"),
        ("phone", "+7 921 555-73-19"),
        ("phone", "(8) 495 1234567"),
        ("phone", "02.34.56"),
        ("number", "-12"),
        ("number", "3,5"),
        ("number", "0.000001"),
        ("date", "2024-02-29"),
        ("choice", "chair"),
        ("text", "<b>\u202eany text\u200f</b>"),
        ("text", "tab\there"),
        ("long-text", "line\nline"),
    ],
)
def test_forms_of_values_that_pass(kind: str, value: str) -> None:
    assert accepted(validate.check(of_type(kind), {"x": value})).values == {"x": value}


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("email", "nobody", "not-email"),
        ("email", "a@b", "not-email"),
        ("email", "a@@b.example", "not-email"),
        ("email", "a b@c.example", "not-email"),
        ("email", "a@.example", "not-email"),
        ("email", "a@b.example, c@d.example", "not-email"),
        ("email", "a" * 250 + "@b.example", "too-long"),
        ("email", "a@b.example\nBcc: c@d.example", "control-character"),
        ("phone", "call me", "not-phone"),
        ("phone", "1234", "not-phone"),
        ("phone", "1" * 33, "not-phone"),
        ("number", "1e5", "not-number"),
        ("number", "0x1", "not-number"),
        ("number", "٣", "not-number"),
        ("number", "1" * 16, "not-number"),
        ("number", "nan", "not-number"),
        ("date", "2023-02-29", "not-date"),
        ("date", "20240229", "not-date"),
        ("date", "29.02.2024", "not-date"),
        ("date", "2024-W01-1", "not-date"),
        ("date", "0000-01-01", "not-date"),
        ("choice", "table", "not-choice"),
        ("choice", "Lamp", "not-choice"),
        ("text", "nul\0", "control-character"),
        ("text", "bell\x07", "control-character"),
        ("text", "c1\x9b", "control-character"),
        ("text", "carriage\rreturn", "control-character"),
        ("text", "two\nlines", "control-character"),
        ("long-text", "carriage\rreturn", "control-character"),
    ],
)
def test_forms_of_values_that_do_not(kind: str, value: str, code: str) -> None:
    assert codes(validate.check(of_type(kind), {"x": value})) == [("x", code)]


@pytest.mark.parametrize(("value", "fits"), [("10", True), ("10,0", True), ("10.01", False)])
def test_a_number_has_a_greatest_value(value: str, fits: bool) -> None:
    found = validate.check(of_type("number", max=10), {"x": value})
    assert isinstance(found, Accepted) if fits else found == [Problem("x", "too-large", 10)]


def test_an_optional_box_may_stay_empty() -> None:
    given = {**ORDER, "consent.communication": "yes"}
    assert accepted(validate.check(order(), given)).consents == ("communication",)
    both = accepted(validate.check(order(), {**given, "consent.newsletter": "on"}))
    assert both.consents == ("communication", "newsletter")


def only_optional() -> Offer:
    """The order form when each purpose is on consent and no box is mandatory."""
    whole = orders.edition()
    policy = replace(
        whole.policy,
        purposes={k: replace(p, basis="consent") for k, p in whole.policy.purposes.items()},
    )
    boxes = tuple(replace(box, mandatory=False) for box in whole.forms[orders.FORM].consents)
    only = replace(whole.forms[orders.FORM], consents=boxes)
    return form.derive(replace(whole, policy=policy, forms={orders.FORM: only}), orders.FORM, "en")


def test_without_any_tick_there_is_nothing_to_keep_a_post_for() -> None:
    offer = only_optional()
    assert codes(validate.check(offer, ORDER)) == [
        ("consent.communication", "consent-missing"),
        ("consent.newsletter", "consent-missing"),
    ]
    assert accepted(validate.check(offer, {**ORDER, "consent.newsletter": "yes"}))


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=8))
def test_nothing_undeclared_is_ever_accepted(posted: dict[str, str]) -> None:
    found = validate.check(feedback(), {**posted, BOX: "yes"})
    if isinstance(found, Accepted):
        assert set(found.values) <= set(feedback().fields)
    else:
        assert found


@given(st.sampled_from(["name", "email", "phone", "message"]), st.text(max_size=400))
def test_what_is_accepted_is_what_was_stated(field: str, value: str) -> None:
    found = validate.check(feedback(), {**GOOD, field: value})
    if isinstance(found, Accepted):
        assert found.values.get(field, "") == value.replace("\r\n", "\n").strip()
        assert not any(ord(c) < 32 and c not in "\t\n" for v in found.values.values() for c in v)
