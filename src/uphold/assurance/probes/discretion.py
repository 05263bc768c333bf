# SPDX-License-Identifier: Apache-2.0
"""What a receipt tells others than its holder: nothing, and nobody comes upon one by guessing."""

from collections.abc import Mapping
from dataclasses import dataclass

from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, not_applicable, said
from uphold.assurance.probes.receipts import NO_FORM, PROOF, RECORD
from uphold.assurance.scene import Scene, Submitted
from uphold.assurance.visitor import Answer


@dataclass(frozen=True, slots=True)
class Looked:
    """One document of a receipt: its kind, what it forbids others to do with it, how many typed values it shows."""

    kind: str
    status: int
    cache: str
    referrer: str
    robots: str
    leaks: int


def look_at_receipt(scene: Scene) -> tuple[Looked, ...]:
    """Fetch the page, the proof and the record of the run's own receipt, and look for what was typed."""
    if not scene.edition.forms:
        return ()
    sent = scene.submission()
    visitor = scene.stranger()
    paths = {"page": sent.receipt, "proof": sent.receipt + PROOF, "record": sent.receipt + RECORD}
    return tuple(_looked(kind, visitor.get(path), sent) for kind, path in paths.items())


def _looked(kind: str, answer: Answer, sent: Submitted) -> Looked:
    text = answer.text.lower()
    return Looked(
        kind,
        answer.status,
        answer.header("cache-control"),
        answer.header("referrer-policy"),
        answer.header("x-robots-tag"),
        sum(mark.lower() in text for mark in sent.marks),
    )


def judge_looked(trace: tuple[Looked, ...]) -> Outcome:
    """Nothing typed is in it; no cache, search engine or other site gets it."""
    if not trace:
        return not_applicable(NO_FORM)
    faults = []
    for one in trace:
        if one.leaks or one.status != 200:
            faults.append(
                said(
                    N_("The receipt's %(kind)s shows %(count)s typed values (status %(status)s)."),
                    kind=one.kind,
                    count=one.leaks,
                    status=one.status,
                )
            )
        if "no-store" not in one.cache:
            faults.append(said(N_("The receipt's %(kind)s may be kept by a cache."), kind=one.kind))
        if one.referrer != "no-referrer" or "noindex" not in one.robots:
            faults.append(said(N_("The receipt's %(kind)s lets its address out."), kind=one.kind))
    return judged(
        faults, said(N_("%(count)s documents of a receipt tell nothing typed."), count=len(trace))
    )


@dataclass(frozen=True, slots=True)
class Guessed:
    """A made-up address of a receipt, how it was made, and what it was answered."""

    how: str
    status: int


def guess_receipts(scene: Scene) -> tuple[Guessed, ...]:
    """Try addresses near a real receipt's, plain numbers, and the record's own number."""
    if not scene.edition.forms:
        return ()
    sent = scene.submission()
    visitor = scene.stranger()
    return tuple(
        Guessed(how, visitor.get(f"/receipt/{guess}").status)
        for how, guess in near(sent.id, sent.record).items()
    )


def near(id_: str, record: int) -> Mapping[str, str]:
    """What somebody would try who has seen one receipt: none of these is its address."""
    return {
        "last-letter": id_[:-1] + _other(id_[-1]),
        "first-letter": _other(id_[0]) + id_[1:],
        "cut-short": id_[:-1],
        "capitals": id_.upper() if id_ != id_.upper() else id_.lower(),
        "number": str(record),
        "next-number": str(record + 1),
        "padded-number": f"{record + 1:0{len(id_)}d}",
        "percent": "%25",
    }


def _other(letter: str) -> str:
    return "b" if letter == "a" else "a"


def judge_guesses(trace: tuple[Guessed, ...]) -> Outcome:
    """No made-up address opens anything."""
    if not trace:
        return not_applicable(NO_FORM)
    faults = [
        said(
            N_("A made-up address of a receipt (%(how)s) was answered %(status)s."),
            how=one.how,
            status=one.status,
        )
        for one in trace
        if one.status != 404
    ]
    return judged(
        faults, said(N_("%(count)s made-up addresses opened no receipt."), count=len(trace))
    )


TELLS_NOTHING = Probe(
    id="receipt.private.contents",
    promise="receipt.private",
    kind=Kind.EXAMINE,
    does=N_("Looks for typed values in a receipt, and whether a cache or engine may keep it."),
    act=look_at_receipt,
    oracle=judge_looked,
)
NOT_GUESSED = Probe(
    id="receipt.private.guess",
    promise="receipt.private",
    kind=Kind.ATTACK,
    does=N_("Makes up addresses near that of a real receipt."),
    act=guess_receipts,
    oracle=judge_guesses,
)

PROBES = (TELLS_NOTHING, NOT_GUESSED)
