# SPDX-License-Identifier: Apache-2.0
"""The device in software makes what the library takes, and lies only where it is told to."""

from typing import Any

import pytest

from uphold.access import webauthn
from uphold.access.webauthn import Site
from uphold.assurance.authenticator import Authenticator

SITE = Site("uphold.example", "https://uphold.example", "uphold.example")
CHALLENGE = b"1" * 32


def made(device: Authenticator) -> webauthn.Made | None:
    asked = webauthn.creation(SITE, b"somebody", "clerk", (), CHALLENGE)
    return webauthn.made(SITE, CHALLENGE, device.make(asked))


def test_a_device_makes_one_passkey_and_counts_each_showing() -> None:
    device = Authenticator(SITE.origin, SITE.host)
    passkey = made(device)
    assert passkey is not None
    assert (passkey.credential, passkey.counter) == (device.credential, 0)
    asked = webauthn.question(SITE, [passkey.attested], CHALLENGE)
    counters = []
    for _ in range(2):
        shown = webauthn.shown(SITE, CHALLENGE, [passkey.attested], device.show(asked))
        assert shown is not None
        counters.append(shown.counter)
    assert counters == [1, 2]


def test_a_device_that_does_not_count_says_nothing_of_it() -> None:
    device = Authenticator(SITE.origin, SITE.host, counts=False)
    passkey = made(device)
    assert passkey is not None
    asked = webauthn.question(SITE, [passkey.attested], CHALLENGE)
    shown = webauthn.shown(SITE, CHALLENGE, [passkey.attested], device.show(asked))
    assert shown is not None
    assert shown.counter == 0


@pytest.mark.parametrize(
    "lie",
    [{"origin": "https://elsewhere.example"}, {"host": "elsewhere.example"}, {"flags": 0}],
    ids=["origin", "host", "nobody-present"],
)
def test_a_device_lies_where_it_is_told_to(lie: dict[str, Any]) -> None:
    device = Authenticator(**{"origin": SITE.origin, "host": SITE.host, **lie})
    assert made(device) is None
