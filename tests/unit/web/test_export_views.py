# SPDX-License-Identifier: Apache-2.0
"""The page of exports has no place for a value of a person."""

import dataclasses

from uphold.web.export_views import ExportRow, Exports


def test_a_line_holds_codes_counts_and_times_alone() -> None:
    assert {field.name for field in dataclasses.fields(ExportRow)} == {
        *("mark", "person", "purpose", "form_title", "format", "reason", "records", "made_at"),
        *("ends_at", "state", "taken", "taken_at", "seen", "take_href", "end_href"),
    }


def test_who_may_only_look_is_offered_no_form() -> None:
    assert Exports((), (), (), (), 1, 1, 1).action_href == ""
