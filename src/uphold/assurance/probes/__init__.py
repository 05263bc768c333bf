# SPDX-License-Identifier: Apache-2.0
"""Every probe there is, topic by topic. A probe that is not listed here never runs."""

from typing import Any

from uphold.assurance.probe import Probe
from uphold.assurance.probes import policy

PROBES: tuple[Probe[Any], ...] = (*policy.PROBES,)
