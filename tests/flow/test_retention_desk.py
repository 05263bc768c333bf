# SPDX-License-Identifier: Apache-2.0
"""The desk of retention: counts, acts to sign, orders placed and lifted, keys; and nobody's name anywhere."""

from collections.abc import Iterator
from functools import partial

import msgspec
import pytest

from tests import cast, site, visitor
from tests.visitor import Visitor
from uphold import typeset
from uphold.app import App
from uphold.retention import act, orders, outlook
from uphold.retention.sweep import Reason, destroy
from uphold.vault import identifier, unlock
from uphold.web import dates

pytestmark = pytest.mark.usefixtures("quick_hashing")

PLACE = "/console/retention"
DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def officer(one_app: App) -> Iterator[Visitor]:
    visitor.employ(one_app, cast.officer)
    with visitor.visiting(one_app) as who:
        assert who.sign_in(cast.officer).status == 303
        yield who


def post(who: Visitor, path: str, **fields: str) -> visitor.Answer:
    return who.post(path, {"_csrf": who.get(PLACE).page.fields["_csrf"], **fields})


def destroyed(app: App) -> int:
    """Destroy a submission, and close its acts; returns the number of one of them."""
    number = site.submit(app).number
    app.writer.run(partial(_destroy, app, number))
    app.sweep().run()
    with app.database.read() as connection:
        return act.every(connection)[0].number


def _destroy(app: App, number: int, tx: object) -> None:
    destroy(tx, app.ring, number, Reason.DISCARDED)  # type: ignore[arg-type] # a transaction


def test_what_ends_when_is_told_in_numbers(one_app: App, officer: Visitor) -> None:
    site.submit(one_app)
    text = officer.get(PLACE).page.text
    assert dates.month(outlook.month(site.now() + 14 * DAY), "en") in text
    title = one_app.shelf.in_force().policy.purposes["security"].title["en"]
    assert f"{title}: 1" in text
    assert "There is none: nothing has been destroyed yet." in text
    assert "None is in force: whatever ends is destroyed." in text
    assert "If the disk of the key ring is lost" in text
    answer = officer.get(PLACE)
    assert cast.leaks(answer.body) == []


def test_an_act_is_given_on_paper_in_both_languages(one_app: App, officer: Visitor) -> None:
    number = destroyed(one_app)
    shown = officer.get(PLACE).page
    for language, word in (("ru", "уничтожении"), ("en", "destruction")):
        base = f"{PLACE}/act/{number}/{language}"
        assert {f"{base}/pdf", f"{base}/html", f"{base}/json"} <= set(shown.links)
        pdf = officer.get(f"{base}/pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert f'filename="act-{number}-{language}.pdf"' in pdf.headers["content-disposition"]
        assert b"<pdfaid:part>2" in pdf.body
        assert word in officer.get(f"{base}/html").html
        told = msgspec.json.decode(officer.get(f"{base}/json").body)
        assert word in told["title"]
        (backups,) = [item["values"] for item in told["act"] if item["key"] == "backups"]
        assert backups[0].startswith(("By 20", "Не позднее"))
        assert cast.leaks(officer.get(f"{base}/json").body) == []
    assert officer.get(f"{PLACE}/act/{number}/de/pdf").status == 404
    assert officer.get(f"{PLACE}/act/{number}/en/exe").status == 404
    assert officer.get(f"{PLACE}/act/999/en/pdf").status == 404


def test_without_the_extra_no_pdf_is_offered(
    one_app: App, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = destroyed(one_app)
    monkeypatch.setattr(typeset, "typst", None)
    links = officer.get(PLACE).page.links
    assert f"{PLACE}/act/{number}/en/html" in links
    assert f"{PLACE}/act/{number}/en/pdf" not in links
    assert officer.get(f"{PLACE}/act/{number}/en/pdf").status == 503


def test_an_order_is_placed_and_lifted(one_app: App, officer: Visitor) -> None:
    number = site.submit(one_app).number
    receipt = one_app.ring.identifiers.encode(identifier.RECEIPT, number)
    answer = post(officer, f"{PLACE}/order", receipt=receipt, ground="Case 7", until="2199-12-31")
    assert answer.status == 303
    shown = officer.get(PLACE).page
    assert "Case 7" in shown.text
    with one_app.database.read() as connection:
        (one,) = orders.every(connection)
    assert (one.terms.record, one.terms.purpose) == (number, None)
    assert post(officer, f"{PLACE}/order/{one.number}/lift").status == 303
    assert post(officer, f"{PLACE}/order/{one.number}/lift").status == 409
    assert "Orders that have ended" in officer.get(PLACE).page.text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"ground": "Case 7"}, "Name a receipt, a purpose or both"),
        (
            {"ground": "Case 7", "receipt": "AAAA"},
            "There is no submission with this receipt number",
        ),
        ({"ground": "Case 7", "purpose": "fun"}, "Choose a purpose from the list"),
        ({"purpose": "communication"}, "Name the law or the document, in at most 1000 characters"),
        ({"ground": "x" * 1001, "purpose": "communication"}, "Name the law or the document"),
        ({"ground": "x", "purpose": "communication", "until": "soon"}, "Enter a day"),
        ({"ground": "x", "purpose": "communication", "until": "2020-01-01"}, "Enter a day"),
    ],
)
def test_what_is_wrong_with_an_order_is_said_at_its_field(
    one_app: App, officer: Visitor, fields: dict[str, str], problem: str
) -> None:
    answer = post(officer, f"{PLACE}/order", **fields)
    assert answer.status == 422
    assert problem in answer.page.summary
    with one_app.database.read() as connection:
        assert orders.every(connection) == ()


def test_what_is_due_is_destroyed_at_once(one_app: App, officer: Visitor) -> None:
    assert post(officer, f"{PLACE}/run").location == f"{PLACE}?done=sweep-idle"
    number = site.submit(one_app).number
    one_app.writer.run(partial(_destroy, one_app, number))
    assert post(officer, f"{PLACE}/run").location == f"{PLACE}?done=sweep-done"
    with one_app.database.read() as connection:
        assert all(one.done_at for one in act.every(connection))


def test_two_epochs_that_no_key_is_under_are_told_apart(one_app: App, officer: Visitor) -> None:
    said = b'data-head="Keys under it">%s</td>'
    assert officer.get(PLACE).body.count(said % b"all") == 1
    unlock.extend(one_app.settings.path(one_app.settings.keys.ring), None, site.now())
    page = officer.get(PLACE).body
    assert (page.count(said % b"all"), page.count(said % b"0")) == (0, 2)
