# SPDX-License-Identifier: Apache-2.0
"""Which passwords are taken, and how they are hashed."""

import pytest

from tests import cast
from uphold.access import password
from uphold.access.password import Weakness


@pytest.mark.parametrize("person", cast.staff)
def test_the_casts_passwords_are_good(person: cast.Staff) -> None:
    assert password.weakness(person.password, person.login) is None


@pytest.mark.parametrize(
    ("candidate", "found"),
    [
        ("", Weakness.TOO_SHORT),
        ("elevenchars", Weakness.TOO_SHORT),
        ("a" * 11 + "\u0308", Weakness.TOO_SHORT),  # eleven characters to the eye
        ("x1" * 200, Weakness.TOO_LONG),
        ("my clerk-curlew password", Weakness.HAS_LOGIN),
        ("my CLERK-CURLEW password", Weakness.HAS_LOGIN),
        ("aaaaaaaaaaaaaaaa", Weakness.COMMON),
        ("121212121212121", Weakness.COMMON),
        ("123456789012345", Weakness.COMMON),
        ("Password 123456!", Weakness.COMMON),
        ("qwertyuiopasdfghjkl", Weakness.COMMON),
        ("ПарольПароль2024", Weakness.COMMON),
        ("iloveyouforever!!!", Weakness.COMMON),
        ("1qaz2wsx3edc", Weakness.COMMON),  # a walk over the keyboard
        ("P@ssw0rd1234", Weakness.COMMON),
        ("liverpool2024", Weakness.COMMON),
        ("Manchester1985", Weakness.COMMON),
        ("michael12345", Weakness.COMMON),
        ("m i c h a e l 1985", Weakness.COMMON),
        ("TrustNo1TrustNo1", Weakness.COMMON),
        ("correct horse battery staple", Weakness.COMMON),
        ("yfnfif123456", Weakness.COMMON),  # a Russian name, typed on the other layout
        ("йцукенгшщзхъ", Weakness.COMMON),
        ("Привет123456", Weakness.COMMON),
    ],
)
def test_weak_ones_are_refused(candidate: str, found: Weakness) -> None:
    assert password.weakness(candidate, "clerk-curlew") is found


@pytest.mark.parametrize(
    "candidate",
    ["twelve chars", "кот читает газету", "correct horse battery", "𝔘pright-𝔬wl-at-noon"],
)
def test_length_is_enough(candidate: str) -> None:
    assert password.weakness(candidate, "clerk-curlew") is None


def test_a_hash_is_argon2id_with_the_documented_parameters() -> None:
    stored = password.hash_("kingfisher over the weir")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password.matches(stored, "kingfisher over the weir")
    assert not password.matches(stored, "kingfisher over the Weir")
    assert not password.outdated(stored)


def test_what_looks_the_same_is_the_same() -> None:
    stored = password.hash_("caf\u00e9 at the harbour")
    assert password.matches(stored, "cafe\u0301 at the harbour")


def test_the_decoy_costs_what_a_real_one_costs_and_never_matches() -> None:
    assert not password.outdated(password._DECOY)
    assert not password.matches(None, "kingfisher over the weir")


def test_a_damaged_hash_matches_nothing() -> None:
    assert not password.matches("$argon2id$damaged", "kingfisher over the weir")


def test_other_parameters_are_outdated() -> None:
    old = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
    assert password.outdated(old)


def test_a_password_too_long_to_be_one_is_refused_cheaply() -> None:
    stored = password.hash_("kingfisher over the weir")
    assert not password.matches(stored, "kingfisher over the weir" + "x" * 100_000)
