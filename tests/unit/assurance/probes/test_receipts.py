# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any

import pytest

from uphold.assurance.probe import Probe, Status
from uphold.assurance.probes import receipts
from uphold.assurance.probes.receipts import Agreed, Checked, Verified

DIGEST = "d" * 64
AGREED = Agreed(
    status=200,
    expected=(("communication", DIGEST),),
    edition=2,
    shown=(DIGEST,),
    statuses=(200, 200),
    entry="record.stored",
    entry_edition=2,
    entry_consents=("communication",),
    entry_wordings=(DIGEST, "e" * 64),
    recorded=(DIGEST,),
    skew_ms=1500,
)
VERIFIED = Verified(True, (Checked("", True), Checked("entry", False)))


def test_a_receipt_that_proves_the_consent() -> None:
    assert receipts.PROVABLE.oracle(AGREED).status is Status.KEPT
    assert receipts.PROVABLE.oracle(replace(AGREED, expected=())).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "changed",
    [
        {"status": 404},
        {"statuses": (200, 404)},
        {"shown": ()},
        {"entry": ""},
        {"entry": "record.opened"},
        {"entry_edition": 1},
        {"entry_consents": ("none",)},
        {"entry_consents": ("communication", "letters")},
        {"entry_wordings": ()},
        {"recorded": ()},
        {"recorded": (DIGEST, "e" * 64)},
        {"skew_ms": 3_600_000},
    ],
    ids=str,
)
def test_a_receipt_that_does_not(changed: dict[str, Any]) -> None:
    outcome = receipts.PROVABLE.oracle(replace(AGREED, **changed))
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


@pytest.mark.parametrize("probe", [receipts.VERIFIABLE, receipts.BY_SCRIPT], ids=lambda p: p.id)
def test_what_verifies_and_what_must_not(probe: Probe[Verified]) -> None:
    assert probe.oracle(VERIFIED).status is Status.KEPT
    served, altered = VERIFIED.checks
    for checks in (
        (replace(served, verifies=False), altered),
        (served, replace(altered, verifies=True)),
    ):
        assert probe.oracle(replace(VERIFIED, checks=checks)).status is Status.BROKEN
    assert probe.oracle(replace(VERIFIED, is_ours=False)).status is Status.BROKEN


def test_without_the_tools_nothing_is_claimed() -> None:
    outcome = receipts.BY_SCRIPT.oracle(Verified(is_ours=True, checks=(), missing="openssl"))
    assert outcome.status is Status.NOT_APPLICABLE
    assert "openssl" in str(outcome.saw[0])


def test_an_alteration_changes_the_proof_and_nothing_else() -> None:
    raw = b"c2sp.org/tlog-proof@v1\nextra QUJDREVG\nindex 7\nAAAA\n\norigin\n9\nroot\n\n- name QUJDRA==\n"
    found = receipts._alterations(raw)
    assert found.pop("") == raw
    assert set(found) == {"signature", "place", "entry"}
    for body in found.values():
        assert body != raw
        assert body.count(b"\n") == raw.count(b"\n")
