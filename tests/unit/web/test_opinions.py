# SPDX-License-Identifier: Apache-2.0
"""What is passed on of an opinion is the answer and nothing of the request; see tests/flow/test_opinion."""

import msgspec

from uphold.enquiry.opinion import KIND, Opinion
from uphold.visits import layout
from uphold.web import opinions


def test_only_the_answer_goes_to_the_figures() -> None:
    for said in opinions.ANSWERS:
        seen = opinions.nobodys(said)
        found = msgspec.structs.asdict(seen)
        assert found.pop("at") > 0
        assert found == {
            "address": "",
            "agent": "",
            "cookie": None,
            "kind": "opinion",
            "item": said,
            "page": "",
        }


def test_what_is_said_is_what_the_figures_know() -> None:
    assert tuple(map(str, Opinion)) == opinions.ANSWERS
    assert KIND in layout.KINDS
