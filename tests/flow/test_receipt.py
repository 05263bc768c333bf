# SPDX-License-Identifier: Apache-2.0
"""What a person takes away: a page, a proof that a stranger can verify, a record that a machine can read."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import cast, visitor
from tests.editions import PURPOSE
from tests.visitor import Visitor
from uphold.consent import ledger
from uphold.journal import entry


def test_the_page_says_what_was_agreed_to(one: Visitor) -> None:
    answer = one.get(one.receipt())
    assert answer.status == 200
    page = answer.page
    for said in (
        "Answering your message and dealing with your request",
        "edition 1",
        "One press on the page of your receipt is enough",
        "Download the proof",
        one.app.log.vkey,
    ):
        assert said in page.text, said
    # Purposes without a box are named with their ground.
    assert "Keeping the site safe from attack and abuse" in page.text
    for link in page.links:
        if link.startswith("/"):
            assert one.get(link).status == 200, link


def test_its_address_stays_with_its_holder(anna: Visitor) -> None:
    path = anna.receipt()
    for suffix in ("", ".tlog-proof", ".jsonld"):
        answer = anna.get(f"{path}{suffix}")
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert cast.leaks(answer.body) == []


def test_it_is_unguessable(one: Visitor) -> None:
    first, second = one.receipt(), one.receipt()
    assert re.fullmatch(r"/receipt/[a-z2-7]{26}", first)
    same = [a for a, b in zip(first, second, strict=True) if a == b]
    assert len(same) < 20
    altered = first[:-1] + ("a" if first[-1] != "a" else "e")
    for path in (altered, first.upper(), f"{first}a", "/receipt/1", "/receipt/%00", "/receipt/я"):
        for suffix in ("", ".tlog-proof", ".jsonld"):
            assert one.get(f"{path}{suffix}").status == 404, path


def test_ids_of_another_kind_open_nothing(one: Visitor) -> None:
    one.receipt()
    for kind in (0, 1, 3, 4, 5):
        public = one.app.ring.identifiers.encode(kind, 1)
        assert one.get(f"/receipt/{public}").status == 404


def test_the_proof_is_verified_by_the_public_key(anna: Visitor) -> None:
    path = anna.receipt()
    shown = visitor.prove(anna.app, anna.get(f"{path}.tlog-proof").body)
    assert shown.entry.kind == "record.stored"
    assert shown.entry.codes["form"] == "feedback"
    assert shown.entry.codes["consents"] == PURPOSE
    assert shown.disclosures
    assert shown.origin == anna.app.log.origin


def test_the_proof_grows_with_the_journal(one: Visitor) -> None:
    path = one.receipt()
    early = visitor.prove(one.app, one.get(f"{path}.tlog-proof").body)
    for _ in range(5):
        one.receipt()
    late = visitor.prove(one.app, one.get(f"{path}.tlog-proof").body)
    assert late.index == early.index
    assert late.size > early.size


def test_a_stranger_needs_a_shell_and_openssl(one: Visitor, tmp_path: Path) -> None:
    """The very commands that the receipt page prints, with the files that the site serves."""
    path = one.receipt()
    name = path.rpartition("/")[2]
    (tmp_path / f"{name}.tlog-proof").write_bytes(one.get(f"{path}.tlog-proof").body)
    (tmp_path / "verify.sh").write_bytes(one.get("/journal/verify.sh").body)
    printed = one.get(path).page.text
    found = re.search(r"^sh verify\.sh .*?\n.*?$", printed, re.MULTILINE)
    assert found is not None
    done = subprocess.run(
        ["sh", "-c", found[0]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("VERIFIED\n")


def test_the_command_line_agrees(
    one: Visitor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from uphold.cli.main import main

    file = tmp_path / "receipt.tlog-proof"
    file.write_bytes(one.get(f"{one.receipt()}.tlog-proof").body)
    key = one.get("/journal/key").body.decode().strip()
    assert main(["receipt", "verify", str(file), "--key", key, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verified"] is True
    file.write_bytes(file.read_bytes().replace(b"index ", b"index 1", 1))
    assert main(["receipt", "verify", str(file), "--key", key]) == 1


def test_the_consent_record(one: Visitor) -> None:
    answer = one.get(f"{one.receipt()}.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    record = json.loads(answer.body)
    assert record["@type"] == "dpv:ConsentReceipt"
    assert record["@context"]
    text = answer.body.decode()
    wording = next(iter(one.app.shelf.in_force().wordings))
    for said in ("dpv:CommunicationManagement", "dpv:ConsentGiven", one.app.settings.site.address):
        assert said in text, said
    assert any(digest in text for digest in one.app.shelf.in_force().wordings), wording


def test_the_wording_page(one: Visitor) -> None:
    for digest, wording in one.app.shelf.in_force().wordings.items():
        answer = one.get(f"/wording/{digest}")
        assert answer.status == 200
        page = answer.page
        assert wording.title in page.text
        assert digest in page.text.replace("\u200b", "")
    assert one.get(f"/wording/{'0' * 64}").status == 404
    assert one.get("/wording/x").status == 404


def test_the_next_page_is_a_link_if_the_form_allows_it(one: Visitor) -> None:
    form = one.app.settings.folder / "forms" / "feedback.toml"
    allowed = ["https://shop.example/thanks", "/policy"]
    first = form.read_text(encoding="utf-8").replace(
        "[[field]]", f"next = {json.dumps(allowed)}\n\n[[field]]", 1
    )
    form.write_text(first, encoding="utf-8")
    visitor.publish(one.app)
    for wanted in allowed:
        sent = one.send(_next=wanted)
        assert sent.location.startswith("/receipt/")
        shown = one.get(sent.location)
        assert wanted in shown.page.links
        assert ('rel="external noopener noreferrer"' in shown.html) is wanted.startswith("https")
    for wanted in ("https://evil.example/", "https://shop.example/thanks/more", "//evil.example"):
        sent = one.send(_next=wanted)
        assert sent.status == 303
        assert "evil" not in sent.location
        assert "more" not in sent.location
        shown = one.get(f"{sent.location}&next={wanted}")
        assert wanted not in shown.page.links
    refused = one.send(_next=allowed[0], email="wrong").page
    assert refused.fields["_next"] == allowed[0]
    assert "_next" not in one.send(_next="https://evil.example/", email="wrong").page.fields


def test_what_was_withdrawn_is_said(anna: Visitor) -> None:
    path = anna.receipt()
    visitor.withdraw(anna.app, 1)
    assert "Withdrawn" in anna.get(path).page.text
    assert "dpv:ConsentWithdrawn" in anna.get(f"{path}.jsonld").body.decode()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_event SET act = 'withdrawn'",
        "UPDATE consent_event SET wording = ''",
        "DELETE FROM consent_event",
        "UPDATE policy_edition SET digest = ''",
        "DELETE FROM policy_edition",
    ],
)
def test_what_was_agreed_to_is_append_only(anna: Visitor, statement: str) -> None:
    """Not even whoever types SQL by hand changes it by mistake."""
    anna.receipt()
    with anna.app.database.read() as connection:
        before = ledger.acts(connection, 1)
    assert [act.act for act in before] == [ledger.GIVEN]
    with (
        anna.app.database.connect() as connection,
        pytest.raises(DBAPIError, match="append-only"),
    ):
        connection.execute(text(statement))
    with anna.app.database.read() as connection:
        assert ledger.acts(connection, 1) == before


def test_the_consent_row_says_what_was_shown(anna: Visitor) -> None:
    anna.receipt()
    edition = anna.app.shelf.in_force()
    with anna.app.database.read() as connection:
        (act,) = ledger.acts(connection, 1)
        raw = anna.app.log.entry(connection, act.entry)
    wording = edition.wording("feedback", PURPOSE, "en")
    assert (act.purpose, act.wording, act.edition, act.language) == (
        PURPOSE,
        wording.digest,
        1,
        "en",
    )
    assert act.form == edition.form("feedback").digest
    told = entry.decode(raw)
    assert told.kind == "consent.given"
    assert told.codes["wording"] == wording.digest
    assert act.at // 1000 == told.at_ms // 1000
