# SPDX-License-Identifier: Apache-2.0
"""Evidence and probes made by hand, for tests of what is done with them."""

from typing import Any

from uphold.assurance.evidence import VERSION, Evidence, Stored
from uphold.assurance.probe import Kind, Outcome, Probe, Said, Status, kept
from uphold.assurance.verdict import Present

AT = 1_800_000_000_000
HOUR = 60 * 60 * 1000
PRESENT = Present(AT, edition=1, configuration="c" * 64)


def probe(name: str = "form.marked.page", **more: Any) -> Probe[Any]:
    """A probe that says what it is told to."""
    outcome: Outcome = more.pop("outcome", kept(Said("All is marked.")))
    act = more.pop("act", lambda _: outcome)
    return Probe(
        id=name,
        promise=name.rpartition(".")[0],
        kind=Kind.EXAMINE,
        does="Reads the form.",
        act=act,
        oracle=lambda seen: seen,
        **more,
    )


def evidence(name: str = "form.marked.page", **changed: Any) -> Evidence:
    """Evidence made just now, good for a day."""
    told: dict[str, Any] = {
        "v": VERSION,
        "run": 1,
        "probe": name,
        "promise": name.rpartition(".")[0],
        "kind": Kind.EXAMINE,
        "status": Status.KEPT,
        "at": AT,
        "expires": AT + 24 * HOUR,
        "did": "Reads the form.",
        "saw": (Said("%(count)s labels agree.", {"count": 4}),),
        "edition": 1,
        "configuration": "c" * 64,
        "journal": 3,
        "uphold": "0.1.0",
    }
    return Evidence(**{**told, **changed})


def stored(one: Evidence | None, name: str = "form.marked.page") -> Stored:
    """Evidence as it was found; none where it is not to be believed."""
    told = one.probe if one is not None else name
    return Stored(1, told, told.rpartition(".")[0], 5, b"", one, "" if one else "altered")
