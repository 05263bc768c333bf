# SPDX-License-Identifier: Apache-2.0
"""The assessment of harm by Order 178: what the configuration tells, what a person answers, what comes of it (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from uphold import errors
from uphold.law import harm
from uphold.threats.element import SITE, Element, Model, Value

VERSION: Final = 1
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the configuration says of a ground: whether it applies, and by which facts of the model."""

    applies: bool
    because: tuple[str, ...]


def propose(model: Model) -> Mapping[str, Proposal]:
    """Return an answer for each ground of the order that a site can tell; unknown facts give none."""
    site = next((one for one in model.elements if one.id == SITE), None)
    found = {
        "biometric": _of_site(site, "biometric"),
        "special": _of_site(site, "special"),
        # A site that makes depersonalised figures of visits depersonalises data; reading the order narrowly it need
        # not count, so a person decides.
        "depersonalised": _of_site(site, "visits_recorded"),
        "consent-unidentified": _consent(model),
    }
    return {name: one for name, one in found.items() if one is not None}


def answers(posted: Mapping[str, str]) -> Mapping[str, bool]:
    """Read what a person answered, `yes` or `no` by ground.

    Raises `errors.Invalid` for a ground without an answer: nothing about harm to people is assumed.
    """
    read = {one.id: posted.get(one.id, "") for one in harm.grounds()}
    for name, said in read.items():
        if said not in (YES, NO):
            raise errors.Invalid(
                f"The ground {name} is not answered.", "Answer yes or no for each ground."
            )
    return {name: said == YES for name, said in read.items()}


def told(given: Mapping[str, bool], proposed: Mapping[str, Proposal]) -> dict[str, Any]:
    """Say what a statement of harm says. Raises as `harm.assess`."""
    assessed = harm.assess(given)
    return {
        "v": VERSION,
        "degree": str(assessed.degree),
        "answers": {name: bool(said) for name, said in sorted(given.items())},
        "proposed": {name: one.applies for name, one in sorted(proposed.items())},
    }


def outdated(said: Mapping[str, Any], proposed: Mapping[str, Proposal]) -> tuple[str, ...]:
    """Return the grounds of which the configuration says otherwise now than when a statement was made."""
    before = said["proposed"]
    return tuple(name for name, one in proposed.items() if before.get(name) is not one.applies)


def _of_site(site: Element | None, name: str) -> Proposal | None:
    value: Value = None if site is None else site.value(name)
    if not isinstance(value, bool):
        return None
    return Proposal(value, (f"{SITE}.{name}={str(value).lower()}",))


def _consent(model: Model) -> Proposal:
    """A tick on a page tells nobody who ticked."""
    plain = [
        one.id for one in model.elements if one.kind == "form" and one.value("asks_consent") is True
    ]
    return Proposal(bool(plain), tuple(f"{name}.asks_consent=true" for name in plain))
