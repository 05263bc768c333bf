# SPDX-License-Identifier: Apache-2.0
"""A consent is withdrawn with one press on the page of its receipt, and everything obeys at once."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from tests import cast, relay as relays, site, visitor
from tests.editions import PURPOSE
from tests.relay import Box
from tests.visitor import BOX, JSON, Visitor
from uphold.app import App
from uphold.assurance import html
from uphold.assurance.audit import Audit
from uphold.consent import ledger
from uphold.consent.ledger import Act
from uphold.mail import delivery, outbox
from uphold.retention import due
from uphold.rights import request
from uphold.vault import identifier
from uphold.web import slip

pytestmark = pytest.mark.usefixtures("quick_hashing")


def number(app: App, path: str) -> int:
    found = app.ring.identifiers.decode(identifier.RECEIPT, path.rpartition("/")[2])
    assert found is not None
    return found


def acts(app: App, path: str) -> list[Act]:
    with app.database.read() as connection:
        return ledger.acts(connection, number(app, path))


def hidden(one: Visitor, path: str, act: str) -> dict[str, str]:
    """What the page's form of an act sends without anything filled in or ticked."""
    page = html.forms(html.parse(one.get(path).html))
    (form,) = (form for form in page if form.action == f"{path}/{act}")
    return {c.name: c.value for c in form.controls if c.name and c.kind == "hidden"}


def press(one: Visitor, path: str) -> visitor.Answer:
    """Press the one button that the page has."""
    return one.post(f"{path}/withdraw", hidden(one, path, "withdraw"))


def test_one_press_withdraws_and_has_a_proof_of_its_own(one: Visitor) -> None:
    app, path = one.app, one.receipt()
    before = one.get(path)
    assert f"{path}/withdraw" in before.page.actions
    for text in (
        "nobody here can open what you wrote for this purpose (Name, E-mail, Telephone, Message)",
        "We can no longer answer you",
        "It is destroyed by",
        "What stays is the proof that you agreed and withdrew",
        "You need not give a reason",
    ):
        assert text in before.page.text
    for value in cast.subject.values().values():
        assert value not in before.html
    answer = press(one, path)
    assert (answer.status, answer.location) == (303, f"{path}?done=withdrawn")
    given, gone = acts(app, path)
    assert (gone.act, gone.wording) == (ledger.WITHDRAWN, given.wording)
    after = one.get(answer.location)
    assert "Your consent is withdrawn" in after.page.text
    assert f"{path}/withdraw" not in after.page.actions
    href = f"{path}.tlog-proof?entry={gone.entry}"
    assert href in after.page.links
    proved = visitor.prove(app, one.get(href).body)
    assert (proved.index, proved.entry.kind) == (gone.entry, "consent.withdrawn")
    with app.database.read() as connection:
        assert due.ready(connection, site.now() + 1, 10) == [number(app, path)]
        (asked,) = request.of_record(connection, number(app, path))
    # In the register of requests it stands as done, and the entry names it.
    assert (str(asked.request.kind), str(asked.request.state)) == ("withdrawal", "fulfilled")
    assert proved.entry.codes["request"] == asked.number
    assert "Withdraw my consent" in after.page.text
    assert list(Audit(app.settings).run()) == []


def test_pressing_twice_is_pressing_once(one: Visitor) -> None:
    path = one.receipt()
    posted = hidden(one, path, "withdraw")
    for _ in range(2):
        assert one.post(f"{path}/withdraw", posted).status == 303
    assert len(acts(one.app, path)) == 2


def test_no_other_page_can_press_it(one: Visitor) -> None:
    path, other = one.receipt(), one.receipt()
    foreign = hidden(one, other, "withdraw")[slip.NAME]
    for text in ("", "forged", "ы", foreign):
        answer = one.post(f"{path}/withdraw", {"purpose": PURPOSE, slip.NAME: text})
        assert answer.status == 422
        assert "did not come from this page" in answer.page.text
    assert one.get(f"{path}/withdraw").status == 405
    assert one.post("/receipt/nothing/withdraw", {"purpose": PURPOSE}).status == 404
    assert [act.act for act in acts(one.app, path)] == [ledger.GIVEN]


@pytest.fixture
def clerk(one: Visitor) -> Iterator[Visitor]:
    visitor.employ(one.app, cast.clerk)
    with visitor.visiting(one.app) as found:
        assert found.sign_in(cast.clerk).status == 303
        yield found


def test_the_clerk_is_refused_at_once_and_sees_why(one: Visitor, clerk: Visitor) -> None:
    app, path = one.app, one.receipt()
    enquiry = (
        f"/console/enquiry/{app.ring.identifiers.encode(identifier.ENQUIRY, number(app, path))}"
    )
    assert clerk.act(f"{enquiry}/open", purpose=PURPOSE).status == 200
    letter = {"purpose": PURPOSE, "subject": "Your message", "text": "Here is the answer."}
    assert clerk.act(f"{enquiry}/answer", **letter).status == 303
    assert "One answer that is written already will not be sent" in one.get(path).page.text
    press(one, path)
    refused = clerk.act(f"{enquiry}/open", purpose=PURPOSE)
    assert refused.status == 403
    assert "withdrawn the consent" in refused.page.text
    assert clerk.act(f"{enquiry}/answer", **letter).status == 403
    shown = clerk.get(enquiry).page.text
    assert "Consent withdrawn" in shown
    box = Box()
    with relays.running(box) as port:
        send(app, port)
    # Of the withdrawal itself the person is told; the answer stays here.
    (message,) = box.messages()
    assert letter["text"] not in relays.text(message)
    assert cast.subject.message not in relays.text(message)
    with app.database.read() as connection:
        left = outbox.of_record(connection, number(app, path))[0]
    assert (left.state, left.reason) == (outbox.State.FAILED, "consent-withdrawn")


