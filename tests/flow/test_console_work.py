# SPDX-License-Identifier: Apache-2.0
"""A clerk at work over HTTP: opening for a purpose, denials, answers, mail, moves; all of it in the journal first."""

import asyncio
import re
from collections.abc import Iterator

import pytest

from tests import cast, relay as relays, site, visitor
from tests.editions import PURPOSE
from tests.relay import Box
from tests.visitor import Answer, Visitor
from uphold.access import hold
from uphold.access.gate import Hold
from uphold.app import App
from uphold.cli.main import main
from uphold.journal import entry
from uphold.journal.entry import Entry
from uphold.mail import letter, outbox
from uphold.web import background

pytestmark = pytest.mark.usefixtures("quick_hashing")
HOUR = 3_600_000
WORDS = {"subject": "О доставке", "text": "Доставят завтра,\nс утра."}


@pytest.fixture
def clerk(app: App) -> Iterator[Visitor]:
    """A clerk at a site on each engine, signed in, with one enquiry waiting."""
    visitor.employ(app, cast.clerk)
    with visitor.visiting(app) as found:
        found.send(found.form("/f/feedback?lang=ru"))
        found.sign_in(cast.clerk)
        yield found


@pytest.fixture
def one_clerk(one_app: App) -> Iterator[Visitor]:
    visitor.employ(one_app, cast.clerk)
    with visitor.visiting(one_app) as found:
        found.send()
        found.sign_in(cast.clerk)
        yield found


def place(clerk: Visitor, state: str = "new") -> str:
    """The address of the newest enquiry of a state."""
    links = clerk.get(f"/console?state={state}").page.links
    return next(link for link in links if link.startswith("/console/enquiry/"))


def open_(clerk: Visitor, purpose: str = PURPOSE) -> Answer:
    return clerk.act(f"{place(clerk)}/open", purpose=purpose)


def answer(clerk: Visitor, where: str, **words: str) -> Answer:
    return clerk.act(f"{where}/answer", purpose=PURPOSE, **{**WORDS, **words})


def entries(app: App) -> list[Entry]:
    with app.database.read() as connection:
        return [entry.decode(raw) for _, raw in app.log.entries(connection)]


def index_shown(page: str) -> int:
    found = re.search(r"entry ([0-9,]+) of the journal|entry ([0-9,]+)", page)
    assert found is not None
    return int((found[1] or found[2]).replace(",", ""))


def test_the_list_holds_no_personal_data(clerk: Visitor) -> None:
    before = len(entries(clerk.app))
    listed, shown = clerk.get("/console"), clerk.get(place(clerk))
    for page in (listed, shown):
        assert page.status == 200
        assert cast.leaks(page.body) == []
    assert "Open for a purpose" in shown.page.text
    # Looking at what is known without opening is no reading.
    assert len(entries(clerk.app)) == before


def test_an_opening_is_journaled_and_then_shown(clerk: Visitor) -> None:
    shown = open_(clerk)
    assert shown.status == 200
    for value in cast.subject.values().values():
        assert value in shown.page.text
    told = entries(clerk.app)[index_shown(shown.page.text)]
    assert told.kind == "record.opened"
    assert told.codes == {
        "staff": 1,
        "purpose": PURPOSE,
        "fields": "email+message+name+phone",
    }
    assert shown.headers["cache-control"] == "no-store"
    # A reload leads to the enquiry, unopened.
    assert f'href="{place(clerk)}?lang=ru"' in shown.html
    assert "Opened" in clerk.get(place(clerk)).page.text


def test_a_denial_is_journaled_and_says_why(clerk: Visitor) -> None:
    for purpose, said, reason in (
        ("security", "does not give your role this purpose", "role-refused"),
        ("newsletter", "declares no such purpose", "purpose-undeclared"),
    ):
        denied = open_(clerk, purpose)
        assert denied.status == 403
        assert said in denied.page.text
        told = entries(clerk.app)[index_shown(denied.page.text)]
        assert told.kind == "access.denied"
        assert told.codes == {"staff": 1, "purpose": purpose, "reason": reason}
        assert cast.leaks(denied.body) == []
    history = clerk.get(place(clerk)).page.text
    assert "Refused" in history
    assert "does not give your role this purpose" in history


def test_without_a_purpose_it_is_refused_and_asked_for(one_clerk: Visitor) -> None:
    before = len(entries(one_clerk.app))
    shown = open_(one_clerk, "")
    assert shown.status == 422
    assert shown.page.title.startswith("Error: ")
    assert shown.page.problems == ["purpose"]
    assert open_(one_clerk, "no purpose at all!").status == 403
    refusals = entries(one_clerk.app)[before:]
    assert [(one.kind, one.codes["purpose"]) for one in refusals] == [("access.denied", "none")] * 2


