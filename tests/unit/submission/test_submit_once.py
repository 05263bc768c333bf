# SPDX-License-Identifier: Apache-2.0
"""Each form is stored once, whatever happens to it: clicked twice, sent again, restarted, failed, cancelled."""

import asyncio

import pytest
from msgspec.structs import replace

from tests import site
from tests.editions import PURPOSE
from tests.unit.submission.conftest import count
from uphold import errors
from uphold.app import App
from uphold.database.transaction import Transaction
from uphold.submission import submit
from uphold.submission.submit import Clash, Intake, Received
from uphold.submission.validate import Accepted
from uphold.vault import identifier, records


async def test_the_same_post_again_is_the_same_submission(app: App) -> None:
    made = site.post(app)
    first = await app.intake.take(made)
    again = await app.intake.take(replace(made, at=made.at + 60_000))
    assert first == again
    assert count(app)[0] == 1


async def test_the_same_form_with_other_contents_is_a_clash(app: App) -> None:
    made = site.post(app)
    first = await app.intake.take(made)
    assert isinstance(first, Received)
    other = replace(made, accepted=Accepted({**made.accepted.values, "name": "B"}, (PURPOSE,)))
    before = count(app)
    assert await app.intake.take(other) == Clash(first.number)
    assert count(app) == before
    # The clash has not taken the first one's place.
    assert await app.intake.take(made) == first


async def test_at_once_it_is_stored_once(app: App) -> None:
    made = site.post(app)
    other = replace(made, accepted=Accepted({**made.accepted.values, "name": "B"}, (PURPOSE,)))
    outcomes = await asyncio.gather(*[app.intake.take(p) for p in [made] * 10 + [other] * 3])
    assert len(set(outcomes[:10])) == 1
    first = outcomes[0]
    assert isinstance(first, Received)
    assert outcomes[10:] == [Clash(first.number)] * 3
    assert count(app)[0] == 1


async def test_a_double_click_waits_for_the_first(app: App) -> None:
    made = site.post(app)
    first = asyncio.create_task(app.intake.take(made))
    second = asyncio.create_task(app.intake.take(made))
    third = asyncio.create_task(app.intake.take(made))
    await asyncio.sleep(0)
    third.cancel()
    assert await second == await first
    with pytest.raises(asyncio.CancelledError):
        await third
    assert count(app)[0] == 1


def another(app: App) -> Intake:
    """The intake of another process, or of this one after a restart."""
    return Intake(app.writer, app.database, app.ring, app.intake._arrive)


async def test_after_a_restart_it_is_recognised(app: App) -> None:
    made = site.post(app)
    first = await app.intake.take(made)
    assert isinstance(first, Received)
    before = count(app)
    assert await another(app).take(made) == first
    other = replace(made, accepted=Accepted({**made.accepted.values, "name": "B"}, (PURPOSE,)))
    intake = another(app)
    assert await intake.take(other) == Clash(first.number)
    assert await intake.take(made) == first
    assert count(app) == before


async def test_processes_at_once_store_it_once(app: App) -> None:
    made = site.post(app)
    outcomes = await asyncio.gather(*[another(app).take(made) for _ in range(8)])
    assert len(set(outcomes)) == 1
    assert count(app)[0] == 1


async def test_one_that_was_sent_before_does_not_harm_its_batch(app: App) -> None:
    made = site.post(app)
    first = await app.intake.take(made)
    posts = [site.post(app) for _ in range(30)]
    intake = another(app)
    outcomes = await asyncio.gather(*[intake.take(p) for p in [*posts[:15], made, *posts[15:]]])
    assert outcomes[15] == first
    assert all(isinstance(outcome, Received) for outcome in outcomes)
    assert count(app)[0] == 31


