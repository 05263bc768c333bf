# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from uphold.assurance.probe import Status
from uphold.assurance.probes import form
from uphold.assurance.probes.form import Enforced, Intrusion, Justified, LeftOut, Marked, Shown

SHOWN = Shown("feedback", "en", ("name", "email"), ("name", "email"), ())
REFUSED = Intrusion("feedback", "passport", 422, ("undeclared",), "")
MARKED = Marked("feedback", "en", {"email": True, "phone": False})
POSTS = (
    LeftOut("feedback", (), taken=True),
    LeftOut("feedback", ("phone",), taken=True),
    LeftOut("feedback", ("email",), taken=False),
)
JUSTIFIED = Justified("feedback", "email", "en", ("communication",), (), is_named=True)


def test_what_is_shown_is_what_is_declared() -> None:
    assert form.SHOWN.oracle((SHOWN,)).status is Status.KEPT
    assert form.SHOWN.oracle(()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "one",
    [
        replace(SHOWN, fields=("name", "email", "passport")),
        replace(SHOWN, fields=("name",)),
        replace(SHOWN, nameless=("name",)),
    ],
)
def test_a_form_that_asks_something_else(one: Shown) -> None:
    outcome = form.SHOWN.oracle((SHOWN, one))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def test_what_is_not_declared_is_refused() -> None:
    assert form.REFUSED.oracle((REFUSED,)).status is Status.KEPT
    assert form.REFUSED.oracle(()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "one",
    [
        replace(REFUSED, status=201),
        replace(REFUSED, codes=("required",)),
        replace(REFUSED, stored="new"),
    ],
)
def test_something_undeclared_that_was_taken(one: Intrusion) -> None:
    assert form.REFUSED.oracle((REFUSED, one)).status is Status.BROKEN


def test_marks_that_say_what_the_server_does() -> None:
    assert form.ENFORCED.oracle(Enforced((MARKED,), POSTS)).status is Status.KEPT
    assert form.ENFORCED.oracle(Enforced((), ())).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("marks", "posts"),
    [
        ({"email": True, "phone": None}, POSTS),
        ({"email": True, "phone": True}, POSTS),
        ({"email": False, "phone": False}, POSTS),
        (MARKED.marks, (*POSTS[:2], LeftOut("feedback", ("email",), taken=True))),
        (MARKED.marks, (LeftOut("feedback", ("phone",), taken=False),)),
        (MARKED.marks, (LeftOut("feedback", (), taken=False),)),
    ],
)
def test_marks_that_say_otherwise(
    marks: dict[str, bool | None], posts: tuple[LeftOut, ...]
) -> None:
    russian = replace(MARKED, language="ru", marks=marks)
    assert form.ENFORCED.oracle(Enforced((MARKED, russian), posts)).status is Status.BROKEN


def test_each_input_is_justified() -> None:
    assert form.JUSTIFIED.oracle((JUSTIFIED,)).status is Status.KEPT
    assert form.JUSTIFIED.oracle(()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "one",
    [
        replace(JUSTIFIED, purposes=()),
        replace(JUSTIFIED, uncovered=("communication",)),
        replace(JUSTIFIED, is_named=False),
    ],
)
def test_an_input_that_nothing_justifies(one: Justified) -> None:
    assert form.JUSTIFIED.oracle((JUSTIFIED, one)).status is Status.BROKEN
