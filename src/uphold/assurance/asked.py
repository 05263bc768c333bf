# SPDX-License-Identifier: Apache-2.0
"""A request entered at the desk by an exercise's officer, as a person would do who holds a letter, over HTTP."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from uphold import errors
from uphold.access.permission import Role
from uphold.assurance import console
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer
from uphold.law import profile
from uphold.rights import stored
from uphold.rights.stored import Stored

LIST = "/console/requests"
ENTER = f"{LIST}/enter"
_ONE = re.compile(r"/console/request/([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of entering a request: its status, and its number (0 where there is none)."""

    status: int
    number: int


class Letters:
    """The desk of requests before the exercise's officer, who holds letters about its submission."""

    def __init__(self, scene: Scene) -> None:
        """Sign the officer in."""
        self._scene = scene
        self._desk = console.Desk(scene, Role.OFFICER)

    def enter(self, kind: str, received: str = "", **fields: str) -> Entered:
        """Enter a request about the exercise's submission; `received` is a day such as 2026-11-22, else today."""
        receipt = self._scene.submission().id
        told = {"channel": "paper", "identity": "none", "receipts": receipt, "received": received}
        answer = self._desk.post(ENTER, **{**told, "kind": kind, **fields})
        found = _ONE.search(answer.header("location"))
        return Entered(answer.status, int(found[1]) if found else 0)

    def move(self, number: int, step: str, **fields: str) -> Answer:
        """Take a step."""
        return self._desk.post(f"/console/request/{number}/move", step=step, **fields)

    def fulfil(self, number: int) -> Answer:
        """Fulfil a request."""
        return self._desk.post(f"/console/request/{number}/fulfil")

    def get(self, path: str) -> Answer:
        """Look at a page of the desk."""
        return self._desk.visitor.get(path)

    def stored(self, number: int) -> Stored | None:
        """Read a request back as it is stored; None where there is none."""
        with self._scene.read() as connection:
            try:
                return stored.find(connection, number)
            except errors.Missing:
                return None


def zone(scene: Scene) -> str:
    """Name the time zone whose days are counted: the operator's, else that of the policy's law."""
    return scene.settings.site.zone or profile.profile(scene.edition.policy.profile).zone


def today(scene: Scene) -> date:
    """Return the operator's day."""
    return datetime.fromtimestamp(scene.now / 1000, UTC).astimezone(ZoneInfo(zone(scene))).date()
