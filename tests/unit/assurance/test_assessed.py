# SPDX-License-Identifier: Apache-2.0
"""Of harm the configuration says what it can, a person the rest; a change of it is noticed."""

import pytest

from uphold import errors
from uphold.assurance import assessed
from uphold.law import harm
from uphold.threats import element
from uphold.threats.element import Element, Fact, Model

NO = {one.id: assessed.NO for one in harm.grounds()}


def model(*, special: bool | None = False, asks: bool = True, visits: bool = False) -> Model:
    site = {"special": special, "biometric": False, "visits_recorded": visits}
    form = {"asks_consent": asks}
    return element.model(
        [
            Element(name, kind, "app", {key: Fact(value, "test:") for key, value in said.items()})
            for name, kind, said in (("site", "site", site), ("form:a", "form", form))
        ]
    )


def test_the_configuration_proposes_what_it_can_tell() -> None:
    found = assessed.propose(model(special=True, visits=True))
    assert {name: one.applies for name, one in found.items()} == {
        "biometric": False,
        "special": True,
        "depersonalised": True,
        "consent-unidentified": True,
    }
    assert set(found) == {one.id for one in harm.grounds() if one.configured}
    assert found["consent-unidentified"].because == ("form:a.asks_consent=true",)
    assert not assessed.propose(model(asks=False))["consent-unidentified"].applies


def test_what_is_unknown_is_not_proposed() -> None:
    assert "special" not in assessed.propose(model(special=None))


def test_a_person_answers_each_ground() -> None:
    given = assessed.answers({**NO, "minors": assessed.YES})
    assert [name for name, said in given.items() if said] == ["minors"]
    for wrong in ({}, {**NO, "minors": ""}, {**NO, "special": "perhaps"}):
        with pytest.raises(errors.Invalid, match="not answered"):
            assessed.answers(wrong)


def test_the_degree_is_that_of_the_answers_and_not_of_the_proposal() -> None:
    proposed = assessed.propose(model(special=True))
    said = assessed.told(assessed.answers({**NO, "outside-officer": assessed.YES}), proposed)
    assert said["degree"] == "low"
    assert said["proposed"]["special"] is True
    assert said["answers"]["special"] is False


def test_a_configuration_that_says_otherwise_since_is_told() -> None:
    said = assessed.told(assessed.answers(NO), assessed.propose(model()))
    assert assessed.outdated(said, assessed.propose(model())) == ()
    later = assessed.propose(model(special=True, asks=False))
    assert set(assessed.outdated(said, later)) == {"special", "consent-unidentified"}
