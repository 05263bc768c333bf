# SPDX-License-Identifier: Apache-2.0
"""Whose each machine is that the site speaks to: a processor's that the policy names, or the operator's own (pure)."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from uphold import egress
from uphold.config import FILE, Settings
from uphold.policy.document import PROCESSOR, Policy
from uphold.policy.problem import Problem
from uphold.policy.processor import OPERATOR

# What the site itself listens on and is reached at is the operator's, whoever owns the machine.
_OWN: Final = frozenset({"site", "serve"})


@dataclass(frozen=True, slots=True)
class Service:
    """A section of `uphold.toml` that names another machine, and whose that is by `run_by`."""

    section: str
    run_by: str


def services(settings: Settings) -> tuple[Service, ...]:
    """What the site speaks to on other machines. Raises `errors.Invalid` where a secret is missing."""
    named = {"mail": settings.mail.run_by, "database": settings.database.run_by}
    return tuple(
        Service(section, named.get(section, ""))
        for section, places in egress.by_section(settings).items()
        if section not in _OWN and not all(is_here(host) for host, _ in places)
    )


def is_here(host: str) -> bool:
    """Tell this machine, whose addresses are loopback or whose socket is a file, from another."""
    if host.lower() in {"", "localhost"} or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def owner(policy: Policy, service: Service) -> str:
    """Whose a service is: `operator`, `processor`; or why nobody answers for it: `unsaid`, `unknown`, `other`."""
    if service.run_by in ("", OPERATOR):
        return service.run_by or "unsaid"
    known = policy.recipients.get(service.run_by)
    if known is None:
        return "unknown"
    return PROCESSOR if known.kind == PROCESSOR else "other"


def unowned(policy: Policy, settings: Settings) -> Iterator[Problem]:
    """Each service on another machine that is neither the operator's nor a declared processor's."""
    for one in services(settings):
        whose = owner(policy, one)
        if whose not in (OPERATOR, PROCESSOR):
            message, advice = _UNOWNED[whose]
            text = message.format(section=one.section, name=one.run_by)
            yield Problem(FILE, 0, "host-unowned", text, advice.format(name=one.run_by))


_UNOWNED: Final = {
    "unsaid": (
        "[{section}] names another machine, and nobody is named who runs it.",
        'Write run_by = "ID" of a processor in policy.toml, or run_by = "operator" if it is your own.',
    ),
    "unknown": (
        "[{section}] run_by names {name!r}, which the policy does not declare.",
        'Declare it in policy.toml, [recipient.{name}], with kind = "processor".',
    ),
    "other": (
        "[{section}] run_by names {name!r}, which is no processor.",
        'Whoever runs a machine for you acts on your instruction: write kind = "processor".',
    ),
}
