# SPDX-License-Identifier: Apache-2.0
"""Tokens: signed by this site alone, never too old, stale only when what was shown has changed."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import example, given, strategies as st

from tests.unit.submission.conftest import NOW, feedback, order
from uphold.submission import token
from uphold.submission.form import Offer
from uphold.submission.token import Change, Token

KEY = bytes(range(32))
OFFER = feedback()
TOKEN = token.issue(OFFER, NOW)
WRITTEN = token.write(KEY, TOKEN)


def test_it_says_what_was_shown() -> None:
    assert token.read(KEY, WRITTEN) == TOKEN
    assert (TOKEN.form, TOKEN.language, TOKEN.edition) == ("feedback", "ru", 1)
    assert TOKEN.seen == OFFER.seen
    assert TOKEN.issued == NOW


def test_it_fits_a_hidden_field() -> None:
    assert WRITTEN.isascii()
    assert WRITTEN.replace("-", "").replace("_", "").isalnum()


def test_nonces_begin_with_the_time_and_never_repeat() -> None:
    nonces = [token.issue(OFFER, NOW + n).nonce for n in range(1000)]
    assert len(set(nonces)) == 1000
    assert sorted(nonces) == nonces
    assert {len(nonce) for nonce in nonces} == {16}
    assert token.issue(OFFER, NOW).nonce != token.issue(OFFER, NOW).nonce


def test_another_key_reads_nothing() -> None:
    assert token.read(bytes(32), WRITTEN) is None


@pytest.mark.parametrize("place", range(0, len(WRITTEN), 7))
def test_a_changed_letter_is_noticed(place: int) -> None:
    other = "A" if WRITTEN[place] != "A" else "B"
    assert token.read(KEY, WRITTEN[:place] + other + WRITTEN[place + 1 :]) is None


@pytest.mark.parametrize("length", range(0, len(WRITTEN), 9))
def test_a_cut_one_is_noticed(length: int) -> None:
    assert token.read(KEY, WRITTEN[:length]) is None


@given(st.text())
@example("")
@example("=")
@example("é" * 40)
@example("\ud800")
@example("A" * 5)
@example("A" * 100_000)
@example(WRITTEN + "é")
def test_any_text_is_none_of_ours(text: str) -> None:
    assert token.read(KEY, text) is None


@given(st.binary(max_size=200))
def test_what_was_signed_for_another_purpose_is_no_token(raw: bytes) -> None:
    """Under the right key, but not of the right shape: a token of another version of the product."""
    from base64 import urlsafe_b64encode

    text = urlsafe_b64encode(token._tag(KEY, raw) + raw).rstrip(b"=").decode()
    found = token.read(KEY, text)
    assert found is None or msgspec.msgpack.encode(found)


@given(
    st.builds(
        Token,
        st.text(max_size=40),
        st.text(max_size=5),
        st.integers(0, 2**63),
        st.lists(st.binary(min_size=16, max_size=16), max_size=5).map(tuple),
        st.integers(0, 2**63),
        st.binary(min_size=16, max_size=16),
    )
)
def test_read_is_the_inverse_of_write(made: Token) -> None:
    assert token.read(KEY, token.write(KEY, made)) == made


def moved(offer: Offer, *places: int) -> Offer:
    seen = tuple(bytes(16) if place in places else s for place, s in enumerate(offer.seen))
    return replace(offer, seen=seen)


def test_nothing_changed() -> None:
    assert token.changes(TOKEN, OFFER) == []


def test_each_change_is_named() -> None:
    assert token.changes(TOKEN, moved(OFFER, 0)) == [Change("form")]
    assert token.changes(TOKEN, moved(OFFER, 1)) == [Change("wording", "communication")]
    assert token.changes(TOKEN, moved(OFFER, 0, 3)) == [
        Change("form"),
        Change("wording", "security"),
    ]


def test_where_purposes_came_every_wording_is_named() -> None:
    shown = token.issue(replace(order(), seen=order().seen[:-1]), NOW)
    assert token.changes(shown, order()) == [
        Change("wording", purpose) for purpose in order().wordings
    ]
