# SPDX-License-Identifier: Apache-2.0
"""A site with a second form: a box that may stay empty, and a purpose on another ground than consent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import orders, site, visitor
from uphold import app as app_
from uphold.app import App
from uphold.journal import entry
from uphold.submission import form

ORDER = {"name": "Anna", "email": "anna@subject.example", "goods": "lamp", "comment": "Soon"}
MUST, MAY = "consent.communication", "consent.newsletter"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[App]:
    """A site with a second form."""
    settings = site.make(tmp_path / "shop")
    for name, raw in orders.files().items():
        (settings.folder / name).write_bytes(raw)
    # A third one asks for no consent at all.
    plain = orders.ORDER.partition('[[field]]\nkey = "comment"')[0]
    (settings.folder / "forms" / "plain.toml").write_text(
        plain.replace('"delivery", "newsletter"', '"delivery"'), encoding="utf-8"
    )
    opened = app_.open_site(settings)
    site.publish_policy(opened)
    yield opened
    opened.close()


def test_a_token_of_another_form(shop: App) -> None:
    with visitor.visiting(shop) as somebody:
        foreign = somebody.form("/f/order").token
        sent = somebody.send(**{form.TOKEN: foreign})
        assert sent.status == 200
        assert sent.page.title.startswith("Not sent yet: ")


def test_a_box_that_may_stay_empty(shop: App) -> None:
    with visitor.visiting(shop) as somebody:
        page = somebody.form("/f/order")
        assert "(mandatory)" in page.labels[MUST]
        assert "(optional)" in page.labels[MAY]
        for ticked, parts in (
            ({MUST: "yes"}, "consent-evidence+communication+delivery+security"),
            (
                {MUST: "yes", MAY: "yes"},
                "consent-evidence+communication+delivery+newsletter+security",
            ),
        ):
            token = somebody.form("/f/order").token
            sent = somebody.post("/f/order", {form.TOKEN: token, **ORDER, **ticked})
            assert sent.status == 303
            assert set(parts.split("+")) == last_stored(shop)


def test_a_purpose_on_another_ground_has_no_box(shop: App) -> None:
    with visitor.visiting(shop) as somebody:
        page = somebody.form("/f/order")
        assert "consent.delivery" not in page.labels
        assert "No consent is asked for this. Ground: You order goods" in page.text
        (notice,) = [
            link
            for link in page.links
            if link.startswith("/wording/")
            and "delivering what you ordered" in somebody.get(link).page.text
            and "goods, and they cannot be delivered" in somebody.get(link).page.text
        ]
        assert somebody.get(notice).status == 200


def last_stored(app: App) -> set[str]:
    """The parts of the newest submission, as the journal tells them."""
    with app.database.read() as connection:
        entries = [entry.decode(raw) for _, raw in app.log.entries(connection)]
    stored = [found for found in entries if found.kind == "record.stored"]
    return set(str(stored[-1].codes["parts"]).split("+"))


def test_without_any_box_no_consent_is_claimed(shop: App) -> None:
    with visitor.visiting(shop) as somebody:
        page = somebody.form("/f/plain")
        assert not any(name.startswith(form.BOX) for name in page.labels)
        fields = {k: v for k, v in ORDER.items() if k != "comment"}
        sent = somebody.post("/f/plain", {form.TOKEN: page.token, **fields})
        assert sent.status == 303
        assert last_stored(shop) == {"delivery", "security"}
        receipt = somebody.get(sent.location).page.text
        assert "You were asked for no consent, and gave none." in receipt
        assert "Processed on another ground" in receipt
        # A box that the form does not have is a field that it does not have.
        page = somebody.form("/f/plain")
        ticked = {form.TOKEN: page.token, **fields, MUST: "yes"}
        assert somebody.post("/f/plain", ticked).status == 422


def test_a_choice_outside_the_list(shop: App) -> None:
    with visitor.visiting(shop) as somebody:
        page = somebody.form("/f/order")
        sent = somebody.post("/f/order", {**page.fields, **ORDER, "goods": "sofa", MUST: "yes"})
        assert sent.status == 422
        assert sent.page.problems == ["goods"]
