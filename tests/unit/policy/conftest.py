# SPDX-License-Identifier: Apache-2.0
"""The seed policy, where it is at hand."""

from pathlib import Path

import pytest

SEED = Path(__file__).parents[4] / "shared" / "seed" / "000_ca0158533815a695.txt"


@pytest.fixture
def seed() -> str:
    """The text of the policy that the product is made for; it lies beside the repository."""
    if not SEED.exists():
        pytest.skip(f"the seed policy is not at {SEED.parent}")
    return SEED.read_text(encoding="utf-8")
