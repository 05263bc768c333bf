# SPDX-License-Identifier: Apache-2.0
"""A material change: only those concerned are asked anew, on their receipt's page and by mail, and may say no."""

import asyncio

import pytest

from tests import cast, relay as relays, site, visitor, wider
from tests.editions import FORM, PURPOSE
from tests.relay import Box
from tests.visitor import BOX, Visitor
from uphold.app import App
from uphold.assurance.audit import Audit
from uphold.cli.main import main
from uphold.consent import ledger
from uphold.consent.ledger import Act
from uphold.journal import entry
from uphold.journal.entry import Entry
from uphold.mail import delivery, outbox
from uphold.vault import identifier

pytestmark = pytest.mark.usefixtures("quick_hashing")


def number(app: App, path: str) -> int:
    found = app.ring.identifiers.decode(identifier.RECEIPT, path.rpartition("/")[2])
    assert found is not None
    return found


def acts(app: App, path: str) -> list[Act]:
    with app.database.read() as connection:
        return ledger.acts(connection, number(app, path))


def entries(app: App, kind: str) -> list[Entry]:
    with app.database.read() as connection:
        every = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    return [one for one in every if one.kind == kind]


def widen(app: App) -> None:
    wider.write(app.settings.folder)
    visitor.publish(app)


def test_who_is_concerned_is_asked_on_the_page_of_their_receipt(anna: Visitor) -> None:
    app, path = anna.app, anna.receipt()
    assert "anew" not in anna.get(path).html
    widen(app)
    shown = anna.get(path)
    assert shown.status == 200
    for text in ("a new recipient: Asker LLC", "kept longer", "Keep everything as it is"):
        assert text in shown.page.text
    assert shown.page.ticked == []
    assert "<ins>" in shown.html
    assert "<del>" in shown.html
    assert "/policy/compare/1/2" in shown.html
    answer = anna.post(path, {"_token": shown.page.token, BOX: "yes", "answer": "agree"})
    assert (answer.status, answer.location) == (303, f"{path}?done=renewed")
    first, second = acts(app, path)
    current = app.shelf.in_force()
    assert (first.edition, second.edition, second.act) == (1, 2, ledger.GIVEN)
    assert second.wording == current.wording(FORM, PURPOSE, "en").digest
    assert first.wording != second.wording
    told = entries(app, "consent.given")[-1]
    assert told.codes == {
        "purpose": PURPOSE,
        "wording": second.wording,
        "form": current.form(FORM).digest,
        "edition": 2,
        "language": "en",
    }
    after = anna.get(answer.location)
    assert "Your consent is stored" in after.page.text
    assert "anew" not in after.html
    assert "Replaced" in after.page.text
    # The later consent has a proof of its own, which a stranger can verify.
    href = f"{path}.tlog-proof?entry={second.entry}"
    assert href in after.page.links
    proved = visitor.prove(app, anna.get(href).body)
    assert (proved.index, proved.entry.kind) == (second.entry, "consent.given")
    assert anna.get(f"{path}.tlog-proof?entry={second.entry + 1}").status == 404
    # The same post once more, as a double click sends it, stores nothing more.
    again = anna.post(path, {"_token": shown.page.token, BOX: "yes", "answer": "agree"})
    assert again.status == 303
    assert len(acts(app, path)) == 2
    assert list(Audit(app.settings).run()) == []


def test_saying_no_changes_nothing_and_is_as_easy(anna: Visitor) -> None:
    path = anna.receipt()
    widen(anna.app)
    page = anna.get(path).page
    before = visitor.stored(anna.app)
    # Even a tick does not count with this button.
    for ticked in ({}, {BOX: "yes"}):
        answer = anna.post(path, {"_token": page.token, "answer": "keep", **ticked})
        assert answer.location == f"{path}?done=kept"
    assert "Nothing was changed" in anna.get(answer.location).page.text
    nothing = anna.post(path, {"_token": page.token, "answer": "agree"})
    assert nothing.status == 422
    assert "Tick a box if you agree" in nothing.page.text
    assert nothing.page.ticked == []
    assert visitor.stored(anna.app) == before
    assert [act.edition for act in acts(anna.app, path)] == [1]


def test_what_was_not_shown_cannot_be_agreed_to(anna: Visitor) -> None:
    path = anna.receipt()
    widen(anna.app)
    before = visitor.stored(anna.app)
    old = visitor.old_token(anna.app, site.now())
    for token in ("", "forged", old[:-4] + "AAAA"):
        answer = anna.post(path, {"_token": token, BOX: "yes", "answer": "agree"})
        assert answer.status == 422
        assert "wording has changed" in answer.page.text
    assert anna.post("/receipt/nothing", {"answer": "agree"}).status == 404
    assert anna.ask("POST", path, content=b"\xff", headers={"content-type": "x/y"}).status == 415
    assert visitor.stored(anna.app) == before


def test_a_wording_that_changed_meanwhile_is_shown_before_it_is_agreed_to(anna: Visitor) -> None:
    path = anna.receipt()
    widen(anna.app)
    token = anna.get(path).page.token
    file = anna.app.settings.folder / "policy" / "policy.toml"
    text = file.read_text(encoding="utf-8").replace('at-most = "P2Y"', 'at-most = "P3Y"')
    file.write_text(text, encoding="utf-8")
    visitor.publish(anna.app)
    answer = anna.post(path, {"_token": token, BOX: "yes", "answer": "agree"})
    assert answer.status == 422
    assert "3 years after receipt" in answer.page.text
    assert [act.edition for act in acts(anna.app, path)] == [1]


