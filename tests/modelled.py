# SPDX-License-Identifier: Apache-2.0
"""The model of threats of a site in a test.

found = modelled.derive(app)                              as it is now
modelled.derive(app, now=later, edition=narrower)         as it would be
modelled.value(found, "form:feedback", "special")         what a fact of it says
"""

import time
from typing import Any

from uphold import config
from uphold.app import App
from uphold.config import Settings
from uphold.threats import model
from uphold.threats.element import Model, Value
from uphold.threats.ground import Ground


def derive(app: App, **said: Any) -> Model:
    """Derive the model of an open site; `said` is what of the ground is another than now."""
    ground: dict[str, Any] = {
        "settings": app.settings,
        "ring": app.ring,
        "edition": app.shelf.in_force_or_none(),
        "now": time.time_ns() // 1_000_000,
        **said,
    }
    with app.database.read() as connection:
        return model.derive(Ground(**ground), connection)


def settings(app: App) -> Settings:
    """Read the settings of a site's folder anew, as it stands there now."""
    return config.load(app.settings.folder)


def value(found: Model, id_: str, name: str) -> Value:
    """What a fact of an element says; fails where the element or the fact is not there."""
    one = found.element(id_)
    assert one is not None, f"no {id_} among {[each.id for each in found.elements]}"
    assert name in one.facts, f"{id_} has no fact {name}"
    return one.facts[name].value
