# SPDX-License-Identifier: Apache-2.0
"""The intake: parts by purpose, and everything in one transaction. See test_submit_once.py for repetitions."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import select

from tests import cast, orders, site
from tests.editions import PURPOSE
from tests.unit.submission.conftest import NOW, ORDER, TECHNICAL, count, order, post
from uphold import errors
from uphold.app import App
from uphold.consent import ledger
from uphold.database.transaction import Transaction
from uphold.enquiry import desk
from uphold.enquiry.desk import enquiry_item
from uphold.journal import entry
from uphold.policy.document import Edition
from uphold.submission import form, record, submit
from uphold.submission.submit import Intake, Post, Received
from uphold.submission.validate import Accepted
from uphold.vault import commitment, contact, records
from uphold.vault.contact import Contact
from uphold.vault.part import Plain
from uphold.vault.permit import Permit
from uphold.vault.tables import vault_part

EVIDENCE, TECHNICAL_PURPOSE = "consent-evidence", "security"


def content(parts: list[Plain]) -> dict[str, dict[str, Any]]:
    return {part.purpose: msgspec.json.decode(part.payload) for part in parts}


def contacts(parts: list[Plain]) -> dict[str, tuple[Contact, ...]]:
    return {part.purpose: part.contacts for part in parts}


# --- parts ----------------------------------------------------------------------------------------


def test_a_post_has_evidence_first_then_its_purposes_then_the_request() -> None:
    parts = submit.parts(post())
    assert [part.purpose for part in parts] == [EVIDENCE, PURPOSE, TECHNICAL_PURPOSE]
    assert content(parts)[PURPOSE] == cast.subject.values()


def test_the_technical_data_are_five_and_no_others() -> None:
    kept = content(submit.parts(post()))[TECHNICAL_PURPOSE]
    assert kept == {
        "ip": "192.0.2.7",
        "cookie": "",
        "browser": "Browser/1.0",
        "time": "2026-01-02T03:04:05Z",
        "page": "/f/feedback",
    }
    assert len(msgspec.structs.fields(TECHNICAL)) == 5


def test_the_evidence_proves_who_consented_to_what_and_when() -> None:
    made = post()
    kept = content(submit.parts(made))[EVIDENCE]
    assert kept == {
        "contacts": [cast.subject.email, cast.subject.phone],
        "purposes": {PURPOSE: made.offer.wordings[PURPOSE].digest},
        "form": "feedback",
        "form_digest": made.offer.form.digest,
        "edition": 1,
        "edition_digest": made.edition.digest,
        "language": "ru",
        "at": NOW,
        "shown_at": NOW - 5000,
        "act": "ticked an empty box",
    }


def test_the_evidence_is_of_the_edition_that_was_shown() -> None:
    made = post()
    later = replace(made.offer.edition, number=2, digest="f" * 64)
    current = structs.replace(made, offer=replace(made.offer, edition=later))
    assert content(submit.parts(current))[EVIDENCE]["edition"] == 1


def ordered(consents: tuple[str, ...], values: Mapping[str, str] = ORDER) -> list[Plain]:
    return submit.parts(post(order(), values, consents))


def test_each_purpose_gets_the_fields_that_serve_it() -> None:
    parts = ordered(("communication", "newsletter"))
    assert content(parts) | {EVIDENCE: None, TECHNICAL_PURPOSE: None} == {
        EVIDENCE: None,
        "delivery": {"name": "Агния", "email": "a@subject.example", "goods": "lamp"},
        "newsletter": {"email": "a@subject.example"},
        "communication": {"comment": "Срочно"},
        TECHNICAL_PURPOSE: None,
    }


def test_for_a_box_left_empty_nothing_is_stored() -> None:
    parts = ordered(("communication",))
    assert [part.purpose for part in parts] == [
        EVIDENCE,
        "delivery",
        "communication",
        TECHNICAL_PURPOSE,
    ]
    assert content(parts)[EVIDENCE]["purposes"].keys() == {"communication"}


def test_a_purpose_on_another_ground_needs_no_tick() -> None:
    parts = ordered(())
    assert [part.purpose for part in parts] == ["delivery", TECHNICAL_PURPOSE]


def test_a_purpose_without_any_value_has_no_part() -> None:
    values = {key: value for key, value in ORDER.items() if key != "comment"}
    parts = ordered(("communication",), values)
    assert [part.purpose for part in parts] == [EVIDENCE, "delivery", TECHNICAL_PURPOSE]


def test_an_address_given_for_another_purpose_is_no_evidence() -> None:
    """The e-mail was asked for delivery and newsletter; consent was given to neither."""
    parts = ordered(("communication",))
    assert content(parts)[EVIDENCE]["contacts"] == []
    email = (Contact(contact.EMAIL, "a@subject.example"),)
    assert contacts(parts) == {
        EVIDENCE: (),
        "delivery": email,
        "communication": (),
        TECHNICAL_PURPOSE: (),
    }


def test_a_record_is_found_through_what_lives_longest() -> None:
    email = (Contact(contact.EMAIL, "a@subject.example"),)
    found = contacts(ordered(("communication", "newsletter")))
    assert found[EVIDENCE] == email
    assert found["delivery"] == found["newsletter"] == ()


def test_without_evidence_each_part_is_found_by_its_own_addresses() -> None:
    found = contacts(ordered(()))
    assert found == {
        "delivery": (Contact(contact.EMAIL, "a@subject.example"),),
        TECHNICAL_PURPOSE: (),
    }


def test_an_address_for_a_purpose_refused_is_nowhere() -> None:
    whole = orders.edition()
    fields = tuple(
        replace(field, purposes=("newsletter",)) if field.key == "email" else field
        for field in whole.forms[orders.FORM].fields
    )
    changed = replace(whole, forms={orders.FORM: replace(whole.forms[orders.FORM], fields=fields)})
    offer = form.derive(changed, orders.FORM, "en")
    for consents in ((), ("communication",)):
        parts = submit.parts(post(offer, ORDER, consents))
        assert b"a@subject.example" not in b"".join(part.payload for part in parts)
        assert not any(part.contacts for part in parts)


def test_two_posts_are_the_same_by_values_and_ticks() -> None:
    def same(values: dict[str, str], consents: tuple[str, ...] = ()) -> bytes:
        return submit.canonical(Accepted(values, consents))

    assert same({"a": "1", "b": "2"}) == same({"b": "2", "a": "1"})
    assert same({"a": "1"}) != same({"a": "2"})
    assert same({"a": "1"}) != same({"a": "1", "b": ""})
    assert same({"a": "1"}) != same({"a": "1"}, ("p",))
    assert same({"ab": "c"}) != same({"a": "bc"})


# --- one transaction ------------------------------------------------------------------------------


async def test_everything_is_stored_together(app: App) -> None:
    before = count(app)
    made = site.post(app)
    received = await app.intake.take(made)
    assert isinstance(received, Received)
    assert count(app) == (1, 3, 3, before[3] + 2)
    with app.database.read() as connection:
        acts = ledger.acts(connection, received.number)
        raws = dict(app.log.entries(connection))
        waiting = connection.execute(select(enquiry_item)).one()
    assert [(act.purpose, act.act, act.at) for act in acts] == [(PURPOSE, "given", made.at)]
    assert (waiting.number, waiting.state) == (received.number, "new")
    stored, given = entry.decode(raws[received.entry]), entry.decode(raws[acts[0].entry])
    assert (given.kind, stored.kind) == ("consent.given", "record.stored")
    assert stored.codes["parts"] == f"{EVIDENCE}+{PURPOSE}+{TECHNICAL_PURPOSE}"
    assert stored.codes["consents"] == PURPOSE
    assert stored.codes["state"] == "new"
    assert given.codes["wording"] == made.offer.wordings[PURPOSE].digest
    assert cast.leaks(b"".join(raws.values())) == []


async def test_the_journal_commits_to_record_and_parts(app: App) -> None:
    received = await app.intake.take(site.post(app))
    assert isinstance(received, Received)
    with app.database.read() as connection:
        decoded = entry.decode(app.log.entry(connection, received.entry))
        openings = commitment.openings(
            app.ring, connection, received.number, decoded.salt, decoded.commitments
        )
        sealed = connection.execute(select(vault_part.c.sealed).order_by("number")).scalars().all()
    assert [commitment.digest(opening) for opening in openings] == list(decoded.commitments[:1])
    assert [commitment.sealed_digest(blob) for blob in sealed] == list(decoded.commitments[1:])


async def test_a_part_opens_with_what_was_posted(app: App) -> None:
    received = await app.intake.take(site.post(app))
    assert isinstance(received, Received)
    permit = Permit(0, PURPOSE, received.number, frozenset({"email", "message"}), 1, "consent")
    with app.database.read() as connection:
        opened = records.open(app.ring, permit, records.fetch(connection, permit))
    assert opened == {"email": cast.subject.email, "message": cast.subject.message}


async def test_doubts_set_a_post_aside(app: App) -> None:
    made = site.post(app, doubts=("too-fast", "honeypot"))
    assert made.state == record.ASIDE
    received = await app.intake.take(made)
    assert isinstance(received, Received)
    with app.database.read() as connection:
        waiting = connection.execute(select(enquiry_item)).one()
    assert (waiting.state, waiting.reasons) == ("aside", "too-fast+honeypot")


async def test_when_the_desk_refuses_nothing_is_stored(app: App) -> None:
    def refuse(tx: Transaction, number: int, state: str, doubts: tuple[str, ...]) -> None:
        raise errors.Broken("The desk is full.", "Clear it.")

    before = count(app)
    intake = Intake(app.writer, app.database, app.ring, refuse)
    with pytest.raises(errors.Broken):
        await intake.take(site.post(app))
    assert count(app) == before


def of_run(app: App, run: int | None) -> Post:
    return structs.replace(site.post(app), exercise=run)


async def test_what_a_run_of_probes_sends_is_marked_in_the_same_transaction(app: App) -> None:
    asked: list[int] = []
    intake = Intake(
        app.writer, app.database, app.ring, desk.arrive, lambda _, run: asked.append(run)
    )
    received = await intake.take(of_run(app, 7))
    assert isinstance(received, Received)
    assert asked == [7]
    with app.database.read() as connection:
        facts = record.facts(connection, [received.number])[received.number]
        following = entry.decode(app.log.entry(connection, received.entry + 1))
        head = app.log.head(connection)
        own = commitment.openings(
            app.ring, connection, received.number, following.salt, following.commitments
        )
    assert facts.exercise == 7
    assert (following.kind, following.codes) == ("exercise.marked", {"run": 7})
    assert head.size == received.entry + 2
    # It is of this record: the commitment opens under its own key.
    assert len(own) == 1


async def test_a_run_that_is_not_open_stores_nothing(app: App) -> None:
    def refuse(tx: Transaction, run: int) -> None:
        raise errors.Invalid("It has ended.", "Begin another.")

    before = count(app)
    for intake in (
        Intake(app.writer, app.database, app.ring, desk.arrive, refuse),
        Intake(app.writer, app.database, app.ring, desk.arrive),
    ):
        with pytest.raises(errors.Invalid):
            await intake.take(of_run(app, 7))
    assert count(app) == before


async def test_nobody_asks_about_what_a_person_sends(app: App) -> None:
    intake = Intake(app.writer, app.database, app.ring, desk.arrive)
    received = await intake.take(of_run(app, None))
    assert isinstance(received, Received)
    with app.database.read() as connection:
        facts = record.facts(connection, [received.number])[received.number]
    assert not facts.is_exercise


def test_nothing_is_readable_on_the_disk(tmp_path: Path, sqlite_url: str) -> None:
    app = site.build(tmp_path, sqlite_url)
    asyncio.run(site.submit_many(app, 20))
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    raw = b"".join(path.read_bytes() for path in folder.iterdir())
    app.close()
    assert cast.leaks(raw) == []
    assert b"192.0.2.7" not in raw


# --- an order -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_busy", "halves"), [(False, [16, 16]), (True, [32])])
async def test_an_idle_writer_begins_while_half_is_prepared(
    app: App, monkeypatch: pytest.MonkeyPatch, is_busy: bool, halves: list[int]
) -> None:
    await app.intake.take(site.post(app))
    begun, free = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        begun.set()
        assert free.wait(30)

    holding = [asyncio.create_task(app.writer.submit(hold))] if is_busy else []
    await asyncio.to_thread(until, begun.is_set if is_busy else lambda: app.writer.is_idle)
    sizes: list[int] = []
    hand_over = app.writer.hand_over

    def noted(works: Sequence[Any]) -> None:
        sizes.append(len(works))
        hand_over(works)

    monkeypatch.setattr(app.writer, "hand_over", noted)
    takes = [asyncio.create_task(app.intake.take(site.post(app))) for _ in range(32)]
    await asyncio.to_thread(until, lambda: sum(sizes) == len(takes))
    free.set()
    stored = await asyncio.gather(*takes, *holding)
    assert sizes == halves
    assert len({one.number for one in stored if isinstance(one, Received)}) == len(takes)


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.001)


@pytest.fixture
def shop(app: App) -> tuple[App, Edition]:
    """A site whose policy in force has the order form as well."""
    for name, raw in orders.files().items():
        path = app.settings.folder / name
        path.write_bytes(raw)
    site.publish_policy(app)
    return app, max((app.shelf.all()), key=lambda edition: edition.number)


async def test_an_order_without_news_is_stored_for_its_contract(shop: tuple[App, Edition]) -> None:
    app, edition = shop
    offer = form.derive(edition, orders.FORM, "ru")
    made: Post = post(offer, ORDER, ("communication",), edition)
    received = await app.intake.take(made)
    assert isinstance(received, Received)
    with app.database.read() as connection:
        state = ledger.state(connection, received.number)
        stored = entry.decode(app.log.entry(connection, received.entry))
    assert state == {"communication": "given"}
    assert stored.codes["parts"] == f"{EVIDENCE}+delivery+communication+{TECHNICAL_PURPOSE}"
    assert stored.codes["edition"] == edition.number
