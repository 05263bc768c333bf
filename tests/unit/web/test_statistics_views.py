# SPDX-License-Identifier: Apache-2.0
"""Pages of figures have a place for counts and codes, and none for a person."""

import dataclasses

from uphold.web import statistics_views


def test_no_view_has_a_place_for_a_value_of_a_person() -> None:
    kinds = [k for k in vars(statistics_views).values() if isinstance(k, type)]
    made = {
        field.name
        for kind in kinds
        if dataclasses.is_dataclass(kind) and kind.__module__ == statistics_views.__name__
        for field in dataclasses.fields(kind)
    }
    assert not made & {"address", "ip", "agent", "cookie", "visitor", "email", "record", "receipt"}
