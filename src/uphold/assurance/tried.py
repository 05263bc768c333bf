# SPDX-License-Identifier: Apache-2.0
"""What the probes of threats have in common: the site as the model knows it, a look at it, a trial that is undone."""

from collections.abc import Collection
from typing import Final

from uphold.assurance import threatened
from uphold.assurance.modelled import Site
from uphold.assurance.probe import N_, Said, said
from uphold.assurance.scene import Scene

MOST_TOLD: Final = 10


class UndoneError(Exception):
    """Takes back what was only tried."""


def site(scene: Scene) -> Site:
    """Return what the model of the site is derived from."""
    return Site(scene.settings, scene.ring, scene.edition, scene.editions)


def look(scene: Scene) -> None:
    """Look at what threatens the site, as it does by itself each minute."""
    premises = scene.premises
    verifier = scene.log.verifier
    threatened.look(premises.database, premises.writer, site(scene), verifier, scene.now)


def some(text_: str, names: Collection[str]) -> list[Said]:
    """Say a fault of the first few names, and how many more there are."""
    told = [said(text_, name=name) for name in sorted(names)[:MOST_TOLD]]
    if len(names) > MOST_TOLD:
        told.append(said(N_("And %(count)s more of the kind."), count=len(names) - MOST_TOLD))
    return told
