# SPDX-License-Identifier: Apache-2.0
"""Every processor has a contract that is named, and people are told of it."""

import pytest

from tests import editions
from uphold.policy import check, processor

POLICY = "policy/policy.toml"
EXAMPLE = editions.example().policy
HOST = "hosting"


def turned(old: str, new: str) -> dict[str, bytes]:
    """The example with one thing changed."""
    files = editions.files()
    text = files[POLICY].decode()
    assert old in text
    files[POLICY] = text.replace(old, new, 1).encode()
    return files


def test_the_example_names_who_processes_for_it() -> None:
    assert [one.id for one in processor.listed(EXAMPLE)] == [HOST, "mail-relay"]
    assert all(map(processor.is_whole, processor.listed(EXAMPLE)))
    assert processor.purposes(EXAMPLE, "mail-relay") == ("communication",)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('contract.en = "Contract No. 7/26 of 15 January 2026"\n', "", "language"),
        ("contract.ru", "contact.ru", "unknown-key"),
        ('sees = ["email", "message"]', "", "missing"),
        ('sees = ["email", "message"]', 'sees = ["shape"]', "category-unknown"),
        ('sees = ["email", "message"]', 'sees = ["ip-address"]', "recipient-sees-more"),
        ('recipients = ["hosting", "mail-relay"]', 'recipients = ["hosting"]', "recipient-unused"),
        ('kind = "processor"\ntask.en = "Forwards', 'kind = "authority"\ntask.en = "Forwards', "value"),
        ("[recipient.mail-relay]", "[recipient.operator]", "value"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(old: str, new: str, code: str) -> None:
    assert code in {problem.code for problem in check.files(turned(old, new)).problems}


def test_a_processor_without_a_contract_is_not_published() -> None:
    text = editions.files()[POLICY].decode()
    kept = [line for line in text.splitlines() if not line.startswith(("contract", "instruction"))]
    files = {**editions.files(), POLICY: "\n".join(kept).encode()}
    found = check.files(files).problems
    assert [one.code for one in found] == ["missing"] * 4
    assert any("recipient.hosting.contract" in one.message for one in found)
