# SPDX-License-Identifier: Apache-2.0
"""What recipients are told, broken: nobody is bidden to tell of a correction or an erasure, notices on paper alone."""

from sqlalchemy import delete, update

from tests.sabotage import disclosures
from tests.sabotage.sabotage import Ground, several
from uphold.app import App
from uphold.rights import fulfil, telling
from uphold.rights.telling import State, rights_telling

RECORD = 1


def _corrected(app: App) -> None:
    """A disclosure of a name leaves, and then the name is corrected."""
    disclosures.sent(app)
    changes = {"name": "Agnia N."}
    app.writer.run(lambda tx: fulfil.correct(tx, app.holdings(), RECORD, changes))


def tell_of_no_correction(ground: Ground) -> None:
    """Somebody takes the notices out of correction, where they seemed out of place."""
    ground.patch.setattr(telling, "corrected", lambda *_: ())
    ground.later.append(_corrected)


def tell_of_no_erasure(ground: Ground) -> None:
    """An erasure leaves nothing, so what is there to tell?"""

    def erased(app: App) -> None:
        disclosures.sent(app)
        app.writer.run(lambda tx: fulfil.erase(tx, app.holdings(), (RECORD,)))

    ground.patch.setattr(telling, "erased", lambda *_: ())
    ground.later.append(erased)


def clear_the_list(ground: Ground) -> None:
    """The list of whom to tell had grown long."""

    def cleared(app: App) -> None:
        _corrected(app)
        app.writer.run(lambda tx: tx.execute(delete(rights_telling)))

    ground.later.append(cleared)


def tick_them_off(ground: Ground) -> None:
    """All are marked as told by a script, and nobody was."""

    def ticked(app: App) -> None:
        _corrected(app)
        told = update(rights_telling).values(state=str(State.TOLD), told_at=1)
        app.writer.run(lambda tx: tx.execute(told))

    ground.later.append(ticked)


SABOTAGES = several(
    "correction.on-proof",
    ("untold", "Recipients are not told of a correction", tell_of_no_correction),
    ("erasure-untold", "Recipients are not told of an erasure", tell_of_no_erasure),
    ("list-cleared", "The list of recipients to be told is cleared", clear_the_list),
    ("ticked-off", "Recipients stand as told, and nobody told them", tick_them_off),
)
