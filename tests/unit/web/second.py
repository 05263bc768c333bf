# SPDX-License-Identifier: Apache-2.0
"""A clerk who is signed in, and sets a second factor at the pages of a console."""

import base64
import re

import pytest

from tests import cast, site, visitor
from tests.visitor import Visitor
from uphold.access import totp
from uphold.app import App

ACCOUNT = "/console/account"
KEY = re.compile(r"<code>([A-Z2-7 ]+)</code>")
RECOVERY = re.compile(r"\b[a-z2-7]{4}(?:-[a-z2-7]{4}){5}\b")


@pytest.fixture
def clerk(here: App, somebody: Visitor, quick_hashing: None) -> Visitor:
    visitor.employ(here, cast.clerk)
    assert somebody.sign_in(cast.clerk).status == 303
    return somebody


def code(secret: str, off: int = 0) -> str:
    raw = base64.b32decode(secret.replace(" ", ""))
    return totp.code(raw, totp.step(site.now()) + off)


def set_up(who: Visitor) -> tuple[str, list[str]]:
    """Set a second factor; returns the secret as typed, and the recovery codes."""
    assert who.act(f"{ACCOUNT}/factor").location == ACCOUNT
    page = who.get(ACCOUNT).html
    found = KEY.search(page)
    assert found is not None
    assert "otpauth://totp/" in page
    # A code of now is good a step later too, and the next one is by then: time may pass meanwhile.
    done = who.act(f"{ACCOUNT}/factor/confirm", code=code(found[1]))
    assert done.status == 200
    recovery = RECOVERY.findall(done.html)
    assert len(recovery) == 10
    return found[1], recovery