def test_a_withdrawn_consent_closes_it(clerk: Visitor) -> None:
    visitor.withdraw(clerk.app, 1)
    denied = open_(clerk)
    assert denied.status == 403
    assert "has withdrawn the consent" in denied.page.text
    assert "withdrawn" in clerk.get(place(clerk)).page.text
    # Nor is it answered.
    assert answer(clerk, place(clerk)).status == 403


def test_a_hold_closes_it_until_it_ends(clerk: Visitor) -> None:
    until = site.now() + HOUR
    number = clerk.app.writer.run(
        lambda tx: hold.place(tx, clerk.app.ring, Hold(1, None, None, until), hold.Reason.SUSPICION)
    )
    denied = open_(clerk)
    assert denied.status == 403
    assert "Your access is suspended" in denied.page.text
    clerk.app.writer.run(lambda tx: hold.lift(tx, number))
    assert open_(clerk).status == 200


def test_an_answer_is_sealed_and_the_enquiry_answered(clerk: Visitor) -> None:
    where = place(clerk)
    done = answer(clerk, where)
    assert (done.status, done.location) == (303, f"{where}?done=answered")
    shown = clerk.get(done.location).page.text
    assert "The answer is sealed and waits to be sent" in shown
    assert "sealed, waits to be sent" in shown
    assert place(clerk, "answered") == where
    kinds = [found.kind for found in entries(clerk.app)]
    assert kinds[-4:] == ["record.opened", "answer.sealed", "enquiry.moved", "enquiry.moved"]
    # Whoever opens it again reads what was answered.
    again = clerk.act(f"{where}/open", purpose=PURPOSE).page.text
    assert "Earlier answers" in again
    assert "Доставят завтра" in again


@pytest.mark.parametrize(
    ("words", "said", "anchor"),
    [
        ({"text": " "}, "Write the answer", "text"),
        (
            {"text": "ж" * (letter.LONGEST_TEXT + 1)},
            "The answer is too long: the limit is 100000 characters",
            "text",
        ),
        (
            {"subject": "x" * (letter.LONGEST_SUBJECT + 1)},
            "The subject is too long: the limit is 200 characters",
            "subject",
        ),
    ],
    ids=["empty", "too long to send", "long subject"],
)
def test_a_faulty_answer_comes_back(
    one_clerk: Visitor, words: dict[str, str], said: str, anchor: str
) -> None:
    where = place(one_clerk)
    shown = answer(one_clerk, where, **words)
    assert shown.status == 422
    assert shown.page.title.startswith("Error: ")
    assert said in shown.page.summary
    assert shown.page.problems == [anchor]
    kept = {**WORDS, **words}
    assert shown.page.fields["text"].strip() == kept["text"].strip()
    assert shown.page.fields["subject"] == kept["subject"]
    assert place(one_clerk) == where


def test_a_russian_clerk_reads_russian(one_clerk: Visitor) -> None:
    where = place(one_clerk)
    token = one_clerk.get("/console").page.fields["_csrf"]
    fields = {"_csrf": token, "purpose": PURPOSE, "subject": "", "text": ""}
    shown = one_clerk.post(f"{where}/answer?lang=ru", fields)
    assert "Напишите ответ" in shown.page.summary
    assert "The answer" not in shown.page.text
    done = one_clerk.post(f"{where}/answer?lang=ru", {**fields, "text": "Да."})
    assert done.location == f"{where}?done=answered&lang=ru"


def test_an_address_that_no_mail_reaches(one_clerk: Visitor) -> None:
    """A form takes what looks like an address; whether mail can be written to it shows here."""
    assert one_clerk.send(email="anna..petrova@subject.example").status == 303
    shown = answer(one_clerk, place(one_clerk))
    assert shown.status == 422
    assert "no e-mail address that an answer can be sent to" in shown.page.summary
    assert WORDS["text"] in shown.page.fields["text"]


def deliver(app: App, box: Box) -> None:
    """One round of the task that a serving site runs beside."""
    with relays.running(box) as port:
        asyncio.run(background.mail(app, relays.plain(port)))


def test_an_answer_is_delivered(clerk: Visitor) -> None:
    where, box = place(clerk), Box()
    answer(clerk, where)
    deliver(clerk.app, box)
    (message,) = box.messages()
    assert message["to"] == cast.subject.email
    assert message["subject"].startswith("Ваше обращение ")
    assert "Доставят завтра" in relays.text(message)
    assert re.search(r"sent\s+\d", clerk.get(where).page.text)
    assert entries(clerk.app)[-1].kind == "mail.sent"


