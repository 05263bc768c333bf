# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent to `/visit`, the answer is the same, and nothing but paths and known steps comes through."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests import site
from tests.unit.web import counted
from tests.unit.web.counted import ADDRESS, OURS, Counted
from uphold.web import visit

TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["/", "/policy", "/f/feedback?q=1#x", "//evil.example/", "/my/x", "view"]),
)
BODIES = st.one_of(
    st.binary(max_size=120),
    st.dictionaries(st.sampled_from(["page", "event", "item", "more"]), TEXTS).map(
        msgspec.json.encode
    ),
    st.builds(lambda page: msgspec.json.encode({"page": page}), TEXTS),
    # No UTF-8.
    st.binary(max_size=20).map(lambda page: b'{"page":"/\xff' + page + b'"}'),
)
VALUES = st.one_of(st.binary(max_size=60), st.sampled_from([b"https://uphold.example/a", b"1"]))
HEADERS = st.dictionaries(
    st.sampled_from([b"origin", b"referer", b"cookie", b"sec-fetch-site", b"dnt", b"user-agent"]),
    VALUES,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    root: Path = tmp_path_factory.mktemp("visits")
    return counted.counting(site.build(root), cookie=True, hosts=("shop.example",))


@given(raw=BODIES, query=st.binary(max_size=80), more=HEADERS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_anything_is_answered_alike(
    place: Counted, raw: bytes, query: bytes, more: dict[bytes, bytes]
) -> None:
    beacon = place.beacon
    assert beacon.said({**OURS, **more}, ADDRESS, raw) is beacon.heard
    assert beacon.asked({**OURS, **more}, ADDRESS, query) is beacon.picture
    for seen in place.seen():
        assert seen.kind in {visit.VIEW, *visit.STEPS}
        assert seen.item in {"", "feedback"}
        assert seen.page.startswith("/")
        assert seen.page.isprintable()
        assert len(seen.page) <= visit.LONGEST_PAGE
        assert not seen.page.startswith(visit.PERSONAL)
        assert "?" not in seen.page
