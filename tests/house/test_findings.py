# SPDX-License-Identifier: Apache-2.0
"""The page of findings says what the rules say."""

from tools import findings
from uphold.policy.findings import FACTS


def test_the_reference_of_findings_is_the_rules() -> None:
    assert findings.PAGE.read_text(encoding="utf-8") == findings.page(), "run: make findings"


def test_every_fact_that_a_policy_can_declare_is_told() -> None:
    assert all(f"`{fact}`" in findings.HEAD for fact in FACTS)