async def test_after_its_data_are_destroyed_it_cannot_be_sent_again(app: App) -> None:
    made = site.post(app)
    first = await app.intake.take(made)
    assert isinstance(first, Received)
    app.writer.run(lambda tx: records.destroy(tx, app.ring, first.number, None, "withdrawn"))
    # Nothing is left to compare with; stored anew it must not be.
    assert await another(app).take(made) == Clash(first.number)


async def test_a_failure_does_not_spoil_the_next_try(app: App) -> None:
    made = site.post(app)
    fail = True

    def arrive(tx: Transaction, number: int, state: str, doubts: tuple[str, ...]) -> None:
        if fail:
            raise errors.Unavailable("The disk is full.", "Make room.")

    intake = Intake(app.writer, app.database, app.ring, arrive)
    outcomes = await asyncio.gather(*[intake.take(made) for _ in range(3)], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [errors.Unavailable] * 3
    assert count(app)[0] == 0
    fail = False
    assert isinstance(await intake.take(made), Received)
    assert count(app)[0] == 1


async def test_one_who_goes_away_leaves_it_stored_once(app: App) -> None:
    made = site.post(app)
    await app.intake.take(
        site.post(app)
    )  # so that a number is at hand, and nothing is awaited before the queue
    task = asyncio.create_task(app.intake.take(made))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    again = await app.intake.take(made)
    assert isinstance(again, Received)
    assert await app.intake.take(made) == again
    assert count(app)[0] == 2


async def test_only_the_latest_are_remembered(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit, "REMEMBERED", 3)
    posts = [site.post(app) for _ in range(6)]
    received = [await app.intake.take(made) for made in posts]
    assert len(app.intake._recent) == 3
    assert [await app.intake.take(made) for made in posts] == received
    assert count(app)[0] == 6


async def test_when_the_site_stops_it_says_so(app: App) -> None:
    app.writer.close()
    with pytest.raises(errors.Unavailable, match="stopping"):
        await app.intake.take(site.post(app))


async def test_numbers_are_public_under_a_cipher_only(app: App) -> None:
    """Consecutive submissions have ids that nobody can count."""
    received = await site.submit_many(app, 3)
    numbers = sorted(r.number for r in received)
    assert numbers[2] - numbers[0] == 2
    ids = [app.ring.identifiers.encode(identifier.RECEIPT, number) for number in numbers]
    assert len({public[:4] for public in ids}) == 3


async def test_beyond_its_bound_nobody_waits(app: App) -> None:
    app.intake._most = 2
    made = [site.post(app) for _ in range(3)]
    outcomes = await asyncio.gather(*map(app.intake.take, made), return_exceptions=True)
    assert [type(one) for one in outcomes] == [Received, Received, errors.Unavailable]
    # It was not stored, and is not remembered: the same form sent again finds its place.
    assert count(app)[0] == 2
    assert isinstance(await app.intake.take(made[2]), Received)


async def test_whoever_clicks_twice_takes_one_place(app: App) -> None:
    app.intake._most = 1
    made = site.post(app)
    first, second = await asyncio.gather(app.intake.take(made), app.intake.take(made))
    assert first == second


async def test_what_waits_is_bounded_in_bytes_too(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit, "MOST_BYTES", 1)
    made = [site.post(app) for _ in range(2)]
    outcomes = await asyncio.gather(*map(app.intake.take, made), return_exceptions=True)
    assert [type(one) for one in outcomes] == [Received, errors.Unavailable]
    # Whoever failed has left its place.
    assert (app.intake._posts, app.intake._bytes) == (0, 0)


async def test_the_same_form_sent_over_and_over_takes_no_more_than_there_is(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site.post(app)
    monkeypatch.setattr(submit, "MOST_BYTES", 2 * len(submit.canonical(made.accepted)))
    again = [app.intake.take(made) for _ in range(5)]
    outcomes = await asyncio.gather(*again, return_exceptions=True)
    assert [type(one) for one in outcomes] == [Received] * 2 + [errors.Unavailable] * 3
    assert count(app)[0] == 1
    assert (app.intake._posts, app.intake._bytes) == (0, 0)
