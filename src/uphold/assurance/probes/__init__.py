# SPDX-License-Identifier: Apache-2.0
"""Every probe there is, topic by topic. A probe that is not listed here never runs."""

from typing import Any

from uphold.assurance.probe import Probe
from uphold.assurance.probes import (
    availability,
    bounded,
    browsing,
    consent,
    form,
    history,
    links,
    policy,
    published,
    receipts,
    strangers,
    transport,
)

PROBES: tuple[Probe[Any], ...] = (
    *policy.PROBES,
    *published.PROBES,
    *browsing.PROBES,
    *links.PROBES,
    *form.PROBES,
    *consent.PROBES,
    *receipts.PROBES,
    *strangers.PROBES,
    *history.PROBES,
    *availability.PROBES,
    *bounded.PROBES,
    *transport.PROBES,
)