def send(app: App, port: int) -> None:
    """Let the mailer go once."""
    judges, at = app.judges(), site.now()
    asyncio.run(delivery.deliver(app.writer, app.ring, relays.plain(port), judges, now=at))


def test_agreeing_again_takes_an_unticked_box(one: Visitor) -> None:
    path = one.receipt()
    press(one, path)
    page = one.get(path).page
    assert page.ticked == []
    nothing = one.post(path, {"_token": page.token, "answer": "agree"})
    assert nothing.status == 422
    answer = one.post(path, {"_token": page.token, BOX: "yes", "answer": "agree"})
    assert answer.location == f"{path}?done=renewed"
    kinds = [act.act for act in acts(one.app, path)]
    assert kinds == [ledger.GIVEN, ledger.WITHDRAWN, ledger.GIVEN]
    text = one.get(path).page.text
    assert "If you withdraw this consent" in text
    # Each act has its own line and its own proof; what was withdrawn is still told.
    assert "Download the proof of your withdrawal" in text
    assert press(one, path).status == 303


def test_a_program_withdraws_by_json(one: Visitor) -> None:
    path = one.receipt()
    told = json.loads(one.get(path, JSON).body)
    (standing,) = told["consents"]
    assert (standing["purpose"], standing["state"]) == (PURPOSE, "given")
    posted = {"purpose": PURPOSE, slip.NAME: standing["withdraw"]["slip"]}
    headers = {**JSON, "content-type": "application/json"}
    answer = one.ask("POST", f"{path}/withdraw", content=json.dumps(posted), headers=headers)
    said = json.loads(answer.body)
    assert (answer.status, said["state"], said["ok"]) == (200, "withdrawn", True)
    assert said["proof_url"].endswith(f"?entry={said['entry']}")
    wrong = one.ask("POST", f"{path}/withdraw", content="{}", headers=headers)
    assert wrong.status == 400
    (gone,) = json.loads(one.get(path, JSON).body)["consents"]
    assert (gone["state"], "withdraw" in gone) == ("withdrawn", False)
    record = json.loads(one.get(f"{path}.jsonld").body)["dpv:hasRecordOfActivity"][0]
    kinds = [status["@type"][0] for status in record["dpv:hasConsentStatus"]]
    assert kinds == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]


def test_the_number_alone_opens_a_request_and_shows_nothing(one: Visitor, clerk: Visitor) -> None:
    app, path = one.app, one.receipt()
    shown = one.get(path)
    asked = one.post(f"{path}/request", {**hidden(one, path, "request"), "kind": "restriction"})
    assert asked.location == f"{path}?done=asked"
    after = one.get(asked.location)
    assert "Let nobody use it until this is settled" in after.page.text
    assert "until then nobody here can open it" in after.page.text
    for value in cast.subject.values().values():
        assert value not in shown.html + after.html
    enquiry = (
        f"/console/enquiry/{app.ring.identifiers.encode(identifier.ENQUIRY, number(app, path))}"
    )
    assert clerk.act(f"{enquiry}/open", purpose=PURPOSE).status == 403
    with app.database.read() as connection:
        (stored,) = request.of_record(connection, number(app, path))
    assert (stored.intake.channel, stored.intake.identity) == ("receipt", "receipt")
    # The same once more is answered together with the first.
    one.post(f"{path}/request", {**hidden(one, path, "request"), "kind": "restriction"})
    assert "answered together with your earlier request" in one.get(path).page.text
    assert list(Audit(app.settings).run()) == []


@pytest.mark.parametrize("kind", ["", "access", "rectification", "nonsense"])
def test_the_number_alone_is_not_enough_to_see_or_to_change(one: Visitor, kind: str) -> None:
    path = one.receipt()
    fields = {**hidden(one, path, "request"), "kind": kind}
    before = visitor.stored(one.app)
    assert one.post(f"{path}/request", fields).status == 422
    assert one.post(f"{path}/request", {**fields, "kind": "erasure", slip.NAME: "x"}).status == 422
    assert one.post(f"{path}/request", fields, JSON).status == 400
    assert visitor.stored(one.app) == before


def test_a_program_asks_by_json(one: Visitor) -> None:
    path = one.receipt()
    way = one.get(path, JSON).json["request"]
    assert way["kinds"] == ["erasure", "restriction", "objection", "complaint"]
    answer = one.post(f"{path}/request", {slip.NAME: way["slip"], "kind": "erasure"}, JSON)
    assert (answer.status, answer.json["state"], answer.json["kind"]) == (
        201,
        "received",
        "erasure",
    )
    assert answer.json["due_at"] > site.now()
    assert [made["kind"] for made in one.get(path, JSON).json["requests"]] == ["erasure"]
