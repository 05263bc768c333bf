# SPDX-License-Identifier: Apache-2.0
"""A site without a form is spared what needs one, and told so; any other is judged as ever."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from tests import editions
from uphold.assurance import formless
from uphold.assurance.probe import Status, broken, kept, said
from uphold.assurance.scene import Scene


def scene(*, with_form: bool) -> Scene:
    edition = editions.example()
    chosen = edition if with_form else replace(edition, forms={})
    return cast(Scene, SimpleNamespace(edition=chosen))


def test_without_a_form_nothing_is_done_and_nothing_held_against_the_site() -> None:
    done: list[Scene] = []
    act = formless.spared(done.append)
    assert act(scene(with_form=False)) is None
    assert done == []
    outcome = formless.judged(lambda _: broken(said("x")))(None)
    assert outcome.status == Status.NOT_APPLICABLE


def test_with_a_form_it_is_done_and_judged() -> None:
    act = formless.spared(lambda one: one.edition.number)
    seen = act(scene(with_form=True))
    assert seen == 1
    judge = formless.judged(lambda number: kept() if number == 1 else broken(said("x")))
    assert judge(seen).status == Status.KEPT
    assert judge(2).status == Status.BROKEN
