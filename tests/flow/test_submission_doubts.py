# SPDX-License-Identifier: Apache-2.0
"""Suspicious posts: acknowledged like any other, set aside for review, never dropped without a word."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import cast, site, visitor
from tests.visitor import JSON, Visitor
from uphold import app as app_, config
from uphold.app import App

ASIDE, REFUSE = 5, 9


@pytest.fixture
def strict_app(tmp_path: Path) -> Iterator[App]:
    """A site that looks closely: two seconds, five posts a minute, nine at most."""
    file = site.make(tmp_path / "site").folder / "uphold.toml"
    text = file.read_text().replace("fastest_seconds = 0", "fastest_seconds = 2")
    text = text.replace("aside_per_minute = 100000", f"aside_per_minute = {ASIDE}")
    file.write_text(text.replace("refuse_per_minute = 100000", f"refuse_per_minute = {REFUSE}"))
    opened = app_.open_site(config.load(file.parent))
    site.publish_policy(opened)
    # The minute of the meter must not turn within a test.
    opened.meter._minute = 1
    yield opened
    opened.close()


@pytest.fixture
def bot(strict_app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    meter, count = strict_app.meter, strict_app.meter.count
    monkeypatch.setattr(meter, "count", lambda address, _now: count(address, 60_000))
    with visitor.visiting(strict_app, address="203.0.113.5") as found:
        yield found


def slow(app: App) -> str:
    """A token that was issued long enough ago."""
    return visitor.old_token(app, site.now() - 10_000)


@pytest.fixture
def owner(strict_app: App, quick_hashing: None) -> Iterator[Visitor]:
    visitor.employ(strict_app, cast.owner)
    with visitor.visiting(strict_app) as found:
        found.sign_in(cast.owner)
        yield found


def aside(owner: Visitor) -> list[str]:
    """The addresses of what is set aside, newest first."""
    page = owner.get("/console?state=aside").page
    return [link for link in page.links if link.startswith("/console/enquiry/")]


def reasons(owner: Visitor) -> str:
    return owner.get(aside(owner)[0]).page.text


def test_a_person_is_not_suspected(bot: Visitor, owner: Visitor) -> None:
    assert bot.send(_token=slow(bot.app)).status == 303
    assert aside(owner) == []


def test_too_fast(bot: Visitor, owner: Visitor) -> None:
    assert bot.send().status == 303
    assert "faster than a person" in reasons(owner)


def test_the_trap(bot: Visitor, owner: Visitor) -> None:
    assert bot.send(_token=slow(bot.app), _gotcha="http://spam.example").status == 303
    assert "people do not see" in reasons(owner)


def test_too_many(bot: Visitor, owner: Visitor) -> None:
    for _ in range(ASIDE):
        assert bot.send(_token=slow(bot.app)).status == 303
    assert aside(owner) == []
    assert bot.send(_token=slow(bot.app)).status == 303
    assert "Many posts came from the same place" in reasons(owner)


def test_the_answer_tells_nothing(bot: Visitor) -> None:
    """Who is set aside cannot learn it: neither from the answer nor from the receipt."""
    good = bot.program(_token=slow(bot.app))
    caught = bot.program(_gotcha="x")
    assert (good.status, good.json.keys()) == (caught.status, caught.json.keys())
    assert set(good.headers) == set(caught.headers)
    pages = [bot.get(sent.json["receipt_url"]).page.text for sent in (good, caught)]
    assert [("aside" in text, "suspicious" in text) for text in pages] == [(False, False)] * 2


def test_beyond_the_hard_limit(bot: Visitor, owner: Visitor) -> None:
    for _ in range(REFUSE):
        assert bot.send(_token=slow(bot.app)).status == 303
    before = visitor.stored(bot.app)
    sent = bot.send(_token=slow(bot.app))
    assert sent.status == 429
    assert sent.headers["retry-after"] == "60"
    assert "Please wait 60 seconds" in sent.page.text
    told = bot.program(_token=slow(bot.app))
    assert told.json["errors"][0]["code"] == "too-many"
    assert visitor.stored(bot.app) == before
    # Somebody else is not made to wait, and looking is never limited.
    with visitor.visiting(bot.app, address="198.51.100.77") as other:
        assert other.send(_token=slow(bot.app)).status == 303
    assert bot.get("/f/feedback").status == 200


def test_released(bot: Visitor, owner: Visitor) -> None:
    bot.send()
    (place,) = aside(owner)
    done = owner.act(f"{place}/move", to="new")
    assert (done.status, done.location) == (303, f"{place}?done=released")
    assert aside(owner) == []
    assert place in owner.get("/console").page.links
    assert "Open for a purpose" in owner.get(place).page.text


def test_discarded_is_destroyed(bot: Visitor, owner: Visitor) -> None:
    receipt = bot.send().location.partition("?")[0]
    proof = bot.get(f"{receipt}.tlog-proof")
    (place,) = aside(owner)
    done = owner.act(f"{place}/move", to="discarded")
    assert (done.status, done.location) == (303, f"{place}?done=discarded")
    gone = bot.get(receipt)
    assert gone.status == 410
    assert "<time datetime=" in gone.html
    assert gone.headers["referrer-policy"] == "no-referrer"
    assert bot.get(f"{receipt}.tlog-proof").status == 410
    assert bot.get(f"{receipt}.jsonld").status == 410
    assert bot.get(f"{receipt}.jsonld", JSON).json["errors"][0]["code"] == "destroyed"
    # Who took the proof in time can still show it.
    visitor.prove(bot.app, proof.body)
    shown = owner.get(place).page.text
    assert "What was sent is destroyed" in shown
    denied = owner.act(f"{place}/open", purpose="communication")
    assert denied.status == 403
    assert "was destroyed" in denied.page.text


def test_a_clerk_releases_but_does_not_destroy(bot: Visitor, owner: Visitor) -> None:
    visitor.employ(bot.app, cast.clerk)
    bot.send()
    (place,) = aside(owner)
    with visitor.visiting(bot.app) as clerk:
        clerk.sign_in(cast.clerk)
        assert "Destroy it for good" not in clerk.get(place).page.text
        assert clerk.act(f"{place}/move", to="discarded").status == 404
        assert clerk.act(f"{place}/move", to="new").status == 303
    assert "Destroy it for good" not in owner.get(place).page.text