def test_who_is_not_concerned_is_not_asked(anna: Visitor) -> None:
    """Nobody for a change of words; of a widening not who withdrew, and not who came after it."""
    path, gone = anna.receipt(), anna.receipt()
    visitor.withdraw(anna.app, number(anna.app, gone))
    wider.reword(anna.app.settings.folder)
    visitor.publish(anna.app)
    assert "anew" not in anna.get(path).html
    file = anna.app.settings.folder / "policy" / "policy.toml"
    text = file.read_text(encoding="utf-8").replace('at-most = "P1Y"', 'at-most = "P2Y"')
    file.write_text(text, encoding="utf-8")
    visitor.publish(anna.app)
    assert "anew" in anna.get(path).html
    assert "anew" not in anna.get(gone).html
    later = anna.receipt()
    assert "anew" not in anna.get(later).html
    before = visitor.stored(anna.app)
    token = anna.get(path).page.token
    fields = {"_token": token, BOX: "yes", "answer": "agree"}
    assert anna.post(later, fields).location == f"{later}?done=kept"
    assert visitor.stored(anna.app) == before


def test_the_machine_readable_record_tells_both_consents(anna: Visitor) -> None:
    path = anna.receipt()
    widen(anna.app)
    token = anna.get(path).page.token
    anna.post(path, {"_token": token, BOX: "yes", "answer": "agree"})
    told = anna.get(f"{path}.jsonld").json["dpv:hasRecordOfActivity"]
    assert len({one["@id"] for one in told}) == len(told) == 2
    policies = [[notice["schema:url"] for notice in one["dpv:hasNotice"]][1] for one in told]
    assert [url.rpartition("=")[2] for url in policies] == ["1", "2"]
    assert [len(one["dpv:hasConsentStatus"]) for one in told] == [1, 1]


def test_nothing_wider_is_done_until_they_agree(anna: Visitor) -> None:
    """From the second edition on an officer may read for the purpose: of those who agreed to it."""
    app, path = anna.app, anna.receipt()
    file = app.settings.folder / "policy" / "policy.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('roles = ["owner", "clerk"]', 'roles = ["owner", "clerk", "officer"]', 1)
    file.write_text(text, encoding="utf-8")
    widen(app)
    visitor.employ(app, cast.officer)
    record = app.ring.identifiers.encode(identifier.ENQUIRY, number(app, path))
    with visitor.visiting(app) as officer:
        assert officer.sign_in(cast.officer).status == 303

        def opened() -> int:
            return officer.act(f"/console/enquiry/{record}/open", purpose=PURPOSE).status

        assert opened() == 403
        assert entries(app, "access.denied")[-1].codes["reason"] == "role-refused"
        token = anna.get(path).page.token
        anna.post(path, {"_token": token, BOX: "yes", "answer": "keep"})
        assert opened() == 403
        anna.post(path, {"_token": token, BOX: "yes", "answer": "agree"})
        assert opened() == 200


@pytest.mark.parametrize("dry", [True, False])
def test_people_are_asked_by_mail_once(
    anna: Visitor, capsys: pytest.CaptureFixture[str], dry: bool
) -> None:
    app = anna.app
    visitor.employ(app, cast.owner)
    path, gone, agreed = anna.receipt(), anna.receipt(), anna.receipt()
    aside = site.submit(app, doubts=("too-fast",)).number
    visitor.withdraw(app, number(app, gone))
    widen(app)
    token = anna.get(agreed).page.token
    anna.post(agreed, {"_token": token, BOX: "yes", "answer": "agree"})
    folder = str(app.settings.folder)
    before = visitor.stored(app)
    words = ["policy", "ask", folder, "--edition", "2"]
    assert main([*words, "--dry-run"]) == 0
    assert "1 would be asked by mail, 0 had been asked before." in capsys.readouterr().out
    assert visitor.stored(app) == before
    if dry:
        return
    assert main(words) == 0
    assert "1 were asked by mail" in capsys.readouterr().out
    (said,) = entries(app, "consent.asked")
    wording = app.shelf.in_force().wording(FORM, PURPOSE, "en").digest
    assert said.codes == {"purpose": PURPOSE, "edition": 2, "wording": wording}
    # The address was read, by whom and for what is in the journal; and nobody else's was.
    (read,) = entries(app, "record.opened")
    assert read.codes == {"staff": 1, "purpose": PURPOSE, "fields": "email"}
    assert main(words) == 0
    assert "0 were asked by mail, 1 had been asked before." in capsys.readouterr().out
    assert len(entries(app, "record.opened")) == 1
    box = Box()
    with relays.running(box) as port:
        at, judges = site.now(), app.judges()
        sent = delivery.deliver(app.writer, app.ring, relays.plain(port), judges, now=at)
        assert asyncio.run(sent).sent == 1
    (message,) = box.messages()
    assert message["To"] == cast.subject.email.rpartition("@")[0] + "@" + "subject.example"
    body = relays.text(message)
    assert f"{app.settings.site.address}{path}?lang=en" in body
    assert "If you do nothing" in body
    assert cast.subject.message not in body
    assert anna.get(f"{path}?lang=en").status == 200
    with app.database.read() as connection:
        assert outbox.of_record(connection, aside) == ()
    assert list(Audit(app.settings).run()) == []


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["--edition", "1"], "name that one"),
        (["--edition", "2", "--by", "nobody"], "--by LOGIN"),
        (["--edition", "2", "--purpose", "news"], "--purpose ID"),
    ],
)
def test_asking_is_refused_with_advice(
    anna: Visitor, capsys: pytest.CaptureFixture[str], words: list[str], advice: str
) -> None:
    anna.receipt()
    widen(anna.app)
    before = visitor.stored(anna.app)
    assert main(["policy", "ask", str(anna.app.settings.folder), *words]) == 2
    assert advice in capsys.readouterr().err
    assert visitor.stored(anna.app) == before
