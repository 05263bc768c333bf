# SPDX-License-Identifier: Apache-2.0
"""The catalogue of measures: what stands against the harms of clause 4.1, from `measures/*.toml` (pure, read once).

A measure is shown by probes of the running site, or by a person's word where only people can act, or by both.
Each rule of detection that is shipped, and has a probe, is a measure too: `detection-` and the rule's name.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from uphold.detection import sigma
from uphold.detection.rule import Rule
from uphold.policy import promise
from uphold.policy.document import Text

FOLDER: Final = Path(__file__).parent / "measures"
PACK: Final = Path(sigma.__file__).parent / "pack"
DETECTED: Final = "intrusion.detected"
"""The promise whose probes attack the rules of detection: each probe's id is this, a dot and the rule's name."""
HARMS: Final = (
    "access",
    "destruction",
    "modification",
    "blocking",
    "copying",
    "distribution",
    "other",
)
"""What a measure can stand against, in the words and order of clause 4.1."""
ACCIDENTAL: Final = "accidental"
"""Stands beside the harms of a measure that holds against mistakes and mishaps, not against intruders alone."""
# What the rules of each file of the pack are against.
_WATCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts": ("access", "modification"),
    "baseline": ("access", "copying"),
    "canaries": ("access", "copying", "distribution"),
    "copies": ("copying", "distribution"),
    "destruction": ("destruction", "other", ACCIDENTAL),
    "public": ("access", "modification", "blocking"),
    "reading": ("access", "copying"),
    "sign_in": ("access",),
    "site": ("modification", "destruction", "distribution", ACCIDENTAL),
}
# By which drill a rule is played through; `assurance.attacks` has them.
_DRILLS: Final[Mapping[str, str]] = {
    "canary-record": "canary",
    "export-run": "export",
    "export-volume": "export",
    "new-origin": "session-theft",
    "off-hours-bulk": "sweep",
    "public-probing": "injection",
    "public-probing-kinds": "injection",
    "record-sweep": "sweep",
    "session-in-turn": "session-theft",
    "session-taken": "session-theft",
    "success-after-failures": "guess",
}
_NOTICES: Final = ("СОВ.1", "РСБ.5", "ИНЦ.2")
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ORDER_21: Final = re.compile(r"[А-Я]{3}\.\d{1,2}")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure, and what shows that it holds."""

    id: str
    title: Text
    does: Text
    """What it does against the harms, in one sentence."""
    probes: tuple[str, ...]
    """Ids of the probes that show it; none where only people can."""
    harms: tuple[str, ...]
    """Some of `HARMS`; `ACCIDENTAL` beside them where mishaps are meant too."""
    order21: tuple[str, ...]
    """Codes of FSTEC Order No. 21 that it does or helps to do, such as "УПД.2"."""
    drill: str = ""
    """The name of the drill that plays the attack through, if the measure must act; else ""."""
    duty: str = ""
    """What only people can do and attest, by a name; "" if nothing."""

    @property
    def accidental(self) -> bool:
        """Whether it holds against mistakes and mishaps too."""
        return ACCIDENTAL in self.harms


@cache
def catalogue() -> Mapping[str, Measure]:
    """Every measure by id: files in the order of their names, measures as their file has them, then detection's."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml"))]
    every = [*(one for text in texts for one in read(text)), *_detecting()]
    return MappingProxyType({one.id: one for one in every})


def read(text: str) -> Iterable[Measure]:
    """The measures of one file; a TypeError, KeyError or ValueError if it is not as it must be."""
    for name, row in tomllib.loads(text).items():
        yield _measure(name, row)


def _detecting() -> Iterator[Measure]:
    probed = set(promise.catalogue()[DETECTED].probes)
    rules = sigma.load((path.name, path.read_bytes()) for path in sorted(PACK.glob("*.yml")))
    yield from (of_rule(one) for one in rules.alerting if f"{DETECTED}.{one.name}" in probed)


def of_rule(rule: Rule) -> Measure:
    """The measure that a rule of detection is."""
    return Measure(
        id=f"detection-{rule.name}",
        title=rule.title,
        does=rule.why,
        probes=(f"{DETECTED}.{rule.name}",),
        harms=_WATCHED[Path(rule.file).stem],
        order21=_NOTICES,
        drill=_DRILLS.get(rule.name, ""),
    )


def _measure(name: str, row: Mapping[str, Any]) -> Measure:
    lists = {key: tuple(row[key]) for key in ("probes", "harms", "order21")}
    one = Measure(id=name, **{**row, **lists})
    fault = _fault(one)
    if fault:
        raise ValueError(f"measure {name}: {fault}")
    return one


def _fault(one: Measure) -> str:
    """What is wrong with it; "" if nothing is."""
    if not _ID.fullmatch(one.id):
        return "an id is of small letters, digits and hyphens"
    if set(one.harms) - {*HARMS, ACCIDENTAL} or not set(one.harms) & set(HARMS):
        return f"harms are some of {', '.join(HARMS)}"
    if any(set(text) != {"en", "ru"} or not all(text.values()) for text in (one.title, one.does)):
        return "title and does are in en and ru"
    if not one.probes and not one.duty:
        return "neither a probe nor a person shows it"
    if not all(_ORDER_21.fullmatch(code) for code in one.order21):
        return "a code of Order 21 is three letters, a dot and a number"
    return ""
