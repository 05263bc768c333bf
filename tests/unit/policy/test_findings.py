# SPDX-License-Identifier: Apache-2.0
"""Findings: exactly those expected on each text, nothing on sound ones, and rules that are whole."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from tests import editions
from tests.expected import (
    BOOKSHOP,
    CLINIC,
    SCHOOL,
    SEED,
    SEED_LIKE,
    SHOP,
    TODAY,
    found,
    one,
    places,
    read,
)
from uphold.law.profile import MARKS
from uphold.policy import check, findings, import_, scaffold
from uphold.policy.document import PROFILES, Clause, Recipient

# Texts of a few sentences for the rules that none of the whole policies shows.
SHORT = [
    ("eu-gdpr", "en", "We set cookies.", [
        "operator.unnamed", "operator.no-contact", "grounds.unnamed", "terms.unstated",
        "recipients.unsaid", "rights.no-access", "rights.no-rectification", "rights.no-erasure",
    ]),
    ("eu-gdpr", "en", "You give your consent by ticking a box.", ["withdrawal.unsaid"]),
    ("eu-gdpr", "en", "We send you our newsletter.", ["marketing.without-consent"]),
    ("ru-152fz", "ru", "Дальнейшее пользование Сайтом означает согласие с новой редакцией.",
     ["changes.by-use"]),
    ("eu-gdpr", "en", "We store your data indefinitely.", ["terms.unlimited"]),
    ("eu-gdpr", "en", "We use only the data that are needed. We also build new services.",
     ["necessary.against-new-services"]),
    ("eu-gdpr", "en", "1.1. One.\n\n1. Two\n\n2.1. Three.", ["numbers.headings"]),
    ("ru-152fz", "ru", "Данные хранятся бессрочно.", ["terms.unlimited"]),
]  # fmt: skip


def test_the_seed_as_a_text(seed: str) -> None:
    assert places(found(seed, "ru-152fz", "en")) == one(SEED)


def test_the_seed_as_a_site_folder(seed: str) -> None:
    draft = check.files(scaffold.make(seed.encode()).files).draft
    assert draft is not None
    assert places(findings.of(draft.policy, draft.texts, TODAY)) == one(SEED)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_such_a_text_in_other_words(language: str) -> None:
    assert places(found(read(f"seed-like.{language}.txt"), "ru-152fz", language)) == one(SEED_LIKE)


def test_a_russian_shop() -> None:
    assert places(found(read("shop-152fz.ru.md"), "ru-152fz", "ru")) == SHOP


def test_an_irish_bookshop() -> None:
    assert places(found(read("bookshop-gdpr.en.md"), "eu-gdpr", "en")) == BOOKSHOP


def test_texts_of_others() -> None:
    assert places(found(read("clinic.en.txt"), "eu-gdpr", "en")) == CLINIC
    assert places(found(read("school.ru.txt"), "ru-152fz", "ru")) == SCHOOL


def test_nothing_is_found_on_a_sound_notice() -> None:
    assert found(read("sound-gdpr.en.md"), "eu-gdpr", "en") == ()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_is_found_on_the_example(language: str) -> None:
    edition = editions.example()
    clauses = edition.texts[language]
    assert findings.find(edition.policy, clauses, language, "ru-152fz", TODAY) == ()


@pytest.mark.parametrize(("profile", "language", "text", "rules"), SHORT)
def test_a_short_text(profile: str, language: str, text: str, rules: list[str]) -> None:
    assert set(rules) <= places(found(text, profile, language)).keys()


def test_an_exception_counts_wherever_it_stands_in_its_sentence() -> None:
    text = (
        "1.1. Данные не передаются третьим лицам, за исключением случаев: требования закона; "
        "использования сервисов доставки.\n\n1.2. Курьер получает адрес."
    )
    assert "third-parties.against-text" not in places(found(text, "ru-152fz", "ru"))
    without = text.replace("использования сервисов доставки", "решения суда")
    assert "third-parties.against-text" in places(found(without, "ru-152fz", "ru"))


def test_an_item_is_read_with_what_leads_it_in() -> None:
    text = "1.1. You have the right:\n- of access;\n- to have data erased.\n\n1.2. Data.\n\n1.2.1. More."
    rules = places(found(text, "eu-gdpr", "en"))
    assert not {"rights.no-access", "rights.no-erasure"} & rules.keys()
    assert "rights.no-portability" in rules
    nested = "1.1. You may not be asked; we never share data with:\n\n1.1.1. third parties;\n\n1.1.2. us. Stripe."
    shared = found(nested, "eu-gdpr", "en")
    (one,) = [each for each in shared if each.rule == "third-parties.against-text"]
    assert (one.clause, one.quote) == ("1.1.1", "third parties;")


def test_each_finding_quotes_its_clause() -> None:
    text = read("shop-152fz.ru.md")
    clauses = {clause.id: " ".join(clause.text.split()) for clause in import_.split(text).clauses}
    for finding in found(text, "ru-152fz", "ru"):
        assert finding.quote
        assert finding.quote in clauses[finding.clause]
        if finding.against:
            assert finding.against_quote in clauses[finding.against]
            assert finding.against_quote != finding.quote
        assert finding.language == "ru"


def test_a_gap_quotes_what_comes_nearest() -> None:
    vague = "1.1. Цели обработки: ответ.\n\n1.2. Данные хранятся не дольше, чем это необходимо."
    assert places(found(vague, "ru-152fz", "ru"))["terms.unstated"] == ["1.2"]
    silent = vague.partition("\n")[0]
    assert places(found(silent, "ru-152fz", "ru"))["terms.unstated"] == ["1.1"]


def test_a_contradiction_names_both_clauses() -> None:
    every = found(read("seed-like.en.txt"), "ru-152fz", "en")
    pairs = {f.rule: (f.clause, f.against) for f in every if f.against}
    assert pairs == {
        "consent.use-against-tick": ("preamble.3", "1.1.1"),
        "consent.written-unidentified": ("1.1.1", "1.3"),
        "necessary.against-new-services": ("2.1", "2.2.3"),
        "third-parties.against-text": ("3.1", "preamble.1"),
    }


# --- Dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "there", "gone"),
    [
        (date(2022, 8, 31), "consent.by-use", "law.moved-on-2022"),
        (date(2025, 8, 31), "law.moved-on-2022", "consent.not-separate"),
        (date(2025, 9, 1), "consent.not-separate", "law.moved-on-2022"),
    ],
)
def test_only_rules_of_the_day_are_asked(on: date, there: str, gone: str) -> None:
    rules = places(found(read("seed-like.en.txt"), "ru-152fz", "en", on))
    assert there in rules
    assert gone not in rules


def test_a_foreign_counter_was_no_ban_before_july_2025() -> None:
    text = read("shop-152fz.ru.md")
    before = places(found(text, "ru-152fz", "ru", date(2025, 6, 30)))
    assert "database.foreign-service" not in before


def test_a_text_of_today_is_not_older_than_the_law() -> None:
    text = read("seed-like.en.txt").replace("June 2, 2018", "June 2, 2026")
    assert "law.moved-on" not in places(found(text, "ru-152fz", "en"))


# --- Declarations -------------------------------------------------------------------------------


def test_a_declared_processor_belies_nobody() -> None:
    edition = editions.example()
    clauses = tuple(
        Clause(c.id, c.text.replace(" but the two companies named below", ""))
        for c in edition.texts["en"]
    )
    rule = "third-parties.against-declaration"
    declared = findings.find(edition.policy, clauses, "en", "ru-152fz", TODAY)
    assert places(declared)[rule] == ["3.1"]
    alone = replace(edition.policy, recipients={})
    assert rule not in places(findings.find(alone, clauses, "en", "ru-152fz", TODAY))
    assert rule not in places(findings.find(None, clauses, "en", "ru-152fz", TODAY))


def test_databases_declared_abroad() -> None:
    edition = editions.example()
    abroad = replace(edition.policy, country="DE")
    every = findings.find(abroad, edition.texts["en"], "en", "ru-152fz", TODAY)
    assert places(every) == {"database.declared-abroad": ["3.1"]}


def test_a_recipient_declared_outside_the_eea() -> None:
    policy = editions.example().policy
    text = read("sound-gdpr.en.md")
    clauses = import_.split(text).clauses
    within = {"host": Recipient("host", {}, {}, "IE", "processor", {})}
    outside = {"host": Recipient("host", {}, {}, "US", "processor", {})}
    for recipients, expected in ((within, {}), (outside, {"transfers.no-safeguard": ["3.1"]})):
        declared = replace(policy, recipients=recipients)
        every = findings.find(declared, clauses, "en", "eu-gdpr", TODAY)
        assert places(every) == expected


def test_a_translation_adds_only_what_is_its_own() -> None:
    edition = editions.example()
    english = tuple(
        Clause(c.id, c.text.replace("Reading the Site is not consent", "Using the Site is consent"))
        for c in edition.texts["en"]
    )
    russian = tuple(
        Clause(
            c.id,
            c.text.replace("Чтение Сайта не означает согласия", "Чтение Сайта означает согласие")
            + (" Данные хранятся бессрочно." if c.id == "4.1" else ""),
        )
        for c in edition.texts["ru"]
    )
    every = findings.of(edition.policy, {"en": english, "ru": russian}, TODAY)
    assert [(f.rule, f.clause, f.language) for f in every] == [
        ("consent.by-use", "preamble.3", "en"),
        ("consent.use-against-tick", "preamble.3", "en"),
        ("terms.unlimited", "4.1", "ru"),
    ]


# --- The rules themselves -----------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_each_rule_is_whole(profile: str) -> None:
    rules = findings.rules(profile)
    assert rules
    for rule in rules:
        assert rule.kind in findings.KINDS, rule.id
        assert rule.mark in MARKS, rule.id
        assert rule.source, rule.id
        assert rule.checked_on <= TODAY, rule.id
        assert rule.valid_to is None or rule.valid_from <= rule.valid_to, rule.id
        for text in (rule.title, rule.why, rule.way_out):
            assert set(text) == {"en", "ru"}, rule.id
            assert all(text.values()), rule.id
        assert rule.when, rule.id
        for condition in rule.when:
            named = {condition.says, condition.also, *condition.about, *condition.lacks} - {""}
            assert named <= findings.phrases().keys(), rule.id
            assert condition.declares in {"", *findings.FACTS}, rule.id
            nothing = not (condition.says or condition.lacks or condition.declares)
            assert not nothing or condition.misnumbered or condition.dated_before, rule.id


def test_each_phrase_is_used_and_speaks_both_languages() -> None:
    used = {
        name
        for profile in PROFILES
        for rule in findings.rules(profile)
        for condition in rule.when
        for name in (condition.says, condition.also, *condition.about, *condition.lacks)
    }
    assert set(findings.phrases()) == used - {""}
    for name, phrase in findings.phrases().items():
        assert all(phrase.has[language] for language in findings.LANGUAGES), name


def test_each_rule_is_shown_by_some_text() -> None:
    shown = {
        "ru-152fz": {*SEED, *SHOP},
        "eu-gdpr": {*BOOKSHOP},
    }
    for profile, _, _, rules in SHORT:
        shown[profile] |= set(rules)
    # Those with tests of their own above.
    shown["ru-152fz"] |= {
        "law.moved-on-2022",
        "third-parties.against-declaration",
        "database.declared-abroad",
    }
    shown["eu-gdpr"] |= {"third-parties.against-declaration"}
    for profile in PROFILES:
        assert {rule.id for rule in findings.rules(profile)} == shown[profile]


@pytest.mark.parametrize(
    ("text", "language", "profile"),
    [
        ("under Federal Law No. 152–FZ", "en", "ru-152fz"),
        ("по закону № 152-ФЗ", "ru", "ru-152fz"),
        ("for the purposes of the GDPR", "en", "eu-gdpr"),
        ("по Регламенту (ЕС) 2016/679", "ru", "eu-gdpr"),
        ("a policy", "en", "eu-gdpr"),
        ("политика", "ru", "ru-152fz"),
    ],
)
def test_the_law_is_guessed(text: str, language: str, profile: str) -> None:
    assert findings.guess_profile(text, language) == profile


def test_another_language_is_not_judged() -> None:
    assert found("Datenschutz. Die Nutzung bedeutet Zustimmung.", "eu-gdpr", "de") == ()


@given(st.text(max_size=400), st.sampled_from(PROFILES), st.sampled_from(findings.LANGUAGES))
def test_any_text_is_read(text: str, profile: str, language: str) -> None:
    for finding in found(text, profile, language):
        assert finding.profile == profile
