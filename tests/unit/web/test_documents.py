# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest
from markupsafe import Markup

from tests import editions, orders
from tests.editions import FORM, PURPOSE
from uphold import errors
from uphold.consent.ledger import GIVEN, WITHDRAWN, Act
from uphold.policy.document import Edition
from uphold.submission.record import Facts
from uphold.web import documents, views

AT = 1_767_323_045_000


@pytest.fixture
def edition() -> Edition:
    return editions.example()


def act(edition: Edition, kind: str = GIVEN, at: int = AT, entry: int = 7) -> Act:
    wording = edition.wording(FORM, PURPOSE, "ru")
    form = edition.form(FORM).digest
    return Act(PURPOSE, kind, wording.digest, form, 1, "ru", at, entry)


def proof(number: str = "abc") -> views.Proof:
    return views.Proof(8, 9, "o", "k", "a", "s", f"{number}.tlog-proof", "p", "r")


def test_the_policy_clause_by_clause(edition: Edition) -> None:
    shown = documents.policy(edition, edition, "en")
    anchors = [clause.anchor for clause in shown.clauses]
    assert {"1.1.1", "2.2.2", "5.1", "preamble.1"} <= set(anchors)
    assert all(isinstance(text, Markup) for c in shown.clauses for text in c.paragraphs)
    assert [row.title for row in shown.purposes]
    assert shown.edition.state == "in-force"
    assert shown.edition.updated_on == "2026-11-16"
    assert documents.policy(edition, edition, "ru").language == "ru"


def test_editions_past_and_to_come(edition: Edition) -> None:
    every = [replace(edition, number=n) for n in (3, 2, 1)]
    shown = documents.editions(every, every[1], "en")
    assert [e.state for e in shown.editions] == ["coming", "in-force", "past"]
    assert shown.editions[0].href == "/policy?edition=3"


def test_the_home_page_lists_the_forms() -> None:
    shown = documents.home(orders.edition(), "ru")
    assert {link.title for link in shown.forms} == {"Напишите нам", "Заказ"}


def test_the_tour(edition: Edition) -> None:
    shown = documents.tour(edition, "en", "demo-site", "key")
    assert (shown.form_href, shown.folder, shown.key) == ("/f/feedback", "demo-site", "key")
    assert shown.clauses == len(edition.texts["en"])


def test_a_wording_of_today_and_of_yesterday(edition: Edition) -> None:
    digest = edition.wording(FORM, PURPOSE, "en").digest
    today = documents.wording([edition], edition, digest)
    assert today.current
    assert today.form_href == "/f/feedback"
    later = replace(edition, number=2, wordings={})
    yesterday = documents.wording([later, edition], later, digest)
    assert not yesterday.current
    assert yesterday.form_href == ""
    assert yesterday.edition == 1
    with pytest.raises(errors.Missing):
        documents.wording([edition], edition, "0" * 64)


def test_a_receipt(edition: Edition) -> None:
    facts = Facts(1, FORM, 1, "ru", "new", AT, 8)
    shown = documents.receipt(edition, facts, [act(edition)], proof(), "en")
    assert (shown.number, shown.received_at, shown.form_title) == ("abc", AT, "Write to us")
    (agreed,) = shown.agreements
    assert (agreed.given_at, agreed.withdrawn_at, agreed.language) == (AT, 0, "ru")
    assert shown.withdraw[0].startswith("One press on the page of your receipt")
    assert shown.contact == "privacy@quiet-harbour.example"
    assert shown.back_href == ""


def test_a_receipt_of_a_withdrawn_consent(edition: Edition) -> None:
    acts = [act(edition), act(edition, WITHDRAWN, AT + 5, 9)]
    (agreed,) = documents.agreements(edition, acts, "en")
    assert agreed.withdrawn_at == AT + 5


def test_a_receipt_without_any_consent(edition: Edition) -> None:
    facts = Facts(1, FORM, 1, "en", "new", AT, 8)
    shown = documents.receipt(edition, facts, [], proof(), "en")
    assert shown.agreements == ()
    assert shown.withdraw == ()


def test_where_a_receipt_leads_on_to(edition: Edition) -> None:
    form = replace(edition.form(FORM), next=("https://shop.example/thanks",))
    wide = replace(edition, forms={FORM: form})
    facts = Facts(1, FORM, 1, "en", "new", AT, 8)
    for wanted, shown in (("https://shop.example/thanks", True), ("https://evil.example/", False)):
        found = documents.receipt(wide, facts, [], proof(), "en", wanted)
        assert (found.back_href == wanted) is shown
