# SPDX-License-Identifier: Apache-2.0
"""The desk's views hold codes, numbers and names of fields; only what would leave has a place for a value."""

from dataclasses import fields

import pytest

from tests.unit.web import disclosure_samples
from uphold.web import disclosure_views
from uphold.web.disclosure_views import Disclosure, Extract, Record


@pytest.mark.parametrize(
    "view",
    [disclosure_views.Row, disclosure_views.Disclosures, disclosure_views.Notice, Disclosure],
)
def test_no_view_has_a_place_for_a_value(view: type) -> None:
    names = {one.name for one in fields(view)}
    assert not names & {
        "name",
        "email",
        "phone",
        "contact",
        "message",
        "values",
        "text",
        "records_",
    }


def test_nothing_of_who_asks_or_what_leaves_is_in_a_repr() -> None:
    one, made = disclosure_samples.one("en"), disclosure_samples.extract("en")
    assert one.requester
    assert one.requester not in repr(one)
    assert one.document not in repr(one)
    assert "A. Example" not in repr(made)
    assert isinstance(made, Extract)
    assert isinstance(made.records[0], Record)
