# SPDX-License-Identifier: Apache-2.0
"""What the page of threats shows. The conventions are those of `views`; accounts stand by their numbers."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Count:
    """How many findings stand in one state. `severities` are pairs of a severity in words and a number."""

    state: str
    said: str
    severities: tuple[tuple[str, int], ...]
    total: int
    href: str


@dataclass(frozen=True, slots=True)
class Against:
    """A measure that a threat names. `held` is a code of `threats.judge.Held`, `said` what that is called.

    `expires` is until when its evidence counts (unix ms, 0: there is none).
    """

    title: str
    held: str
    said: str
    expires: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One threat to one element. `level` is its severity, 1 to 5, `severity` what that is called; so are the states.

    `because` are the facts it rests on. `accepted_by` is a login, empty where nobody answers for it; then `until` and
    `words` say nothing. Who posts to `accept_href` answers for it; it is empty for who may not.
    """

    uid: str
    title: str
    why: str
    element: str
    element_id: str
    level: int
    severity: str
    state: str
    said: str
    consequence: str
    because: tuple[str, ...]
    measures: tuple[Against, ...]
    since: int = 0
    accepted_by: str = ""
    until: int = 0
    words: str = ""
    accept_href: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that one measure would help to close; `measure` is None where they stand alone.

    `duty` is what only people can do for it, empty where probes tell; who did it posts that to `attest_href`, which
    is empty for who may not.
    """

    measure: Against | None
    does: str
    findings: tuple[Finding, ...]
    duty: str = ""
    attest_href: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """What only people can do. `state`: `never` attested, `attested` until `until`, or `overdue`; times are unix ms."""

    duty: str
    title: str
    does: str
    state: str
    at: int = 0
    by: str = ""
    until: int = 0
    attest_href: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """One way of the drawing, in words. `whats` are its flows; `bare` says that people's data can be read on it."""

    number: int
    from_name: str
    to_name: str
    whats: tuple[str, ...]
    personal: bool
    bare: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The flows of data: `drawn` as safe markup, and the same as rows."""

    drawn: str
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a finding. `kind` is what it is called; `cause` the entry that caused it, `what` its kind."""

    at: int
    kind: str
    title: str
    element: str
    because: tuple[str, ...]
    cause: int
    what: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could not be found out of one element: the names of its facts."""

    element: str
    element_id: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threats:
    """`GET /console/threats`. `only` is the state that is shown alone, empty for what needs a decision.

    `hidden` is how many more of these there are than the page shows, at `all_href`. `untried` counts open threats
    whose measures nobody has tried lately. `soonest` and `latest` bound the day of an acceptance (ISO). `files` are
    pairs of a name and an address. `level` is 0 where it is unknown.
    """

    template: ClassVar[str] = "console/threats.html"

    counts: tuple[Count, ...]
    only: str
    only_said: str
    groups: tuple[Group, ...]
    hidden: int
    all_href: str
    here_href: str
    untried: int
    proof_href: str
    soonest: str
    latest: str
    duties: tuple[Duty, ...]
    drawing: Drawing
    changes: tuple[Change, ...]
    unknown: tuple[Unknown, ...]
    level: int
    elements: int
    digest: str
    files: tuple[tuple[str, str], ...]
