# SPDX-License-Identifier: Apache-2.0
"""What is to be found on each policy of `tests/policies`, and how tests ask for it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from uphold.policy import findings, import_
from uphold.policy.findings import Finding

TODAY = date(2026, 11, 22)
TEXTS = Path(__file__).parent / "policies"

# By rule: the clause that shows it, "" where the text says nothing on the matter.
SEED = {
    "operator.unnamed": "preamble.1",
    "operator.no-address": "preamble.1",
    "operator.no-contact": "preamble.1",
    "responsible.unnamed": "preamble.1",
    "grounds.unnamed": "2.2",
    "subjects.unnamed": "2.2",
    "data.not-per-purpose": "2.2",
    "operations.unlisted": "2.2",
    "terms.unstated": "2.2",
    "destruction.way-unstated": "",
    "rights.unsaid": "",
    "rights.no-term": "",
    "withdrawal.unsaid": "1.1.1",
    "processors.unnamed": "preamble.1",
    "database.place-unsaid": "preamble.1",
    "transfer-abroad.unsaid": "3.1",
    "cookies.undescribed": "1.1.2",
    "consent.not-separate": "1.1.1",
    "correction.unsaid": "1.3",
    "availability.no-second-way": "4.3",
    "law.moved-on": "date",
    "consent.by-use": "preamble.3",
    "consent.tick-as-written": "1.1.1",
    "purpose.broad": "2.2.3",
    "channel.disclaimed": "4.3",
    "consent.use-against-tick": "preamble.3",
    "consent.written-unidentified": "1.1.1",
    "necessary.against-new-services": "2.1",
    "third-parties.against-text": "3.1",
    "changes.against-consent": "5.1",
    "numbers.headings": "2",
}
SEED_LIKE = {**SEED, "availability.no-second-way": "4.2", "channel.disclaimed": "4.2"}
SHOP = {
    "operator.no-address": ["1.1"],
    "grounds.unnamed": ["4.1"],
    "subjects.unnamed": ["4.1"],
    "operations.unlisted": ["4.1"],
    "destruction.way-unstated": ["6.5"],
    "rights.unsaid": ["6.4"],
    "processors.unnamed": ["3.2"],
    "database.place-unsaid": ["3.2"],
    "cookies.undescribed": ["3.2"],
    "consent.not-separate": ["5.1"],
    "law.moved-on": ["date"],
    "consent.by-use": ["1.3"],
    "consent.tick-as-written": ["5.2"],
    "consent.box-ticked": ["5.1"],
    "consent.by-sending": ["5.1"],
    "purpose.broad": ["4.3"],
    "terms.unlimited": ["6.5"],
    "marketing.without-consent": ["4.2"],
    "cookies.by-browsing": ["5.3"],
    "cookies.called-depersonalised": ["3.2", "5.3"],
    "security.absolute": ["6.1"],
    "consent.use-against-tick": ["1.3"],
    "third-parties.against-text": ["6.2"],
    "changes.against-consent": ["8.2"],
    "rights.too-late": ["6.7"],
    "database.foreign-service": ["3.2"],
}
BOOKSHOP = {
    "terms.vague": ["5.1"],
    "provision.unsaid": ["1.3"],
    "rights.no-restriction": ["7.1"],
    "rights.no-portability": ["7.1"],
    "rights.no-objection": ["7.1"],
    "complaint.unsaid": ["7.1"],
    "transfers.no-safeguard": ["4.3"],
    "cookies.undescribed": ["2.3"],
    "consent.by-use": ["1.3"],
    "consent.box-ticked": ["3.1.3"],
    "consent.by-sending": ["4.3"],
    "cookies.by-browsing": ["6.1"],
    "purpose.broad": ["3.1.4", "3.1.6"],
    "interest.catch-all": ["3.2"],
    "security.absolute": ["8.1"],
    "withdrawal.harder": ["7.3"],
    "changes.by-use": ["10.1"],
    "changes.unannounced": ["10.1"],
    "marketing.without-consent": ["3.1.3"],
    "third-parties.against-text": ["4.1"],
    "consent.use-against-tick": ["1.3"],
    "rights.too-late": ["7.2"],
    "rights.fee": ["7.2"],
}
# Two texts that others worded, for other tests.
CLINIC = {
    "rights.no-objection": ["8.2"],
    "cookies.undescribed": ["2.3"],
    "third-parties.against-text": ["5.1"],
}
SCHOOL = {
    "operator.no-address": ["1.1"],
    "grounds.unnamed": ["3.1"],
    "subjects.unnamed": ["3.1"],
    "data.not-per-purpose": ["3.1"],
    "operations.unlisted": ["3.1"],
    "destruction.way-unstated": ["5.5"],
    "database.place-unsaid": ["5.2"],
    "cookies.undescribed": ["2.2"],
    "law.moved-on": ["date"],
    "purpose.broad": ["3.3"],
    "marketing.without-consent": ["3.2"],
    "cookies.called-depersonalised": ["2.2"],
    "third-parties.against-text": ["5.1"],
    "changes.against-consent": ["8.3"],
}


def read(name: str) -> str:
    return (TEXTS / name).read_text(encoding="utf-8")


def found(text: str, profile: str, language: str, on: date = TODAY) -> tuple[Finding, ...]:
    return findings.find(None, import_.split(text).clauses, language, profile, on)


def places(every: Sequence[Finding]) -> dict[str, list[str]]:
    by: dict[str, list[str]] = {}
    for finding in every:
        by.setdefault(finding.rule, []).append(finding.clause)
    return by


def one(expected: dict[str, str]) -> dict[str, list[str]]:
    return {rule: [clause] for rule, clause in expected.items()}
