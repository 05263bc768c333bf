# SPDX-License-Identifier: Apache-2.0
"""The receipt's file: verifiable with the public key alone, and without any field's value."""

import base64

import msgspec
import pytest

from tests import cast, site
from tests.editions import PURPOSE
from uphold import errors
from uphold.app import App
from uphold.consent import receipt
from uphold.journal import proof
from uphold.submission.submit import Received
from uphold.vault import commitment, identifier, records


def make(app: App, received: Received) -> bytes:
    with app.database.read() as connection:
        return receipt.file(connection, app.log, app.ring, received.number, received.entry)


def test_anybody_can_verify_it(app: App) -> None:
    received = site.submit(app)
    site.submit(app)
    verified = proof.verify(make(app, received), app.log.verifier)
    assert verified.index == received.entry
    decoded = verified.entry
    assert decoded.kind == "record.stored"
    assert decoded.codes["form"] == "feedback"


def test_its_openings_show_the_record_to_its_holder(app: App) -> None:
    received = site.submit(app)
    verified = proof.verify(make(app, received), app.log.verifier)
    opened = [msgspec.json.decode(base64.urlsafe_b64decode(o + "==")) for o in verified.disclosures]
    public = app.ring.identifiers.encode(identifier.RECORD, received.number)
    assert (commitment.RECORD, public) in [(name, value) for _, name, value in opened]


def test_it_holds_no_value_of_a_field(app: App) -> None:
    raw = make(app, site.submit(app))
    assert cast.leaks(raw) == []
    extra = next(line for line in raw.splitlines() if line.startswith(b"extra "))
    inside = base64.b64decode(extra.removeprefix(b"extra "))
    assert cast.leaks(inside) == []
    assert cast.leaks(base64.b64decode(msgspec.json.decode(inside)["entry"])) == []


def test_it_grows_with_the_journal_and_stays_true(app: App) -> None:
    received = site.submit(app)
    early = make(app, received)
    for _ in range(5):
        site.submit(app)
    late = make(app, received)
    assert early != late
    for raw in (early, late):
        assert proof.verify(raw, app.log.verifier).index == received.entry


def test_after_destruction_nothing_ties_it_to_anybody(app: App) -> None:
    received = site.submit(app)
    app.writer.run(lambda tx: records.destroy(tx, app.ring, received.number, None, "withdrawn"))
    assert proof.verify(make(app, received), app.log.verifier).disclosures == ()


def test_while_the_evidence_lives_it_still_opens(app: App) -> None:
    received = site.submit(app)
    app.writer.run(
        lambda tx: records.destroy(tx, app.ring, received.number, [PURPOSE], "purpose-ended")
    )
    assert proof.verify(make(app, received), app.log.verifier).disclosures != ()


def test_an_entry_that_is_not_there_has_none(app: App) -> None:
    received = site.submit(app)
    with pytest.raises(errors.Missing), app.database.read() as connection:
        receipt.file(connection, app.log, app.ring, received.number, received.entry + 99)
