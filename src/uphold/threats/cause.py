# SPDX-License-Identifier: Apache-2.0
"""Which entry of the journal caused a change of threats (pure).

A finding changes because a fact did, or because what is known of its measures did. A fact says where it was seen,
and each place has entries that tell of it: an account's are those on staff, a purpose's those on the policy. What
the journal does not tell of by itself, such as a setting or the mode of a file, is told by `threats.modelled`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from uphold.threats.change import Change
from uphold.threats.judge import State

TOPICS: Final[Mapping[str, tuple[str, ...]]] = {
    "policy:": ("policy",),
    "os:policy": ("policy",),
    "keys:": ("keys", "journal.continued"),
    "detection:": ("detection.rules",),
    "db:policy": ("policy",),
    "db:access_export": ("export",),
    "db:access_use": ("record", "policy"),
    "db:access_client": ("client",),
    "db:access": ("staff",),
    "db:assurance": ("probe", "exercise"),
    "db:continuity_backup": ("backup",),
    "db:continuity_drill": ("drill",),
    "db:detection": ("detection.rules",),
    "db:retention": ("destruction", "record", "part"),
    "db:vault": ("record", "subject"),
}
"""By how a source begins, the longest that fits: kinds of entries, or whole topics, that tell of what is seen there."""
DAILY: Final = frozenset(
    {"staff.signed-in", "staff.signed-out", "client.refused", "policy.approved"}
)
"""Kinds of their topic that change little: they are a cause where nothing else of the topic happened."""
_BY_MEASURES: Final = frozenset({State.OPEN, State.MITIGATED, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Happened:
    """What may have caused the changes of one look; entries by their index, -1 where there is none.

    `sources` are the places where facts changed, by element; `newest` the newest entry since the last look of each
    kind, and of each topic without what is `DAILY`; `modelled` the entry of this look on the model, `accepted` the
    newest acceptance of each finding.
    """

    sources: Mapping[str, tuple[str, ...]]
    newest: Mapping[str, int]
    modelled: int
    accepted: Mapping[str, int]


def find(one: Change, happened: Happened) -> int:
    """Return the entry that caused a change; -1 where the journal has none, such as after another version's rules."""
    before, after = one.before, one.after
    if State.ACCEPTED in (before, after) and one.uid in happened.accepted:
        return happened.accepted[one.uid]
    is_measured = before in _BY_MEASURES and after in _BY_MEASURES
    if is_measured and not one.is_outdated:
        return max(one.evidence, default=happened.modelled)
    own = happened.sources.get(one.element, ())
    every = (place for places in happened.sources.values() for place in places)
    return _newest(own or tuple(every), happened)


def newest(kinds: Iterable[tuple[int, str]]) -> Mapping[str, int]:
    """Find the newest entry of each kind and topic among (index, kind) in their order."""
    found: dict[str, int] = {}
    for index, kind in kinds:
        found[kind] = index
        if kind not in DAILY:
            found[kind.partition(".")[0]] = index
    return found


def _newest(sources: Iterable[str], happened: Happened) -> int:
    wanted = {topic for source in sources for topic in _topics(source)}
    daily = {kind for kind in DAILY if kind.partition(".")[0] in wanted}
    for names in (wanted, daily):
        found = max((happened.newest.get(name, -1) for name in names), default=-1)
        if found >= 0:
            return found
    return happened.modelled


def _topics(source: str) -> tuple[str, ...]:
    fitting = [start for start in TOPICS if source.startswith(start)]
    return TOPICS[max(fitting, key=len)] if fitting else ()
