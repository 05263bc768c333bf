# SPDX-License-Identifier: Apache-2.0
"""What a data-flow diagram of a model shows: whom and what it joins, and which flows go between (pure).

Of many forms, recipients or programs there is one box: a drawing with fifty boxes tells nobody anything. The table
beside it has every flow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from uphold.threats.element import FLOW, ZONES, Element, Model

MOST: Final = 3
"""So many elements of one kind have a box each; of more there is one for all."""
_GROUPED: Final = ("form", "recipient", "client")


@dataclass(frozen=True, slots=True)
class Box:
    """An element, or `count` elements of a kind in one: its id is then the kind alone."""

    id: str
    kind: str
    zone: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Way:
    """All flows from one box to another. `bare` says that personal data among them can be read on the way."""

    number: int
    from_id: str
    to_id: str
    flows: tuple[str, ...]
    personal: bool
    bare: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes by zone, in the order of `ZONES`, and the numbered ways between them."""

    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]

    def in_zone(self, zone: str) -> tuple[Box, ...]:
        """Return the boxes of a zone."""
        return tuple(one for one in self.boxes if one.zone == zone)


def of(model: Model) -> Diagram:
    """Make the diagram of a model: what no flow begins or ends at is left out."""
    grouped = {kind for kind in _GROUPED if len(model.of(kind)) > MOST}
    ends: dict[str, str] = {}
    for one in model.elements:
        ends[one.id] = one.kind if one.kind in grouped else one.id
    zones = {one.id: ZONES.index(one.zone) for one in model.elements}
    flows = sorted(model.of(FLOW), key=lambda flow: _order(zones, flow))
    joined: dict[tuple[str, str], list[Element]] = {}
    for flow in flows:
        between = ends[str(flow.value("from_id"))], ends[str(flow.value("to_id"))]
        joined.setdefault(between, []).append(flow)
    used = {end for between in joined for end in between}
    ways = tuple(_way(n, *between, told) for n, (between, told) in enumerate(joined.items(), 1))
    return Diagram(tuple(_boxes(model, ends, used)), ways)


def _boxes(model: Model, ends: Mapping[str, str], used: set[str]) -> Iterator[Box]:
    found: dict[str, list[Element]] = {}
    for one in model.elements:
        if ends[one.id] in used:
            found.setdefault(ends[one.id], []).append(one)
    boxes = [Box(id_, all_[0].kind, all_[0].zone, len(all_)) for id_, all_ in found.items()]
    yield from sorted(boxes, key=lambda box: (ZONES.index(box.zone), _RANK.get(box.id, 1), box.id))


# The person whose data they are, and the place where they rest, stand first in their zones.
_RANK: Final = {"actor:subject": 0, "site": 2, "store:database": 0, "actor:staff": 0}


def _way(number: int, from_id: str, to_id: str, told: list[Element]) -> Way:
    bare = [one for one in told if one.value("personal") and one.value("encrypted") is not True]
    return Way(
        number,
        from_id,
        to_id,
        tuple(one.id for one in told),
        personal=any(one.value("personal") for one in told),
        bare=bool(bare),
    )


def _order(zones: Mapping[str, int], flow: Element) -> tuple[int, int, str]:
    """Order flows as data go: from whom they come, through the site, to whom they get."""
    return zones[str(flow.value("from_id"))], zones[str(flow.value("to_id"))], flow.id
