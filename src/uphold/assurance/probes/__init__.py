# SPDX-License-Identifier: Apache-2.0
"""Every probe there is, topic by topic. A probe that is not listed here never runs."""

from typing import Any

from uphold.assurance.probe import Probe
from uphold.assurance.probes import (
    access,
    answering,
    availability,
    bounded,
    browsing,
    consent,
    destruction,
    discretion,
    form,
    history,
    inventory,
    judging,
    lasting,
    leaks,
    links,
    outward,
    policy,
    published,
    reading,
    receipts,
    signin,
    storage,
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
    *discretion.PROBES,
    *strangers.PROBES,
    *history.PROBES,
    *availability.PROBES,
    *bounded.PROBES,
    *transport.PROBES,
    *reading.PROBES,
    *access.PROBES,
    *signin.PROBES,
    *answering.PROBES,
    *destruction.PROBES,
    *lasting.PROBES,
    *outward.PROBES,
    *inventory.PROBES,
    *storage.PROBES,
    *leaks.PROBES,
    *judging.PROBES,
)
