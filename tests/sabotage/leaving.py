# SPDX-License-Identifier: Apache-2.0
"""What tries to leave, broken: nets that hang no more, refusals that nobody hears of."""

import contextlib
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold import egress
from uphold.assurance import refused


def take_the_net_away(ground: Ground) -> None:
    """The program runs unguarded, as after a start by another command."""
    ground.patch.setattr(egress, "guarded", lambda _declared: contextlib.nullcontext())


def tell_the_log_alone(ground: Ground) -> None:
    """What is refused is said on standard error and not in the journal."""

    def log(_tx: Any, told: Any) -> int:
        refused.warn(told)
        return 0

    ground.patch.setattr(refused, "note", log)


SABOTAGES = several(
    "egress.declared-hosts",
    ("net", "The net under the one way out is gone", take_the_net_away),
    ("log", "What is refused is logged and not journaled", tell_the_log_alone),
)
