# SPDX-License-Identifier: Apache-2.0
from uphold.assurance.finding import Finding


def test_a_finding_says_what_and_where() -> None:
    row = Finding("`state` is not what its entry says", "some_table", 5, 12)
    assert str(row) == "some_table 5, entry 12: `state` is not what its entry says"
    tile = Finding("the tile is missing", batch=0, tile="tile/0/000")
    assert str(tile) == "batch 0, tile tile/0/000: the tile is missing"
    assert str(Finding("no row", "some_table")) == "some_table: no row"
    assert str(Finding("nowhere")) == "nowhere"


def test_as_json_it_leaves_out_what_is_not_meant() -> None:
    assert Finding("gone", "some_table", 0).as_json() == {
        "what": "gone",
        "table": "some_table",
        "number": 0,
    }
