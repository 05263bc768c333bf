# SPDX-License-Identifier: Apache-2.0
"""`uphold attack DIR [ATTACK]`: play attacks against the running site, and say when each was noticed and refused."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import output

if TYPE_CHECKING:
    from uphold.assurance.attacks import Played

NAMES = ("sweep", "guess", "export", "canary", "session-theft", "injection")
_HOW = {
    "proof": "a new proof was asked for",
    "signed-out": "the session was over",
    "locked": "the account was locked",
    "slowed": "told to come again later",
    "frozen": "exports were stopped",
    "held": "nothing was opened any more",
}


def register(commands: Any) -> None:
    """Add the command."""
    attack = commands.add_parser("attack", help="play attacks against the running site, as a drill")
    attack.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    attack.add_argument(
        "attack",
        nargs="?",
        choices=NAMES,
        metavar="ATTACK",
        help=f"{', '.join(NAMES)}; all without",
    )
    attack.add_argument("--json", metavar="FILE", help="write what came of it as JSON; - prints it")
    attack.set_defaults(func=run_attack)


def run_attack(arguments: argparse.Namespace) -> int:
    """Play the attacks. Exit 1 where one was not noticed, not refused, or felt by others."""
    from uphold import app
    from uphold.assurance import drill
    from uphold.cli import prove

    prove.end_in_order()
    quiet = arguments.json == "-"
    with app.opened(arguments.dir) as site:
        if not site.settings.detection.on:
            return _off()
        with prove.target(site) as target:
            told = drill.nobody if quiet else _told
            done = drill.run(
                site.premises(),
                target,
                (arguments.attack,) if arguments.attack else NAMES,
                told=told,
            )
    if arguments.json:
        _write(arguments.json, done)
    return 0 if all(drill.is_well(one) for one in done) else 1


def _off() -> int:
    from uphold import errors

    raise errors.Invalid("Detection is switched off on this site.", "Set on = true in [detection].")


def _told(played: "Played") -> None:
    from uphold.assurance import attacks, drill

    print(f"{played.attack}: {attacks.ATTACKS[played.attack].does}")
    if played.why is not None:
        print(f"  not played: {played.why}")
        return
    alert, blocked = played.alert, played.blocked
    print(f"  acts      {played.acts}")
    noticed = "not noticed" if alert is None else f"{_seconds(played.alert_ms)}, {alert.rule}"
    print(f"  alert     {noticed}")
    if alert is not None:
        print(f"  response  {', '.join(alert.responses)}")
    if blocked is not None:
        print(f"  block     {_seconds(played.block_ms)}, {_HOW[blocked.how]}")
    else:
        print(f"  block     {'not refused' if played.blocks else 'none, as it is to be'}")
    others = "worked on" if played.worked and not played.touched else "were stopped too"
    print(f"  others    {others}")
    print(f"  {'well' if drill.is_well(played) else 'NOT WELL'}")


def _seconds(milliseconds: int) -> str:
    return f"after {milliseconds / 1000:.1f} s"


def _write(place: str, done: "tuple[Played, ...]") -> None:
    from uphold.assurance import drill

    told = json.dumps({"v": 1, "attacks": [drill.as_json(one) for one in done]}, indent=2) + "\n"
    output.put(place, told)
