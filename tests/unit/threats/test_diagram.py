# SPDX-License-Identifier: Apache-2.0
"""A diagram shows whom the flows join: ways between two are one, and many of a kind are one box."""

from uphold.threats import diagram, element
from uphold.threats.element import Element, Model, facts


def box(id_: str, zone: str) -> Element:
    return Element(id_, id_.partition(":")[0], zone, {})


def flow(id_: str, from_id: str, to_id: str, **said: bool) -> Element:
    told = {"personal": False, "special": False, "encrypted": True, "leaves": False, **said}
    return Element(id_, "flow", "app", facts("", from_id=from_id, to_id=to_id, **told))


def model(*more: Element) -> Model:
    return element.model(
        [
            box("actor:subject", "internet"),
            box("actor:former-staff", "internet"),
            box("store:database", "vault"),
            box("actor:staff", "operator"),
            *more,
        ]
    )


def test_flows_between_the_same_two_are_one_way_that_is_as_bad_as_its_worst() -> None:
    found = diagram.of(
        model(
            flow("flow:read/a", "store:database", "actor:staff", personal=True),
            flow("flow:export/a", "store:database", "actor:staff", personal=True, encrypted=False),
            flow("flow:own-page", "store:database", "actor:subject", encrypted=False),
        )
    )
    back, staff = found.ways
    assert (back.number, back.flows, back.bare) == (1, ("flow:own-page",), False)
    assert staff.flows == ("flow:export/a", "flow:read/a")
    assert (staff.personal, staff.bare) == (True, True)


def test_who_has_no_flow_is_not_drawn() -> None:
    found = diagram.of(model(flow("flow:read/a", "store:database", "actor:staff")))
    assert [one.id for one in found.boxes] == ["store:database", "actor:staff"]


def test_many_of_a_kind_are_one_box() -> None:
    for count, boxes in ((diagram.MOST, diagram.MOST), (diagram.MOST + 1, 1)):
        forms = [box(f"form:f{n}", "app") for n in range(count)]
        sent = [flow(f"flow:submit/f{n}", "actor:subject", f"form:f{n}") for n in range(count)]
        found = diagram.of(model(*forms, *sent))
        drawn = found.in_zone("app")
        assert len(drawn) == boxes
        assert sum(one.count for one in drawn) == count
        assert sum(len(way.flows) for way in found.ways) == count