def test_an_answer_that_the_relay_refuses_shows_as_failed(one_clerk: Visitor) -> None:
    where = place(one_clerk)
    answer(one_clerk, where)
    deliver(one_clerk.app, Box(rcpt=["550 no such user"]))
    shown = one_clerk.get(where).page.text
    assert "not sent" in shown
    assert "The mail relay refused the address." in shown


def test_an_answer_is_exported(clerk: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    where, root = place(clerk), clerk.app.settings.folder
    configured = root / "uphold.toml"
    configured.write_text(
        configured.read_text() + '\n[mail]\nsender = "Office <office@example.org>"\n'
    )
    answer(clerk, where)
    folder = root.parent / "letters"
    assert main(["mail", "export", str(root), str(folder)]) == 0
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "1 message(s) written" in capsys.readouterr().out
    assert cast.subject.email in file.read_text()
    assert "written to a file" in clerk.get(where).page.text
    assert main(["mail", "export", str(root), str(folder)]) == 0
    assert capsys.readouterr().out == "No message waits.\n"


def test_an_answer_withdrawn_in_between_stays_sealed(one_clerk: Visitor) -> None:
    where, box = place(one_clerk), Box()
    answer(one_clerk, where)
    visitor.withdraw(one_clerk.app, 1)
    deliver(one_clerk.app, box)
    assert box.raw == []
    assert "has withdrawn the consent" in one_clerk.get(where).page.text
    with one_clerk.app.database.read() as connection:
        assert outbox.counts(connection)[outbox.State.FAILED] == 1


def test_moves(clerk: Visitor) -> None:
    where = place(clerk)
    for to in ("in-work", "answered", "closed", "in-work"):
        done = clerk.act(f"{where}/move", to=to)
        assert (done.status, done.location) == (303, f"{where}?done=moved")
        assert place(clerk, to) == where
        told = entries(clerk.app)[-1]
        assert (told.kind, told.codes["to"], told.codes["staff"]) == ("enquiry.moved", to, 1)
    for to in ("new", "aside", "discarded", "", "nowhere"):
        assert clerk.act(f"{where}/move", to=to).status == 409
    assert "Moved" in clerk.get(where).page.text


def test_who_comes_second_is_told(one_clerk: Visitor) -> None:
    """Two clerks have the page open; the second one's button leads nowhere any more."""
    where = place(one_clerk)
    one_clerk.act(f"{where}/move", to="closed")
    late = answer(one_clerk, where)
    assert late.status == 409
    assert "/console" in late.page.links
    assert one_clerk.act(f"{where}/move", to="closed").status == 409


def test_a_clerk_sees_only_their_own_readings(one_clerk: Visitor, one_app: App) -> None:
    visitor.employ(one_app, cast.owner)
    with visitor.visiting(one_app) as owner:
        owner.sign_in(cast.owner)
        where = place(owner)
        open_(owner)
        open_(owner, "consent-evidence")
        assert "owner-oriole" in owner.get(where).page.text
        assert "owner-oriole" not in one_clerk.get(where).page.text
        open_(one_clerk)
        assert "clerk-curlew" in one_clerk.get(where).page.text.partition("History")[2]
        assert "clerk-curlew" in owner.get(where).page.text.partition("History")[2]


def test_the_owner_reads_the_evidence(one_app: App) -> None:
    visitor.employ(one_app, cast.owner)
    with visitor.visiting(one_app, language="ru") as owner:
        owner.send(owner.form())
        owner.sign_in(cast.owner)
        shown = open_(owner, "consent-evidence").page.text
        assert "Дайджест" in shown or "Отпечаток" in shown
        assert cast.subject.email in shown
        assert cast.subject.message not in shown


def test_pages_of_the_list(one_clerk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uphold.web.console.PAGE", 3)
    for _ in range(6):
        one_clerk.send()
    seen = []
    address = "/console"
    while address:
        page = one_clerk.get(address).page
        seen += [link for link in page.links if link.startswith("/console/enquiry/")]
        address = next(
            (link for link in page.links if "before=" in link and "lang" not in link), ""
        )
    assert len(seen) == len(set(seen)) == 7
    for before in ("x", "-1", "9" * 40, "٣"):
        assert one_clerk.get(f"/console?before={before}").status == 200
    assert one_clerk.get("/console?state=nothing").status == 200


def test_enquiries_that_there_are_not(one_clerk: Visitor) -> None:
    receipt = one_clerk.app.ring.identifiers.encode(2, 1)
    for name in ("x", receipt, "a" * 26, "%00"):
        assert one_clerk.get(f"/console/enquiry/{name}").status == 404
