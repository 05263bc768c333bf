# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from tests import editions, orders
from uphold.errors import Broken
from uphold.policy import check, digest, wording
from uphold.policy.document import Draft, Edition, Wording


def draft() -> Draft:
    found = check.files(orders.files()).draft
    assert found is not None
    return found


def text(
    purpose: str, language: str, form: str = "order", edition: Edition | None = None
) -> Wording:
    return (edition or orders.edition()).wording(form, purpose, language)


def test_one_for_each_form_purpose_and_language() -> None:
    purposes = {
        "feedback": ["communication", "consent-evidence", "security"],
        "order": ["delivery", "newsletter", "communication", "consent-evidence", "security"],
    }
    assert set(wording.derive(draft())) == {
        f"wordings/{form}.{purpose}.{language}.md"
        for form, names in purposes.items()
        for purpose in names
        for language in ("en", "ru")
    }
    form = orders.edition().form("order")
    assert [p.id for p in wording.served(orders.edition().policy, form)] == purposes["order"]


def test_the_consent_says_all_that_the_law_asks() -> None:
    """Article 9 of 152-FZ: who, which data, which actions, which purpose, recipients, term, withdrawal."""
    english = text("communication", "en", "feedback")
    assert english.asks_consent
    assert english.title.startswith("Consent to the processing of personal data: answering")
    for part in (
        "Quiet Harbour LLC",
        "1 Example Embankment",
        "Name (optional), E-mail (mandatory), Telephone (optional), Message (mandatory)",
        "collection, recording, storage",
        "clause 2.2.2",
        "Granite Data Centre LLC, 2 Example Embankment",
        "30 days after the enquiry is closed, and in any case 1 year after receipt",
        "withdraw this consent at any time",
        "within 30 days",
        "article 9 of Federal Law No. 152-FZ",
        "separate from the privacy policy",
        "4 years after receipt",
    ):
        assert part in english.text
    russian = text("communication", "ru", "feedback")
    for part in (
        "ООО «Тихая гавань»",
        "Имя (по желанию), Электронная почта (обязательно)",
        "сбор, запись, хранение",
        "пункт 2.2.2",
        "ООО «Гранит ЦОД»",
        "через 30 дней после закрытия обращения",
        "отозвать согласие в любое время",
        "статье 9 Федерального закона № 152-ФЗ",
    ):
        assert part in russian.text


def test_a_box_that_may_stay_empty_says_so() -> None:
    assert "taken without this consent just the same" in text("newsletter", "en").text
    assert "cannot be taken without this consent" in text("communication", "en").text


def test_only_the_fields_of_the_purpose_are_named() -> None:
    found = text("newsletter", "en").text
    assert "Data: E-mail (mandatory)." in found
    assert "Goods" not in found
    assert "Post Relay LLC" in found
    assert "Granite" not in found


def test_another_ground_has_a_notice_that_says_why_there_is_no_box() -> None:
    english, russian = text("delivery", "en"), text("delivery", "ru")
    assert not english.asks_consent
    assert "has no consent box" in english.text
    assert "You order goods, and they cannot be delivered without these data." in english.text
    assert "нет окна согласия" in russian.text
    assert "без этих данных доставить его нельзя." in russian.text
    assert "Recipients: none." in english.text


def test_what_uphold_itself_keeps_has_a_notice_with_its_categories() -> None:
    found = text("security", "en").text
    assert "Data: IP address, identifier in a cookie, name of the browser" in found
    assert "14 days after the visit" in found


def test_the_profile_changes_the_law() -> None:
    changed = replace(draft(), policy=replace(draft().policy, profile="eu-gdpr"))
    raw = wording.derive(changed)["wordings/feedback.communication.en.md"]
    assert b"article 7 of Regulation (EU) 2016/679" in raw
    assert b"152-FZ" not in raw


def test_derivation_is_the_same_every_time() -> None:
    assert wording.derive(draft()) == wording.derive(draft())


def test_a_wording_is_named_by_its_bytes_and_read_back() -> None:
    for name, raw in wording.derive(draft()).items():
        found = wording.read(name, raw)
        assert found.digest == digest.of(raw)
        assert f"wordings/{found.form}.{found.purpose}.{found.language}.md" == name
        assert found.text.strip() == found.text
        assert found.title in raw.decode()
        assert wording.paragraphs(found)[0] in found.text
    assert len(wording.by_digest(wording.derive(draft()))) == 16


def test_what_is_outside_the_form_does_not_change_its_wordings() -> None:
    one = {w.digest for w in editions.example().wordings.values()}
    other = {w.digest for w in orders.edition().wordings.values() if w.form == "feedback"}
    assert one == other


def test_values_are_kept_on_one_line() -> None:
    policy = draft().policy
    operator = replace(policy.operator, name={"en": "A\n\n# B {form}", "ru": "А"})
    changed = replace(draft(), policy=replace(policy, operator=operator))
    raw = wording.derive(changed)["wordings/feedback.communication.en.md"]
    found = wording.read("x", raw)
    assert "A # B {form}" in found.text
    assert len(wording.paragraphs(found)) == len(
        wording.paragraphs(text("communication", "en", "feedback"))
    )


@pytest.mark.parametrize("raw", [b"", b"# Title\n\nText\n", b"\xff"])
def test_damage_is_told(raw: bytes) -> None:
    with pytest.raises(Broken):
        wording.read("wordings/a.b.en.md", raw)
