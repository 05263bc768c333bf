# SPDX-License-Identifier: Apache-2.0
"""No page of the console but one is able to show what a person wrote. The rest of views is in test_views."""

import dataclasses
import typing

from uphold.web import console_views

# The only types that carry a person's data: the fields opened, and where an answer goes.
PERSONAL = (console_views.OpenedField, console_views.Reply)


def reached(kind: object, seen: set[object]) -> set[object]:
    """Every type that a view holds, at any depth."""
    if kind in seen:
        return seen
    seen.add(kind)
    for part in typing.get_args(kind):
        reached(part, seen)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        for hint in typing.get_type_hints(kind).values():
            reached(hint, seen)
    return seen


def test_only_the_opened_page_can_hold_personal_data() -> None:
    able = {
        view for view in typing.get_args(console_views.View) if reached(view, set()) & set(PERSONAL)
    }
    assert able == {console_views.Opened}
