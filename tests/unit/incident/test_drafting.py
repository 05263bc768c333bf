# SPDX-License-Identifier: Apache-2.0
"""One desk drafts for the console and the command line, by the laws of the policy in force."""

from dataclasses import replace

import pytest

from tests import editions, incidents
from tests.incidents import AT
from uphold import errors
from uphold.incident import drafting


def test_only_the_laws_of_the_policy_ask_for_notices() -> None:
    edition = editions.example()
    policy = replace(edition.policy, profile="eu-gdpr", also=())
    desk = drafting.desk(replace(edition, policy=policy), (edition,), "example.org", "")
    dues = desk.dues(incidents.case(), AT)
    assert [one.notice.id for one in dues] == ["eu-gdpr-authority", "eu-gdpr-people"]
    assert desk.draft(incidents.case(), dues, "eu-gdpr-people", "en", AT).to == "people"
    with pytest.raises(errors.Missing):
        desk.draft(incidents.case(), dues, "ru-152fz-first", "en", AT)
    assert desk.categories.keys() == edition.policy.categories.keys()
