# SPDX-License-Identifier: Apache-2.0
"""What a set of figures is by kind: stated on every output, and never two kinds on one (pure)."""

from enum import StrEnum


class Label(StrEnum):
    """How far from a person an output is."""

    PSEUDONYMISED = "pseudonymised"
    """Rows of single acts without name or number: depersonalised by 152-FZ, still personal data by the GDPR."""
    AGGREGATED = "aggregated"
    """Exact counts of many people, small groups hidden."""
    NOISY = "noisy"
    """Counts with noise under a budget (differential privacy), each with its error."""
