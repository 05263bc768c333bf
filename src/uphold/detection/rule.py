# SPDX-License-Identifier: Apache-2.0
"""A rule of detection as it is evaluated: what it looks for, and what is done about what it finds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from uphold.detection.correlate import Correlation
from uphold.detection.selection import Clause


class Response(StrEnum):
    """What an alert does, from the mildest to the hardest."""

    LOG = "log"
    NOTIFY = "notify"
    DELAY = "delay"
    STEP_UP = "step-up"
    REVOKE = "revoke"
    FREEZE_EXPORT = "freeze-export"
    LOCK = "lock"
    FREEZE_VAULT = "freeze-vault"


class Against(StrEnum):
    """Whom a response is about."""

    STAFF = "staff"
    SOURCE = "source"
    SITE = "site"


class State(StrEnum):
    """Whether a rule acts, only says what it would do, or is not looked at."""

    ON = "on"
    DRY = "dry"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Texts are by language; times are milliseconds.

    It describes events (`clause`) or correlates other rules (`correlation`). Without `alerts` it only serves those
    that name it. `group` tells its alerts apart; of a correlation it is `group-by`. `spoofable` says that a stranger
    can cause its events in somebody's name, `confirm` that nothing is done before a person says so.
    """

    name: str
    file: str
    title: Mapping[str, str]
    why: Mapping[str, str]
    severity: int
    respond: tuple[Response, ...]
    for_ms: int
    quiet_ms: int
    against: Against
    group: tuple[str, ...]
    spoofable: bool
    confirm: bool
    alerts: bool
    clause: Clause | None
    correlation: Correlation | None
    digest: str

    @property
    def names(self) -> tuple[str, ...]:
        """The rules that it correlates."""
        return () if self.correlation is None else self.correlation.rules


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in an order in which each stands behind those that it names; `digest` is of them all."""

    every: tuple[Rule, ...]
    digest: str

    def __getitem__(self, name: str) -> Rule:
        """Return one by its name; raises KeyError."""
        return next(rule for rule in self.every if rule.name == name)

    @property
    def alerting(self) -> tuple[Rule, ...]:
        """Those that raise alerts."""
        return tuple(rule for rule in self.every if rule.alerts)

    @property
    def kinds(self) -> frozenset[str] | None:
        """The kinds of event that some rule can hold for; None when one looks at every kind."""
        found: set[str] = set()
        for rule in self.every:
            if rule.clause is not None:
                if rule.clause.kinds is None:
                    return None
                found |= rule.clause.kinds
        return frozenset(found)

    @property
    def reach_ms(self) -> int:
        """How far back a rule can look: timespans add up along what they name."""
        reach: dict[str, int] = {}
        for rule in self.every:
            below = max((reach[name] for name in rule.names), default=0)
            reach[rule.name] = below + (rule.correlation.span_ms if rule.correlation else 0)
        return max(reach.values(), default=0)

    def without(self, names: Iterable[str]) -> "Rules":
        """Leave out those that are off: they raise nothing, and are asked only for those that name them."""
        off = frozenset(names)
        kept: list[Rule] = []
        needed: set[str] = set()
        for rule in reversed(self.every):
            alerts = rule.alerts and rule.name not in off
            if alerts or rule.name in needed:
                needed |= set(rule.names)
                kept.append(replace(rule, alerts=alerts))
        return Rules(tuple(reversed(kept)), self.digest)
