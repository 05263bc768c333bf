# SPDX-License-Identifier: Apache-2.0
"""What is said of the threats to a site at one moment: the model, the findings on it, what changed (pure).

as_json(report)        for programs: everything, under ids and codes
markdown.write(...)    for people: the columns of the Russian methodology
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from uphold.policy.document import Edition
from uphold.threats import rule
from uphold.threats.element import Model
from uphold.threats.judge import Against, Finding, State
from uphold.threats.stored import Told

FORMAT: Final = 1
ORDER: Final = (State.OPEN, State.ACCEPTED, State.UNKNOWN, State.MITIGATED)
"""What needs a person first stands first."""

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Report:
    """Threats as they stand at `at` (unix ms). `changes` are the newest first; `edition` None before there is one."""

    at: int
    model: Model
    findings: tuple[Finding, ...]
    changes: tuple[Told, ...]
    edition: Edition | None

    def sorted(self) -> tuple[Finding, ...]:
        """Return the findings in the order in which they are to be looked at: by state, the worst first."""
        return tuple(sorted(self.findings, key=_rank))

    def counts(self) -> Mapping[tuple[State, int], int]:
        """Count the findings by state and severity."""
        return Counter((one.state, one.severity) for one in self.findings)


def as_json(report: Report) -> bytes:
    """Write the report as JSON, with a newline at its end: `model` is the canonical model, read back."""
    told = {
        "format": FORMAT,
        "at": report.at,
        "edition": None if report.edition is None else report.edition.number,
        "digest": report.model.digest,
        "model": msgspec.json.decode(report.model.canonical()),
        "unknown": [f"{one.id}.{name}" for one, name in report.model.unknown()],
        "findings": [_finding(one) for one in report.sorted()],
        "changes": [_change(one) for one in report.changes],
    }
    return bytes(msgspec.json.format(_encode(told), indent=1)) + b"\n"


def _rank(one: Finding) -> tuple[int, int, str]:
    # What was resolved or retired is history and no finding of a judgement; if it comes, it stands last.
    place = ORDER.index(one.state) if one.state in ORDER else len(ORDER)
    return place, -one.severity, one.uid


def _finding(one: Finding) -> Mapping[str, Any]:
    known = rule.catalogue().get(one.rule)
    told: dict[str, Any] = {
        "uid": one.uid,
        "rule": one.rule,
        "element": one.element,
        "state": one.state,
        "severity": one.severity,
        "because": one.because,
        "sources": one.sources,
        "measures": [_against(each) for each in one.measures],
    }
    if known is not None:
        told |= {
            "title": dict(known.title),
            "privacy": known.privacy,
            "consequence": known.consequence,
            "violators": known.violators,
            "tactics": known.tactics,
            "frameworks": _frameworks(known),
        }
    return told


def _against(one: Against) -> Mapping[str, Any]:
    return {"id": one.id, "status": one.status, "expires": one.expires, "evidence": one.evidence}


def _frameworks(known: rule.Rule) -> Mapping[str, Sequence[Any] | str]:
    found: dict[str, Sequence[Any] | str] = {
        "stride": known.stride,
        "linddun": known.linddun,
        "cwe": known.cwe,
        "capec": known.capec,
        "attack": known.attack,
        "ubi": known.ubi,
        "asvs": known.asvs,
    }
    return {name: ids for name, ids in found.items() if ids}


def _change(one: Told) -> Mapping[str, Any]:
    return {
        "uid": one.uid,
        "kind": one.kind,
        "from": one.before,
        "to": one.after,
        "severity": [one.severity_before, one.severity],
        "because": one.because,
        "at": one.at,
        "entry": one.entry,
        "cause": one.cause,
    }
