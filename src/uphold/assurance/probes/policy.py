# SPDX-License-Identifier: Apache-2.0
"""Probes of the policy itself: that anybody can read it."""

from dataclasses import dataclass

from uphold.assurance.probe import N_, Kind, Outcome, Probe, broken, judged, said
from uphold.assurance.scene import Scene


@dataclass(frozen=True, slots=True)
class Pages:
    """What a stranger got: the status of the policy's page by language, and whether the home page leads there."""

    statuses: dict[str, int]
    is_linked: bool


def _read(scene: Scene) -> Pages:
    stranger = scene.stranger()
    statuses = {}
    for language in scene.edition.policy.languages:
        answer = stranger.get(f"/policy?lang={language}")
        statuses[language] = answer.status
    return Pages(statuses, 'href="/policy' in stranger.get("/").text)


def _judge(pages: Pages) -> Outcome:
    if not pages.statuses:
        return broken(said(N_("The policy has no language.")))
    faults = [
        said(
            N_("The page of the policy in %(language)s answers %(status)s."),
            language=language,
            status=status,
        )
        for language, status in pages.statuses.items()
        if status != 200
    ]
    if not pages.is_linked:
        faults.append(said(N_("No link on the home page leads to the policy.")))
    return judged(
        faults,
        said(N_("A stranger read the policy in %(count)s languages."), count=len(pages.statuses)),
    )


REACHABLE = Probe(
    id="policy.reachable.page",
    promise="policy.reachable",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads the policy's page as a stranger, in every language, and follows the link to it."
    ),
    act=_read,
    oracle=_judge,
)

PROBES = (REACHABLE,)
