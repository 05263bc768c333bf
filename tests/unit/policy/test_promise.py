# SPDX-License-Identifier: Apache-2.0
"""The catalogue of promises: whole, in both languages, and honest about the law."""

import re

import pytest

from uphold import errors
from uphold.policy import promise

ALL = promise.catalogue()
# What each clause of the first policy demands; a word of a policy that nothing here answers is a gap.
DEMANDED = {
    "preamble": ("policy.names-operator", "policy.reachable", "inventory.complete",
                 "browsing.no-consent"),
    "1.1.1": ("form.declared-fields", "form.mandatory-marked", "consent.box-empty",
              "consent.required", "consent.separate-wording", "consent.provable",
              "consent.written-form", "receipt.verifiable", "receipt.private"),
    "1.1.2": ("visit.five-data", "visit.short-lived", "cookies.declared"),
    "1.2": ("links.no-third-party", "links.marked"),
    "1.3": ("values.as-stated", "representative.way-in", "correction.on-proof"),
    "2.1": ("minimal.every-field-justified", "minimal.unused-reported", "purpose.bound-reading"),
    "2.2.1": ("personalisation.own-consent",),
    "2.2.2": ("mail.only-in-reply", "mail.outage-loses-nothing", "enquiry.worked-through"),
    "2.2.3": ("improvement.depersonalised",),
    "2.2.4": ("statistics.depersonalised", "statistics.ledger"),
    "3.1": ("disclosure.on-ground", "egress.declared-hosts", "processors.listed"),
    "3.2": ("law.profile-clear", "law.deadlines", "subject.access", "consent.withdrawable"),
    "4.1": ("access.strangers-refused", "access.role-limits", "access.journaled-first",
            "access.guessing-throttled", "access.sessions-safe", "storage.sealed",
            "storage.key-files", "storage.durable", "storage.tamper-evident",
            "destruction.key-destroyed", "erasure.everywhere", "backups.restorable",
            "input.bounded", "logs.no-personal-data", "setaside.not-dropped",
            "search.for-a-purpose", "export.marked-and-ended"),
    "4.2.1": ("threats.identified",),
    "4.2.2": ("measures.evaluated",),
    "4.2.3": ("intrusion.detected", "access.denials-journaled", "journal.append-only",
              "journal.no-personal-data"),
    "4.3": ("transport.protected", "availability.form-kept", "availability.second-way"),
    "5.1": ("editions.immutable", "editions.date-printed", "editions.in-force",
            "editions.consent-keeps"),
}  # fmt: skip


@pytest.mark.parametrize("clause", DEMANDED)
def test_what_a_clause_demands_is_in_the_catalogue(clause: str) -> None:
    assert set(DEMANDED[clause]) <= ALL.keys()


def test_every_promise_answers_some_demand() -> None:
    assert {name for names in DEMANDED.values() for name in names} == ALL.keys()


def test_ids_are_two_slugs_and_files_bear_the_topic() -> None:
    for path in promise.FOLDER.glob("*.toml"):
        found = list(promise.read(path.read_text(encoding="utf-8")))
        assert found
        assert {one.topic for one in found} == {path.stem}
    assert all(re.fullmatch(promise.ID, name) for name in ALL)


@pytest.mark.parametrize("name", ALL)
def test_a_promise_speaks_russian_and_english(name: str) -> None:
    one = ALL[name]
    for text in (one.title, one.meaning, one.breaks):
        assert set(text) == {"en", "ru"}
        assert not re.search("[а-яА-Я]", text["en"])
        assert re.search("[а-яА-Я]", text["ru"])
    for language in ("en", "ru"):
        assert len(one.title[language]) <= 70
        assert not one.title[language].endswith(".")
        assert one.meaning[language].endswith(".")
        assert one.breaks[language].endswith(".")


def test_titles_tell_promises_apart() -> None:
    for language in ("en", "ru"):
        assert len({one.title[language] for one in ALL.values()}) == len(ALL)


@pytest.mark.parametrize("name", ALL)
def test_phrases_compile_and_are_in_small_letters(name: str) -> None:
    one = ALL[name]
    assert set(one.phrases) == {"en", "ru"}
    for phrases in one.phrases.values():
        assert phrases
        for phrase in phrases:
            re.compile(phrase)
            words = re.sub(r"\\[A-Z]", "", phrase)
            assert words == words.lower()


@pytest.mark.parametrize("name", ALL)
def test_probes_bear_the_promises_name(name: str) -> None:
    one = ALL[name]
    assert all(re.fullmatch(rf"{re.escape(name)}\.[a-z0-9-]+", probe) for probe in one.probes)
    assert len(set(one.probes)) == len(one.probes)


def test_the_law_is_quoted_from_the_list_of_references() -> None:
    named = {place for one in ALL.values() for place in one.law}
    assert named == promise.references().keys()
    assert all(one.law for one in ALL.values())


def test_a_reference_says_where_it_was_read_or_that_it_was_not() -> None:
    for reference in promise.references().values():
        assert reference.seen in promise.SEEN
        assert set(reference.title) == {"en", "ru"}
        assert bool(reference.source) is reference.verified


def test_an_unknown_promise_is_missing() -> None:
    assert promise.promise("consent.box-empty").topic == "consent"
    with pytest.raises(errors.Missing):
        promise.promise("consent.boxes")


def test_a_key_too_many_is_refused() -> None:
    row = '[a.b]\ntitle.en = "x"\nlaw = []\nprobes = []\nphrases.en = []\nother = 1\n'
    with pytest.raises(TypeError):
        list(promise.read(row))
