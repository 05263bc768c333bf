# SPDX-License-Identifier: Apache-2.0
"""Forms and consent, broken."""

from typing import Any

from tests.sabotage.sabotage import Ground, Sabotage
from uphold.submission import validate
from uphold.submission.form import Offer
from uphold.submission.validate import Accepted, Problem

BOX = 'name="{{ box.name }}" value="yes" autocomplete="off"'


def tick_the_box(ground: Ground) -> None:
    ground.template("form.html", BOX, f"{BOX} checked")


def take_without_tick(ground: Ground) -> None:
    check = validate.check

    def lenient(offer: Offer, posted: Any) -> Accepted | list[Problem]:
        return check(offer, {**posted, **dict.fromkeys(offer.boxes, "yes")})

    ground.patch.setattr(validate, "check", lenient)


SABOTAGES = (
    Sabotage(
        "consent.box-empty/ticked",
        "consent.box-empty",
        "The box comes ticked in the template",
        tick_the_box,
    ),
    Sabotage(
        "consent.required/assumed",
        "consent.required",
        "The server takes every box for ticked",
        take_without_tick,
    ),
)
