# SPDX-License-Identifier: Apache-2.0
"""Passkeys in Chromium, with a device that the browser itself plays: made, shown, copied, and asked for elsewhere."""

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests import cast
from tests.browser import test_flow
from tests.browser.test_flow import Served, served, sign_in
from tests.browser.test_pages_look import EVERYTHING, violations

__all__ = ["served"]

DEVICE = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
ELSEWHERE = "http://localhost:9"
# What the page's own script does, on a page that is not ours.
ASK = """async options => {
    const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
    const text = raw => btoa(String.fromCharCode(...new Uint8Array(raw)))
        .replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');
    options.challenge = bytes(options.challenge);
    options.allowCredentials.forEach(one => { one.id = bytes(one.id); });
    const { id, rawId, type, response } = await navigator.credentials.get({ publicKey: options });
    const { clientDataJSON, authenticatorData, signature } = response;
    const told = { clientDataJSON, authenticatorData, signature };
    for (const name in told) told[name] = text(told[name]);
    return JSON.stringify({ id, rawId: text(rawId), type, response: told });
}"""


class Holder:
    """The owner at a browser with a device, under the site's name; signed in with the password at least."""

    def __init__(self, page: Page, site: Served) -> None:
        self.page = page
        self.address = f"http://localhost:{site.site.port}"
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.device: str = made["authenticatorId"]

    def enter(self) -> None:
        """Sign in with the password; where there is a second factor, it is asked for next."""
        self.page.goto(f"{self.address}/console/login")
        self.page.locator("#login").fill("owner")
        self.page.locator("#password").fill(cast.owner.password)
        self.page.locator("main button").click()

    def leave(self) -> None:
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("status")).to_contain_text("You are signed out")

    def show(self) -> str:
        """Show the passkey; returns what was posted of it."""
        with self.page.expect_request(lambda one: one.url.endswith("/code")) as sent:
            self.page.get_by_role("button", name="Show a passkey").click()
        return parse_qs(sent.value.post_data or "")["credential"][0]

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Post within this session, as a form of the page would."""
        token = self.page.locator("[name=_csrf]").first.input_value()
        answer = self.page.request.post(
            f"{self.address}{path}",
            form={"_csrf": token, **fields},
            headers={"origin": self.address, "accept": "text/html"},
            max_redirects=0,
        )
        return answer.status, answer.text()

    def copy(self) -> None:
        """Put a copy of the key, with the counter it had when it was made, in the place of the key."""
        named = {"authenticatorId": self.device}
        (key,) = self.cdp.send("WebAuthn.getCredentials", named)["credentials"]
        assert key["signCount"] > 1
        self.cdp.send("WebAuthn.clearCredentials", named)
        copied = {**key, "signCount": 1}
        self.cdp.send("WebAuthn.addCredential", {**named, "credential": copied})


@pytest.fixture
def holder(browser: Browser, served: Served) -> Iterator[Holder]:
    with browser.new_context(locale=test_flow.LOCALES["en"]) as context:
        # Nothing may go but to the site, under either of its names, and nothing be complained of.
        served.watch(context)
        page = context.new_page()
        sign_in(page, served)
        page.goto(f"{served.address}/console/account")
        expect(page.get_by_text("Passkeys are made for a name")).to_be_visible()
        served.also = (f"http://localhost:{served.site.port}/", f"{ELSEWHERE}/")
        page.get_by_role("link", name="Open this page under its name").click()
        yield Holder(page, served)


def test_a_passkey_from_its_making_to_its_copy(holder: Holder) -> None:
    page = holder.page
    holder.enter()
    page.goto(f"{holder.address}/console/account")
    page.get_by_label("Name of the passkey").fill("Stick")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("recovery codes")
    recovery = page.locator("main pre").inner_text().split()
    assert len(recovery) == 10
    expect(page.get_by_role("row", name="Stick")).to_contain_text("never")
    assert violations(page, EVERYTHING) == []
    holder.leave()

    holder.enter()
    expect(page).to_have_url(re.compile("/console/login/code"))
    assert violations(page, EVERYTHING) == []
    shown = holder.show()
    expect(page).to_have_url(re.compile("/console(\\?|$)"))
    holder.leave()

    holder.enter()
    code = "/console/login/code"
    status, said = holder.post(code, credential=shown)
    assert (status, "There is a problem" in said) == (422, True), "played again"
    assert foreign(holder) == 422, "asked for at another origin of the same name"
    holder.show()
    expect(page).to_have_url(re.compile("/console(\\?|$)"))
    holder.leave()

    holder.enter()
    holder.copy()
    holder.show()
    expect(page.get_by_role("alert")).to_contain_text("neither your passkey nor")
    expect(page.get_by_role("button", name="Show a passkey")).to_have_count(0)
    page.get_by_label("Recovery code").fill(recovery[0])
    page.get_by_role("button", name="Go on").click()
    page.goto(f"{holder.address}/console/account")
    expect(page.get_by_role("row", name="Stick")).to_contain_text("blocked")
    page.get_by_role("row", name="Stick").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("taken away")
    expect(page.get_by_text("whoever knows your password")).to_be_visible()


def foreign(holder: Holder) -> int:
    """Have another site on this machine ask the device what our site asks; returns what ours says to it."""
    asked = json.loads(holder.post("/console/login/code/options")[1])
    page = holder.page.context.new_page()
    page.route(f"{ELSEWHERE}/", lambda route: route.fulfill(body="<title>Another</title>"))
    page.goto(f"{ELSEWHERE}/")
    other = page.context.new_cdp_session(page)
    other.send("WebAuthn.enable")
    named = {"authenticatorId": holder.device}
    (key,) = holder.cdp.send("WebAuthn.getCredentials", named)["credentials"]
    device = other.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    there = {"authenticatorId": device["authenticatorId"], "credential": key}
    other.send("WebAuthn.addCredential", there)
    answer = page.evaluate(ASK, asked["publicKey"])
    page.close()
    return holder.post("/console/login/code", credential=answer)[0]
