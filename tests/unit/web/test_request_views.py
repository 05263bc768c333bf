# SPDX-License-Identifier: Apache-2.0
"""The desk's views hold codes, numbers and days; no field is there for what somebody wrote."""

from dataclasses import fields

from uphold.web import request_views

# What was typed at intake is shown again to whoever typed it, where it was wrong, and to nobody else.
TYPED = {"contact"}


def test_no_view_has_a_place_for_a_value() -> None:
    shown = [request_views.RequestRow, request_views.Request, request_views.About]
    names = {one.name for view in shown for one in fields(view)}
    assert not names & {"name", "email", "phone", "contact", "message", "values", "text"}
    assert {one.name for one in fields(request_views.Entered)} >= TYPED
